"""Address ranges: read from text, and compared with each other. No rules of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeAlias

from kade.policies.kit import Node

Network: TypeAlias = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Range:
    """A range and whose it is: the name of a subnet, the key of a network."""

    network: Network
    owner: str


def read(text: str) -> Network | None:
    """The range; None where the text is none, or has bits set behind its prefix length, which Azure refuses too."""
    if "/" not in text:
        return None
    try:
        return ip_network(text.strip())
    except ValueError:
        return None


def remedy(text: str) -> str:
    """What to write instead of a text that is no range."""
    try:
        return f"write {ip_network(text.strip(), strict=False)}"
    except ValueError:
        return "write a range as 10.20.0.0/16"


def prefixes(subnet: Node) -> list[str]:
    """The prefixes of a subnet as they are written: it has one, or a list for both families."""
    return list(dict.fromkeys(subnet.texts("addressPrefix", "addressPrefixes")))


def ranges(texts: Iterable[str], owner: str) -> Iterator[Range]:
    """Those of the texts that are ranges; what is none is told by the rule on their form."""
    for text in texts:
        network = read(text)
        if network is not None:
            yield Range(network, owner)


def overlaps(given: Iterable[Range]) -> Iterator[tuple[Range, Range]]:
    """Pairs of ranges of different owners that overlap.

    Each range is paired with the one that reaches furthest before it: whoever overlaps with anything is in a pair, and
    there are never more pairs than ranges. Two ranges overlap only where one contains the other. n log n.
    """
    ordered = sorted(given, key=lambda r: (r.network.version, int(r.network.network_address), r.network.prefixlen))
    open_: list[Range] = []
    for current in ordered:
        while open_ and not _reaches(open_[-1].network, current.network):
            open_.pop()
        other = next((r for r in reversed(open_) if r.owner != current.owner), None)
        if other is not None:
            yield other, current
        open_.append(current)


def inside(network: Network, spaces: Iterable[Network]) -> bool:
    """Whether the range lies inside one of the others."""
    return any(_reaches(space, network) for space in spaces)


def _reaches(outer: Network, inner: Network) -> bool:
    return (
        outer.version == inner.version
        and int(outer.network_address) <= int(inner.network_address)
        and int(outer.broadcast_address) >= int(inner.broadcast_address)
    )
