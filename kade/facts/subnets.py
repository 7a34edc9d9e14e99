"""What Azure asks of subnets: sizes, names with a meaning, ranges it refuses. Source: ``special_subnets.json``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network

from kade.facts.data import read


@dataclass(frozen=True)
class SpecialSubnet:
    """A subnet whose name Azure gives a meaning.

    ``longest`` is the longest prefix length that Azure accepts, ``advised`` the longest that leaves room to grow.
    ``security_group`` is ``refused`` or ``unsupported`` where it may have no network security group, else empty.
    """

    name: str
    longest: int
    advised: int
    security_group: str


@cache
def special_subnets() -> dict[str, SpecialSubnet]:
    """The special subnets by name in lower case."""
    return {name.lower(): SpecialSubnet(name, **entry) for name, entry in read("special_subnets")["subnets"].items()}


@cache
def forbidden_ranges() -> dict[IPv4Network, str]:
    """The ranges that no virtual network may have, each with what it is for."""
    return {IPv4Network(text): use for text, use in read("special_subnets")["forbidden"].items()}


def longest_prefix(version: int) -> int:
    """The longest prefix length of a subnet: of IPv4 the smallest that Azure accepts, of IPv6 the only one."""
    return read("special_subnets")["longest_ipv4" if version == 4 else "only_ipv6"]
