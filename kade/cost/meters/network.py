"""Meters of the network."""

from __future__ import annotations

from collections.abc import Iterator

from kade.cost.model import Meter, Seen, always, priced

_BASTION_UNITS = 2  # scale units in the price of the host, by its pricing page
_CAPACITY_UNITS = 10  # in each instance of an Application Gateway of version 2, by its pricing page


@priced("network:AzureFirewall")
def firewall(resource: Seen) -> Iterator[Meter]:
    """A firewall by its tier, for each hour that it is deployed."""
    tier = resource.at("sku.tier", "Standard")
    yield Meter(f"firewall {tier}", "Azure Firewall", sku=tier, meter=f"{tier} Deployment")
    yield Meter(f"data through firewall {tier}", "Azure Firewall", sku=tier, meter=f"{tier} Data Processed", usage=True)


@priced("network:BastionHost")
def bastion(resource: Seen) -> Iterator[Meter]:
    """Bastion; that of developers is free."""
    sku = resource.at("sku.name", "Basic")
    if sku == "Developer":
        return
    yield Meter(f"Bastion {sku}", "Azure Bastion", sku=sku, meter=f"{sku} Gateway")
    more = float(resource.at("scaleUnits", _BASTION_UNITS)) - _BASTION_UNITS
    if more > 0:
        meter = f"{sku} Additional Gateway"
        yield Meter("its further scale units", "Azure Bastion", sku=sku, meter=meter, quantity=more)


always(
    "network:NatGateway",  # the price of StandardV2 is that of Standard
    meters=[
        Meter("NAT gateway", "NAT Gateway", meter="Standard Gateway"),
        Meter("data through NAT gateway", "NAT Gateway", meter="Standard Data Processed", usage=True),
    ],
)


@priced("network:PublicIPAddress", "network:PublicIPPrefix")
def public_address(resource: Seen) -> Iterator[Meter]:
    """An address of version 4, and its own protection against DDoS; those of version 6 are free.

    A prefix is paid by the address.
    """
    if resource.at("ddosSettings.protectionMode") == "Enabled":
        meter = "IP Protection Resource"
        yield Meter("DDoS protection of an address", "Azure DDOS Protection", sku=".*IP Protection", meter=meter)
    if resource.at("publicIPAddressVersion", "IPv4") != "IPv4":
        return
    sku = resource.at("sku.name", "Standard")
    how = "Static" if sku != "Basic" else resource.at("publicIPAllocationMethod", "Dynamic")
    length = resource.at("prefixLength")
    count = 2.0 ** (32 - int(length)) if length else 1.0
    product, meter = ("Public IP Prefix", "") if length else ("IP Addresses", f"{sku} IPv4 {how} Public IP")
    yield Meter("public address", "Virtual Network", product, sku, meter, quantity=count)


always(
    "network:PrivateEndpoint",
    meters=[
        Meter("private endpoint", "Virtual Network", "Virtual Network Private Link", meter="Standard Private Endpoint")
    ],
)


@priced("network:VirtualNetworkGateway")
def gateway(resource: Seen) -> Iterator[Meter]:
    """A gateway by its size, for VPN or ExpressRoute."""
    size = resource.at("sku.name", "")
    if resource.at("gatewayType", "Vpn") == "ExpressRoute":
        yield Meter(f"ExpressRoute gateway {size}", "ExpressRoute", ".*Gateway.*", meter=rf"{size}( Gateway)?")
    else:
        yield Meter(f"VPN gateway {size}", "VPN Gateway", meter="Basic Gateway" if size == "Basic" else size)


@priced("network:ExpressRouteCircuit")
def circuit(resource: Seen) -> Iterator[Meter]:
    """A circuit, for each month; what the provider asks comes on top."""
    mbps = resource.at("serviceProviderProperties.bandwidthInMbps", 0)
    speed = f"{mbps // 1000} Gbps" if mbps and mbps % 1000 == 0 else f"{mbps} Mbps"
    sku = f"{resource.at('sku.tier', 'Standard')} {resource.at('sku.family', 'MeteredData')}"
    kind = "Unlimited" if sku.endswith("UnlimitedData") else "Metered"
    tier = resource.at("sku.tier", "Standard")
    meter = rf".*{tier}.*{kind}.*{speed}.*|.*{kind}.*{tier}.*{speed}.*"
    yield Meter(f"ExpressRoute circuit {speed}", "ExpressRoute", meter=meter, per="month")


@priced("network:ApplicationGateway")
def application_gateway(resource: Seen) -> Iterator[Meter]:
    """A fixed part, and the capacity units of the instances that always run."""
    tier = "WAF v2" if str(resource.at("sku.tier", "")).upper().startswith("WAF") else "Standard v2"
    least = resource.at("autoscaleConfiguration.minCapacity", resource.at("sku.capacity", 0))
    product = f"Application Gateway {tier}"
    yield Meter(f"application gateway {tier}", "Application Gateway", product, meter=".*Fixed Cost")
    if least:
        units = float(least) * _CAPACITY_UNITS
        yield Meter("its capacity units", "Application Gateway", product, meter=".*Capacity Units", quantity=units)


always(
    "network:DdosProtectionPlan",
    meters=[
        Meter(
            "DDoS protection plan", "Azure DDOS Protection", sku="Network Protection", meter="Network Protection Plan"
        )
    ],
)


always("dns:Zone", meters=[Meter("public DNS zone", "Azure DNS", meter="Public Zones?", per="month")])


always(
    "privatedns:PrivateZone",
    meters=[Meter("private DNS zone", "Azure DNS", meter="Private Zones?", per="month")],
)


@priced("dnsresolver:InboundEndpoint", "dnsresolver:OutboundEndpoint")
def resolver_endpoint(resource: Seen) -> Iterator[Meter]:
    """An endpoint of the resolver, for each month."""
    way = "Inbound" if "Inbound" in resource.type else "Outbound"
    yield Meter(f"DNS resolver, {way.lower()}", "Azure DNS", meter=f".*Private Resolver {way} Endpoint", per="month")


always(
    "dnsresolver:DnsForwardingRuleset",
    meters=[Meter("DNS forwarding rules", "Azure DNS", meter=".*Private Resolver DNS Forwarding Ruleset", per="month")],
)


always(
    "network:VirtualNetworkPeering",
    meters=[
        Meter("traffic over a peering", "Virtual Network", meter=".*VNET Data Transfer.*", per="month", usage=True)
    ],
)


always("network:FlowLog", meters=[Meter("flow logs", "Network Watcher", meter=".*Logs.*", per="month", usage=True)])
