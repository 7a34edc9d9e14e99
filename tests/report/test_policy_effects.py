"""Which assignments of Azure Policy a change touches, and what each would deny of what is made."""

import pytest

from kade.engine.plan import Op, Resource, StackResult, Step
from kade.engine.values import UNKNOWN
from kade.facts.policy_library import zone_policies
from kade.report import policy_effects as effects
from kade.report.markdown import render as markdown
from kade.report.model import Preview
from kade.report.policy_effects import policy_effects, told
from kade.report.text import render

GROUPS = "/providers/Microsoft.Management/managementGroups/"
POLICIES = "/providers/Microsoft.Authorization/policyDefinitions/"
SUBSCRIPTION = "0b8f6e0a-52d1-4c44-9d0c-1a5e7a3c9001"
NIC_ADDRESS = "83a86a26-fd1f-447c-b59d-e51f44264114"
LOCATIONS = "e56962a6-4747-49cd-b67b-bf8b01975c4c"


def step(type_, name, op=Op.CREATE, **inputs):
    urn = f"urn:pulumi:a.prd.platform::kade::{type_}::{name}"
    provider = f"urn:pulumi:a.prd.platform::kade::{effects._PROVIDER}::sub::id"
    made = Resource(urn, type_, inputs=inputs, provider=provider if type_.startswith("azure-native") else "")
    return Step(op, urn, type_, made if op != Op.CREATE else None, None if op == Op.DELETE else made)


def assignment(definition=LOCATIONS, scope="top", op=Op.CREATE, name="Allowed-Locations", **more):
    return step(
        "azure-native:authorization:PolicyAssignment",
        name,
        op,
        policyAssignmentName=name,
        scope=GROUPS + scope,
        policyDefinitionId=POLICIES + definition,
        **more,
    )


def world(*steps):
    """A hierarchy of two groups with a subscription in the lower one, and what else is given."""
    group, place = "azure-native:management:ManagementGroup", "azure-native:management:ManagementGroupSubscription"
    known = [
        step(effects._PROVIDER, "sub", subscriptionId=SUBSCRIPTION),
        step(group, "top", groupId="top"),
        step(group, "lower", groupId="lower", details={"parent": {"id": GROUPS + "top"}}),
        step(place, "placement", groupId="lower"),
    ]
    return Preview("a", [StackResult("kade", "a.prd.platform", [*known, *steps])])


def storage(**inputs):
    return step("azure-native:storage:StorageAccount", "account", location="northeurope", **inputs)


ALLOWED = {"listOfAllowedLocations": {"value": ["westeurope"]}}
FORBIDDEN = {"listOfResourceTypesNotAllowed": {"value": ["microsoft.storage/storageaccounts"]}}
PERMITTED = {"listOfResourceTypesAllowed": {"value": ["microsoft.storage/storageaccounts"]}}
NICS = step("azure-native:network:NetworkInterface", "nic", location="westeurope", enableIPForwarding=True)


@pytest.mark.parametrize(
    ("definition", "parameters", "resource", "denied"),
    [
        (LOCATIONS, ALLOWED, storage(), "account (in northeurope)"),
        (LOCATIONS, {"listOfAllowedLocations": {"value": ["northeurope"]}}, storage(), ""),
        ("e765b5de-1225-4ba3-bd56-1ac6695af988", ALLOWED, storage(), ""),
        (
            "e765b5de-1225-4ba3-bd56-1ac6695af988",
            ALLOWED,
            step("azure-native:resources:ResourceGroup", "group", location="northeurope"),
            "group (in northeurope)",
        ),
        (
            "6c112d4e-5bc7-47ae-a041-ea2d9dccd749",
            FORBIDDEN,
            storage(),
            "account (a microsoft.storage/storageaccounts)",
        ),
        ("a08ec900-254a-4555-9bf5-e42af04b5c5c", PERMITTED, storage(), ""),
        (
            "a08ec900-254a-4555-9bf5-e42af04b5c5c",
            PERMITTED,
            NICS,
            "nic (a microsoft.network/networkinterfaces)",
        ),
        ("88c0b9da-ce96-4b03-9635-f29a937e2900", {}, NICS, "nic (it passes traffic on)"),
        (
            "404c3081-a854-4457-ae30-26a93ef643f9",
            {},
            storage(enableHttpsTrafficOnly=False),
            "account (it takes plain HTTP)",
        ),
        ("404c3081-a854-4457-ae30-26a93ef643f9", {}, storage(enableHttpsTrafficOnly=True), ""),
    ],
)
def test_what_it_would_deny_of_what_the_preview_makes(definition, parameters, resource, denied):
    (found,) = policy_effects(world(assignment(definition, parameters=parameters), resource))
    assert found.denies == ((denied,) if denied else ())
    assert found.outcome == (f"would deny {denied}" if denied else "would deny nothing of this preview")


def test_it_holds_below_its_scope_only():
    elsewhere = assignment(scope="other", parameters=ALLOWED)
    (found,) = policy_effects(world(elsewhere, storage()))
    assert found.denies == ()


def test_what_is_not_enforced_or_goes_denies_nothing():
    off = assignment(parameters=ALLOWED, enforcementMode="DoNotEnforce")
    (found,) = policy_effects(world(off, storage()))
    assert found.outcome == "denies nothing: it is not enforced"
    (found,) = policy_effects(world(assignment(op=Op.DELETE, parameters=ALLOWED), storage()))
    assert found.outcome == "denies nothing any more"


def test_an_assignment_that_stays_is_not_touched():
    assert policy_effects(world(assignment(op=Op.SAME, parameters=ALLOWED), storage())) == []


def test_one_that_is_not_known_is_not_guessed_at():
    (found,) = policy_effects(world(assignment("00000000-0000-0000-0000-000000000000"), storage()))
    assert (found.does, found.judged) == ("", False)
    (found,) = policy_effects(world(assignment(NIC_ADDRESS, name="Deny-Public-IP-On-NIC")))
    assert found.does == "deny"
    assert found.outcome == "what it would deny cannot be told here"


@pytest.mark.parametrize("report", [render, markdown])
def test_reports_name_them(report):
    audit = assignment("06a78e20-9358-41c9-923c-fb736d382a4d", name="Audit-UnmanagedDisk")
    text = report(world(assignment(parameters=ALLOWED), audit, storage()))
    assert "Allowed-Locations on top" in text
    assert "would deny account (in northeurope)" in text
    assert "audit, and deny nothing" in text


@pytest.mark.parametrize(
    ("members", "does"), [([zone_policies()[0].definition_id], "deploy"), (["/providers/x"], ""), ([], "")]
)
def test_an_initiative_of_the_preview_does_what_is_in_it(members, does):
    kind = "azure-native:authorization:PolicySetDefinitionAtManagementGroup"
    initiative = step(kind, "zones", policyDefinitions=[{"policyDefinitionId": id_} for id_ in members])
    assigned = assignment(name="Deploy-Private-DNS")
    assert assigned.new
    assigned.new.inputs["policyDefinitionId"] = UNKNOWN
    assigned.new.property_dependencies["policyDefinitionId"] = [initiative.urn]
    (found,) = policy_effects(world(initiative, assigned))
    assert (found.does, found.judged) == (does, does == "deploy")


def test_scopes_that_are_not_known_yet_are_counted():
    one, other, known = (assignment(NIC_ADDRESS, name=f"Deny-{n}") for n in range(3))
    for item in (one, other, known):
        assert item.new
        item.new.inputs["policyAssignmentName"] = "Deny"
        item.new.inputs["scope"] = f"{GROUPS}here" if item is known else UNKNOWN
    assert [name for _, name, _ in told(policy_effects(world(one, other)))] == ["Deny on 2 scopes not known yet"]
    assert [name for _, name, _ in told(policy_effects(world(one, known)))] == [
        "Deny on here and 1 scope not known yet"
    ]
