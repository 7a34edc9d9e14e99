"""What follows from the file and the plan alone: hubs with their addresses, and which hub a spoke belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from kade.components.network.plan import AddressPlan, PlannedNetwork
from kade.components.network.ranges import first_usable
from kade.estate import Estate
from kade.stacks.connectivity_addresses import hub_network


@dataclass
class HubFacts:
    """What spokes must know of a hub. Addresses follow from the plan; ids are known when it is made."""

    key: str
    region: str
    address_space: Sequence[str]
    firewall_ip: str = ""
    name_servers: tuple[str, ...] = ()
    has_gateway: bool = False
    ours: bool = True
    id: pulumi.Input[str] | None = None
    name: pulumi.Input[str] = ""
    group: pulumi.Input[str] = ""
    firewall_policy: pulumi.Input[str] | None = None
    firewall_id: pulumi.Input[str] | None = None
    gateways: list[pulumi.Resource] = field(default_factory=list)
    vpn_addresses: list[pulumi.Output[Any]] = field(default_factory=list)
    """Public addresses of its VPN gateway, for the devices on the other side."""


def hub_facts(estate: Estate, key: str, planned: PlannedNetwork | None) -> HubFacts:
    """What the file and the plan say of a hub."""
    hub = estate.network.hubs[key]
    gateway = hub.vpn is not None or hub.expressroute is not None
    if planned is None:
        ip = (hub.firewall.private_ip if hub.firewall else None) or ""
        space = [hub.prefix] if hub.prefix else []
        return HubFacts(key, hub.region, space, ip, (ip,) if ip else (), gateway, ours=False, id=hub.id)
    ip = first_usable(planned.subnets["AzureFirewallSubnet"]) if "AzureFirewallSubnet" in planned.subnets else ""
    resolver = resolver_ip(planned)
    proxy = hub.firewall is not None and hub.firewall.dns_proxy and hub.firewall.sku != "Basic"
    servers = (ip,) if ip and proxy else (resolver,) if resolver else ()
    return HubFacts(key, hub.region, planned.address_space, ip, servers, gateway)


def resolver_ip(planned: PlannedNetwork) -> str:
    """The fixed address of the resolver's inbound endpoint; empty without one."""
    return first_usable(planned.subnets["resolver-inbound"]) if "resolver-inbound" in planned.subnets else ""


def name_servers(estate: Estate, plan: AddressPlan) -> tuple[str, ...]:
    """Everybody who answers names in the hubs."""
    hubs = (hub_facts(estate, key, plan.networks.get(hub_network(key))) for key in estate.network.hubs)
    return tuple(dict.fromkeys(server for hub in hubs for server in hub.name_servers))


def hub_of(estate: Estate, spoke: str) -> str:
    """The hub that a spoke is peered with: the one it names, or the first of its region (the estate is checked)."""
    item = estate.network.spokes[spoke]
    region = item.region or estate.regions.primary
    return item.hub or next(key for key, hub in estate.network.hubs.items() if hub.region == region)
