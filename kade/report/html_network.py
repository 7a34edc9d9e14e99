"""The networks of a preview as a table: address spaces, subnets, and what each is joined to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from kade.engine.plan import Op, Resource
from kade.report.html_page import Section, table
from kade.report.model import Preview, rows

_NETWORK: Final = "azure-native:network:"


def network_section(report: Preview) -> list[Section]:
    """One row a network; nothing where there is none."""
    found = [r for stack in report.stacks for r in _resources(stack)]
    networks = {r.urn: r for r in found if r.type == f"{_NETWORK}VirtualNetwork"}
    if not networks:
        return []
    subnets: dict[str, list[str]] = {urn: list(_own_subnets(report, r)) for urn, r in networks.items()}
    peers: dict[str, list[str]] = {urn: [] for urn in networks}
    for resource in found:
        kind = resource.type.removeprefix(_NETWORK)
        owner = _owner(resource, networks) if kind in ("Subnet", "VirtualNetworkPeering") else ""
        if not owner:
            continue
        inputs = report.mask.tree(resource.inputs)
        if kind == "Subnet":
            subnets[owner].append(_subnet({"name": inputs.get("subnetName") or resource.name, **inputs}))
        else:
            peers[owner].append(report.mask.text(resource.name))
    lines = []
    for urn, network in networks.items():
        space = report.mask.tree(network.inputs).get("addressSpace") or {}
        prefixes = space.get("addressPrefixes") if isinstance(space, Mapping) else None
        lines.append(
            [
                escape(report.mask.text(network.name)),
                "<br>".join(escape(str(p)) for p in prefixes or []),
                "<br>".join(escape(s) for s in sorted(subnets[urn])),
                "<br>".join(escape(p) for p in sorted(peers[urn])),
            ]
        )
    body = table(["Network", "Address space", "Subnets", "Peerings"], lines, "Networks")
    return [Section("networks", f"Networks ({len(networks)})", body)]


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
