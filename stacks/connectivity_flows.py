"""From an estate to its flow matrix: zones with their addresses in one environment, and the flows between them."""

from __future__ import annotations

from kade.components.network.defaults import default_flows
from kade.components.network.plan import AddressPlan
from kade.components.network.segments import ANY_SEGMENT, Flow, Matrix, Zone, internet
from kade.estate import Estate
from kade.estate.network import Partner, Site
from kade.estate.segments import Flow as EstateFlow
from kade.estate.segments import Spoke, Subnet
from kade.facts.exchanges import exchanges
from kade.stacks.connectivity_addresses import spoke_network
from kade.stacks.connectivity_topology import name_servers

NAMES = "names"  # the zone of who answers names: the firewall or the resolver of a hub


def segment_of(key: str, subnet: Subnet) -> str:
    """The segment of a spoke's subnet."""
    return subnet.segment or key


def seen_ranges(place: Site | Partner) -> tuple[str, ...]:
    """The ranges of a place outside as our side sees them: those that overlap ours are translated."""
    seen = {t.real: t.seen_as for t in place.translations}
    return tuple(seen.get(r, r) for r in place.ranges)


def matrix_of(estate: Estate, environment: str, plan: AddressPlan) -> Matrix:
    """The matrix of one environment: its own spokes only, so that no flow leads from one environment to another.

    Raises `FlowError` for a flow that cannot be.
    """
    network = estate.network
    zones: dict[str, Zone] = {}
    for key, segment in network.segments.items():
        parts = {
            spoke: _ranges(spoke, item, environment, plan, key)
            for spoke, item in network.spokes.items()
            if environment in item.subscriptions
        }
        zones[key] = Zone(key, {s: r for s, r in parts.items() if r}, segment.level, segment.isolate)
    zones["internet"] = internet()
    for key, place in network.places_outside().items():
        zones[key] = Zone(key, {"": seen_ranges(place)})
    servers = name_servers(estate, plan)
    if servers:
        zones[NAMES] = Zone(NAMES, {"": tuple(f"{a}/32" for a in servers)})
    flows = [_flow(key, flow) for key, flow in network.flows.items()]
    return Matrix(zones, [*flows, *_defaults(estate, has_names=bool(servers))])


def _ranges(key: str, spoke: Spoke, environment: str, plan: AddressPlan, segment: str) -> tuple[str, ...]:
    planned = plan.networks.get(spoke_network(key, environment))
    if planned is None:
        return ()
    return tuple(
        prefix
        for name, subnet in spoke.subnets.items()
        if segment_of(name, subnet) == segment
        for prefix in planned.prefixes(name)
    )


def _flow(key: str, flow: EstateFlow) -> Flow:
    source, source_spokes = _end(flow.source, flow.source_spokes)
    target, target_spokes = _end(flow.target, flow.target_spokes)
    fqdns: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    if flow.target.startswith("azure:"):
        target, tags = "internet", (flow.target.removeprefix("azure:"),)
    elif flow.target.startswith("fqdn:"):
        target, fqdns = "internet", (flow.target.removeprefix("fqdn:"),)
    elif flow.target == "internet":
        fqdns = ("*",)  # every name, so that the firewall still sees and logs which
    standard = exchanges()[flow.exchange] if flow.exchange else None
    why = f"{flow.why} ({standard.title})" if standard else flow.why
    return Flow(
        key,
        source,
        target,
        why,
        ports_of_flow(flow),
        standard.protocol if standard else flow.protocol,
        source_spokes,
        target_spokes,
        fqdns,
        service_tags=tags,
        inspected=flow.inspected,
    )


def ports_of_flow(flow: EstateFlow) -> tuple[str, ...]:
    """The ports that a flow opens: its own, or those of its standard."""
    return tuple(exchanges()[flow.exchange].ports if flow.exchange else flow.ports)


def _end(place: str, spokes: list[str]) -> tuple[str, tuple[str, ...]]:
    if place.startswith("spoke:"):
        return ANY_SEGMENT, (place.removeprefix("spoke:"),)
    return place, tuple(spokes)


def _defaults(estate: Estate, *, has_names: bool) -> list[Flow]:
    """The ready-made flows of the first hub with a firewall; without one nothing would enforce them."""
    for hub in estate.network.hubs.values():
        if hub.firewall is not None:
            proxy = hub.firewall.dns_proxy and hub.firewall.sku != "Basic"
            return default_flows(list(hub.firewall.default_rules), dns_zone=NAMES if has_names else "", dns_proxy=proxy)
    return []
