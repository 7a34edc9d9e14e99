"""Gateways of a hub: tunnels to sites and partners, and lines of a telecom provider."""

from __future__ import annotations

from typing import Any

import pulumi

from kade.components.network.express_route import (
    ExpressRouteCircuit,
    ExpressRouteCircuitArgs,
    ExpressRouteGateway,
    ExpressRouteGatewayArgs,
)
from kade.components.network.hub import HubNetwork
from kade.components.network.vpn import (
    AddressTranslation,
    VpnConnectionArgs,
    VpnGateway,
    VpnGatewayArgs,
)
from kade.estate.network import ExpressRoute, Hub, Site, VpnConnection
from kade.stacks.connectivity_context import Context


def make_gateways(
    context: Context, key: str, hub: Hub, made: HubNetwork, common: dict[str, Any]
) -> list[pulumi.Resource]:
    """The gateways that a hub is configured with; peerings wait for them."""
    found: list[pulumi.Resource] = []
    subnet = made.subnet_id("GatewaySubnet") if hub.vpn is not None or hub.expressroute is not None else ""
    opts = pulumi.ResourceOptions(provider=context.provider(context.estate.network.subscription))
    if hub.vpn is not None:
        vpn = hub.vpn
        args = VpnGatewayArgs(
            **common,
            subnet_id=subnet,
            sku=vpn.sku,
            active_active=vpn.active_active,
            bgp_asn=vpn.bgp_asn,
            connections={name: _connection(context, name, item) for name, item in vpn.connections.items()},
        )
        found.append(VpnGateway(f"hub-{key}-vpn", args, opts))
        if len(vpn.connections) > 1:
            pulumi.log.info(
                f"hub {key}: its VPN gateway passes traffic on between {', '.join(vpn.connections)}, not over the "
                f"firewall; what each of them has to refuse is in `kade network {context.estate.name} --requests`"
            )
    if hub.expressroute is not None:
        circuits = _circuits(key, hub.expressroute, common, opts)
        express = ExpressRouteGatewayArgs(**common, subnet_id=subnet, sku=hub.expressroute.sku, circuits=circuits)
        # Azure makes one gateway in a network at a time.
        after = pulumi.ResourceOptions(provider=opts.provider, depends_on=list(found))
        found.append(ExpressRouteGateway(f"hub-{key}-expressroute", express, after))
    return found


def _circuits(
    hub: str, item: ExpressRoute, common: dict[str, Any], opts: pulumi.ResourceOptions
) -> dict[str, pulumi.Input[str]]:
    """The lines that the gateway is connected to: those that stand, and those of ours that are delivered."""
    found: dict[str, pulumi.Input[str]] = {}
    for name, line in item.circuits.items():
        if line.id and line.ownership == "existing":
            found[name] = line.id
            continue
        args = ExpressRouteCircuitArgs(
            names=common["names"],
            resource_group_name=common["resource_group_name"],
            location=common["location"],
            workload=name,
            provider=line.provider or "",
            peering_location=line.peering_location or "",
            bandwidth_mbps=line.bandwidth_mbps or 0,
            tags=common["tags"],
        )
        made = ExpressRouteCircuit(f"hub-{hub}-circuit-{name}", args, opts)
        pulumi.export(f"serviceKey-{name}", made.service_key)
        if line.provisioned:
            found[name] = made.id
        else:
            pulumi.log.warn(
                f"line {name} is ordered and not connected yet: give its provider the output serviceKey-{name}, and "
                f"set `provisioned: true` when it is delivered"
            )
    return found


def _connection(context: Context, name: str, item: VpnConnection) -> VpnConnectionArgs:
    place = context.estate.network.places_outside()[item.to]
    asn, address = (place.bgp_asn, place.bgp_address) if item.bgp and isinstance(place, Site) else (None, None)
    return VpnConnectionArgs(
        peer_addresses=place.public_addresses,
        ranges=[*place.ranges, *_over(context, item.to)],
        shared_key=_shared_key(name, item.shared_key),
        bgp_asn=asn,
        bgp_address=address or "",
        translations=[AddressTranslation(t.real, t.seen_as) for t in place.translations],
    )


def _over(context: Context, place: str) -> list[str]:
    """Ranges of partners that are reached over the line of a site."""
    partners = (p for p in context.estate.network.partners.values() if p.connection == "site")
    return [r for partner in partners if f"site:{partner.site}" == place for r in partner.ranges]


def _shared_key(name: str, where: str) -> pulumi.Output[str] | None:
    """The tunnel's secret from the stack's settings; without it the tunnel is made and stays down."""
    key = where.removeprefix("config:")
    found = pulumi.Config("kade").get_secret(key)
    if found is None:
        pulumi.log.warn(f"connection {name} has no shared key and stays down: `pulumi config set --secret kade:{key}`")
    return found
