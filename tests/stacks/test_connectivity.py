"""The connectivity layer of the example estates, and what it refuses."""

import shutil
from pathlib import Path

import pytest

from kade.components.network.read_rules import read_group
from kade.estate import EstateError, load
from kade.stacks.connectivity_addresses import RECORD, plan_of
from kade.stacks.connectivity_reach import View
from tests.stacks.conftest import layer


def test_every_spoke_is_peered_both_ways_and_linked_only_through_the_hub(lindewaard, lindewaard_made):
    spokes = [k for k, s in lindewaard.network.spokes.items() if "prd" in s.subscriptions]
    names = {p.name for p in lindewaard_made.of("VirtualNetworkPeering")}
    ours = {f"spoke-{s}-{way}" for s in spokes for way in ("to-hub", "from-hub")}
    assert names == ours | {"hubs-weu-gwc-from-weu", "hubs-weu-gwc-from-gwc"}
    assert {link.inputs["virtualNetworkLinkName"] for link in lindewaard_made.of("VirtualNetworkLink")} == {"hub-weu"}
    backup = [z for z in lindewaard_made.of("PrivateZone") if "backup" in z.inputs["privateZoneName"]]
    assert {z.inputs["privateZoneName"] for z in backup} == {
        "privatelink.we.backup.windowsazure.com",
        "privatelink.gwc.backup.windowsazure.com",
    }


def test_the_planned_ranges_are_those_on_record(lindewaard):
    plan = plan_of(lindewaard)
    assert not plan.unrecorded
    assert not plan.retired
    assert plan_of(lindewaard, {}).unrecorded


def test_the_internet_comes_in_only_where_a_gateway_stands(lindewaard, lindewaard_made):
    view = View(lindewaard, "prd")
    reached = {p.name for p in view.places.values() if p.rules and view.ask(view.places["internet"], p, 443).reachable}
    assert reached == {"toegang/dmz"}
    bastion = lindewaard_made.one("hub-weu-bastion-rules").inputs["securityRules"]
    assert [r["sourceAddressPrefix"] for r in bastion if r["name"] == "allow-https"] == ["203.0.113.10/32"]


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


def test_every_name_of_a_network_is_made_once(lindewaard_made):
    names = [
        (r.inputs.get("resourceGroupName"), r.inputs["virtualNetworkName"])
        for r in lindewaard_made.of("VirtualNetwork")
    ]
    assert len(names) == len(set(names)) == 13
    assert Path("estates/lindewaard", RECORD).is_file()
