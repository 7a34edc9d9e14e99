"""What others have to do for us: providers and partners, owners of hubs and zones. Kade makes only our side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from ipaddress import ip_network
from typing import Any

from kade.components.network.mail_records import records_of
from kade.components.network.plan import AddressPlan
from kade.components.network.public_dns import zone_records
from kade.components.network.segments import Ends
from kade.estate import Estate
from kade.estate.network import Partner
from kade.facts.exchanges import exchanges
from kade.stacks.connectivity_addresses import spoke_network
from kade.stacks.connectivity_flows import matrix_of, seen_ranges
from kade.stacks.connectivity_public_dns import zone_args
from kade.stacks.connectivity_topology import hub_of


@dataclass(frozen=True)
class AskedRule:
    """A flow that the other side has to let through too: ``out`` from us to them, ``in`` from them to us."""

    direction: str
    ours: Sequence[str]
    theirs: Sequence[str]
    protocol: str
    ports: Sequence[str]
    why: str
    mutual_tls: bool


@dataclass(frozen=True)
class Request:
    """What one party is asked: who it is, over what we meet, and lines of what it has to do."""

    key: str
    title: str
    to: str
    reference: str = ""
    connection: str = ""
    their_ranges: Sequence[str] = ()
    known_by: Sequence[str] = ()
    asks: Sequence[str] = ()
    rules: Sequence[AskedRule] = ()
    contacts: Sequence[str] = ()

    def as_output(self) -> dict[str, Any]:
        """As plain data in Pulumi's camel case, for the stack's output and for JSON."""
        rules = [{_camel(k): v for k, v in asdict(rule).items()} for rule in self.rules]
        return {_camel(k): v for k, v in asdict(self).items()} | {"rules": rules}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def requests_of(estate: Estate, plan: AddressPlan) -> list[Request]:
    """Every request, in the order of the file: sites with a tunnel, partners, hubs that are not ours, public zones."""
    return [*_sites(estate), *_partners(estate, plan), *_hubs(estate, plan), *_zones(estate)]


def contacts_of(estate: Estate) -> list[str]:
    """Whom the other side can reach: the owner of the network's subscription, and the security contacts."""
    owner = estate.roles[estate.subscriptions[estate.network.subscription].owner]
    first = f"{owner.title}{f' <{owner.contact}>' if owner.contact else ''}: the connection"
    return [first, *(f"{email}: security and incidents" for email in estate.security.contact.emails)]


def _sites(estate: Estate) -> Iterator[Request]:
    for key, site in estate.network.sites.items():
        asks = list(_tunnel_asks(estate, f"site:{key}"))
        if asks:
            yield Request(f"site:{key}", site.title, "whoever manages its router", their_ranges=site.ranges, asks=asks)


def _partners(estate: Estate, plan: AddressPlan) -> Iterator[Request]:
    for key, partner in estate.network.partners.items():
        name = f"partner:{key}"
        rules = list(_rules(estate, plan, name))
        provider = estate.participants[partner.provider].display_name if partner.provider else partner.title
        yield Request(
            name,
            partner.title,
            f"{provider}{f' <{partner.contact}>' if partner.contact else ''}",
            partner.reference,
            connection_of(estate, key, partner),
            partner.ranges,
            partner.our_addresses,
            list(_asks(estate, partner, name, rules)),
            rules,
            contacts_of(estate),
        )


def connection_of(estate: Estate, key: str, partner: Partner) -> str:
    """Over what we meet a partner, in words."""
    if partner.connection == "site":
        return f"over the line of site {partner.site}"
    for hub_key, hub in estate.network.hubs.items():
        for name, tunnel in (hub.vpn.connections if hub.vpn else {}).items():
            if tunnel.to == f"partner:{key}":
                return f"VPN, tunnel {name} to hub {hub_key}"
        for name, line in (hub.expressroute.circuits if hub.expressroute else {}).items():
            if line.to == f"partner:{key}":
                return f"ExpressRoute, line {name} to hub {hub_key}"
    return {"internet": "over the internet"}.get(partner.connection, f"{partner.connection}; no line is stated yet")


def _rules(estate: Estate, plan: AddressPlan, name: str) -> Iterator[AskedRule]:
    """The flows from and to a partner, with our ranges in all environments together."""
    found: dict[str, AskedRule] = {}
    for environment in estate.environments:
        for ends in matrix_of(estate, environment, plan).ends():
            if name in (ends.flow.source, ends.flow.target) and ends.sources and ends.targets:
                rule = _rule(estate, ends, name)
                before = found.get(ends.flow.name)
                ours = (*before.ours, *rule.ours) if before else rule.ours
                found[ends.flow.name] = replace(rule, ours=tuple(dict.fromkeys(ours)))
    yield from found.values()


def _rule(estate: Estate, ends: Ends, name: str) -> AskedRule:
    flow = ends.flow
    out = flow.target == name
    ours = ends.sources if out else ends.targets
    standard = estate.network.flows[flow.name].exchange
    return AskedRule(
        "out" if out else "in",
        tuple(r for r in ours if ip_network(r).version == 4),
        estate.network.partners[name.partition(":")[2]].ranges,  # as they really are: only our gateway translates
        flow.protocol,
        tuple(flow.ports),
        flow.reason,
        bool(standard and exchanges()[standard].mutual_tls),
    )


def _asks(estate: Estate, partner: Partner, name: str, rules: Sequence[AskedRule]) -> Iterator[str]:
    if not rules:
        yield "no route and no rule yet: no flow of the matrix goes from or to it"
        yield from _tunnel_asks(estate, name)
        return
    ours = list(dict.fromkeys(r for rule in rules for r in rule.ours))
    known = [ip_network(r) for r in partner.our_addresses]
    outside = [r for r in ours if not any(ip_network(r).subnet_of(k) for k in known)]  # ty: ignore[invalid-argument-type]  # a rule has one version
    yield f"route to us: {', '.join(partner.our_addresses or ours)}"
    if partner.ranges:
        yield f"announce to us: {', '.join(partner.ranges)}"
    if partner.our_addresses and outside:
        yield f"translate, since it knows us by {', '.join(partner.our_addresses)}: {', '.join(outside)}"
    for item in partner.translations:
        yield f"nothing for {item.real}: our gateway sees it as {item.seen_as}"
    if any(rule.mutual_tls for rule in rules):
        yield "leave TLS closed on the way: both sides show a PKIoverheid certificate"
    for hub_key, hub in estate.network.hubs.items():
        for key, line in (hub.expressroute.circuits if hub.expressroute else {}).items():
            if line.to == name and line.ownership == "managed" and not line.provisioned:
                yield f"deliver line {key} on the service key in output serviceKey-{key}, for hub {hub_key}"
    yield from _tunnel_asks(estate, name)


def _tunnel_asks(estate: Estate, name: str) -> Iterator[str]:
    """What the device at the other end of a tunnel has to do: set it up, and refuse what the gateway passes on.

    Azure's VPN gateway passes on between its tunnels, and tells each the ranges of the others where it exchanges routes
    (Microsoft Learn, "VPN Gateway FAQ", BGP and routing); no rule of ours is on that way.
    """
    places = estate.network.places_outside()
    for hub_key, hub in estate.network.hubs.items():
        tunnels = hub.vpn.connections if hub.vpn else {}
        for key, tunnel in tunnels.items():
            if tunnel.to == name:
                yield (
                    f"set up tunnel {key}: IKEv2, AES-256 and SHA-384 and group 20; ESP AES-GCM-256, PFS group 20; to "
                    f"the addresses in output hubs.{hub_key}.vpnAddresses; the key goes by telephone or in person"
                )
                others = dict.fromkeys(item.to for item in tunnels.values() if item.to != name)
                ranges = [f"{r} ({other})" for other in others for r in seen_ranges(places[other])]
                if ranges:
                    yield f"refuse what comes from other tunnels, which meets no rule of ours: {', '.join(ranges)}"


def _hubs(estate: Estate, plan: AddressPlan) -> Iterator[Request]:
    for key, hub in estate.network.hubs.items():
        if hub.ownership == "managed":
            continue
        spokes = [s for s, item in estate.network.spokes.items() if item.peered and hub_of(estate, s) == key]
        networks = [
            f"{spoke_network(s, e)} {plan.networks[spoke_network(s, e)].range}"
            for s in spokes
            for e in estate.network.spokes[s].subscriptions
            if spoke_network(s, e) in plan.networks
        ]
        yield Request(
            f"hub:{key}",
            f"hub {key} in {hub.region}",
            hub.owner or "its owner",
            hub.id or "",
            "peering",
            [hub.prefix] if hub.prefix else [],
            asks=[f"peer with {n}, with gateway transit and forwarded traffic allowed" for n in networks],
            contacts=contacts_of(estate),
        )


def _zones(estate: Estate) -> Iterator[Request]:
    for key, zone in estate.network.public_dns.items():
        if zone.ownership == "managed":
            asks = [f"delegate {zone.domain} to the name servers in output publicDnsNameServers.{key}"]
            asks += [f"put the DS record of {zone.domain} in the zone above"] if zone.dnssec else []
            to = "the registrar, or the owner of the zone above"
        else:
            asks = [f"sign {zone.domain} (DNSSEC)"] if zone.dnssec else []
            records = records_of(zone_records(zone_args(estate, zone, "")))
            asks += [line for record in records for line in str(record).splitlines()]
            to = "the owner of the zone"
        yield Request(f"zone:{key}", zone.domain, to, zone.id or "", asks=asks, contacts=contacts_of(estate))
