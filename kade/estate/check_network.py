"""What the network's parts need of each other: ports of flows, ends of tunnels and lines, hubs of spokes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kade.estate.checks import Check, Finding, PathKey

if TYPE_CHECKING:
    from kade.estate.model import Estate
    from kade.estate.network import VpnConnection
    from kade.estate.segments import Flow


def flows(estate: Estate) -> Iterator[Finding]:
    """A flow has ports, or a standard that fixes them, and a segment of ours at one end at least."""
    for key, flow in estate.network.flows.items():
        at: PathKey = ("network", "flows", key)
        yield from _ends(at, flow)
        if not flow.ports and flow.exchange is None:
            yield Finding(at, "this flow opens no port", remedy="Add `ports:`, or `exchange:` for a standard.")
        if flow.ports and flow.exchange is not None:
            yield Finding(
                (*at, "ports"), f"{flow.exchange} has ports of its own", remedy="Leave `ports` or `exchange` out."
            )


def _ends(at: PathKey, flow: Flow) -> Iterator[Finding]:
    """What rules of ours can open: they see addresses where a connection begins, and nothing between others."""
    if flow.source.startswith(("azure:", "fqdn:")):
        yield Finding(
            (*at, "from"),
            f"no rule tells by its address that a connection comes from {flow.source}",
            remedy="A flow goes to a name or a service; answers are let through.",
        )
    elif not _ours(flow.source) and not _ours(flow.target):
        yield Finding(
            at,
            f"{flow.source} and {flow.target} both lie outside, and no rule of ours stands between them",
            remedy="Take the flow out, or let it begin or end in a segment.",
        )
    for field, place in (("source_spokes", flow.source), ("target_spokes", flow.target)):
        if getattr(flow, field) and (":" in place or place == "internet"):
            yield Finding(
                (*at, field), f"{place} is no segment that spokes have a part of", remedy=f"Leave `{field}` out."
            )


def _ours(place: str) -> bool:
    return place.startswith("spoke:") or (":" not in place and place != "internet")


def tunnels(estate: Estate) -> Iterator[Finding]:
    """A tunnel has somewhere to go, and a translation has a tunnel that carries it."""
    reached: set[str] = set()
    places = estate.network.places_outside()
    for hub_key, hub in estate.network.hubs.items():
        if hub.vpn is None:
            continue
        for key, item in hub.vpn.connections.items():
            reached.add(item.to)
            yield from _tunnel(estate, ("network", "hubs", hub_key, "vpn", "connections", key), item)
            if hub.vpn.sku == "VpnGw1AZ" and item.to in places and places[item.to].translations:
                yield Finding(
                    ("network", "hubs", hub_key, "vpn"),
                    f"a gateway of size VpnGw1AZ translates nothing, and {item.to} has translations",
                    remedy="Set `sku: VpnGw2AZ` or larger.",
                )
    for name, place in places.items():
        at: PathKey = ("network", f"{name.partition(':')[0]}s", name.partition(":")[2], "translations")
        if place.translations and name not in reached:
            first = place.translations[0]
            yield Finding(
                at,
                f"{first.real} is to be seen as {first.seen_as}, and no VPN connection goes to {name}; only a tunnel "
                f"of ours translates a range",
                remedy="Add a connection, or let the other side translate and state its new range.",
            )


def _tunnel(estate: Estate, at: PathKey, item: VpnConnection) -> Iterator[Finding]:
    place = estate.network.places_outside().get(item.to)
    if place is None:
        return  # said where references are checked
    if not place.public_addresses:
        yield Finding((*at, "to"), f"{item.to} has no public address", remedy="Add its `public_addresses`.")
    site = estate.network.sites.get(item.to.removeprefix("site:"))
    if item.bgp and (site is None or site.bgp_asn is None or site.bgp_address is None):
        yield Finding(
            (*at, "bgp"),
            f"{item.to} exchanges no routes",
            remedy="Give a site `bgp_asn` and `bgp_address`, or leave `bgp` out.",
        )


def partners(estate: Estate) -> Iterator[Finding]:
    """The public sector's networks come through an accredited provider, and not over the internet as it is."""
    for key, partner in estate.network.partners.items():
        at: PathKey = ("network", "partners", key)
        if partner.kind in ("diginetwerk", "ggi"):
            if partner.provider is None:
                yield Finding(
                    at,
                    f"{partner.kind} is delivered by an accredited provider",
                    remedy="Name it under `participants`, and its key here under `provider:`.",
                )
            if partner.connection == "internet":
                yield Finding(
                    (*at, "connection"),
                    f"{partner.kind} is not on the internet",
                    remedy="Say expressroute, vpn, or site with the site whose line it comes over.",
                )


def circuits(estate: Estate) -> Iterator[Finding]:
    """A line stands already and has an id, or is ordered with what Azure asks for."""
    for hub_key, hub in estate.network.hubs.items():
        for key, item in (hub.expressroute.circuits if hub.expressroute else {}).items():
            at: PathKey = ("network", "hubs", hub_key, "expressroute", "circuits", key)
            if item.ownership == "existing" and item.id is None:
                yield Finding(at, "an existing line needs its id", remedy="Add `id:`, or `ownership: managed`.")
            asked = {f: getattr(item, f) for f in ("provider", "peering_location", "bandwidth_mbps")}
            missing = [field for field, value in asked.items() if value is None]
            if item.ownership == "managed" and missing:
                yield Finding(at, f"a line is ordered with {', '.join(missing)}", remedy=f"Add `{missing[0]}:`.")


def hubs_of_spokes(estate: Estate) -> Iterator[Finding]:
    """A peered spoke has a hub: the one that it names, or that of its region."""
    regions = {hub.region for hub in estate.network.hubs.values()}
    for key, spoke in estate.network.spokes.items():
        region = spoke.region or estate.regions.primary
        if spoke.peered and spoke.hub is None and region not in regions:
            yield Finding(
                ("network", "spokes", key),
                f"there is no hub in {region}",
                remedy="Name one under `hub`, or set `peered: false`.",
            )


def ipv6(estate: Estate) -> Iterator[Finding]:
    """A dual-stack spoke has a range to take its addresses from."""
    for key, spoke in estate.network.spokes.items():
        region = spoke.region or estate.regions.primary
        if spoke.ipv6 and region not in estate.network.addresses.supernets_ipv6:
            yield Finding(
                ("network", "spokes", key, "ipv6"),
                f"there is no IPv6 supernet for {region}",
                remedy=f"Add `network.addresses.supernets_ipv6.{region}`, a /56 or larger.",
            )


def private_names(estate: Estate) -> Iterator[Finding]:
    """Private zones that stand already are found by the resource group that holds them."""
    item = estate.network.private_dns
    if item.ownership == "existing" and item.id is None:
        yield Finding(
            ("network", "private_dns"), "existing zones need the id of their resource group", remedy="Add `id:`."
        )


def mail(estate: Estate) -> Iterator[Finding]:
    """Mail of our own names its servers, and DANE holds for servers of the domain itself, where it is signed."""
    for key, zone in estate.network.public_dns.items():
        at: PathKey = ("network", "public_dns", key)
        if zone.mail == "own" and not zone.mail_servers:
            yield Finding(at, "mail of our own needs its servers", remedy="Add `mail_servers:`.")
        for server in zone.dane:
            if not f".{server}".endswith(f".{zone.domain}"):
                yield Finding(
                    (*at, "dane", server),
                    f"{server} is not in {zone.domain}",
                    remedy="Its record belongs in the zone of its own domain.",
                )
            if not zone.dnssec:
                yield Finding((*at, "dane", server), "DANE proves nothing without DNSSEC", remedy="Set `dnssec: true`.")


CHECKS: tuple[Check, ...] = (flows, tunnels, partners, circuits, ipv6, private_names, mail)
LAST: tuple[Check, ...] = (hubs_of_spokes,)
