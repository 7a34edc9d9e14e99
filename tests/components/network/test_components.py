"""Hub, spoke, firewall and gateways as resources, used from a program that has no estate."""

from ipaddress import ip_network
from typing import Any

import pytest

from kade.components.arguments import ArgumentError
from kade.components.naming import Naming
from kade.components.network.bastion import Bastion, BastionArgs
from kade.components.network.firewall import Firewall, FirewallArgs, FirewallError
from kade.components.network.hub import HubNetwork, HubNetworkArgs
from kade.components.network.private_dns import PrivateDns, PrivateDnsArgs, zone_names
from kade.components.network.ranges import AddressError
from kade.components.network.reach import Packet, judge_security_group
from kade.components.network.read_rules import read_security_rules
from kade.components.network.resolver import DnsResolver, DnsResolverArgs
from kade.components.network.rules import NetworkRule, Route, RuleCollection, RuleCollectionGroup, SecurityRule
from kade.components.network.spoke import PeeringArgs, Spoke, SpokeArgs, SpokeSubnetArgs
from kade.components.network.vpn import AddressTranslation, VpnConnectionArgs, VpnGateway, VpnGatewayArgs
from kade.facts import UnknownFactError
from tests.components.network.support import run

NAMES = Naming("lindewaard", "prd", "weu", code="lin")
PLACE: dict[str, Any] = {"names": NAMES, "resource_group_name": "rg-net", "location": "westeurope"}
DENY = SecurityRule("deny-all", 4096, "Inbound", "Deny", "*", ("*",), ("*",), ("*",))
EVERYTHING = Route("everything", "0.0.0.0/0", "VirtualAppliance", "10.0.0.4")
HUB_SUBNETS = {
    "AzureFirewallSubnet": "10.0.0.0/26",
    "AzureFirewallManagementSubnet": "10.0.0.64/26",
    "GatewaySubnet": "10.0.0.128/27",
    "AzureBastionSubnet": "10.0.0.192/26",
    "RouteServerSubnet": "10.0.1.0/26",
    "resolver-inbound": "10.0.1.64/28",
    "resolver-outbound": "10.0.1.80/28",
}


def hub(**more):
    return HubNetworkArgs(**PLACE, address_space=["10.0.0.0/23"], subnets=HUB_SUBNETS, **more)


def spoke(**more):
    subnets = {
        "web": SpokeSubnetArgs(["10.1.0.0/26"], [DENY], [EVERYTHING], delegation="Microsoft.Web/serverFarms"),
        "data": SpokeSubnetArgs(["10.1.0.64/28"], [DENY], [EVERYTHING]),
    }
    peering = PeeringArgs("/hub", "vnet-hub", "rg-hub", ["10.0.0.0/23"], use_gateway=True)
    given = {"workload": "zaak", "address_space": ["10.1.0.0/24"], "subnets": subnets, "peering": peering, **more}
    return SpokeArgs(**PLACE, **given)


def subnets_of(network):
    return {s["name"]: s for s in network.inputs["subnets"]}


def test_the_hub_owns_its_subnets_and_the_special_ones_take_no_security_group():
    made = run(lambda: HubNetwork("hub", hub(spoke_prefixes={"zaak": "10.1.0.0/24"}, inside_ranges=["10.0.0.0/8"])))
    assert not made.of("Subnet")
    (network,) = made.of("VirtualNetwork")
    subnets = subnets_of(network)
    assert set(subnets) == set(HUB_SUBNETS)
    without = {n for n, s in subnets.items() if "networkSecurityGroup" not in s}
    assert without == {
        "AzureFirewallSubnet",
        "AzureFirewallManagementSubnet",
        "GatewaySubnet",
        "RouteServerSubnet",
    }
    assert [n for n, s in subnets.items() if "routeTable" in s] == ["GatewaySubnet"]
    assert all(s["defaultOutboundAccess"] is False for s in subnets.values())
    delegated = {n for n, s in subnets.items() if s.get("delegations")}
    assert delegated == {"resolver-inbound", "resolver-outbound"}


def test_what_comes_in_over_the_gateway_goes_to_spokes_by_the_firewall():
    made = run(lambda: HubNetwork("hub", hub(spoke_prefixes={"zaak": "10.1.0.0/24"})))
    (table,) = made.of("RouteTable")
    (route,) = table.inputs["routes"]
    assert (route["addressPrefix"], route["nextHopIpAddress"]) == ("10.1.0.0/24", "10.0.0.4")
    assert table.inputs["disableBgpRoutePropagation"] is False


def test_a_nat_gateway_stands_on_the_firewalls_subnet_only():
    made = run(lambda: HubNetwork("hub", hub(nat_gateway=True)))
    subnets = subnets_of(made.of("VirtualNetwork")[0])
    assert {n: s["natGateway"]["id"] for n, s in subnets.items() if "natGateway" in s} == {
        "AzureFirewallSubnet": made.one("hub-nat").id
    }


@pytest.mark.parametrize(("name", "range_"), [("AzureFirewallSubnet", "10.0.0.0/27"), ("GatewaySubnet", "10.0.0.0/28")])
def test_a_hub_subnet_that_is_too_small_is_refused_by_name(name, range_):
    with pytest.raises(AddressError, match=rf"subnets\.{name}: {range_} is too small"):
        run(lambda: HubNetwork("hub", HubNetworkArgs(**PLACE, address_space=["10.0.0.0/23"], subnets={name: range_})))


def test_bastion_gets_exactly_the_rules_that_it_needs():
    made = run(lambda: HubNetwork("hub", hub()))
    rules = read_security_rules(made.one("hub-bastion-rules").inputs)
    own, outside, machine = "10.0.0.196", "203.0.113.9", "10.1.0.9"
    cases = [
        (Packet(outside, own, 443), "Inbound", True),
        (Packet(outside, own, 3389), "Inbound", False),
        (Packet(machine, own, 22), "Inbound", False),
        (Packet(own, machine, 3389), "Outbound", True),
        (Packet(own, machine, 22), "Outbound", True),
        (Packet(own, machine, 443), "Outbound", False),
        (Packet(own, outside, 443), "Outbound", False),
    ]
    assert [judge_security_group(rules, p, d).allowed for p, d, _ in cases] == [wanted for _, _, wanted in cases]


def test_a_spoke_makes_its_subnets_in_one_call_with_everything_on_them():
    made = run(lambda: Spoke("zaak", spoke()))
    assert not made.of("Subnet")
    assert not made.of("SecurityRule")
    assert not made.of("Route")
    (network,) = made.of("VirtualNetwork")
    for key, subnet in zip(("web", "data"), network.inputs["subnets"], strict=True):
        assert subnet["networkSecurityGroup"] == {"id": made.one(f"zaak-{key}-rules").id}
        assert subnet["routeTable"] == {"id": made.one(f"zaak-{key}-routes").id}
        assert subnet["defaultOutboundAccess"] is False
        assert subnet["privateEndpointNetworkPolicies"] == "Enabled"
    assert network.inputs["subnets"][0]["delegations"][0]["serviceName"] == "Microsoft.Web/serverFarms"
    assert all(t.inputs["disableBgpRoutePropagation"] is True for t in made.of("RouteTable"))


def test_a_change_of_one_property_of_a_subnet_leaves_its_routes_and_rules():
    before = run(lambda: Spoke("zaak", spoke())).of("VirtualNetwork")[0].inputs["subnets"]
    changed = spoke()
    changed.subnets["data"].service_endpoints = ["Microsoft.Storage"]
    after = run(lambda: Spoke("zaak", changed)).of("VirtualNetwork")[0].inputs["subnets"]
    assert after[1].pop("serviceEndpoints") == [{"service": "Microsoft.Storage"}]
    assert after == before


def test_peering_goes_both_ways_and_follows_a_change_of_range():
    made = run(lambda: Spoke("zaak", spoke()))
    out, back = made.one("zaak-to-hub").inputs, made.one("zaak-from-hub").inputs
    assert (out["useRemoteGateways"], out["allowGatewayTransit"]) == (True, False)
    assert (back["useRemoteGateways"], back["allowGatewayTransit"]) == (False, True)
    assert (back["resourceGroupName"], back["virtualNetworkName"]) == ("rg-hub", "vnet-hub")
    for side, remote in ((out, ["10.0.0.0/23"]), (back, ["10.1.0.0/24"])):
        assert side["allowForwardedTraffic"] is True
        assert side["remoteAddressSpace"] == {"addressPrefixes": remote}
        assert side["syncRemoteAddressSpace"] == "true"


def test_a_hub_of_somebody_else_is_not_changed():
    peering = PeeringArgs("/hub", "vnet-hub", "rg-hub", ["10.0.0.0/23"], both_ways=False)
    made = run(lambda: Spoke("zaak", spoke(peering=peering)))
    assert [p.name for p in made.of("VirtualNetworkPeering")] == ["zaak-to-hub"]


def test_a_spoke_that_overlaps_its_hub_is_refused_with_both_ranges():
    with pytest.raises(AddressError, match=r"the hub \(10\.0\.0\.0/23\) and spoke zaak \(10\.0\.1\.0/24\) overlap"):
        run(lambda: Spoke("zaak", spoke(address_space=["10.0.1.0/24"])))


def test_a_dictionary_does_as_well_and_a_wrong_key_is_named():
    given: Any = {**PLACE, "workload": "z", "address_space": ["10.1.0.0/24"], "subnets": {}}
    plain: Any = {**given, "subnets": {"web": {"prefixes": ["10.1.0.0/26"], "rules": []}}}
    assert len(run(lambda: Spoke("z", plain)).of("VirtualNetwork")[0].inputs["subnets"]) == 1
    with pytest.raises(ArgumentError, match="SpokeArgs: no argument 'adress_space'; did you mean address_space"):
        run(lambda: Spoke("z", given | {"adress_space": []}))
    with pytest.raises(ArgumentError, match=r"SpokeArgs\.subnets\.web: the argument 'rules' is missing"):
        run(lambda: Spoke("z", given | {"subnets": {"web": {"prefixes": ["10.1.0.0/26"]}}}))


def firewall(**more):
    rule = NetworkRule("web", ("10.1.0.0/24",), ("TCP",), ("443",), ("10.2.0.0/24",))
    groups = [
        RuleCollectionGroup("second", 2000, [RuleCollection("two", 100, "Allow", [rule])]),
        RuleCollectionGroup("first", 1000, [RuleCollection("one", 100, "Allow", [rule])]),
    ]
    given = {"subnet_id": "/fw", "private_ip": "10.0.0.4", "groups": groups, "workspace_id": "/log", **more}
    return FirewallArgs(**PLACE, **given)


def test_a_premium_firewall_inspects_and_does_not_translate_our_own_ranges():
    args = firewall(
        tier="Premium", intrusion_detection="Deny", private_ranges=["198.51.100.0/26"], zones=["1", "2", "3"]
    )
    made = run(lambda: Firewall("fw", args))
    (policy,) = made.of("FirewallPolicy")
    assert policy.inputs["threatIntelMode"] == "Deny"
    assert policy.inputs["intrusionDetection"] == {"mode": "Deny"}
    assert policy.inputs["dnsSettings"]["enableProxy"] is True
    assert "198.51.100.0/26" in policy.inputs["snat"]["privateRanges"]
    (made_firewall,) = made.of("AzureFirewall")
    assert made_firewall.inputs["zones"] == ["1", "2", "3"]
    assert [a.inputs["zones"] for a in made.of("PublicIPAddress")] == [["1", "2", "3"]]
    assert made.of("DiagnosticSetting")[0].inputs["logAnalyticsDestinationType"] == "Dedicated"


def test_a_basic_firewall_has_a_management_address_and_no_proxy():
    basic = {"tier": "Basic", "management_subnet_id": "/mgmt", "threat_intelligence": "Alert", "dns_proxy": False}
    made = run(lambda: Firewall("fw", firewall(**basic)))
    (made_firewall,) = made.of("AzureFirewall")
    assert made_firewall.inputs["managementIpConfiguration"]["subnet"] == {"id": "/mgmt"}
    assert "dnsSettings" not in made.of("FirewallPolicy")[0].inputs
    assert len(made.of("PublicIPAddress")) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tier": "Small"}, "'Small' is not Basic, Standard or Premium"),
        ({"intrusion_detection": "Deny"}, "needs tier Premium"),
        ({"tier": "Basic"}, "needs AzureFirewallManagementSubnet"),
        ({"tier": "Basic", "management_subnet_id": "/m"}, "can only alert"),
        ({"tier": "Basic", "management_subnet_id": "/m", "threat_intelligence": "Alert"}, "dns_proxy"),
    ],
)
def test_a_firewall_that_azure_refuses_is_refused_here(change, message):
    with pytest.raises(FirewallError, match=message):
        run(lambda: Firewall("fw", firewall(**change)))


def test_bastion_shares_nothing_by_default():
    made = run(lambda: Bastion("b", BastionArgs(**PLACE, subnet_id="/bastion", sku="Premium")))
    (host,) = made.of("BastionHost")
    off = ("enableFileCopy", "enableShareableLink", "enableIpConnect")
    assert [host.inputs[k] for k in off] == [False] * 3
    assert (host.inputs["disableCopyPaste"], host.inputs["enableSessionRecording"]) == (True, True)


def test_a_tunnel_has_strong_parameters_and_translates_what_overlaps():
    partner = VpnConnectionArgs(
        ["203.0.113.40"], ["10.64.8.0/22"], translations=[AddressTranslation("10.64.8.0/22", "100.72.8.0/22")]
    )
    args = VpnGatewayArgs(**PLACE, subnet_id="/gw", sku="VpnGw2AZ", connections={"partner": partner})
    made = run(lambda: VpnGateway("vpn", args))
    (gateway,), (connection,) = made.of("VirtualNetworkGateway"), made.of("VirtualNetworkGatewayConnection")
    (rule,) = gateway.inputs["natRules"]
    assert rule["internalMappings"] == [{"addressSpace": "10.64.8.0/22"}]
    assert rule["externalMappings"] == [{"addressSpace": "100.72.8.0/22"}]
    assert connection.inputs["ingressNatRules"] == [{"id": f"{gateway.id}/natRules/{rule['name']}"}]
    (policy,) = connection.inputs["ipsecPolicies"]
    assert (policy["ipsecEncryption"], policy["dhGroup"], policy["pfsGroup"]) == ("GCMAES256", "ECP384", "ECP384")
    args.sku = "VpnGw1AZ"
    with pytest.raises(ValueError, match=r"connections\.partner\.translations: need a gateway of size VpnGw2"):
        run(lambda: VpnGateway("vpn", args))


def test_the_resolver_forwards_domains_and_has_a_fixed_address():
    args = DnsResolverArgs(
        **PLACE,
        network_id="/hub",
        inbound_subnet_id="/in",
        inbound_ip="10.0.1.68",
        outbound_subnet_id="/out",
        forward={"ad.example.": ["10.10.4.10", "10.10.4.11"]},
    )
    made = run(lambda: DnsResolver("dns", args))
    (endpoint,) = made.of("InboundEndpoint")
    assert endpoint.inputs["ipConfigurations"][0]["privateIpAddress"] == "10.0.1.68"
    (rule,) = made.of("ForwardingRule")
    assert [s["ipAddress"] for s in rule.inputs["targetDnsServers"]] == ["10.10.4.10", "10.10.4.11"]
    args.forward = {"ad.example": ["10.10.4.10"]}
    with pytest.raises(ValueError, match=r"'ad\.example' does not end with a dot; write ad\.example\."):
        run(lambda: DnsResolver("dns", args))


def test_the_backup_zone_takes_the_geo_code_and_an_unknown_region_is_an_error():
    zones = zone_names(["westeurope"], ["backup", "kubernetes"])
    assert zones == ["privatelink.westeurope.azmk8s.io", "privatelink.we.backup.windowsazure.com"]
    with pytest.raises(UnknownFactError, match="westeurop"):
        zone_names(["westeurop"], ["backup"])
    assert len(zone_names(["westeurope"])) >= 85


def test_zones_are_linked_to_the_hub_once_each():
    args = PrivateDnsArgs("rg-dns", zone_names(["westeurope"], ["key_vault", "storage_blob"]), {"hub": "/hub"})
    made = run(lambda: PrivateDns("dns", args))
    assert len(made.of("PrivateZone")) == len(made.of("VirtualNetworkLink")) == 2
    assert {link.inputs["virtualNetwork"]["id"] for link in made.of("VirtualNetworkLink")} == {"/hub"}
    assert not any(link.inputs["registrationEnabled"] for link in made.of("VirtualNetworkLink"))


def test_the_ranges_of_this_test_are_apart():
    ranges = [ip_network(r) for r in HUB_SUBNETS.values()]
    assert not any(a.overlaps(b) for i, a in enumerate(ranges) for b in ranges[:i])
