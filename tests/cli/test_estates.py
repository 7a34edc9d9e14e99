"""A municipality from nothing to deployed to changed, by the command alone, outside of this repository."""

import json

import pytest

from kade.azure.provider import AzureNative
from kade.cli.runs import providers
from kade.cli.target import resolve
from kade.estate import load
from tests.cli.conftest import change

PLATFORM = "duinrand.prd.platform"
CONNECTIVITY = "duinrand.prd.connectivity"


def digest(ran):
    assert ran.out, ran.err
    return json.loads(ran.out)


def test_up_then_same_then_the_right_changes(kade, estate):
    folder = estate(("lock: true", "lock: false"))  # a lock forbids to destroy what is in the subscription
    base = ("--layer", "platform", "--layer", "connectivity")  # the others hold data, which is protected
    up = kade("up", folder, "--local", "--yes", "--no-policies", *base)
    assert up.status == 0, up.err
    assert " created" in up.out

    again = digest(kade("preview", folder, "--format", "json", "--no-policies", *base))
    assert {PLATFORM, CONNECTIVITY} <= set(again["stacks"])
    assert set(again["changeSummary"]) <= {"same", "read"}

    change(
        folder,
        ("version: 1\n", "version: 1\nnaming: {literal: {bastion/hub: bas-duinrand}}\n"),
        ("managed-by: kade}", 'managed-by: kade, cost-centre: "4410"}'),
        ("ranges: [10.31.0.0/24]", "ranges: [10.31.4.0/24]"),
    )
    ran = kade("preview", folder, "--no-policies", *base)
    assert ran.status == 0, ran.err
    assert '+ tags["cost-centre"]: "4410"' in ran.out
    assert '"10.31.0.0/24" → "10.31.4.0/24"' in ran.out
    assert '→ "bas-duinrand"  forces replacement' in ran.out
    assert "Replacements (" in ran.out

    down = kade("destroy", folder, "--local", "--yes", *base)
    assert down.status == 0, down.err
    state = json.loads(next(folder.rglob(f"{PLATFORM}.json")).read_text())
    assert not state["deployment"].get("resources")


def test_one_layer_with_the_packs(kade, estate):
    """The connectivity layer alone: the platform layer, which it reads, is previewed unseen."""
    ran = kade("preview", estate(), "--layer", "connectivity", "--format", "json")
    found = digest(ran)
    assert list(found["stacks"]) == [CONNECTIVITY]
    results = found["policies"]["results"]
    assert {item["pack"] for item in results} >= {"kade-security", "kade-residency"}, ran.err
    assert all(item["rule"] and item["stack"] == CONNECTIVITY for item in results)
    failed = [item for item in results if item["verdict"] == "fail" and item["enforcement"] == "mandatory"]
    assert ran.status == (1 if failed else 0)


def test_an_estate_elsewhere_is_judged_by_its_own_exemptions(kade, estate):
    """Not by those of the example of the same name that stands beside the packs."""
    rule = "kade-firewall-policy-threat-intelligence"
    folder = estate((f"rule: {rule}", "rule: kade-storage-minimum-tls"))
    ran = kade("preview", folder, "--layer", "connectivity", "--format", "json")
    verdicts = {(item["rule"], item["verdict"]) for item in digest(ran)["policies"]["results"]}
    assert (rule, "fail") in verdicts
    assert ("kade-network-no-any-source", "exempt") in verdicts
    assert ran.status == 1


@pytest.mark.parametrize("name", ["duinrand", "lindewaard"])
def test_the_examples_break_no_mandatory_rule(whole_preview, name):
    """What the README's first command shows: two layers at least, and nothing refused."""
    found = whole_preview(name)
    assert {f"{name}.prd.platform", f"{name}.prd.connectivity"} <= set(found["stacks"])
    assert {"pass", "exempt"} <= {item["verdict"] for item in found["policies"]["results"]}
    locations = found["policies"]["locations"]
    assert len(locations) > 100
    for line in locations:
        assert line["verdict"] == "within", line
        assert line["places"], line
        assert all(place["region"] and place["reason"] for place in line["places"]), line


def test_everything_goes_up_and_data_stays_until_somebody_gives_it_up(kade, estate):
    folder = estate(("lock: true", "lock: false"))
    assert kade("up", folder, "--local", "--yes", "--no-policies").status == 0
    again = digest(kade("preview", folder, "--format", "json", "--no-policies"))
    assert set(again["changeSummary"]) <= {"same", "read"}
    down = kade("destroy", folder, "--local", "--yes")
    assert down.status == 1
    assert "holds data that nobody has given up: give its application or service in the estate a `removal`" in down.err
    assert "Resources  none" in down.out
    still = digest(kade("preview", folder, "--format", "json", "--no-policies"))
    assert set(still["changeSummary"]) <= {"same", "read"}


def test_the_local_azure_has_the_cores_that_the_estate_says():
    estate = load("lindewaard")
    azure = providers(resolve("lindewaard"))["azure-native"]
    assert isinstance(azure, AzureNative)
    place = estate.workplace
    assert place is not None
    subscription = estate.subscriptions[estate.network.spokes[place.spoke].subscriptions["prd"]]
    assert azure.cloud.quota_cores == {subscription.id: place.quota_cores}
