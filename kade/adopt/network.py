"""Hubs, zones and address ranges: what the export has of them, as entries of the estate file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from kade.adopt.export import Export, Standing
from kade.adopt.governance import owned_by
from kade.adopt.proposal import Proposal, key_for
from kade.adopt.terraform import Owners
from kade.estate import Estate

# A network with one of these subnets serves others: it is a hub.
_HUB_SUBNETS = ("azurefirewallsubnet", "gatewaysubnet", "azurebastionsubnet", "routeserversubnet")


def propose_network(
    estate: Estate, export: Export, owners: Owners, planned: Mapping[str, object], proposal: Proposal
) -> None:
    """Entries for networks that stand. ``planned`` are ids, in lower case, that the program makes or takes over."""
    hubs = [v for v in export.of("microsoft.network/virtualnetworks") if _is_hub(v)]
    ours = [v for v in hubs if v.id.lower() in planned and not owners.of(v.id)]
    _hubs(estate, export, owners, [v for v in hubs if v not in ours], proposal)
    for item in export.of("microsoft.network/virtualnetworks"):
        if item not in hubs and (item.id.lower() not in planned or owners.of(item.id)):
            _reserve(estate, item, owners, proposal)
    _private_zones(estate, export, owners, planned, proposal)
    _public_zones(estate, export, owners, proposal)


def _is_hub(item: Standing) -> bool:
    return any(str(s.get("name", "")).lower() in _HUB_SUBNETS for s in _items(item.properties.get("subnets")))


def _hubs(estate: Estate, export: Export, owners: Owners, standing: list[Standing], proposal: Proposal) -> None:
    known = {hub.id.lower() for hub in estate.network.hubs.values() if hub.id}
    for region in sorted({item.location for item in standing}):
        found = [item for item in standing if item.location == region and item.id.lower() not in known]
        wanted = [key for key, hub in estate.network.hubs.items() if hub.region == region and not hub.id]
        if len(found) == 1 and len(wanted) == 1:
            _hub(wanted[0], found[0], export, owners, proposal)
        elif found:
            names = ", ".join(item.id for item in found)
            fields = ", ".join(f"network.hubs.{key}" for key in wanted) or f"no hub of the file in {region}"
            proposal.note("choose", f"hubs in {region}", f"{names}: which of them is {fields}?")


def _hub(key: str, item: Standing, export: Export, owners: Owners, proposal: Proposal) -> None:
    ranges = _ranges(item)
    owner = owners.of(item.id)
    value: dict[str, Any] = {"ownership": "existing", "id": item.id}
    if ranges:
        value["prefix"] = ranges[0]
    if owner:
        value["owner"] = owner
    for firewall, address in _firewalls(item, export):
        if address:
            value["firewall"] = {"private_ip": address}
        proposal.note("existing", f"firewall {firewall.name}", f"of hub {key}; its rules stay its owner's")
    proposal.propose(("network", "hubs", key), value, f"the hub in {item.location} stands{owned_by(owners, item)}")
    text = f"is hub {key}; its owner makes the other side of each peering, and opens what the matrix asks"
    proposal.note("existing", f"network {item.name}{owned_by(owners, item)}", text)
    if len(ranges) > 1:
        proposal.note("note", f"network {item.name}", f"has more ranges than a hub of the file: {', '.join(ranges)}")


def _firewalls(network: Standing, export: Export) -> Iterator[tuple[Standing, str]]:
    """The firewalls in a network, with their address inside."""
    for firewall in export.of("microsoft.network/azurefirewalls"):
        for configuration in _items(firewall.properties.get("ipConfigurations")):
            inside = configuration.get("properties") or {}
            subnet = str((inside.get("subnet") or {}).get("id", ""))
            if subnet.lower().startswith(f"{network.id.lower()}/subnets/"):
                yield firewall, str(inside.get("privateIPAddress") or "")
                break


def _reserve(estate: Estate, item: Standing, owners: Owners, proposal: Proposal) -> None:
    """A network that the file does not know keeps its range: the plan gives it to nobody else."""
    known = {r for spoke in estate.network.spokes.values() for r in spoke.prefixes.values()}
    known |= {reserved.range for reserved in estate.network.addresses.reservations.values()}
    supernets = [ip_network(r) for ranges in estate.network.addresses.supernets.values() for r in ranges]
    for range_ in _ranges(item):
        net = ip_network(range_)
        inside = any(net.version == s.version and net.subnet_of(s) for s in supernets)  # ty: ignore[invalid-argument-type]
        if range_ in known or not any(net.version == s.version and net.overlaps(s) for s in supernets):
            continue
        if not inside:
            text = f"its range {range_} holds a supernet of the file, and more: choose other supernets"
            proposal.note("not adopted", f"network {item.name}", text)
            continue
        taken = [*estate.network.addresses.reservations, *(e.path[3] for e in proposal.entries if len(e.path) == 5)]
        key = key_for(item.name, taken)
        value = {"range": range_, "reason": f"Taken by the network {item.name}, which stands already"}
        why = f"stands{owned_by(owners, item)}, and is no spoke of the file"
        proposal.propose(("network", "addresses", "reservations", key), value, why)


def _private_zones(
    estate: Estate, export: Export, owners: Owners, planned: Mapping[str, object], proposal: Proposal
) -> None:
    if estate.network.private_dns.id:
        return
    zones = [z for z in export.of("microsoft.network/privatednszones") if z.name.lower().startswith("privatelink.")]
    foreign = [z for z in zones if z.id.lower() not in planned or owners.of(z.id)]
    groups = sorted({zone.resource_group for zone in foreign})
    if len(groups) == 1:
        why = f"{len(foreign)} private link zones stand there{owned_by(owners, foreign[0])}"
        proposal.propose(("network", "private_dns"), {"ownership": "existing", "id": groups[0]}, why)
        proposal.note("existing", "private DNS", f"{why}; its owner links them to what the file adds")
    elif groups:
        proposal.note("choose", "network.private_dns", f"private link zones stand in several groups: {groups}")


def _public_zones(estate: Estate, export: Export, owners: Owners, proposal: Proposal) -> None:
    by_domain = {zone.domain: key for key, zone in estate.network.public_dns.items() if not zone.id}
    for item in export.of("microsoft.network/dnszones"):
        key = by_domain.get(item.name.lower())
        if key is not None:
            value = {"ownership": "existing", "id": item.id}
            proposal.propose(("network", "public_dns", key), value, f"the zone stands{owned_by(owners, item)}")


def _ranges(item: Standing) -> list[str]:
    space = item.properties.get("addressSpace")
    return [str(r) for r in space.get("addressPrefixes") or []] if isinstance(space, Mapping) else []


def _items(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
