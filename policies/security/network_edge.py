"""The edge of a network: public addresses, load balancers, firewalls, flow logs, and the way out of subnets."""

from __future__ import annotations

from typing import Final

from kade.policies.kit import Example, Node, Resource, Result, not_applicable, rule, sift
from kade.policies.security.network import NETWORK, SUBNET
from kade.policies.security.zones import needs_zones

ADDRESS = "azure-native:network:PublicIPAddress"
BALANCER = "azure-native:network:LoadBalancer"
FIREWALL = "azure-native:network:AzureFirewall"
FIREWALL_POLICY = "azure-native:network:FirewallPolicy"
TRAFFIC_MANAGER = "azure-native:trafficmanager:Profile"
PEERING = "azure-native:network:VirtualNetworkPeering"
FLOW_LOG = "azure-native:network:FlowLog"

# Subnets whose service brings its own way out.
OWN_WAY_OUT: Final = frozenset(
    {"gatewaysubnet", "azurefirewallsubnet", "azurefirewallmanagementsubnet", "azurebastionsubnet", "routeserversubnet"}
)
_WEB_PORTS: Final = (80, 443, 8080)


@rule(
    "kade-network-private-subnet",
    "Subnets have no default way out to the internet",
    severity="medium",
    types=[SUBNET, NETWORK],
    measures=["8.22.01"],
    nis2="21(2)(e)",
    psrule=["Azure.VNET.PrivateSubnet"],
    remediation="Set defaultOutboundAccess to false; traffic leaves by the firewall or a NAT gateway.",
    absent="Azure lets machines out by an address that is nobody's",
    passes=[
        Example({"subnetName": "web", "defaultOutboundAccess": False}, type=SUBNET),
        Example({"subnets": [{"name": "w", "defaultOutboundAccess": False}, {"name": "GatewaySubnet"}]}, type=NETWORK),
        Example({"subnetName": "AzureFirewallSubnet"}, type=SUBNET),
    ],
    fails=[
        Example({"subnetName": "web"}, type=SUBNET),
        Example({"subnets": [{"name": "web", "defaultOutboundAccess": True}]}, type=NETWORK),
    ],
)
def private_subnet(network: Resource) -> Result:
    if network.type == SUBNET:
        name = network.word("subnetName", network.word("name", network.name)).rsplit("/", 1)[-1]
        if name not in OWN_WAY_OUT and network.flag("defaultOutboundAccess", default=True):
            yield "defaultOutboundAccess is not false"
        return
    for subnet in sift(network.items("subnets"), _has_way_out):
        yield f"subnet {subnet.text('name')}: defaultOutboundAccess is not false"


def _has_way_out(subnet: Node) -> bool:
    return subnet.word("name") not in OWN_WAY_OUT and subnet.flag("defaultOutboundAccess", default=True)


@rule(
    "kade-network-peering-connected",
    "Peerings are connected on both sides",
    severity="low",
    types=[NETWORK, PEERING],
    measures=["8.13.02"],
    psrule=["Azure.VNET.PeerState"],
    remediation="Make the peering of the other side, or remove this one.",
    passes=[
        Example({"virtualNetworkPeerings": [{"name": "hub", "peeringState": "Connected"}]}, type=NETWORK),
        Example({"peeringState": "Connected"}, type=PEERING),
    ],
    fails=[
        Example({"virtualNetworkPeerings": [{"name": "hub", "peeringState": "Disconnected"}]}, type=NETWORK),
        Example({"peeringState": "Initiated"}, type=PEERING),
    ],
    not_applicable=[Example({}, type=NETWORK), Example({}, type=PEERING)],
)
def peering_connected(network: Resource) -> Result:
    peerings = [network] if network.type == PEERING else list(network.items("virtualNetworkPeerings"))
    stated = [one for one in peerings if one.has("peeringState")]
    if not stated:
        not_applicable("no peering says its state, which Azure sets")
    for one in stated:
        if not one.is_("peeringState", "Connected"):
            yield f"peering {one.text('name', network.name)} is {one.text('peeringState')}"


@rule(
    "kade-public-ip-standard",
    "Public addresses are of the standard tier",
    severity="medium",
    types=[ADDRESS],
    measures=["8.20.01"],
    psrule=["Azure.PublicIP.StandardSKU", "Azure.PublicIP.MigrateStandard"],
    remediation="Set sku.name to Standard, with publicIPAllocationMethod Static.",
    why="The basic tier is open until a security group closes it, and was retired on 30 September 2025.",
    absent="Azure takes the basic tier",
    passes=[{"sku": {"name": "Standard"}}, {"sku": {"name": "StandardV2"}}],
    fails=[{"sku": {"name": "Basic"}}, {}],
)
def standard_address(address: Resource) -> Result:
    if address.is_("sku.name", "Standard", "StandardV2"):
        return None
    return f"sku.name is {address.text('sku.name', 'absent')}"


@rule(
    "kade-public-ip-used",
    "A public address belongs to something",
    severity="low",
    types=[ADDRESS],
    measures=["5.09.01", "5.14.04"],
    psrule=["Azure.PublicIP.IsAttached"],
    remediation="Remove the address, or give it to a gateway, a firewall or a load balancer.",
    joins=True,
    passes=[{"ipConfiguration": {"id": "/azureFirewalls/f"}}, {"natGateway": {"id": "/natGateways/n"}}],
    fails=[{}, {"ipConfiguration": {}}],
)
def address_used(address: Resource) -> Result:
    if address.refers("ipConfiguration.id") or address.refers("natGateway.id") or address.related():
        return None
    return "nothing uses it"


@rule(
    "kade-load-balancer-probe",
    "A load balancer asks web servers for a page of theirs",
    severity="low",
    types=[BALANCER],
    measures=["8.13.02"],
    psrule=["Azure.LB.Probe"],
    remediation="Give the probe on a web port protocol Http or Https and a requestPath of a health page.",
    passes=[
        {"probes": [{"name": "web", "port": 443, "protocol": "Https", "requestPath": "/health"}]},
        {"probes": [{"name": "sql", "port": 1433, "protocol": "Tcp"}]},
    ],
    fails=[
        {"probes": [{"name": "web", "port": 80, "protocol": "Tcp"}]},
        {"probes": [{"name": "web", "port": 80, "protocol": "Http", "requestPath": "/"}]},
    ],
)
def probe(balancer: Resource) -> Result:
    for one in balancer.items("probes"):
        if one.number("port", 0.0) in _WEB_PORTS and (
            one.is_("protocol", "Tcp") or one.text("requestPath", "/") == "/"
        ):
            yield f"probe {one.text('name')} asks for no page"


@rule(
    "kade-firewall-threat-intelligence",
    "Firewalls refuse traffic with known attackers",
    severity="high",
    types=[FIREWALL],
    measures=["8.21.02"],
    nis2="21(2)(e)",
    psrule=["Azure.Firewall.Mode"],
    checkov=["CKV_AZURE_216"],
    remediation="Set threatIntelMode to Deny, here or in the firewall's policy.",
    absent="Azure only notes it",
    passes=[{"threatIntelMode": "Deny"}],
    fails=[{"threatIntelMode": "Alert"}, {}],
    not_applicable=[{"firewallPolicy": {"id": "/firewallPolicies/p"}}],
)
def firewall_mode(firewall: Resource) -> Result:
    if firewall.refers("firewallPolicy.id"):
        not_applicable("its policy says so")
    return None if firewall.is_("threatIntelMode", "Deny") else "threatIntelMode is not Deny"


@rule(
    "kade-firewall-policy-threat-intelligence",
    "Firewall policies refuse traffic with known attackers",
    severity="high",
    types=[FIREWALL_POLICY],
    measures=["8.21.02"],
    nis2="21(2)(e)",
    psrule=["Azure.Firewall.PolicyMode"],
    remediation="Set threatIntelMode to Deny.",
    absent="Azure only notes it",
    passes=[{"threatIntelMode": "Deny"}],
    fails=[{"threatIntelMode": "Off"}, {}],
    not_applicable=[{"basePolicy": {"id": "/firewallPolicies/base"}}],
)
def firewall_policy_mode(policy: Resource) -> Result:
    if policy.refers("basePolicy.id"):
        not_applicable("it builds on a policy that says so")
    return None if policy.is_("threatIntelMode", "Deny") else "threatIntelMode is not Deny"


@rule(
    "kade-firewall-intrusion-detection",
    "Premium firewall policies look for attacks",
    severity="medium",
    types=[FIREWALL_POLICY],
    measures=["8.21.02", "8.16.04"],
    nis2="21(2)(b)",
    checkov=["CKV_AZURE_220"],
    remediation="Set intrusionDetection.mode to Deny, or Alert to begin with.",
    passes=[{"sku": {"tier": "Premium"}, "intrusionDetection": {"mode": "Deny"}}],
    fails=[{"sku": {"tier": "Premium"}}, {"sku": {"tier": "Premium"}, "intrusionDetection": {"mode": "Off"}}],
    not_applicable=[{"sku": {"tier": "Standard"}}],
)
def intrusion_detection(policy: Resource) -> Result:
    if not policy.is_("sku.tier", "Premium"):
        not_applicable("only the premium tier inspects")
    if policy.is_("intrusionDetection.mode", "Deny", "Alert"):
        return None
    return "intrusionDetection.mode is Off"


@rule(
    "kade-firewall-zones",
    "Firewalls are spread over availability zones",
    severity="low",
    types=[FIREWALL],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.Firewall.AvailabilityZone"],
    remediation="Set zones to 1, 2 and 3.",
    passes=[{"location": "westeurope", "zones": ["1", "2", "3"]}],
    fails=[{"location": "westeurope"}, {"location": "westeurope", "zones": ["1"]}],
    not_applicable=[{"location": "westcentralus"}],
)
def firewall_zones(firewall: Resource) -> Result:
    needs_zones(firewall)
    return None if len(firewall.texts("zones")) >= 2 else "zones names fewer than two zones"


@rule(
    "kade-traffic-manager-https",
    "Traffic Manager watches web sites over HTTPS",
    severity="low",
    types=[TRAFFIC_MANAGER],
    measures=["8.21.04"],
    psrule=["Azure.TrafficManager.Protocol"],
    remediation="Set monitorConfig.protocol to HTTPS.",
    passes=[{"monitorConfig": {"protocol": "HTTPS"}}],
    fails=[{"monitorConfig": {"protocol": "HTTP"}}],
    not_applicable=[{"monitorConfig": {"protocol": "TCP"}}],
)
def traffic_manager_https(profile: Resource) -> Result:
    if profile.is_("monitorConfig.protocol", "TCP"):
        not_applicable("what it watches is no web site")
    return None if profile.is_("monitorConfig.protocol", "HTTPS") else "monitorConfig.protocol is not HTTPS"


@rule(
    "kade-traffic-manager-endpoints",
    "Traffic Manager has somewhere else to go",
    severity="low",
    types=[TRAFFIC_MANAGER],
    measures=["8.13.02"],
    psrule=["Azure.TrafficManager.Endpoints"],
    remediation="Declare at least two endpoints that are on.",
    passes=[{"endpoints": [{"name": "a"}, {"name": "b", "endpointStatus": "Enabled"}]}],
    fails=[{"endpoints": [{"name": "a"}, {"name": "b", "endpointStatus": "Disabled"}]}, {}],
)
def traffic_manager_endpoints(profile: Resource) -> Result:
    on = [one for one in profile.items("endpoints") if one.flag("endpointStatus", default=True)]
    return None if len(on) >= 2 else f"it has {len(on)} endpoints that are on"


@rule(
    "kade-network-flow-log-retention",
    "Flow logs are kept for at least ninety days",
    severity="medium",
    types=[FLOW_LOG],
    measures=["8.15.04", "8.16.04"],
    nis2="21(2)(b)",
    checkov=["CKV_AZURE_12"],
    remediation="Set retentionPolicy.enabled to true, with days 0 (for ever) or at least 90.",
    absent="Azure keeps them for ever",
    passes=[
        {"enabled": True, "retentionPolicy": {"enabled": True, "days": 90}},
        {"enabled": True, "retentionPolicy": {"enabled": True, "days": 0}},
    ],
    fails=[{"enabled": True, "retentionPolicy": {"enabled": True, "days": 30}}, {"enabled": False}],
)
def flow_log_retention(log: Resource) -> Result:
    if not log.flag("enabled", default=True):
        return "enabled is false"
    days = log.number("retentionPolicy.days", 0.0)
    if log.flag("retentionPolicy.enabled", default=False) and 0 < days < 90:
        return f"retentionPolicy keeps {days:g} days"
    return None
