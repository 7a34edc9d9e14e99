"""Networks that are peered, and ranges that they both have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kade.policies.kit import Example, Node, Resource, Result, Stack, UnknownValueError, rule
from kade.policies.preflight import address_ranges
from kade.policies.preflight.address_ranges import Range
from kade.policies.preflight.azure_ids import depended_on, meant
from kade.policies.preflight.once import once
from kade.policies.preflight.virtual_networks import NETWORK

PEERING = "azure-native:network:VirtualNetworkPeering"
_TRANSLATE: Final = (
    "renumber one of them, or do not peer them and reach it over a gateway or firewall that translates addresses"
)


def _space(network: Resource) -> list[Range]:
    return list(address_ranges.ranges(network.texts("addressSpace.addressPrefixes"), network.key))


def remote(network: Resource, peering: Node) -> Resource | None:
    """The network that a peering of this network leads to, where it is in the same run."""
    try:
        return meant(network, peering.text("remoteVirtualNetwork.id"), NETWORK)
    except UnknownValueError:
        if not isinstance(peering, Resource):
            return None
        others = [n for n in depended_on(peering, NETWORK) if n.key != network.key]
        return others[0] if len(others) == 1 else None


def peerings(network: Resource) -> Iterator[Node]:
    """The peerings of a network, both those in it and those that are resources of their own."""
    yield from network.items("virtualNetworkPeerings")
    yield from network.children(PEERING)


def peers(network: Resource) -> dict[str, Resource]:
    """The networks of this run that it is peered with, by key."""
    found = (remote(network, peering) for peering in peerings(network))
    return {other.key: other for other in found if other is not None and other.key != network.key}


def _network(name: str, prefix: str) -> Example:
    space = {"addressSpace": {"addressPrefixes": [prefix]}}
    return Example({"virtualNetworkName": name, "resourceGroupName": "rg", **space}, type=NETWORK, name=name)


def _to(name: str, label: str = "") -> Example:
    id_ = f"/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/{name}"
    return Example({"virtualNetworkPeeringName": label or name, "remoteVirtualNetwork": {"id": id_}}, type=PEERING)


def _hub(prefix: str, *spokes: tuple[str, str]) -> Example:
    return Example(
        _network("hub", prefix).props,
        name="hub",
        children=[_to(name) for name, _ in spokes],
        related=[_network(name, range_) for name, range_ in spokes],
    )


@rule(
    "kade-preflight-peered-overlap",
    "Networks that are peered, or peered with the same one, have no range in common",
    severity="high",
    types=[NETWORK],
    measures=["8.32.01"],
    remediation=f"For the two ranges: {_TRANSLATE}.",
    why="Azure refuses the peering: VnetAddressSpacesOverlap.",
    joins=True,
    passes=[_hub("10.0.0.0/16", ("web", "10.1.0.0/16"), ("data", "10.2.0.0/16")), _network("alone", "10.0.0.0/16")],
    fails=[
        _hub("10.0.0.0/16", ("web", "10.0.128.0/20")),
        _hub("10.0.0.0/16", ("web", "10.1.0.0/16"), ("supplier", "10.1.4.0/24")),
    ],
)
def peered_overlap(network: Resource) -> Result:
    own = _space(network)
    around = peers(network)
    named = {network.key: network, **around}
    spaces = own[:]
    for other in around.values():
        try:
            spaces += _space(other)
        except UnknownValueError:
            continue  # what is not known overlaps with nothing that is
    for a, b in address_ranges.overlaps(spaces):
        one, two = named[a.owner], named[b.owner]
        yield f"{one.name} ({a.network}) and {two.name} ({b.network}) overlap and meet in {network.name}; {_TRANSLATE}"


@once
def _first_overlaps(stack: Stack) -> dict[str, tuple[Range, Range, Resource]]:
    """The first network that each network has a range in common with, by key."""
    found: dict[str, tuple[Range, Range, Resource]] = {}
    named = {n.key: n for n in stack.resources(NETWORK)}
    spaces: list[Range] = []
    for network in named.values():
        try:
            spaces += _space(network)
        except UnknownValueError:
            continue
    for a, b in address_ranges.overlaps(spaces):
        found.setdefault(b.owner, (b, a, named[a.owner]))
        found.setdefault(a.owner, (a, b, named[b.owner]))
    return found


@rule(
    "kade-preflight-overlap-apart",
    "Networks of one stack have no range in common, peered or not",
    severity="low",
    types=[NETWORK],
    measures=["8.32.01"],
    remediation="Give each network a range of its own, so that it can be peered later.",
    why="Networks with the same range can never be peered, nor reached over one gateway without translation.",
    joins=True,
    passes=[
        Example(_network("a", "10.0.0.0/16").props, related=[_network("b", "10.1.0.0/16")]),
        _hub("10.0.0.0/16", ("web", "10.0.128.0/20")),  # told by the rule on peered networks
    ],
    fails=[Example(_network("a", "10.0.0.0/16").props, related=[_network("b", "10.0.4.0/24")])],
)
def overlap_apart(network: Resource) -> Result:
    _space(network)
    found = _first_overlaps(network).get(network.key)
    if found is None:
        return None
    own, theirs, other = found
    if other.key in peers(network) or network.key in peers(other):
        return None
    return f"it has {own.network}, and {other.name} has {theirs.network}; they are not peered, and cannot be"


@rule(
    "kade-preflight-peering-once",
    "A network is peered with another only once",
    severity="high",
    types=[NETWORK],
    measures=["8.32.01"],
    remediation="Remove one of the two peerings.",
    why="Azure refuses the second: AnotherPeeringAlreadyReferencesRemoteVnet.",
    joins=True,
    passes=[_hub("10.0.0.0/16", ("web", "10.1.0.0/16"))],
    fails=[
        Example(_network("hub", "10.0.0.0/16").props, children=[_to("web"), _to("web", "web-again")]),
        {
            "virtualNetworkPeerings": [
                {"name": "a", "remoteVirtualNetwork": _to("web").props["remoteVirtualNetwork"]},
                {"name": "b", "remoteVirtualNetwork": _to("WEB").props["remoteVirtualNetwork"]},
            ]
        },
    ],
)
def peering_once(network: Resource) -> Result:
    seen: set[str] = set()
    stopped: UnknownValueError | None = None
    for peering in peerings(network):
        other = remote(network, peering)
        try:
            key = other.key if other else peering.word("remoteVirtualNetwork.id").rstrip("/")
        except UnknownValueError as error:
            stopped = stopped or error
            continue
        if key in seen:
            yield f"two peerings lead to {other.name if other else key.rpartition('/')[2]}"
        if key:
            seen.add(key)
    if stopped:
        raise stopped
