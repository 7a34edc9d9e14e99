"""What parts of the network need of each other, refused with field, line and remedy."""

from typing import get_args

import pytest

from kade.estate.segments import Exchange
from kade.facts.exchanges import exchanges

HUB = "weu: {region: westeurope}"
FLOW = "lezen: {from: backend, to: data, ports: [443, 1433], why: Reads its data}"
PARTNER = ("  hubs:\n", "  partners:\n    net: {title: Net, %s}\n  hubs:\n")
DNS = ("  segments:\n", "  public_dns:\n    post: {ownership: managed, domain: post.example, %s}\n  segments:\n")


def partner(text):
    return (PARTNER[0], PARTNER[1] % text)


def hub(text):
    return (HUB, f"weu: {{region: westeurope, {text}}}")


def zone(text):
    return (DNS[0], DNS[1] % text)


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ((FLOW, FLOW.replace("ports: [443, 1433], ", "")), "flows.lezen", "opens no port"),
        ((FLOW, FLOW.replace("why", "exchange: fsc, why")), "flows.lezen.ports", "fsc has ports of its own"),
        ((FLOW, FLOW.replace("from: backend, to: data", "from: 'site:huis', to: 'fqdn:a.example'")),
         "flows.lezen", "both lie outside"),
        ((FLOW, FLOW.replace("from: backend, to: data", "from: internet, to: 'site:huis'")),
         "flows.lezen", "both lie outside"),
        ((FLOW, FLOW.replace("from: backend", "from: 'azure:Storage'")), "flows.lezen.from", "no rule tells"),
        ((FLOW, FLOW.replace("from: backend,", "from: 'site:huis', source_spokes: [werk],")),
         "flows.lezen.source_spokes", "site:huis is no segment"),
        (("  subscription: platform\n  addresses", "  subscription: platform\n  topology: virtual_wan\n  addresses"),
         "network.topology", "Virtual WAN is not offered"),
        (hub("vpn: {connections: {huis: {to: 'site:huis', shared_key: 'config:k'}}}"),
         "vpn.connections.huis.to", "has no public address"),
        (hub("vpn: {connections: {huis: {to: 'site:huis', shared_key: 'vault:k'}}}"), "shared_key", "config"),
        (hub("expressroute: {circuits: {lijn: {to: 'site:huis'}}}"), "circuits.lijn", "needs its id"),
        (hub("expressroute: {circuits: {lijn: {to: 'site:huis', ownership: managed}}}"),
         "circuits.lijn", "ordered with provider, peering_location, bandwidth_mbps"),
        (partner("kind: ggi, connection: vpn"), "partners.net", "delivered by an accredited provider"),
        (partner("kind: diginetwerk, ranges: [100.64.0.0/24]"), "partners.net", "diginetwerk"),
        (("      subscriptions: {prd: werk}\n", "      subscriptions: {prd: werk}\n      ipv6: true\n"),
         "spokes.werk.ipv6", "no IPv6 supernet for westeurope"),
        (("      subscriptions: {prd: werk}\n", "      subscriptions: {prd: werk}\n      region: northeurope\n"),
         "spokes.werk", "there is no hub in northeurope"),
        (("  segments:\n", "  private_dns: {ownership: existing}\n  segments:\n"),
         "network.private_dns", "need the id of their resource group"),
        (zone("mail: own"), "public_dns.post", "needs its servers"),
        (zone("mail: own, mail_servers: [a.elders.example], dane: {a.elders.example: '%s'}" % ("ab" * 32)),
         "dane", "is not in post.example"),
        (zone("dnssec: false, mail: own, mail_servers: [a.post.example], dane: {a.post.example: '%s'}" % ("ab" * 32)),
         "dane", "without DNSSEC"),
        (("ranges: [192.168.0.0/24]", "ranges: [the old range]"), "sites.huis.ranges[0]", "is not an address range"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(refused, change, field, message):
    problems = refused(change)
    found = [p for p in problems if message in p.message]
    assert found, [p.message for p in problems]
    assert field in found[0].field
    assert found[0].line > 0


def test_a_tunnel_that_routes_needs_somebody_to_route_with(refused):
    change = hub("vpn: {connections: {huis: {to: 'site:huis', shared_key: 'config:k', bgp: true}}}")
    (problem,) = refused(("[192.168.0.0/24]}", "[192.168.0.0/24], public_addresses: [192.0.2.9]}"), change)
    assert problem.field.endswith("connections.huis.bgp")
    assert "bgp_asn" in problem.remedy


def test_a_small_gateway_translates_nothing(refused):
    overlap = (
        "[10.1.7.0/24], public_addresses: [192.0.2.9], translations: [{real: 10.1.7.0/24, seen_as: 100.64.7.0/24}]}"
    )
    (problem,) = refused(
        ("[192.168.0.0/24]}", overlap), hub("vpn: {connections: {huis: {to: 'site:huis', shared_key: 'config:k'}}}")
    )
    assert problem.field == "network.hubs.weu.vpn"
    assert "VpnGw2AZ" in problem.remedy


def test_the_model_and_the_facts_know_the_same_standards():
    assert set(get_args(Exchange)) == set(exchanges())
    assert exchanges()["fsc"].ports == ["443"]
    assert exchanges()["fsc_management"].ports == ["8443"]
    assert all(item.mutual_tls for item in exchanges().values())
