"""The network as a Mermaid flowchart: hubs with their spokes, segments by level, and the flows between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from kade.estate import Estate
from kade.estate.network import Hub
from kade.estate.segments import Flow
from kade.stacks.connectivity_flows import ports_of_flow
from kade.stacks.connectivity_reach import View
from kade.stacks.connectivity_topology import hub_of


def mermaid(view: View) -> str:
    """A flowchart of one environment; GitHub, GitLab and Azure DevOps draw it."""
    return "\n".join(["flowchart LR", *_networks(view), *_segments(view.estate), *_flows(view.estate)]) + "\n"


def hub_parts(hub: Hub) -> list[str]:
    """What stands in a hub, in words."""
    wall = f"firewall {hub.firewall.sku}" if hub.firewall else ""
    parts = (
        (wall, hub.firewall),
        ("Bastion", hub.bastion),
        ("VPN", hub.vpn),
        ("ExpressRoute", hub.expressroute),
        ("DNS resolver", hub.resolver),
        ("NAT", hub.nat_gateway or None),
    )
    return [name for name, item in parts if item is not None]


def is_cut(estate: Estate, flow: Flow) -> bool:
    """Whether an isolation cuts a flow off."""
    segments = estate.network.segments
    return any(end in segments and segments[end].isolate for end in (flow.source, flow.target))


def _networks(view: View) -> Iterator[str]:
    estate = view.estate
    for key, hub in estate.network.hubs.items():
        planned = view.plan.networks.get(f"hub-{key}")
        range_ = str(planned.range) if planned is not None else hub.prefix or hub.ownership
        yield f"  {_id('hub', key)}[[{_text(f'hub {key}', range_, ', '.join(hub_parts(hub)))}]]"
    ours = [key for key, hub in estate.network.hubs.items() if hub.ownership == "managed"]
    for one, other in combinations(ours, 2):
        yield f"  {_id('hub', one)} --- {_id('hub', other)}"
    spokes = dict.fromkeys(p.name.split("/")[0] for p in view.places.values() if p.segment)
    for spoke in spokes:
        yield f"  subgraph {_id('spoke', spoke)}[{_text(f'spoke {spoke}')}]"
        for place in view.places.values():
            if place.segment and place.name.split("/")[0] == spoke:
                ranges = view.plan.networks[f"{spoke}-{view.environment}"].prefixes(place.name.split("/")[1])
                yield f"    {_id('subnet', place.name)}[{_text(place.name.split('/')[1], *ranges)}]"
        yield "  end"
        if estate.network.spokes[spoke].peered:
            yield f"  {_id('spoke', spoke)} --- {_id('hub', hub_of(estate, spoke))}"


def _segments(estate: Estate) -> Iterator[str]:
    yield f"  subgraph segments[{_text('segments, by security level')}]"
    for name, segment in sorted(estate.network.segments.items(), key=lambda s: s[1].level):
        mark = "isolated" if segment.isolate else ""
        yield f"    {_id('at', name)}[{_text(name, f'level {segment.level}', mark)}]"
    yield "  end"
    outside = [f.source for f in estate.network.flows.values()] + [f.target for f in estate.network.flows.values()]
    for place in dict.fromkeys(p for p in outside if p not in estate.network.segments):
        yield f"  {_id('at', place)}([{_text(place)}])"


def _flows(estate: Estate) -> Iterator[str]:
    for flow in estate.network.flows.values():
        arrow = "-. denied .->" if is_cut(estate, flow) else f"-->|{_text(flow_label(flow))}|"
        yield f"  {_id('at', flow.source)} {arrow} {_id('at', flow.target)}"


def flow_label(flow: Flow) -> str:
    """Protocol and ports."""
    return f"{flow.protocol} {', '.join(ports_of_flow(flow))}"


def _id(kind: str, name: str) -> str:
    return f"{kind}_{re.sub(r'[^A-Za-z0-9]', '_', name)}"


def _text(*lines: str) -> str:
    return '"' + "<br/>".join(line.replace('"', "'") for line in lines if line) + '"'
