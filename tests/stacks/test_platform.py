"""The platform layer of both example municipalities, and one estate changed in each way that could go wrong."""

import pytest

from kade.components.network.private_dns import zone_names
from kade.estate import Estate, load
from kade.stacks import platform
from kade.stacks.common import StackError
from kade.stacks.connectivity_dns import wanted_services
from tests.components.network.support import run


@pytest.fixture(scope="module")
def lindewaard():
    return load("estates/lindewaard")


@pytest.fixture(scope="module")
def duinrand():
    return load("estates/duinrand")


@pytest.fixture(scope="module")
def made(lindewaard):
    return run(lambda: platform.run(lindewaard, "prd"))


@pytest.fixture(scope="module")
def small(duinrand):
    return run(lambda: platform.run(duinrand, "prd"))


def changed(estate: Estate, **parts) -> Estate:
    """The estate with parts of its file replaced (`billing={...}`), read anew."""
    data = estate.model_dump(by_alias=True, exclude_unset=True)
    for key, value in parts.items():
        data[key] = {**data.get(key, {}), **value} if isinstance(value, dict) else value
    return Estate.model_validate(data)


def test_every_group_of_the_estate_is_made_below_its_parent(lindewaard, made):
    groups = {r.inputs["groupId"]: r for r in made.of("ManagementGroup")}
    known = lindewaard.groups()
    assert set(groups) == {g.id for g in known.values()}
    below = groups["lindewaard-burgerzaken"].inputs["details"]["parent"]["id"]
    assert below == f"/providers/Microsoft.Management/managementGroups/{known['corp'].id}"


def test_without_rights_at_the_root_it_starts_below_a_given_group(small):
    top = small.one("groups-alz").inputs
    assert top["details"]["parent"]["id"].endswith("/managementGroups/mg-duinstreek-gemeenten")


def test_each_subscription_is_placed_once_by_its_own_provider(lindewaard, made):
    providers = {r.inputs["subscriptionId"] for r in made.resources if r.type == "pulumi:providers:azure-native"}
    assert providers == {item.id for item in lindewaard.subscriptions.values()}
    places = {
        r.name.removeprefix("subscription-").removesuffix("-placement"): r
        for r in made.of("ManagementGroupSubscription")
    }
    known = lindewaard.groups()
    assert {k: r.inputs["groupId"] for k, r in places.items()} == {
        key: known[item.management_group].id for key, item in lindewaard.subscriptions.items()
    }


def test_who_leaves_goes_to_decommissioned_and_keeps_its_lock(lindewaard):
    item = {
        **lindewaard.subscriptions["proeftuin"].model_dump(exclude_unset=True),
        "decommissioned": True,
        "lock": True,
    }
    estate = changed(lindewaard, subscriptions={"proeftuin": item})
    left = run(lambda: platform.run(estate, "prd"))
    assert left.one("subscription-proeftuin-placement").inputs["groupId"] == "lindewaard-decommissioned"
    assert left.one("subscription-proeftuin-lock").inputs["level"] == "CanNotDelete"
    assert not [r for r in left.of("Pricing") if r.name.startswith("subscription-proeftuin-")]


def test_the_partner_is_asked_for_a_subscription_and_nothing_of_it_is_made(duinrand, small):
    assert duinrand.billing.mode == "csp"
    assert not [r for r in small.resources if r.name.startswith("subscription-test")]


def test_an_agreement_of_our_own_makes_it(duinrand):
    scope = "/providers/Microsoft.Billing/billingAccounts/1/enrollmentAccounts/2"
    own = run(lambda: platform.run(changed(duinrand, billing={"mode": "ea", "scope": scope}), "prd"))
    assert own.one("subscription-test-alias").inputs["properties"]["billingScope"] == scope


def test_an_external_subscription_is_left_alone(lindewaard):
    item = {**lindewaard.subscriptions["proeftuin"].model_dump(exclude_unset=True), "ownership": "external"}
    left = run(lambda: platform.run(changed(lindewaard, subscriptions={"proeftuin": item}), "prd"))
    assert not [r for r in left.resources if "proeftuin" in r.name]


def test_a_workspace_that_stands_is_used_and_not_made(duinrand):
    standing = "/subscriptions/x/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/bestaand"
    estate = changed(duinrand, logging={"workspace": {"ownership": "existing", "id": standing}})
    left = run(lambda: platform.run(estate, "prd"))
    assert left.of("Workspace") == []
    assert {r.inputs["workspaceId"] for r in left.of("SubscriptionDiagnosticSetting")} == {standing}


def test_the_residency_rule_is_what_azure_policy_enforces(lindewaard, made):
    wanted = ["germanywestcentral", "northeurope", "swedencentral", "westeurope"]
    assert lindewaard.residency.allowed == wanted
    for name in ("policy-alz-Allowed-Locations", "policy-alz-Allowed-Locations-Groups"):
        assert made.one(name).inputs["parameters"]["listOfAllowedLocations"]["value"] == wanted


def test_every_initiative_of_the_estate_is_assigned_at_the_top(lindewaard, made):
    top = [r.inputs["policyAssignmentName"] for r in made.of("PolicyAssignment") if r.name.startswith("policy-alz-")]
    assert {"NL-BIO-Cloud-Theme-V2", "ISO-27002-2022", "NIS2-2022", "MCSB"} <= set(top)


def test_a_group_of_our_own_takes_no_assignment_twice(made):
    """What stands above it holds for it anyway."""
    assert not [r for r in made.of("PolicyAssignment") if r.name.startswith("policy-burgerzaken-")]


def test_zones_and_the_policy_that_refers_to_them_come_from_one_list(lindewaard, made):
    zones = zone_names(sorted({h.region for h in lindewaard.network.hubs.values()}), wanted_services(lindewaard))
    members = made.one("policy-initiative-Deploy-Private-DNS").inputs["policyDefinitions"]
    referred = {v["value"].rsplit("/", 1)[-1] for m in members for k, v in m["parameters"].items() if "Zone" in k}
    assert referred
    assert referred <= set(zones)


def test_every_role_assignment_says_of_what_kind_its_principal_is(made):
    assert {r.inputs["principalType"] for r in made.of("RoleAssignment")} <= {"Group", "ServicePrincipal"}
    names = [r.inputs["roleAssignmentName"] for r in made.of("RoleAssignment")]
    assert len(set(names)) == len(names)


def test_no_resource_has_two_settings_with_one_destination(made):
    pairs = [(r.inputs["resourceUri"], r.inputs["workspaceId"]) for r in made.of("DiagnosticSetting")]
    assert len(set(pairs)) == len(pairs)


def test_a_standard_assignment_can_be_softened_or_left_out(duinrand):
    assignments = {"Deny-Storage-Http": {"enforcement": "DoNotEnforce"}, "Audit-GroupLocation": {"enabled": False}}
    left = run(lambda: platform.run(changed(duinrand, policy={"assignments": assignments}), "prd"))
    assert left.one("policy-landingzones-Deny-Storage-Http").inputs["enforcementMode"] == "DoNotEnforce"
    assert not [r for r in left.resources if r.name.endswith("Audit-GroupLocation")]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"policy": {"assignments": {"Deny-Storage-Htp": {}}}}, "did you mean Deny-Storage-Http"),
        (
            {"backup": {"redundancy": "geo"}, "residency": {"mode": "nl", "regions": []}},
            "geo copies from westeurope to",
        ),
    ],
)
def test_what_cannot_be_is_told_by_its_field(duinrand, parts, message):
    with pytest.raises(StackError, match=message):
        run(lambda: platform.run(changed(duinrand, **parts), "prd"))
