"""The workplace layer of the example municipality, and of the same one changed in what could go wrong."""

from datetime import date
from typing import Any

import pytest

from kade.components.workplace.capacity import Demand
from kade.estate import Estate
from kade.stacks import workplace
from kade.stacks.common import StackError
from kade.stacks.workplace_context import Context
from kade.stacks.workplace_sizes import licences, releases_of, scaled, size_pools, table, workplace_of
from tests.components.network.support import run

OUTPUTS = {
    "platform": {
        "workspaceId": "/workspaces/log",
        "collectionRuleId": "/rules/machines",
        "agentIdentityId": "/identities/agent",
        "actionGroups": {"platform": "/ag/platform", "beveiliging": "/ag/beveiliging"},
        "backupVaults": {"werkplek": {"recoveryVaultName": "rsv", "resourceGroup": "rg-backup", "policyIds": {}}},
    },
    "connectivity": {
        "spokes": {"werkplek": {"subnetIds": {n: f"/subnets/{n}" for n in ("frontend", "data", "bouw")}}},
        "privateDnsZones": {
            name: f"/zones/{name}"
            for name in (
                "privatelink.wvd.microsoft.com",
                "privatelink.file.core.windows.net",
                "privatelink.vaultcore.azure.net",
            )
        },
    },
}


def changed(estate: Estate, **parts) -> Estate:
    """The estate with parts of its workplace replaced; a part of a part by its path (`personas__balie__number`)."""
    data = estate.model_dump(by_alias=True, exclude_unset=True)
    for path, value in parts.items():
        *steps, last = path.split("__")
        at = data["workplace"]
        for step in steps:
            at = at[int(step) if step.isdecimal() else step]
        at[last] = value
    return Estate.model_validate(data)


def inputs_of(made):
    """Inputs by type and name; what is drawn anew in each run is left out."""
    found = {}
    for r in made.resources:
        inputs = {k: v for k, v in r.inputs.items() if k not in ("osProfile", "protectedParameters")}
        found[r.type.rsplit(":", 1)[-1], r.name] = inputs
    return found


@pytest.fixture(scope="module")
def small(lindewaard):
    """Lindewaard with fewer people, so that a run of the layer takes a second."""
    numbers = {"medewerker": 40, "sociaal": 15, "beheerder": 1, "gegevensanalist": 1}
    return changed(lindewaard, **{f"personas__{key}__number": number for key, number in numbers.items()})


def layer(estate):
    return run(lambda: workplace.run(estate, "prd"), OUTPUTS)


@pytest.fixture(scope="module")
def before(small):
    return inputs_of(layer(small))


def test_another_number_of_people_changes_only_what_it_must(small, before):
    """Ten more at the office: one host more, a larger share, and what alerts know of both."""
    after = inputs_of(layer(changed(small, personas__medewerker__number=50)))
    assert before.keys() <= after.keys()
    new = {name for _, name in after.keys() - before.keys()}
    assert new
    assert all(name.startswith("hosts-medewerker-01-003") for name in new)
    assert {name for kind, name in before if after[kind, name] != before[kind, name]} == {
        *("profiles-medewerker-share", "alerts-full-medewerker", "alerts-share-medewerker")
    }


def test_a_new_build_adds_hosts_and_touches_none_that_stand(small, before):
    releases: dict[int, dict[str, Any]] = {
        1: {"version": "26200.6899.251108"},
        2: {"version": "26200.7171.261110", "rings": ["voorop"]},
    }
    built = changed(small, images__kantoor__releases=releases)
    after = inputs_of(layer(built))
    assert {name for _, name in after.keys() - before.keys()} == {"images-kantoor-2"}
    assert all(after[key] == before[key] for key in before)
    releases[1]["drain"], releases[2]["rings"] = True, None
    rolled = inputs_of(layer(changed(small, images__kantoor__releases=releases)))
    assert before.keys() <= rolled.keys()
    assert ("VirtualMachine", "hosts-medewerker-02-001") in rolled
    touched = {kind for kind, name in before if rolled[kind, name] != before[kind, name]}
    assert touched == {"SessionHost"}
    assert rolled["SessionHost", "hosts-medewerker-01-001-session"]["allowNewSession"] is False


def test_the_token_comes_from_the_pool_while_hosts_may_register(small, before):
    assert before["HostPool", "pool-balie-pool"]["registrationInfo"]["expirationTime"] == "2026-12-18T12:00:00Z"
    after = inputs_of(layer(changed(small, registration_until=None)))
    assert {kind for kind, name in before if after[kind, name] != before[kind, name]} == {"HostPool"}


def test_hosts_stand_in_the_subnet_and_endpoints_have_names_in_the_zones(before):
    interface = before["NetworkInterface", "hosts-balie-01-001-interface"]
    assert interface["ipConfigurations"][0]["subnet"]["id"] == "/subnets/frontend"
    assert before["PrivateEndpoint", "pool-balie-endpoint"]["subnet"]["id"] == "/subnets/data"
    (zone,) = before["PrivateDnsZoneGroup", "feed-internal-endpoint-name"]["privateDnsZoneConfigs"]
    assert zone["privateDnsZoneId"] == "/zones/privatelink.wvd.microsoft.com"


def test_no_policy_backs_up_a_host_that_is_made_anew(before):
    assert {inputs["tags"]["backup"] for (kind, _), inputs in before.items() if kind == "VirtualMachine"} == {"none"}


def test_alerts_go_to_those_who_hear_of_their_severity(before):
    groups = before["ScheduledQueryRule", "alerts-no-host"]["actions"]["actionGroups"]
    assert groups == ["/ag/platform", "/ag/beveiliging"]


def test_more_cores_than_the_quota_are_refused_with_every_share(lindewaard):
    with pytest.raises(StackError, match=r"workplace\.quota_cores: the pools need 336 cores and the quota is 300: med"):
        size_pools(changed(lindewaard, quota_cores=300), "prd")


def test_the_table_says_how_and_counts_what_drains(lindewaard):
    rows = {row["persona"]: row for row in table(size_pools(lindewaard, "prd"), workplace_of(lindewaard))}
    assert rows["medewerker"]["hosts"] == 11
    assert rows["beheerder"]["cores"] == 2 * 8 * 8
    assert str(rows["beheerder"]["calculation"]).endswith("; 8 of release 1 drain")
    assert "never stopped" in str(rows["balie"]["calculation"])
    assert rows["total"]["calculation"] == "336 of 350 cores of the quota"


def test_what_drains_stays_as_it_is_when_people_come(lindewaard):
    """One manager more: a host of the new build, and none of the old one, of which two are empty and gone."""
    releases: dict[int, dict[str, Any]] = {1: {"drain": True, "hosts": {"beheerder": 6}}, 2: {"rings": ["voorop"]}}
    estate = changed(lindewaard, images__beheer__releases=releases, personas__beheerder__number=9)
    (pool,) = [pool for key, pool in size_pools(estate, "prd").items() if key == "beheerder"]
    assert (pool.hosts, pool.draining) == (9, {1: 6})
    row = table(size_pools(estate, "prd"), workplace_of(estate))[3]
    assert row["cores"] == (9 + 6) * 8
    assert str(row["calculation"]).endswith("; 6 of release 1 drain")


def test_a_ring_without_a_build_has_no_hosts_yet(lindewaard):
    estate = changed(lindewaard, images__kantoor__releases={1: {"rings": []}})
    pools = size_pools(estate, "prd")
    assert pools["medewerker"].hosts == 0
    row = table(pools, workplace_of(estate))[0]
    assert str(row["calculation"]).endswith("none yet: no release is for its ring")


def test_the_highest_build_of_a_ring_is_its_own(lindewaard):
    releases = {1: {}, 2: {"rings": ["voorop"]}, 3: {"rings": []}}
    place = workplace_of(changed(lindewaard, images__beheer__releases=releases))
    assert releases_of(place, place.personas["beheerder"]) == (2, ())
    everyone = place.personas["beheerder"].model_copy(update={"ring": None})
    assert releases_of(place, everyone) == (1, ())


@pytest.mark.parametrize(("scale", "people"), [("full", 25), ("reduced", 13), ("minimal", 1)])
def test_a_smaller_environment_is_smaller(scale, people):
    assert scaled(Demand(25, minimum_hosts=3), scale).people == people


def test_licences_are_counted_and_what_is_lacking_is_said(lindewaard):
    assert licences(workplace_of(lindewaard))[0]["Microsoft 365 E3"] == 300
    _, needed = licences(workplace_of(changed(lindewaard, personas__leverancier__licences=[])))
    assert needed["leverancier"][0] == "the right to use Azure Virtual Desktop"


@pytest.mark.parametrize(
    ("until", "today", "message"),
    [
        (date(2026, 12, 18), date(2026, 12, 19), "2026-12-18 is past"),
        (date(2026, 12, 18), date(2026, 11, 1), "is more than 27 days ahead"),
        (date(2026, 12, 18), date(2026, 12, 1), ""),
        (None, date(2026, 12, 1), ""),
    ],
)
def test_a_day_that_azure_would_refuse_is_said(lindewaard, caplog, until, today, message):
    estate = changed(lindewaard, registration_until=until)
    run(lambda: workplace.say_registration(Context(estate, "prd"), today), OUTPUTS)
    said = [record.getMessage() for record in caplog.records if "registration_until" in record.getMessage()]
    assert bool(said) == bool(message)
    assert all(message in text for text in said)


def test_a_group_that_is_ours_to_make_is_made_in_entra(lindewaard):
    data = lindewaard.model_dump(by_alias=True, exclude_unset=True)
    data["identity"]["groups"]["raad"] = {"ownership": "managed", "title": "Council"}
    estate = Estate.model_validate(data)
    made = run(lambda: Context(estate, "prd").principal("raad", "f"), OUTPUTS)
    (group,) = made.of("Group")
    assert group.inputs["displayName"] == "lindewaard-raad"


def test_without_a_workplace_it_is_said(duinrand):
    with pytest.raises(StackError, match="duinrand has no workplace"):
        size_pools(duinrand, "prd")
