"""Each sentence of what the landing zone has to be, and the resources of a preview that carry it.

The example municipalities are previewed as a user does it. What is a choice that neither of them makes (the sovereign
groups, an agreement of one's own) is looked for in an estate that makes it.
"""

import subprocess
from datetime import date

import pytest

from kade.doctor.providers import parts_of
from kade.estate import Estate, load
from kade.facts.azure_types import type_by_token
from kade.facts.needs import providers_for
from kade.stacks import platform
from kade.stacks.common import StackError
from tests.cli.conftest import KADE
from tests.components.network.support import run
from tests.stacks import checklist
from tests.stacks.checklist import Made

PROVIDER = "pulumi:providers:azure-native"


@pytest.fixture(scope="module")
def made(whole_preview):
    """Made things by the estate that makes them; each is made once, when it is first asked for."""
    known = {}

    def ask(name):
        if name not in known:
            known[name] = _MAKERS[name](whole_preview)
        return known[name]

    return ask


def _program(name, **parts):
    estate = load(f"estates/{name}")
    data = estate.model_dump(by_alias=True, exclude_unset=True)
    for key, value in parts.items():
        data[key] = {**data.get(key, {}), **value}
    ran = run(lambda: platform.run(Estate.model_validate(data), "prd"))
    return Made([(r.type.rsplit(":", 1)[-1], r.name, r.inputs) for r in ran.resources])


AGREEMENT = "/providers/Microsoft.Billing/billingAccounts/1/enrollmentAccounts/2"
EXEMPTION = {
    "assignment": "Allowed-Locations",
    "scope": "toepassingen",
    "reason": "A test of a region that opens next year.",
    "owner": "ciso",
    "until": date(2027, 1, 31),
}
_MAKERS = {
    "lindewaard": lambda whole: Made.previewed(whole("lindewaard"), "platform", "connectivity"),
    "duinrand": lambda whole: Made.previewed(whole("duinrand"), "platform"),
    "choices": lambda _whole: _program(
        "duinrand",
        management_groups={"hierarchy": "standard", "sovereign": True, "sovereign_levels": [1, 2, 3]},
        billing={"mode": "ea", "scope": AGREEMENT},
        policy={"exemptions": {"proef": EXEMPTION}},
    ),
}


ROLE, GROUP, ASSIGNMENT = "RoleAssignment", "ManagementGroup", "PolicyAssignment"
TABLE, CHECKLIST = checklist.table("platform_checklist")


@pytest.mark.parametrize("row", CHECKLIST, ids=lambda row: f"{row[0]} {row[1]}")
def test_a_sentence_is_carried_by_a_resource(made, row):
    made(row[2]).carries(*row[3:])


def test_every_point_of_what_is_wanted_has_rows():
    assert {int(point.split()[0]) for point in TABLE} == {1, 2, 3, 4, 5, 6, 7}
    assert all(len(row) == 7 for row in CHECKLIST)


@pytest.mark.parametrize("command", ["adopt", "doctor"])
def test_the_commands_of_points_8_and_9_are_there(command):
    """What they do is proved in tests/cli/test_adopt.py and tests/cli/test_doctor.py."""
    done = subprocess.run([KADE, command, "--help"], capture_output=True, text=True, check=True)
    assert f"{command} " in done.stdout


@pytest.mark.parametrize("estate", ["lindewaard", "duinrand"])
def test_no_mandatory_rule_fails_and_every_exemption_has_its_reason(made, estate):
    made(estate).breaks_no_mandatory_rule(500)
    for exemption in load(f"estates/{estate}").exemptions.values():
        assert len(exemption.reason) > 30
        assert exemption.owner


def test_the_small_profile_is_smaller(made):
    """Three engineers: no Sentinel, no second workspace, no groups of their own, four Defender plans or fewer."""
    small = made("duinrand")
    assert small.find("SentinelOnboardingState") == []
    assert small.find("ScheduledAlertRule") == []
    assert len(small.find("Workspace")) == 1
    assert len(small.find(GROUP)) == 6
    assert len(small.find("Pricing", "-platform-defender-", "pricingTier", "^Standard$")) <= 4
    assert len(small.items) * 2 < len(made("lindewaard").items)


def test_diagnostics_go_to_one_place_exactly_once(made):
    items = [(n, i) for k, n, i in made("lindewaard").items if k == "DiagnosticSetting"]
    seen = [(n.rsplit("-", 1)[0], i.get("workspaceId")) for n, i in items]
    assert len(set(seen)) == len(seen)
    subscriptions = load("estates/lindewaard").subscriptions
    assert len(made("lindewaard").find("SubscriptionDiagnosticSetting")) == len(subscriptions)


def test_nobody_is_a_standing_owner(made):
    owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
    for estate in ("lindewaard", "duinrand"):
        assert made(estate).find(ROLE, "", "roleDefinitionId", owner) == []


def test_what_a_subscription_needs_registered_is_what_doctor_says(made):
    """Types of the preview by subscription, against the resource providers that `kade doctor` names."""
    estate = load("estates/lindewaard")
    keys = {item.id: key for key, item in estate.subscriptions.items()}
    named = {key: {n for part in parts for n in providers_for(part)} for key, parts in parts_of(estate).items()}
    states = [step["newState"] for step in made("lindewaard").digest["steps"]]
    providers = {s["urn"]: s["inputs"].get("subscriptionId") for s in states if s["type"] == PROVIDER}
    checked = 0
    for state in states:
        known = type_by_token(state["type"])
        id_ = providers.get(str(state.get("provider", "")).rpartition("::")[0])
        if known is None or id_ is None or known.arm_type.startswith("Microsoft.Management"):
            continue
        namespace = known.arm_type.split("/")[0]
        assert namespace.lower() in {n.lower() for n in named[keys[id_]]}, f"{keys[id_]}: {namespace} ({state['urn']})"
        checked += 1
    assert checked > 500


def test_the_root_is_not_taken_without_rights():
    with pytest.raises(StackError, match="root_parent: duinrand would be made below the tenant's root"):
        _program("duinrand", management_groups={"root_parent": None})


def test_a_new_subscription_says_that_its_providers_come_first(caplog):
    _program("duinrand", billing={"mode": "mca", "scope": AGREEMENT})
    assert "run the commands of `kade doctor duinrand`" in caplog.text


def test_without_zones_of_ours_there_is_no_policy_for_them_and_no_role():
    zones = "/subscriptions/5c7e2b19-0d44-4b8f-9a63-2f8d1c6e7001/resourceGroups/rg-zones"
    duinrand = load("estates/duinrand")
    network = {**duinrand.model_dump(by_alias=True, exclude_unset=True)["network"]}
    left = _program("duinrand", network={**network, "private_dns": {"ownership": "existing", "id": zones}})
    assert left.find(ASSIGNMENT, "Private-DNS") == []
    assert left.find(ROLE, "Private-DNS") == []


def test_a_group_that_stands_is_given_no_policy():
    groups = {"landingzones": {"ownership": "existing", "id": "mg-anders"}}
    left = _program("duinrand", management_groups={"root_parent": "mg-boven", "groups": groups})
    assert left.find(GROUP, "-landingzones$") == []
    assert left.find(ASSIGNMENT, "-landingzones-") == []
    assert left.find(ASSIGNMENT, "", "scope", "mg-anders$") == []
    assert left.find(GROUP, "-corp$", "details.parent.id", "/mg-anders$")
