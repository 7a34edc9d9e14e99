"""The connectivity layer of the example estates, and what it refuses."""

import shutil
from pathlib import Path

import pytest

from kade.components.network.read_rules import read_group
from kade.estate import EstateError, load
from kade.stacks import connectivity
from kade.stacks.connectivity_addresses import RECORD, plan_of
from kade.stacks.connectivity_reach import View
from tests.components.network.support import run

PLATFORM = {"workspaceId": "/subscriptions/s/workspace", "subscriptions": {}}
HUBS = {
    "hubs": {"weu": {"id": "/hub", "name": "vnet-hub", "resourceGroup": "rg-hub"}},
    "flowLogStorage": {"westeurope": "/flow"},
    "privateDnsGroup": "rg-dns",
}


@pytest.fixture(scope="module")
def lindewaard():
    return load("estates/lindewaard")


@pytest.fixture(scope="module")
def duinrand():
    return load("estates/duinrand")


def layer(estate, environment):
    return run(lambda: connectivity.run(estate, environment), {"platform": PLATFORM, "connectivity": HUBS})


@pytest.fixture(scope="module")
def production(lindewaard):
    return layer(lindewaard, "prd")


# Issue 6, "Wanted": each sentence and the resources that carry it.
CHECKLIST = {
    "hub in each region": ("VirtualNetwork", lambda r: r.name in ("hub-weu-network", "hub-gwc-network"), 2),
    "firewall Premium": ("AzureFirewall", lambda r: r.inputs["sku"]["tier"] == "Premium", 1),
    "intrusion detection": ("FirewallPolicy", lambda r: r.inputs["intrusionDetection"]["mode"] == "Deny", 1),
    "own ranges are not translated": (
        "FirewallPolicy",
        lambda r: "198.51.100.0/26" in r.inputs["snat"]["privateRanges"],
        1,
    ),
    "Bastion": ("BastionHost", lambda r: r.inputs["sku"]["name"] == "Standard", 1),
    "VPN gateway": ("VirtualNetworkGateway", lambda r: r.inputs["gatewayType"] == "Vpn", 1),
    "ExpressRoute gateway": ("VirtualNetworkGateway", lambda r: r.inputs["gatewayType"] == "ExpressRoute", 1),
    "an overlap is translated": ("VirtualNetworkGateway", lambda r: bool(r.inputs.get("natRules")), 1),
    "connections": ("VirtualNetworkGatewayConnection", lambda r: True, 4),
    "forwarding of names on site": ("ForwardingRule", lambda r: r.inputs["domainName"].endswith("."), 1),
    "protection of public addresses": (
        "PublicIPAddress",
        lambda r: r.inputs["ddosSettings"]["protectionMode"] == "Enabled",
        6,
    ),
    "deny inside comes last": (
        "FirewallPolicyRuleCollectionGroup",
        lambda r: r.inputs["priority"] == 60000 and r.inputs["ruleCollections"][0]["action"]["type"] == "Deny",
        1,
    ),
    "flow logs of every network": (
        "FlowLog",
        lambda r: r.inputs["flowAnalyticsConfiguration"]["networkWatcherFlowAnalyticsConfiguration"]["enabled"],
        13,
    ),
    "signed public zone": ("DnssecConfig", lambda r: True, 3),
    "all private link zones": ("PrivateZone", lambda r: r.inputs["location"] == "global", 85),
}


@pytest.mark.parametrize("wanted", CHECKLIST)
def test_what_is_wanted_is_there(production, wanted):
    kind, holds, count = CHECKLIST[wanted]
    found = [r for r in production.of(kind) if holds(r)]
    assert len(found) >= count if wanted == "all private link zones" else len(found) == count


def test_every_spoke_is_peered_both_ways_and_linked_only_through_the_hub(lindewaard, production):
    spokes = [k for k, s in lindewaard.network.spokes.items() if "prd" in s.subscriptions]
    names = {p.name for p in production.of("VirtualNetworkPeering")}
    ours = {f"spoke-{s}-{way}" for s in spokes for way in ("to-hub", "from-hub")}
    assert names == ours | {"hubs-weu-gwc-from-weu", "hubs-weu-gwc-from-gwc"}
    assert {link.inputs["virtualNetworkLinkName"] for link in production.of("VirtualNetworkLink")} == {"hub-weu"}
    backup = [z for z in production.of("PrivateZone") if "backup" in z.inputs["privateZoneName"]]
    assert {z.inputs["privateZoneName"] for z in backup} == {
        "privatelink.we.backup.windowsazure.com",
        "privatelink.gwc.backup.windowsazure.com",
    }


def test_the_planned_ranges_are_those_on_record(lindewaard):
    plan = plan_of(lindewaard)
    assert not plan.unrecorded
    assert not plan.retired
    assert plan_of(lindewaard, {}).unrecorded


def test_the_internet_comes_in_only_where_a_gateway_stands(lindewaard, production):
    view = View(lindewaard, "prd")
    reached = {p.name for p in view.places.values() if p.rules and view.ask(view.places["internet"], p, 443).reachable}
    assert reached == {"toegang/dmz"}
    bastion = production.one("hub-weu-bastion-rules").inputs["securityRules"]
    assert [r["sourceAddressPrefix"] for r in bastion if r["name"] == "allow-https"] == ["203.0.113.10/32"]


def test_the_small_profile_is_small(duinrand):
    made = layer(duinrand, "prd")
    assert [f.inputs["sku"]["tier"] for f in made.of("AzureFirewall")] == ["Basic"]
    assert not made.of("DnsResolver")
    assert not made.of("DdosProtectionPlan")
    assert [g.inputs["gatewayType"] for g in made.of("VirtualNetworkGateway")] == ["Vpn"]
    # Nobody in the hub answers names, so the spoke asks Azure and has the links itself.
    assert {x.inputs["virtualNetworkLinkName"] for x in made.of("VirtualNetworkLink")} == {"spoke-toepassingen-prd"}
    assert "dhcpOptions" not in made.one("spoke-toepassingen-network").inputs


def test_another_environment_has_spokes_only_and_reads_the_hub(duinrand):
    made = layer(duinrand, "tst")
    assert not made.of("AzureFirewall")
    assert [n.name for n in made.of("VirtualNetwork")] == ["spoke-toepassingen-network"]
    assert made.one("spoke-toepassingen-to-hub").inputs["remoteVirtualNetwork"] == {"id": "/hub"}
    back = made.one("spoke-toepassingen-from-hub").inputs
    assert (back["resourceGroupName"], back["virtualNetworkName"]) == ("rg-hub", "vnet-hub")
    assert not made.of("PrivateZone")
    assert {x.inputs["resourceGroupName"] for x in made.of("VirtualNetworkLink")} == {"rg-dns"}


def test_the_subnet_of_a_gateway_can_be_managed_and_sends_only_what_is_inside_to_the_firewall(duinrand):
    view = View(duinrand, "prd")
    dmz, other = view.places["toepassingen/dmz"], view.places["toepassingen/backend"]
    assert dmz.rules
    assert other.rules
    assert [r.name for r in dmz.rules if "GatewayManager" in r.sources] == ["allow-gateway-manager"]
    assert not [r for r in other.rules if "GatewayManager" in r.sources]
    assert "0.0.0.0/0" not in {r.prefix for r in dmz.routes}
    assert view.ask(view.places["internet"], dmz, 443).reachable
    assert "10.0.0.0/8" in {r.prefix for r in dmz.routes}


SUPPLIER = """
    leverancier:
      title: A supplier with a range of ours
      kind: supplier
      connection: vpn
      ranges: [10.40.0.0/24]
      public_addresses: [192.0.2.77]
"""
FLOW = '    leverancier-in: {from: "partner:leverancier", to: beheer, ports: [443], why: The supplier maintains it}\n'


def copy_of_duinrand(tmp_path, partner, connection=""):
    folder = tmp_path / "duinrand"
    shutil.copytree("estates/duinrand", folder)
    file = folder / "estate.yaml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("  partners:\n", "  partners:" + partner, 1).replace("  flows:\n", "  flows:\n" + FLOW, 1)
    if connection:
        text = text.replace("      vpn:\n        connections:\n", f"      vpn:\n{connection}", 1)
    file.write_text(text, encoding="utf-8")
    return folder


def test_a_suppliers_overlapping_range_is_refused_with_both_ranges_and_the_remedy(tmp_path):
    with pytest.raises(EstateError) as refused:
        load(copy_of_duinrand(tmp_path, SUPPLIER))
    message = str(refused.value)
    assert "10.40.0.0/24" in message
    assert "10.40.0.0/19" in message
    assert "translations" in message


def test_a_translation_without_a_tunnel_is_refused(tmp_path):
    translated = SUPPLIER + "      translations: [{real: 10.40.0.0/24, seen_as: 100.100.0.0/24}]\n"
    with pytest.raises(EstateError, match=r"leverancier\.translations: 10\.40\.0\.0/24 is to be seen as"):
        load(copy_of_duinrand(tmp_path, translated))


def test_with_a_translation_it_passes_and_only_its_flows_open(tmp_path):
    translated = SUPPLIER + "      translations: [{real: 10.40.0.0/24, seen_as: 100.100.0.0/24}]\n"
    tunnel = (
        "        sku: VpnGw2AZ\n        connections:\n"
        '          leverancier: {to: "partner:leverancier", shared_key: "config:vpn-leverancier"}\n'
    )
    estate = load(copy_of_duinrand(tmp_path, translated, tunnel))
    made = layer(estate, "prd")
    (rule,) = made.one("hub-weu-vpn-gateway").inputs["natRules"]
    assert rule["internalMappings"] == [{"addressSpace": "10.40.0.0/24"}]
    assert rule["externalMappings"] == [{"addressSpace": "100.100.0.0/24"}]
    before = {g.name: g for g in View(load("estates/duinrand"), "prd").firewall}
    after = [read_group(g.inputs) for g in made.of("FirewallPolicyRuleCollectionGroup")]
    opened = [
        rule
        for group in after
        for collection in group.collections
        for rule in collection.rules
        if rule not in [r for c in before[group.name].collections for r in c.rules] and collection.action == "Allow"
    ]
    assert {r.name for r in opened} == {"leverancier-in"}
    assert {r.sources for r in opened} == {("100.100.0.0/24",)}


def test_a_record_that_was_cut_in_half_is_refused_by_name(tmp_path, duinrand):
    folder = tmp_path / "duinrand"
    shutil.copytree("estates/duinrand", folder)
    record = folder / RECORD
    record.write_text(record.read_text(encoding="utf-8")[:-25] + ": [", encoding="utf-8")
    with pytest.raises(ValueError, match=rf"{RECORD}: is not a record of address ranges"):
        plan_of(load(folder))


def test_every_name_of_a_network_is_made_once(production):
    names = [
        (r.inputs.get("resourceGroupName"), r.inputs["virtualNetworkName"]) for r in production.of("VirtualNetwork")
    ]
    assert len(names) == len(set(names)) == 13
    assert Path("estates/lindewaard", RECORD).is_file()
