"""The preflight pack beyond the examples of its rules: several resources together, previews, size, and its facts."""

import json
import random
import time
from collections.abc import Iterable
from datetime import date
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kade.azure.sdk_types import schema
from kade.check import run
from kade.facts.retirements import retired_versions, retirements
from kade.policies.kit.evaluate import Context, Outcome, Verdict, check_resource, check_stack
from kade.policies.kit.resource import Resource, Stack
from kade.policies.kit.serving import built_in, load
from kade.policies.kit.types import current_type
from kade.policies.kit.values import UNKNOWN
from kade.policies.preflight.address_ranges import Range, overlaps
from kade.policies.preflight.limits import cores

RULES = {rule.id: rule for rule in load(built_in()["preflight"]).rules}
CONTEXT = Context(today=date(2026, 11, 25))
NETWORK = "azure-native:network:VirtualNetwork"
PEERING = "azure-native:network:VirtualNetworkPeering"
SECURITY_GROUP = "azure-native:network:NetworkSecurityGroup"
STORAGE = "azure-native:storage:StorageAccount"
GROUP = "azure-native:resources:ResourceGroup"
LINK = "azure-native:privatedns:VirtualNetworkLink"


def made(type_: str, name: str, props: dict[str, Any], depends_on: Iterable[str] = (), container: str = "") -> Resource:
    return Resource(type_, props, name=name, urn=f"urn:{name}", depends_on=depends_on, container=container)


def network(name: str, *prefixes: str, **more: Any) -> Resource:
    space = {"addressSpace": {"addressPrefixes": list(prefixes)}}
    return made(NETWORK, name, {"virtualNetworkName": name, "resourceGroupName": "rg", **space, **more})


def peering(at: str, to: str) -> Resource:
    """A peering as a preview has it: the id of the other network is not known, only that it depends on it."""
    props = {"virtualNetworkName": at, "remoteVirtualNetwork": {"id": UNKNOWN}}
    return made(PEERING, f"{at}-{to}", props, [f"urn:{at}", f"urn:{to}"], container=f"urn:{at}")


def judge(rule_id: str, *resources: Resource) -> dict[str, Outcome]:
    """The outcomes of one rule by the name of the resource."""
    rule, stack = RULES[rule_id], Stack(resources)
    if rule.whole_stack:
        return {o.resource.name if o.resource else "": o for o in check_stack(rule, stack, CONTEXT)}
    return {r.name: check_resource(rule, r, CONTEXT) for r in stack.all if rule.applies_to(r.type)}


def failed(rule_id: str, *resources: Resource) -> set[str]:
    return {name for name, o in judge(rule_id, *resources).items() if o.verdict is Verdict.FAIL}


def test_an_overlap_of_peered_networks_names_both_ranges_and_the_remedy_although_no_id_is_known() -> None:
    given_ = [network("hub", "10.0.0.0/16"), network("supplier", "10.0.64.0/20")]
    found = judge("kade-preflight-peered-overlap", *given_, peering("hub", "supplier"), peering("supplier", "hub"))
    assert {name for name, o in found.items() if o.verdict is Verdict.FAIL} == {"hub", "supplier"}
    for part in ("hub (10.0.0.0/16)", "supplier (10.0.64.0/20)", "translates addresses"):
        assert part in found["hub"].message


def test_two_spokes_of_one_hub_may_not_overlap_although_they_are_not_peered_with_each_other() -> None:
    given_ = [network("hub", "10.0.0.0/16"), network("a", "10.1.0.0/16"), network("b", "10.1.8.0/24")]
    both = [peering("hub", "a"), peering("hub", "b")]
    assert failed("kade-preflight-peered-overlap", *given_, *both) == {"hub"}
    assert failed("kade-preflight-overlap-apart", *given_, *both) == {"a", "b"}


def test_a_range_that_is_not_known_hides_no_overlap_of_others() -> None:
    unknown = made(NETWORK, "new", {"addressSpace": UNKNOWN})
    given_ = [network("hub", "10.0.0.0/16"), network("a", "10.0.1.0/24"), unknown]
    ways = [peering("hub", "a"), peering("hub", "new")]
    found = judge("kade-preflight-peered-overlap", *given_, *ways)
    assert found["hub"].verdict is Verdict.FAIL
    assert found["new"].verdict is Verdict.NOT_EVALUATED


def test_a_peering_made_twice_is_found_by_what_it_depends_on() -> None:
    twice = peering("hub", "a")
    twice.urn = "urn:again"
    given_ = [network("hub", "10.0.0.0/16"), network("a", "10.1.0.0/16"), peering("hub", "a"), twice]
    assert failed("kade-preflight-peering-once", *given_) == {"hub"}


@given(
    st.lists(
        st.tuples(st.integers(0, 2**12 - 1), st.integers(20, 29), st.sampled_from("abcd")), min_size=1, max_size=12
    )
)
def test_whoever_overlaps_is_in_a_pair_and_only_those(drawn: list[tuple[int, int, str]]) -> None:
    base = int(ip_network("10.0.0.0/20").network_address)
    given_ = [Range(ip_network((base + (at >> (32 - size) << (32 - size)), size)), who) for at, size, who in drawn]
    told = list(overlaps(given_))
    for a, b in told:
        assert a.owner != b.owner
        assert a.network.overlaps(b.network)
    overlapping = {
        (a.owner, b.owner) for a in given_ for b in given_ if a.owner < b.owner and a.network.overlaps(b.network)
    }
    assert bool(told) == bool(overlapping)
    assert len(told) < len(given_)


def test_ranges_of_both_families_do_not_meet() -> None:
    spaces = [Range(ip_network("0.0.0.0/0"), "a"), Range(ip_network("::/0"), "b")]
    assert not list(overlaps(spaces))


def in_group(name: str, group: str) -> Resource:
    props = {"networkSecurityGroupName": "nsg-web", "resourceGroupName": "rg-web"}
    return made(SECURITY_GROUP, name, props, [f"urn:{group}"])


def test_a_name_is_taken_in_one_group_and_not_in_a_group_of_the_same_name_elsewhere() -> None:
    here, elsewhere = (made(GROUP, name, {"resourceGroupName": "rg-web"}) for name in ("here", "elsewhere"))
    assert not failed("kade-preflight-name-taken", here, elsewhere, in_group("a", "here"), in_group("b", "elsewhere"))
    assert failed("kade-preflight-name-taken", here, in_group("a", "here"), in_group("b", "here")) == {"a", "b"}


def test_a_zone_linked_twice_is_found_by_what_the_links_depend_on() -> None:
    def link(name: str) -> Resource:
        props = {"privateZoneName": "privatelink.example.nl", "virtualNetwork": {"id": UNKNOWN}}
        return made(LINK, name, props, ["urn:hub"])

    hub = network("hub", "10.0.0.0/16")
    assert failed("kade-preflight-zone-linked-once", hub, link("one"), link("two")) == {"one", "two"}
    assert not failed("kade-preflight-zone-linked-once", hub, link("one"))


def test_a_circle_is_found_at_the_end_of_a_long_chain() -> None:
    chain = [made(STORAGE, f"st{i}", {}, [f"urn:st{i + 1}"]) for i in range(5000)]
    last = made(STORAGE, "st5000", {}, ["urn:st4998"])
    assert failed("kade-preflight-circular-reference", *chain, last) == {"st4998", "st4999", "st5000"}


def test_the_generated_name_is_judged_with_what_pulumi_puts_behind_it() -> None:
    found = judge("kade-preflight-name", made(STORAGE, "stlindewaardfiles", {}), made(STORAGE, "stfiles", {}))
    assert "25 characters" in found["stlindewaardfiles"].message
    assert found["stfiles"].verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("size", "family", "number"),
    [
        ("Standard_D4s_v5", "dsv5", 4),
        ("Standard_E8-2ds_v5", "edsv5", 8),
        ("Standard_B2ms", "bms", 2),
        ("Standard_NC24ads_A100_v4", "ncadsv4", 24),
        ("standard_f72s_v2", "fsv2", 72),
        ("Large", "", 0),
    ],
)
def test_cores_are_read_from_the_size(size: str, family: str, number: int) -> None:
    assert cores(size) == (family, number)


def test_retirements_are_of_types_and_properties_that_exist() -> None:
    for entry in retirements():
        assert entry.source.startswith("https://"), entry
        assert all(value == value.lower() for values in entry.where.values() for value in values), entry
        if entry.type.startswith("arm:"):
            continue
        assert current_type(entry.type) == entry.type, entry
        known = schema(entry.type)
        assert known is not None, entry
        assert all(path.split(".")[0] in known.inputs for path in entry.where), entry
    assert all(versions.arm.endswith("/") for versions in retired_versions())


def test_a_template_is_judged_as_a_preview_is(tmp_path: Path) -> None:
    template = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {"unknown": {"type": "string"}},
        "resources": [
            {"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "st-wrong"},
            {
                "type": "Microsoft.Storage/storageAccounts",
                "apiVersion": "2023-01-01",
                "name": "[parameters('unknown')]",
            },
            {
                "type": "Microsoft.Network/virtualNetworks",
                "apiVersion": "2023-09-01",
                "name": "vnet",
                "properties": {
                    "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
                    "subnets": [
                        {"name": "a", "properties": {"addressPrefix": "10.0.1.0/24"}},
                        {"name": "AzureFirewallSubnet", "properties": {"addressPrefix": "10.0.1.0/27"}},
                        {"name": "far", "properties": {"addressPrefix": "10.9.0.0/24"}},
                    ],
                },
            },
            {
                "type": "Microsoft.ApiManagement/service",
                "apiVersion": "2019-01-01",
                "name": "apim",
                "properties": {},
            },
        ],
    }
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template))
    report = run([path], packs=[built_in()["preflight"]], exemptions=[])
    found = {(r.rule, r.resource.rpartition("/")[2]): r.verdict for r in report.results}
    assert found["kade-preflight-name", "st-wrong"] == "fail"
    for rule in ("subnet-overlap", "subnet-inside-network", "subnet-size"):
        assert found[f"kade-preflight-{rule}", "vnet"] == "fail"
    assert found["kade-preflight-api-version", "apim"] == "fail"
    assert "fail" not in {v for (r, n), v in found.items() if r == "kade-preflight-name" and n != "st-wrong"}


def test_ten_thousand_resources_are_judged_in_seconds() -> None:
    chosen = random.Random(7)  # noqa: S311 repeatable on purpose
    networks = [network(f"n{i}", f"10.{i // 256}.{i % 256}.0/24") for i in range(5000)]
    chosen.shuffle(networks)
    ways = [peering("n0", f"n{i}") for i in range(1, 2500)]
    rules = [{"name": f"r{i}", "direction": "Inbound", "priority": 100 + i} for i in range(20)]
    groups = [
        made(SECURITY_GROUP, f"g{i}", {"networkSecurityGroupName": f"nsg{i}", "securityRules": rules})
        for i in range(2500)
    ]
    stack = Stack([*networks, *ways, *groups])
    started = time.process_time()
    for rule in RULES.values():
        if rule.whole_stack:
            list(check_stack(rule, stack, CONTEXT))
            continue
        for resource in stack.all:
            if rule.applies_to(resource.type):
                check_resource(rule, resource, CONTEXT)
    assert time.process_time() - started < 20
