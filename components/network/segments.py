"""Segments and the flows between them: one matrix, from which security groups and firewall rules follow.

Everything is denied unless a flow names it. A flow goes from one zone to another; a zone is a segment of ours (with a
security level, BIO2 8.22.01), or something outside: the internet, a location, a partner, the public sector's networks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

ANY_SEGMENT = "any"
INTERNET = "Internet"
PROTOCOLS = ("Tcp", "Udp", "Icmp", "Any")
_PORT = re.compile(r"^\d{1,5}(-\d{1,5})?$")


class FlowError(ValueError):
    """A flow or zone that cannot be: names it, what was found, and the remedy."""


@dataclass(frozen=True)
class Zone:
    """One end of flows.

    ``parts`` are its address ranges by spoke (by ``""`` for a zone outside). ``level`` is set for segments only:
    these are inside, and get security groups. An ``isolated`` segment is cut off, whatever its flows say.
    """

    name: str
    parts: Mapping[str, Sequence[str]]
    level: int | None = None
    isolated: bool = False

    @property
    def inside(self) -> bool:
        """Whether it is a segment of ours."""
        return self.level is not None

    def ranges(self, only: Sequence[str] = ()) -> tuple[str, ...]:
        """Its ranges, of every spoke or of ``only`` those named."""
        return tuple(r for part, ranges in self.parts.items() if not only or part in only for r in ranges)


def internet() -> Zone:
    """The internet as a zone."""
    return Zone("internet", {"": (INTERNET,)})


@dataclass(frozen=True)
class Flow:
    """Traffic that is allowed, in the direction in which connections are made; answers are always let through.

    ``source`` and ``target`` are zones; ``any`` stands for every segment. ``ports`` are numbers or ranges (``443``,
    ``1024-2048``) or ``*``. To the internet a flow names what it reaches: ``fqdns``, Azure's ``fqdn_tags``,
    ``service_tags`` or ``addresses``. Names are read from HTTP and TLS where the protocol is Tcp; with Udp the firewall
    resolves them itself, which it can only as DNS proxy (not Basic). ``inspected`` is False for traffic inside one
    spoke that is to go past the firewall.
    """

    name: str
    source: str
    target: str
    reason: str
    ports: Sequence[str]
    protocol: str = "Tcp"
    source_spokes: Sequence[str] = ()
    target_spokes: Sequence[str] = ()
    fqdns: Sequence[str] = ()
    fqdn_tags: Sequence[str] = ()
    service_tags: Sequence[str] = ()
    addresses: Sequence[str] = field(default=())
    inspected: bool = True

    @property
    def by_name(self) -> bool:
        """Whether it names hosts."""
        return bool(self.fqdns or self.fqdn_tags)

    @property
    def in_http(self) -> bool:
        """Whether the firewall judges it by the host name in HTTP or TLS (an application rule)."""
        return self.by_name and self.protocol == "Tcp"


@dataclass(frozen=True)
class Ends:
    """A flow with the addresses of both ends filled in; empty where a zone has none.

    ``targets`` has addresses and service tags, and is empty too where the flow goes to host names only.
    """

    flow: Flow
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    description: str


class Matrix:
    """Zones and flows, checked. Raises `FlowError` for a flow that cannot be."""

    def __init__(self, zones: Mapping[str, Zone], flows: Sequence[Flow]) -> None:
        self.zones = dict(zones)
        self.flows = list(flows)
        seen: set[str] = set()
        for flow in self.flows:
            self._check(flow)
            if flow.name in seen:
                raise FlowError(f"flows.{flow.name}: there are two flows of this name")
            seen.add(flow.name)

    @property
    def segments(self) -> list[Zone]:
        """The zones of ours."""
        return [z for z in self.zones.values() if z.inside]

    def ends(self) -> Iterator[Ends]:
        """Every flow with its addresses, in the order of the matrix."""
        for flow in self.flows:
            sources = self._ranges(flow.source, flow.source_spokes)
            named = (*flow.service_tags, *flow.addresses)
            targets = named if named or flow.by_name else self._ranges(flow.target, flow.target_spokes)
            description = f"{self._called(flow.source)} to {self._called(flow.target)}: {flow.reason}"
            yield Ends(flow, sources, targets, description)

    def _ranges(self, name: str, only: Sequence[str]) -> tuple[str, ...]:
        found = self.segments if name == ANY_SEGMENT else [self.zones[name]]
        return tuple(r for zone in found for r in zone.ranges(only))

    def _called(self, name: str) -> str:
        level = self.zones[name].level if name in self.zones else None
        return name if level is None else f"{name} (level {level})"

    def _check(self, flow: Flow) -> None:
        where = f"flows.{flow.name}"
        known = ", ".join(self.zones)
        for way, end in (("comes from", flow.source), ("goes to", flow.target)):
            if end not in self.zones and end != ANY_SEGMENT:
                raise FlowError(f"{where}: {way} {end!r}, which is no zone; the zones are: {known}")
        if flow.protocol not in PROTOCOLS:
            raise FlowError(f"{where}.protocol: {flow.protocol!r} is not one of {', '.join(PROTOCOLS)}")
        if not flow.reason.strip():
            raise FlowError(f"{where}.reason: is empty; say why this is open, for whoever reads the rule next year")
        if not flow.ports:
            raise FlowError(f"{where}.ports: none; name them, or * for all")
        for port in flow.ports:
            _check_port(port, where)
        to_internet = self._ranges(flow.target, ()) == (INTERNET,)
        if (flow.by_name or flow.service_tags or flow.addresses) and not to_internet:
            raise FlowError(f"{where}: names, tags and addresses are for flows to the internet, not to {flow.target}")
        if to_internet and not flow.service_tags and not flow.addresses and not flow.by_name:
            raise FlowError(f"{where}: goes to the whole internet; name fqdns (* for every name), tags or addresses")
        if flow.in_http and not all(p.isdecimal() for p in flow.ports):
            raise FlowError(f"{where}.ports: host names are read from HTTP and TLS; give single ports")
        if flow.by_name and (flow.protocol not in ("Tcp", "Udp") or (flow.fqdn_tags and not flow.in_http)):
            raise FlowError(f"{where}: host names go with Tcp or Udp, and fqdn_tags with Tcp only")


def _check_port(port: str, where: str) -> None:
    if port == "*":
        return
    if not isinstance(port, str) or not _PORT.match(port):
        raise FlowError(f"{where}.ports: {port!r} is not a port: write 443, 1024-2048, or * for all")
    first, _, last = port.partition("-")
    if not 1 <= int(first) <= int(last or first) <= 65535:
        raise FlowError(f"{where}.ports: {port} does not lie between 1 and 65535, from low to high")
