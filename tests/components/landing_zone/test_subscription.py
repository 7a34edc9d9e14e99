"""A subscription has one owner of its place, budgets, plans, rights; what is standing cannot give rights."""

import pytest
from pulumi_azure_native import management

from kade.components.arguments import ArgumentError
from kade.components.landing_zone.roles import assignment_name, role_definition_id
from kade.components.landing_zone.subscription import ACTIVITY, Subscription, SubscriptionArgs
from kade.facts import UnknownFactError
from tests.components.landing_zone.support import make as make_component
from tests.components.network.support import run

ID = "0b8f6e0a-52d1-4c44-9d0c-1a5e7a3c9001"
GROUP = "8a1d3c70-1111-4f0e-8c11-5b6f0a8e0001"


def make(**more):
    args = {"management_group": "lin-management", "subscription_id": ID, **more}
    return make_component(Subscription, "beheer", **args)


def test_it_is_placed_by_its_own_provider():
    made = make()
    assert made.one("beheer-provider").inputs["subscriptionId"] == ID
    assert made.one("beheer-placement").inputs == {"groupId": "lin-management"}
    assert {r.type.rsplit(":", 1)[-1] for r in made.resources} == {"azure-native", "ManagementGroupSubscription"}


def test_a_placement_is_kept_when_the_subscription_leaves_the_program():
    """Taking it away would put the subscription below the tenant's root."""
    kept = []
    original = management.ManagementGroupSubscription.__init__

    def spy(self, name, *args, **kwargs):
        kept.append(kwargs["opts"].retain_on_delete)
        original(self, name, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(management.ManagementGroupSubscription, "__init__", spy)
        make()
    assert kept == [True]


def test_the_budget_tells_who_pays():
    made = make(budget={"monthly": 4500, "contacts": ["platform@lindewaard.example"], "start": "2026-12-01"})
    budget = made.one("beheer-budget").inputs
    assert budget["scope"] == f"/subscriptions/{ID}"
    assert budget["timePeriod"] == {"startDate": "2026-12-01T00:00:00Z"}
    assert sorted(budget["notifications"]) == ["actual-100", "actual-80", "forecast-100"]
    with pytest.raises(ArgumentError, match="somebody who hears of it"):
        make(budget={"monthly": 1, "contacts": []})


def test_defender_plans_are_on_or_free():
    made = make(defender={"Servers": True, "KeyVaults": False})
    plans = {r.inputs["pricingName"]: (r.inputs["pricingTier"], r.inputs.get("subPlan")) for r in made.of("Pricing")}
    assert plans == {"VirtualMachines": ("Standard", "P2"), "KeyVaults": ("Free", None)}
    assert made.of("Pricing")[0].inputs["scopeId"] == f"subscriptions/{ID}"
    with pytest.raises(UnknownFactError, match="Did you mean Servers"):
        make(defender={"Server": True})


def test_roles_have_names_that_follow_from_what_they_are():
    access = {
        "lezen": {"principal_id": GROUP, "role": "Reader"},
        "beheer": {"principal_id": GROUP, "role": "Contributor"},
    }

    def roles(given):
        """By the role's own id, since resources are registered in no certain order."""
        return {r.inputs["roleDefinitionId"]: r.inputs for r in make(access=given).of("RoleAssignment")}

    before = roles(access)
    reader, contributor = role_definition_id("Reader"), role_definition_id("Contributor")
    assert before[reader]["roleAssignmentName"] == assignment_name(f"/subscriptions/{ID}", reader, GROUP)
    assert before[reader]["principalType"] == "Group"
    after = roles({**access, "lezen": {"principal_id": GROUP, "role": "Monitoring Reader"}})
    assert set(after) == {role_definition_id("Monitoring Reader"), contributor}
    assert after[contributor] == before[contributor]
    assert before[reader]["roleAssignmentName"] not in {r["roleAssignmentName"] for r in after.values()}


@pytest.mark.parametrize("role", ["Owner", "User Access Administrator", "Role Based Access Control Administrator"])
def test_nobody_has_a_standing_role_that_gives_rights(role):
    access = {"a": {"principal_id": GROUP, "role": role}}
    with pytest.raises(ArgumentError, match=f"standing {role}"):
        make(access=access)
    access["a"]["eligible"] = True
    (made,) = make(access=access).of("PimRoleEligibilitySchedule")
    assert made.inputs["roleDefinitionId"].startswith(f"/subscriptions/{ID}/providers/Microsoft.Authorization/")


def test_the_activity_log_goes_to_one_place_once():
    made = make(workspace_id="/subscriptions/x/workspaces/log")
    (setting,) = made.of("SubscriptionDiagnosticSetting")
    assert [log["category"] for log in setting.inputs["logs"]] == list(ACTIVITY)

    def twice():
        subscription = Subscription("a", SubscriptionArgs("m", ID, workspace_id="/w"))
        subscription.send_activity_log("/w2")

    with pytest.raises(ValueError, match="goes to a workspace already"):
        run(twice)


def test_a_new_one_is_asked_for_under_the_agreement():
    scope = "/providers/Microsoft.Billing/billingAccounts/1/enrollmentAccounts/2"
    new = {"alias": "sub-proef", "display_name": "Proef", "billing_scope": scope}
    made = make_component(Subscription, "proef", management_group="m", new=new)
    assert made.one("proef-alias").inputs["properties"]["billingScope"] == scope
    with pytest.raises(ArgumentError, match="`subscription_id` of one that stands, or `new`"):
        make_component(Subscription, "proef", management_group="m")


def test_a_lock_and_tags():
    made = make(lock=True, tags={"owner": "platform"})
    assert made.one("beheer-lock").inputs["level"] == "CanNotDelete"
    assert made.one("beheer-tags").inputs["properties"] == {"tags": {"owner": "platform"}}


def test_a_name_of_an_assignment_ignores_case_and_never_changes():
    name = assignment_name("/subscriptions/ABC/", "Role", "P")
    assert name == assignment_name("/subscriptions/abc", "role", "p")
    assert name == "2fe9a654-b4d3-5a86-9a0e-d5a17f25e8db"  # another value would recreate every role assignment
