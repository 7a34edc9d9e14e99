"""Two regions, and public ranges of our own: where packets go, and that nobody translates them."""

import shutil

import pulumi
import pytest

from kade.components.network.read_rules import read_routes
from kade.estate import EstateError, load
from kade.stacks.connectivity_addresses import RECORD, plan_of
from kade.stacks.connectivity_reach import View
from tests.stacks.conftest import layer


def changed(tmp_path, *changes):
    """Duinrand with texts replaced, each of which must be there; the record of ranges is left out."""
    folder = tmp_path / "duinrand"
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree("estates/duinrand", folder)
    (folder / RECORD).unlink()
    file = folder / "estate.yaml"
    text = file.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    file.write_text(text, encoding="utf-8")
    return load(folder)


REGIONS = (
    ("supernets: {westeurope: [10.40.0.0/19]}", "supernets: {westeurope: [10.40.0.0/19], northeurope: [10.41.0.0/19]}"),
    ("  hubs:\n", "  hubs:\n    neu: {region: northeurope, size: 23, bastion: null}\n"),
    (
        "  spokes:\n",
        "  spokes:\n    uitwijk:\n      title: Recovery\n      region: northeurope\n"
        "      subscriptions: {prd: toepassingen}\n      size: 24\n      subnets: {data: {size: 26}}\n",
    ),
)


def test_two_firewalls_know_the_way_to_each_others_spokes(tmp_path):
    estate = changed(tmp_path, *REGIONS)
    made = layer(estate, "prd")
    tables = {t.name: read_routes(t.inputs) for t in made.of("RouteTable")}
    view = View(estate, "prd")
    near = {name: str(view.plan.networks[name].range) for name in ("toepassingen-prd", "uitwijk-prd")}
    weu, neu = tables["hub-weu-firewall-routes"], tables["hub-neu-firewall-routes"]
    far_weu = {r.prefix: r.next_hop for r in weu if r.type == "VirtualAppliance"}
    far_neu = {r.prefix: r.next_hop for r in neu if r.type == "VirtualAppliance"}
    assert set(far_weu) == {near["uitwijk-prd"]}
    assert near["toepassingen-prd"] in far_neu
    assert near["uitwijk-prd"] in {r.prefix for r in tables["hub-weu-gateway-routes"]}
    assert len([p for p in made.of("VirtualNetworkPeering") if p.name.startswith("hubs-")]) == 2
    answers = [view.ask(view.places["toepassingen/backend"], view.places["uitwijk/data"], port) for port in (5432, 22)]
    assert [answer.reachable for answer in answers] == [True, False]


def test_without_a_firewall_there_a_hub_is_not_passed(tmp_path):
    estate = changed(
        tmp_path, REGIONS[0], ("  hubs:\n", "  hubs:\n    neu: {region: northeurope, firewall: null}\n"), REGIONS[2]
    )
    view = View(estate, "prd")
    answer = view.ask(view.places["toepassingen/backend"], view.places["uitwijk/data"], 5432)
    assert not answer.reachable
    assert "no firewall in hub neu" in [step.rule for step in answer.steps]
    assert "hub-weu-firewall-routes" not in {t.name for t in layer(estate, "prd").of("RouteTable")}


PUBLIC = (
    (
        "supernets: {westeurope: [10.40.0.0/19]}",
        "supernets: {westeurope: [10.40.0.0/19]}\n    own_public: [198.51.100.0/26]",
    ),
    (
        "  spokes:\n",
        "  spokes:\n    koppelvlak:\n      title: By these addresses Diginetwerk knows us\n"
        "      subscriptions: {prd: toepassingen}\n      prefixes: {prd: 198.51.100.0/26}\n      size: 26\n"
        "      subnets: {backend: {size: 28}}\n",
    ),
)


def test_a_spoke_in_a_public_range_of_our_own_keeps_its_addresses(tmp_path):
    estate = changed(tmp_path, *PUBLIC)
    made = layer(estate, "prd")
    assert made.one("spoke-koppelvlak-network").inputs["addressSpace"] == {"addressPrefixes": ["198.51.100.0/26"]}
    (policy,) = made.of("FirewallPolicy")
    assert "198.51.100.0/26" in policy.inputs["snat"]["privateRanges"]
    closed = made.one("hub-weu-firewall-rules-deny-inside").inputs["ruleCollections"][0]["rules"][0]
    assert "198.51.100.0/26" in closed["sourceAddresses"]
    assert "198.51.100.0/26" in closed["destinationAddresses"]
    # The subnet of the gateway to the internet has no route for everything: it needs one to the public range.
    dmz = read_routes(made.one("spoke-toepassingen-dmz-routes").inputs)
    assert [r.type for r in dmz if r.prefix == "198.51.100.0/26"] == ["VirtualAppliance"]
    view = View(estate, "prd")
    place = view.places["koppelvlak/backend"]
    assert view.ask(place, view.places["partner:duinstreek"], 443).reachable
    assert not view.ask(place, view.places["partner:duinstreek"], 22).reachable


def test_a_literal_range_outside_supernets_and_own_ranges_is_refused(tmp_path):
    outside = (PUBLIC[1][0], PUBLIC[1][1].replace("198.51.100.0/26", "203.0.113.0/26"))
    with pytest.raises(EstateError, match=r"203\.0\.113\.0/26 is in none of the supernets"):
        changed(tmp_path, PUBLIC[0], outside)


def test_what_protection_against_floods_costs_is_said(tmp_path, monkeypatch):
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "info", lambda text, *_: said.append(text))
    network = "network:\n  subscription: platform\n"
    estate = changed(tmp_path, (network, f"{network}  ddos: ip\n"))
    made = layer(estate, "prd")
    (price,) = [text for text in said if text.startswith("network.ddos:")]
    addresses = len(made.of("PublicIPAddress")) + len(estate.network.ingress)  # that of the way in is made elsewhere
    assert f"for {addresses} public addresses" in price
    assert "DDoS IP Protection costs 199 USD per address a month" in price


def test_a_plan_protects_the_hub_and_every_spoke_in_all_environments(tmp_path):
    network = "network:\n  subscription: platform\n"
    estate = changed(tmp_path, (network, f"{network}  ddos: plan\n"))
    made = layer(estate, "prd")
    (plan,) = made.of("DdosProtectionPlan")
    for item in made.of("VirtualNetwork"):
        assert item.inputs["enableDdosProtection"] is True
        assert item.inputs["ddosProtectionPlan"] == {"id": plan.id}
    (spoke,) = layer(estate, "tst").of("VirtualNetwork")
    assert spoke.inputs["ddosProtectionPlan"] == {"id": "/plan"}


def test_bastion_is_open_to_whom_the_estate_names(tmp_path):
    estate = changed(tmp_path, ("bastion: {sku: Basic}", "bastion: {sku: Basic, clients: [192.0.2.128/25]}"))
    rules = {r["name"]: r for r in layer(estate, "prd").one("hub-weu-bastion-rules").inputs["securityRules"]}
    assert rules["allow-https"]["sourceAddressPrefix"] == "192.0.2.128/25"


def test_a_line_that_is_ordered_is_connected_when_it_is_delivered(tmp_path):
    line = (
        "      expressroute: {circuits: {koppelnet: {ownership: managed, provider: Provider, "
        "peering_location: Amsterdam2, bandwidth_mbps: 200, to: 'partner:duinstreek'%s}}}\n"
    )
    before = ("      bastion: {sku: Basic}\n", "      bastion: {sku: Basic}\n" + line % "")
    made = layer(changed(tmp_path, before), "prd")
    assert len(made.of("ExpressRouteCircuit")) == 1
    assert not [c for c in made.of("VirtualNetworkGatewayConnection") if c.inputs["connectionType"] == "ExpressRoute"]
    after = (before[0], "      bastion: {sku: Basic}\n" + line % ", provisioned: true")
    made = layer(changed(tmp_path, after), "prd")
    (connection,) = [c for c in made.of("VirtualNetworkGatewayConnection") if "peer" in c.inputs]
    assert connection.inputs["peer"] == {"id": made.one("hub-weu-circuit-koppelnet-circuit").id}


LONE = (
    "  spokes:\n",
    "  spokes:\n    proef:\n      subscriptions: {prd: toepassingen}\n      prefixes: {prd: 10.40.0.0/24}\n"
    "      size: 24\n      peered: false\n      subnets: {data: {size: 26}}\n"
    "    kopie:\n      subscriptions: {prd: toepassingen}\n      prefixes: {prd: 10.40.0.0/24}\n"
    "      size: 24\n      subnets: {data: {size: 26}}\n",
)


def test_networks_that_are_not_peered_may_overlap_with_a_warning_and_others_may_not(tmp_path):
    (warning,) = plan_of(changed(tmp_path, LONE)).warnings
    assert "network kopie-prd (10.40.0.0/24)" in warning
    assert "network proef-prd (10.40.0.0/24)" in warning
    assert "not peered" in warning
    both = (LONE[0], LONE[1].replace("      peered: false\n", ""))
    with pytest.raises(EstateError, match=r"spoke kopie \(prd\) 10\.40\.0\.0/24 overlaps spoke proef \(prd\)"):
        changed(tmp_path, both)
