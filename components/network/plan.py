"""What is asked of the address plan, and what it answers; `kade.components.network.placing` makes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kade.components.network.ranges import AddressError, Network, prefix_for


@dataclass(frozen=True)
class Pool:
    """Supernets to give out from, and what in them is kept back (``reserved``: a label and its range)."""

    ranges: Sequence[str]
    reserved: Mapping[str, str] = field(default_factory=dict)
    ipv6: Sequence[str] = ()


@dataclass(frozen=True)
class SubnetRequest:
    """One subnet: by prefix length, by how many addresses its resources need, or as a literal range."""

    name: str
    prefix: int | None = None
    hosts: int | None = None
    range: str = ""

    def prefix_length(self, field_: str) -> int:
        """The prefix length that was asked for."""
        if self.prefix is not None:
            return self.prefix
        if self.hosts is None:
            raise AddressError(f"{field_}: no size; give `prefix`, `hosts` or a literal `range`")
        return prefix_for(self.hosts, f"{field_}.hosts")


@dataclass(frozen=True)
class NetworkRequest:
    """One virtual network and its subnets. Not ``connected``: a literal range may overlap others, with a warning.

    ``prefix`` is its size; without it, the smallest that holds its subnets. ``reserve`` is the prefix length of the
    block kept for its growth: the network uses the first part of it, and can grow in place.
    """

    name: str
    pool: str
    subnets: Sequence[SubnetRequest] = ()
    prefix: int | None = None
    reserve: int | None = None
    range: str = ""
    ipv6: bool = False
    connected: bool = True


@dataclass(frozen=True)
class Recorded:
    """What was given out to one network before: its block and its subnets (IPv4, and IPv6 where dual stack)."""

    block: str
    subnets: Mapping[str, str] = field(default_factory=dict)
    ipv6: str = ""
    subnets_ipv6: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PlannedNetwork:
    """A network as planned: ``block`` is kept for it, ``range`` (the first part of the block) is its address space."""

    name: str
    pool: str
    block: Network
    range: Network
    subnets: Mapping[str, Network]
    ipv6: Network | None = None
    subnets_ipv6: Mapping[str, Network] = field(default_factory=dict)

    @property
    def address_space(self) -> list[str]:
        """The prefixes of the virtual network."""
        return [str(r) for r in (self.range, self.ipv6) if r is not None]

    def prefixes(self, subnet: str) -> list[str]:
        """The prefixes of one subnet."""
        six = self.subnets_ipv6.get(subnet)
        return [str(self.subnets[subnet]), *([str(six)] if six is not None else [])]


@dataclass(frozen=True)
class AddressPlan:
    """Every network by name, what is free by pool, ranges of networks that are gone, and what is not on record yet."""

    networks: Mapping[str, PlannedNetwork]
    free: Mapping[str, Sequence[Network]]
    retired: Mapping[str, Recorded]
    unrecorded: Sequence[str]
    warnings: Sequence[str] = ()

    def record(self) -> dict[str, Recorded]:
        """What to keep for the next time. Networks that are gone keep their range until they are taken out of it."""
        made = {
            n.name: Recorded(
                str(n.block),
                {s: str(r) for s, r in n.subnets.items()},
                str(n.ipv6) if n.ipv6 else "",
                {s: str(r) for s, r in n.subnets_ipv6.items()},
            )
            for n in self.networks.values()
        }
        return dict(sorted({**self.retired, **made}.items()))
