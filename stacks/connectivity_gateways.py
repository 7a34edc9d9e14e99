"""Gateways of a hub: tunnels to sites and partners, and lines of a telecom provider."""

from __future__ import annotations

from typing import Any

import pulumi

from kade.components.network.express_route import ExpressRouteGateway, ExpressRouteGatewayArgs
from kade.components.network.hub import HubNetwork
from kade.components.network.vpn import (
    AddressTranslation,
    VpnConnectionArgs,
    VpnGateway,
    VpnGatewayArgs,
)
from kade.estate import Estate
from kade.estate.network import Hub, Partner, Site, VpnConnection
from kade.stacks.connectivity_context import Context


def refuse_untranslated(estate: Estate) -> None:
    """A translation is made on the VPN gateway; ValueError where one is stated and no tunnel carries it."""
    network = estate.network
    tunnels = {item.to for hub in network.hubs.values() if hub.vpn for item in hub.vpn.connections.values()}
    for kind, places in (("site", network.sites), ("partner", network.partners)):
        for key, place in places.items():
            if place.translations and f"{kind}:{key}" not in tunnels:
                first = place.translations[0]
                raise ValueError(
                    f"network.{kind}s.{key}.translations: {first.real} is to be seen as {first.seen_as}, and no VPN "
                    f"connection goes to {kind}:{key}; only a tunnel of ours translates: add one, or "
                    f"let the other side translate and state its new range"
                )


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
    if hub.expressroute is not None:
        circuits = {name: item.id for name, item in hub.expressroute.circuits.items() if item.id}
        for name, item in hub.expressroute.circuits.items():
            if item.ownership == "managed":
                raise ValueError(
                    f"network.hubs.{key}.expressroute.circuits.{name}: ordering a circuit is not offered, because its "
                    f"provider has to deliver it first; order it, and give it here as existing, with its id"
                )
        express = ExpressRouteGatewayArgs(**common, subnet_id=subnet, sku=hub.expressroute.sku, circuits=circuits)
        # Azure makes one gateway in a network at a time.
        after = pulumi.ResourceOptions(provider=opts.provider, depends_on=list(found))
        found.append(ExpressRouteGateway(f"hub-{key}-expressroute", express, after))
    return found


def _connection(context: Context, name: str, item: VpnConnection) -> VpnConnectionArgs:
    kind, key = item.to.split(":", 1)
    network = context.estate.network
    place: Site | Partner = network.sites[key] if kind == "site" else network.partners[key]
    if not place.public_addresses:
        raise ValueError(f"network.{kind}s.{key}.public_addresses: is empty, and connection {name} needs one to go to")
    asn, address = (place.bgp_asn, place.bgp_address) if item.bgp and isinstance(place, Site) else (None, None)
    if item.bgp and (asn is None or address is None):
        raise ValueError(
            f"network.{kind}s.{key}: connection {name} exchanges routes; that needs a site with bgp_asn and bgp_address"
        )
    return VpnConnectionArgs(
        peer_addresses=place.public_addresses,
        ranges=[*place.ranges, *_over(context, key if kind == "site" else "")],
        shared_key=_shared_key(name, item.shared_key),
        bgp_asn=asn,
        bgp_address=address or "",
        translations=[AddressTranslation(t.real, t.seen_as) for t in place.translations],
    )


def _over(context: Context, site: str) -> list[str]:
    """Ranges of partners that are reached over the line of a site."""
    partners = context.estate.network.partners.values()
    return [r for partner in partners if partner.connection == "site" and partner.site == site for r in partner.ranges]


def _shared_key(name: str, where: str) -> pulumi.Output[str] | None:
    """The tunnel's secret from the stack's settings; without it the tunnel is made and stays down."""
    kind, key = where.split(":", 1)
    if kind == "vault":
        raise ValueError(
            f"connection {name}: reading a shared key from a vault is not offered; use config:{key} and "
            f"`pulumi config set --secret kade:{key}`"
        )
    found = pulumi.Config("kade").get_secret(key)
    if found is None:
        pulumi.log.warn(f"connection {name} has no shared key and stays down: `pulumi config set --secret kade:{key}`")
    return found
