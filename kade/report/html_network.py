"""The networks of a preview: a picture of which is peered with which, and a table with their subnets."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final

from kade.engine.plan import Op, Resource
from kade.report.html_page import ROWS_LIMIT, Section, folded, table
from kade.report.model import Preview, rows
from kade.report.words import plural

_NETWORK: Final = "azure-native:network:"
_SHARED: Final = ("AzureFirewallSubnet ", "GatewaySubnet ")  # what only a hub has


def network_section(report: Preview) -> list[Section]:
    """One row a network; nothing where there is none."""
    found = [r for stack in report.stacks for r in _resources(stack)]
    networks = {r.urn: r for r in found if r.type == f"{_NETWORK}VirtualNetwork"}
    if not networks:
        return []
    subnets: dict[str, list[str]] = {urn: list(_own_subnets(report, r)) for urn, r in networks.items()}
    peers: dict[str, set[str]] = {urn: set() for urn in networks}
    for resource in found:
        kind = resource.type.removeprefix(_NETWORK)
        owner = _owner(resource, networks) if kind in ("Subnet", "VirtualNetworkPeering") else ""
        if not owner:
            continue
        inputs = report.mask.tree(resource.inputs)
        if kind == "Subnet":
            subnets[owner].append(_subnet({"name": inputs.get("subnetName") or resource.name, **inputs}))
        else:
            far = _far(resource, networks)
            if far:
                peers[owner].add(far)
                peers[far].add(owner)
    names = {urn: report.mask.text(network.name) for urn, network in networks.items()}
    spaces = {urn: _space(report, network) for urn, network in networks.items()}
    lines = [
        [
            escape(names[urn]),
            "<br>".join(map(escape, spaces[urn])),
            "<br>".join(map(escape, sorted(subnets[urn]))),
            "<br>".join(escape(name) for name in sorted(names[far] for far in peers[urn])),
        ]
        for urn in networks
    ]
    heads = ["Network", "Address space", "Subnets", "Peered with"]
    hubs = [urn for urn in networks if len(peers[urn]) > 1 or any(s.startswith(_SHARED) for s in subnets[urn])]
    body = _picture(names, spaces, peers, hubs) + folded(plural(len(lines), "network"), table(heads, lines, "Networks"))
    return [Section("networks", f"Networks ({len(networks)})", body)]


def _picture(
    names: Mapping[str, str],
    spaces: Mapping[str, Sequence[str]],
    peers: Mapping[str, Collection[str]],
    hubs: Collection[str],
) -> str:
    """Each hub as a box with its spokes in it, then the networks that are peered with none."""
    made = ""
    for hub in sorted(hubs, key=lambda urn: -len(peers[urn])):
        others = sorted(names[urn] for urn in peers[hub] if urn in hubs)
        joined = f"; peered with {', '.join(others)}" if others else ""
        spokes = sorted((urn for urn in peers[hub] if urn not in hubs), key=lambda urn: names[urn])
        boxes = "".join(f"<div>{_box(names[urn], spaces[urn])}</div>" for urn in spokes)
        made += f'<div class="hub"><p>{_box(names[hub], spaces[hub])}{escape(joined)}</p>'
        made += f'<div class="picture">{boxes}</div></div>\n'
    alone = [urn for urn in names if urn not in hubs and not any(far in hubs for far in peers[urn])]
    boxes = "".join(f"<div>{_box(names[urn], spaces[urn])}</div>" for urn in alone[:ROWS_LIMIT])
    return made + (f'<p>In no hub:</p><div class="picture">{boxes}</div>\n' if boxes else "")


def _box(name: str, space: Sequence[str]) -> str:
    return f"<strong>{escape(name)}</strong> {escape(', '.join(space))}"


def _space(report: Preview, network: Resource) -> list[str]:
    space = report.mask.tree(network.inputs).get("addressSpace") or {}
    prefixes = space.get("addressPrefixes") if isinstance(space, Mapping) else None
    return [str(prefix) for prefix in prefixes or []]


def _far(peering: Resource, networks: Mapping[str, Resource]) -> str:
    """The urn of the network on the other side: where the input comes from, else by the name in its id."""
    used = peering.property_dependencies.get("remoteVirtualNetwork", ())
    found = next((urn for urn in used if urn in networks), "")
    remote = peering.inputs.get("remoteVirtualNetwork")
    id_ = remote.get("id") if isinstance(remote, Mapping) else None
    if found or not isinstance(id_, str):
        return found
    name = id_.rsplit("/", 1)[-1]
    return next((urn for urn, n in networks.items() if n.inputs.get("virtualNetworkName") == name), "")


def _resources(stack: Any) -> Iterator[Resource]:
    for row in rows(stack):
        if row.op != Op.DELETE and row.step.new is not None and row.step.type.startswith(_NETWORK):
            yield row.step.new


def _own_subnets(report: Preview, network: Resource) -> Iterator[str]:
    listed = report.mask.tree(network.inputs).get("subnets")
    for item in listed if isinstance(listed, list) else []:
        if isinstance(item, Mapping):
            yield _subnet(item)


def _subnet(inputs: Mapping[str, Any]) -> str:
    several = inputs.get("addressPrefixes")
    prefixes = ", ".join(map(str, several)) if isinstance(several, list) else str(inputs.get("addressPrefix", "?"))
    return f"{inputs.get('name', '?')} {prefixes}"


def _owner(resource: Resource, networks: Mapping[str, Resource]) -> str:
    """The urn of the network that a subnet or peering stands in: its parent, else the one that its inputs come from."""
    if resource.parent in networks:
        return resource.parent
    used = resource.property_dependencies.get("virtualNetworkName") or resource.dependencies
    by_dependency = next((urn for urn in used if urn in networks), "")
    if by_dependency:
        return by_dependency
    name = resource.inputs.get("virtualNetworkName")
    return next((urn for urn, n in networks.items() if name and n.inputs.get("virtualNetworkName") == name), "")
