"""Address ranges: reading them, what Azure keeps of them, and the sizes that its special subnets ask for.

Azure keeps five addresses of every subnet: network, gateway, two for DNS, broadcast (Microsoft Learn, virtual networks
FAQ). Sizes stand in `kade.facts.subnets`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kade.facts.subnets import longest_prefix, special_subnets

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

RESERVED_ADDRESSES = 5
SMALLEST_SUBNET = longest_prefix(4)
IPV6_SUBNET = longest_prefix(6)


class AddressError(ValueError):
    """An address or a plan that cannot be: names the field, what was found, and the remedy."""


def parse_range(value: object, field: str) -> Network:
    """``value`` as a network; `AddressError` names ``field`` where it is no CIDR range or has host bits set."""
    text = str(value).strip()
    if not isinstance(value, str | ipaddress.IPv4Network | ipaddress.IPv6Network) or "/" not in text:
        raise AddressError(f"{field}: {value!r} is not an address range; write it as CIDR, for example 10.20.0.0/16")
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        pass
    try:
        rounded = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        message = f"{field}: {value!r} is not an address range ({error}); write it as CIDR, for example 10.20.0.0/16"
        raise AddressError(message) from None
    raise AddressError(f"{field}: {text} has host bits set; the range that holds it is {rounded}")


def usable(range_: Network | str) -> int:
    """How many addresses of a subnet are left for resources: a /28 has 11."""
    network = parse_range(range_, "range") if isinstance(range_, str) else range_
    return max(0, network.num_addresses - RESERVED_ADDRESSES)


def first_usable(range_: Network | str, skip: int = 0) -> str:
    """The first address of a subnet that Azure gives out, or the ``skip``-th after it."""
    network = parse_range(range_, "range") if isinstance(range_, str) else range_
    return str(network.network_address + 4 + skip)


def prefix_for(hosts: int, field: str = "hosts") -> int:
    """The IPv4 prefix length of the smallest subnet with ``hosts`` usable addresses."""
    if hosts < 1:
        raise AddressError(f"{field}: {hosts} addresses were asked for; a subnet holds at least one")
    prefix = min(SMALLEST_SUBNET, 32 - (hosts + RESERVED_ADDRESSES - 1).bit_length())
    if prefix < 8:
        raise AddressError(f"{field}: {hosts} addresses do not fit a private range; the largest is 10.0.0.0/8")
    return prefix


def check_subnet_size(name: str, range_: Network, field: str) -> None:
    """Raise `AddressError` for a subnet that is smaller than its service may grow to, or than Azure accepts."""
    if range_.version == 6:
        if range_.prefixlen != IPV6_SUBNET:
            raise AddressError(f"{field}: {range_} is not a /{IPV6_SUBNET}; Azure takes no other IPv6 subnet")
        return
    special = special_subnets().get(name.lower())
    longest = special.advised if special else SMALLEST_SUBNET
    if range_.prefixlen > longest:
        raise AddressError(f"{field}: {range_} is too small for {name}, which takes at least a /{longest}")


def within(inner: Network, outer: Iterable[Network]) -> bool:
    """Whether one of the outer ranges holds the inner one whole."""
    return any(o.version == inner.version and inner.subnet_of(o) for o in outer)  # ty: ignore[invalid-argument-type]


def collapse(ranges: Iterable[Network]) -> list[Network]:
    """The same addresses of one IP version as the fewest ranges, from low to high."""
    return list(ipaddress.collapse_addresses(ranges))  # ty: ignore[invalid-argument-type]  # typeshed takes one version


@dataclass(frozen=True)
class Labelled:
    """A range and what to call it in a message."""

    label: str
    range: Network


def overlaps(ranges: Iterable[Labelled]) -> Iterator[tuple[Labelled, Labelled]]:
    """Every pair of ranges that share an address, once each; n log n where there is none."""
    ordered = sorted(ranges, key=lambda r: (r.range.version, int(r.range.network_address), r.range.prefixlen, r.label))
    open_: list[Labelled] = []
    for item in ordered:
        first = int(item.range.network_address)
        version = item.range.version
        open_ = [o for o in open_ if o.range.version == version and int(o.range.broadcast_address) >= first]
        for other in open_:
            yield other, item
        open_.append(item)
