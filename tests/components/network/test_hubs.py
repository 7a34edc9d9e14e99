"""What hubs have beyond one region: peering, ways between firewalls, lines that are ordered, names that are refused."""

from typing import Any

import pytest

from kade.components.naming import Naming
from kade.components.network.dns_policy import DnsPolicy, DnsPolicyArgs
from kade.components.network.express_route import ExpressRouteCircuit, ExpressRouteCircuitArgs
from kade.components.network.hub import HubNetwork, HubNetworkArgs
from kade.components.network.peering import HubPeering, HubPeeringArgs, PeerArgs
from kade.components.network.ranges import AddressError
from kade.components.network.read_rules import read_routes
from kade.components.network.rules import Route
from tests.components.network.support import run

NAMES = Naming("lindewaard", "prd", "weu")
PLACE: dict[str, Any] = {"names": NAMES, "resource_group_name": "rg", "location": "westeurope"}


def peer(key, space):
    return PeerArgs(key, NAMES, f"rg-{key}", f"/{key}", f"vnet-{key}", [space])


def test_hubs_are_peered_both_ways_and_keep_their_own_gateways():
    args = HubPeeringArgs(peer("weu", "10.0.0.0/22"), peer("gwc", "10.1.0.0/22"))
    made = run(lambda: HubPeering("hubs", args)).of("VirtualNetworkPeering")
    found = {p.inputs["virtualNetworkName"]: p.inputs for p in made}
    assert found["vnet-weu"]["remoteVirtualNetwork"] == {"id": "/gwc"}
    assert found["vnet-gwc"]["remoteVirtualNetwork"] == {"id": "/weu"}
    assert found["vnet-gwc"]["remoteAddressSpace"] == {"addressPrefixes": ["10.0.0.0/22"]}
    for side in found.values():
        assert side["allowForwardedTraffic"] is True
        assert (side["allowGatewayTransit"], side["useRemoteGateways"]) == (False, False)


def test_hubs_that_overlap_are_refused_with_both():
    args = HubPeeringArgs(peer("weu", "10.0.0.0/22"), peer("gwc", "10.0.2.0/24"))
    with pytest.raises(AddressError, match=r"hub weu \(10\.0\.0\.0/22\) and hub gwc \(10\.0\.2\.0/24\) overlap"):
        run(lambda: HubPeering("hubs", args))


def test_a_firewall_finds_the_spokes_of_another_hub_over_the_firewall_there():
    far = Route("to-zaak", "10.9.0.0/24", "VirtualAppliance", "10.8.0.4")
    args = HubNetworkArgs(
        **PLACE,
        address_space=["10.0.0.0/22"],
        subnets={"AzureFirewallSubnet": "10.0.0.0/26", "GatewaySubnet": "10.0.0.64/27"},
        spoke_prefixes={"zaak": "10.9.0.0/24"},
        other_hubs={"zaak": far},
    )
    made = run(lambda: HubNetwork("hub", args))
    assert read_routes(made.one("hub-firewall-routes").inputs) == [Route("internet", "0.0.0.0/0", "Internet"), far]
    # From a gateway the way is over the firewall of its own hub first.
    (entry,) = read_routes(made.one("hub-gateway-routes").inputs)
    assert (entry.prefix, entry.next_hop) == ("10.9.0.0/24", "10.0.0.4")
    subnets = {s["name"]: s for s in made.of("VirtualNetwork")[0].inputs["subnets"]}
    assert subnets["AzureFirewallSubnet"]["routeTable"] == {"id": made.one("hub-firewall-routes").id}


def test_a_line_is_ordered_with_what_azure_asks():
    args = ExpressRouteCircuitArgs(
        **PLACE, workload="koppelnet", provider="Provider", peering_location="Amsterdam2", bandwidth_mbps=200
    )
    circuits: list[ExpressRouteCircuit] = []
    made = run(lambda: circuits.append(ExpressRouteCircuit("line", args)))
    (circuit,) = made.of("ExpressRouteCircuit")
    assert circuit.inputs["serviceProviderProperties"] == {
        "serviceProviderName": "Provider",
        "peeringLocation": "Amsterdam2",
        "bandwidthInMbps": 200,
    }
    assert circuit.inputs["sku"] == {"name": "Standard_MeteredData", "tier": "Standard", "family": "MeteredData"}


def test_names_are_refused_on_every_network_and_questions_are_logged():
    args = DnsPolicyArgs(
        **PLACE, networks={"hub-weu": "/hub", "spoke-zaak": "/zaak"}, block=["bad.example"], workspace_id="/log"
    )
    made = run(lambda: DnsPolicy("dns", args))
    (domains,), (rule,) = made.of("DnsResolverDomainList"), made.of("DnsSecurityRule")
    assert domains.inputs["domains"] == ["bad.example."]
    assert rule.inputs["action"] == {"actionType": "Block"}
    assert rule.inputs["dnsResolverDomainLists"] == [{"id": domains.id}]
    links = made.of("DnsResolverPolicyVirtualNetworkLink")
    assert {link.inputs["virtualNetwork"]["id"] for link in links} == {"/hub", "/zaak"}
    assert made.of("DiagnosticSetting")[0].inputs["resourceUri"] == made.one("dns-policy").id
    bare = run(lambda: DnsPolicy("dns", DnsPolicyArgs(**PLACE, networks={"hub": "/hub"})))
    assert not bare.of("DnsSecurityRule")
    assert len(bare.of("DnsResolverPolicy")) == 1
