"""Rules as plain data: what the flow matrix becomes, and what a plan's resources are read back into.

Both directions use these classes, so that a proof over a plan judges what Azure would be told and not what we meant.
"""

from collections.abc import Sequence
from dataclasses import dataclass

ANY = "*"


@dataclass(frozen=True)
class SecurityRule:
    """One rule of a network security group. ``ports`` and addresses are as Azure writes them; ``*`` is any."""

    name: str
    priority: int
    direction: str  # Inbound, Outbound
    access: str  # Allow, Deny
    protocol: str  # Tcp, Udp, Icmp, *
    sources: Sequence[str]
    destinations: Sequence[str]
    ports: Sequence[str]
    description: str = ""


@dataclass(frozen=True)
class NetworkRule:
    """A firewall rule on addresses: ranges, service tags or host names (these need the firewall's DNS proxy)."""

    name: str
    sources: Sequence[str]
    protocols: Sequence[str]  # TCP, UDP, ICMP, Any
    ports: Sequence[str]
    destinations: Sequence[str] = ()
    fqdns: Sequence[str] = ()
    description: str = ""


@dataclass(frozen=True)
class ApplicationRule:
    """A firewall rule on host names in HTTP or TLS. ``protocols`` are pairs as ``("Https", 443)``."""

    name: str
    sources: Sequence[str]
    protocols: Sequence[tuple[str, int]]
    fqdns: Sequence[str] = ()
    fqdn_tags: Sequence[str] = ()
    description: str = ""


@dataclass(frozen=True)
class NatRule:
    """A firewall rule that publishes an inside address on one of the firewall's public addresses."""

    name: str
    sources: Sequence[str]
    destinations: Sequence[str]
    protocols: Sequence[str]
    ports: Sequence[str]
    translated_address: str
    translated_port: str
    description: str = ""


Rule = NetworkRule | ApplicationRule | NatRule


@dataclass(frozen=True)
class RuleCollection:
    """Rules of one kind with one action (Allow, Deny, DNAT); the lowest priority is judged first."""

    name: str
    priority: int
    action: str
    rules: Sequence[Rule]


@dataclass(frozen=True)
class RuleCollectionGroup:
    """Collections that are kept and changed together."""

    name: str
    priority: int
    collections: Sequence[RuleCollection]


@dataclass(frozen=True)
class Route:
    """One route of a route table. ``next_hop`` is an address for ``VirtualAppliance``, else empty."""

    name: str
    prefix: str
    type: str  # VirtualAppliance, VnetLocal, Internet, VirtualNetworkGateway, None
    next_hop: str = ""
