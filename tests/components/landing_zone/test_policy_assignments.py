"""Assignments: order, identities with what they need, names, exemptions that end; and the library as data."""

from datetime import date

import pytest
from pulumi_azure_native import authorization

from kade.components.arguments import ArgumentError
from kade.components.landing_zone.policy_assignments import PolicyAssignments
from kade.components.landing_zone.roles import role_definition_id
from kade.facts import archetypes, private_link_zones
from kade.facts.azure_names import name_rule
from kade.facts.policy_library import initiative_assignment, library, zone_policies
from tests.components.landing_zone.support import make as make_component

SCOPE = "/providers/Microsoft.Management/managementGroups/lin"
BUILT_IN = "/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c"
LOGGING = "/subscriptions/0b8f6e0a-52d1-4c44-9d0c-1a5e7a3c9001"


def assign(assignments, **more):
    return make_component(PolicyAssignments, "policy", location="westeurope", assignments=assignments, **more)


def test_one_that_only_looks_has_no_identity():
    made = assign(
        {"plaats": {"scope": SCOPE, "definition": BUILT_IN, "parameters": {"listOfAllowedLocations": ["nl"]}}}
    )
    inputs = made.one("policy-plaats").inputs
    assert inputs["parameters"] == {"listOfAllowedLocations": {"value": ["nl"]}}
    assert inputs["enforcementMode"] == "Default"
    assert "identity" not in inputs
    assert made.of("RoleAssignment") == []


def test_one_that_deploys_has_an_identity_with_roles_here_and_elsewhere():
    roles = {"roles": ["Monitoring Contributor"], "roles_at": {LOGGING: ["Log Analytics Contributor"]}}
    made = assign({"bewaken": {"scope": SCOPE, "definition": BUILT_IN, **roles}})
    inputs = made.one("policy-bewaken").inputs
    assert inputs["identity"] == {"type": "SystemAssigned"}
    assert inputs["location"] == "westeurope"
    given = {(r.inputs["scope"], r.inputs["roleDefinitionId"]) for r in made.of("RoleAssignment")}
    assert given == {
        (SCOPE, role_definition_id("Monitoring Contributor")),
        (LOGGING, role_definition_id("Log Analytics Contributor")),
    }
    assert {r.inputs["principalType"] for r in made.of("RoleAssignment")} == {"ServicePrincipal"}


def test_a_role_that_gives_rights_has_a_condition_and_its_name_is_readable():
    """Azure's own policies name their roles by GUID."""
    roles = ["18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", role_definition_id("Monitoring Contributor")]
    made = assign({"bewaken": {"scope": SCOPE, "definition": BUILT_IN, "roles": roles}})
    given = {r.name: r.inputs.get("condition", "") for r in made.of("RoleAssignment")}
    assert "roleAssignments/write" in given.pop("policy-bewaken-here-user-access-administrator")
    assert given == {"policy-bewaken-here-monitoring-contributor": ""}


def test_a_changed_assignment_changes_the_names_of_no_other_role():
    base = {"scope": SCOPE, "definition": BUILT_IN}
    one = assign({"a": {**base, "roles": ["Reader"]}, "b": {**base, "roles": ["Contributor"]}})
    two = assign({"a": {**base, "roles": ["Monitoring Reader"]}, "b": {**base, "roles": ["Contributor"]}})
    names = [{r.name: r.inputs["roleAssignmentName"] for r in made.of("RoleAssignment")} for made in (one, two)]
    assert set(names[0].items()) & set(names[1].items()) == {
        ("policy-b-here-contributor", names[0]["policy-b-here-contributor"])
    }


def test_the_name_of_an_assignment_has_24_characters_at_most():
    assign({"a" * 24: {"scope": SCOPE, "definition": BUILT_IN}})
    with pytest.raises(ArgumentError, match="has 25 characters"):
        assign({"a" * 25: {"scope": SCOPE, "definition": BUILT_IN}})
    assign({"a-key-that-is-longer-than-any-name": {"name": "kort", "scope": SCOPE, "definition": BUILT_IN}})


def test_an_own_initiative_waits_for_its_definitions_and_its_assignment_for_it():
    """What refers to an id depends on it, so that on destroy the order is assignment, set, definition."""
    rule = {"if": {"field": "type", "equals": "Microsoft.Compute/virtualMachines"}, "then": {"effect": "audit"}}
    definitions = {"eigen": {"management_group_id": "lin", "display_name": "Eigen", "rule": rule}}
    members = {"plaats": {"definition": BUILT_IN}, "eigen": {"definition": "eigen"}}
    initiatives = {"alles": {"management_group_id": "lin", "display_name": "Alles", "members": members}}
    made = assign({"a": {"scope": SCOPE, "definition": "alles"}}, definitions=definitions, initiatives=initiatives)
    kinds = [r.type.rsplit(":", 1)[-1] for r in made.resources]
    assert kinds == [
        "PolicyDefinitionAtManagementGroup",
        "PolicySetDefinitionAtManagementGroup",
        "PolicyAssignment",
    ]
    assert made.one("policy-a").inputs["policyDefinitionId"] == made.one("policy-initiative-alles").id
    referred = made.one("policy-initiative-alles").inputs["policyDefinitions"]
    assert [m["policyDefinitionId"] for m in referred] == [BUILT_IN, made.one("policy-definition-eigen").id]
    with pytest.raises(ArgumentError, match="'nergens' is neither an id nor"):
        assign({"a": {"scope": SCOPE, "definition": "nergens"}})


def test_what_goes_into_a_new_group_gets_time():
    """A group that was just made answers 403 for minutes."""
    patience = []
    original = authorization.PolicyAssignment.__init__

    def spy(self, name, *args, **kwargs):
        patience.append(kwargs["opts"].custom_timeouts.create)
        original(self, name, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(authorization.PolicyAssignment, "__init__", spy)
        assign({"a": {"scope": SCOPE, "definition": BUILT_IN}})
    assert patience == ["30m"]


def test_an_exemption_ends_and_says_who_accepts_it():
    exemption = {
        "assignment": "a",
        "scope": LOGGING,
        "reason": "De leverancier levert in maart",
        "until": date(2027, 3, 31),
        "owner": "CISO",
    }
    made = assign({"a": {"scope": SCOPE, "definition": BUILT_IN}}, exemptions={"leverancier": exemption})
    inputs = made.one("policy-exemption-leverancier").inputs
    assert inputs["expiresOn"] == "2027-03-31T23:59:59Z"
    assert inputs["description"].endswith("Accepted by: CISO.")
    with pytest.raises(ArgumentError, match="'b', which is not assigned"):
        assign({"a": {"scope": SCOPE, "definition": BUILT_IN}}, exemptions={"x": {**exemption, "assignment": "b"}})
    with pytest.raises(ArgumentError, match="needs a reason"):
        assign({"a": {"scope": SCOPE, "definition": BUILT_IN}}, exemptions={"x": {**exemption, "reason": "  zo  "}})


@pytest.mark.parametrize("item", library().values(), ids=lambda item: item.name)
def test_every_assignment_of_the_library_can_be_made(item):
    assert name_rule("policy_assignment").broken(item.name, "management group") == ""
    assert set(item.archetypes) <= set(archetypes())
    assert item.does in {"audit", "deny", "deploy", "modify"}
    assert bool(item.roles) == (item.does in {"deploy", "modify"}), "who deploys needs roles, and nobody else"
    if item.does == "deny":
        assert item.message, "who is refused reads why"


def test_the_initiatives_look_and_refuse_nothing():
    for key in ("nl_bio_cloud_theme", "iso_27002", "nis2", "mcsb"):
        item = initiative_assignment(key)
        assert (item.does, item.roles) == ("audit", ())
        assert name_rule("policy_assignment").broken(item.name, "management group") == ""


def test_policies_for_zones_name_zones_of_the_one_list():
    zones = {zone.name for zone in private_link_zones("westeurope")}
    assert {policy.zone for policy in zone_policies()} <= zones
