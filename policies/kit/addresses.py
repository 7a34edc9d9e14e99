"""Addresses and ports in Azure's network rules: what counts as the whole internet, and which rules cover a port."""

from __future__ import annotations

from kade.policies.kit.values import Node

ANYWHERE = frozenset(
    {"*", "any", "internet", "0.0.0.0/0", "0.0.0.0", "0/0", "/0", "::/0", "::"}  # noqa: S104 compared with, not listened on
)
MANAGEMENT_PORTS = {22: "SSH", 3389: "RDP", 5985: "WinRM", 5986: "WinRM"}


def is_anywhere(prefix: str) -> bool:
    """Whether a source prefix is the whole internet: ``*``, ``Internet``, ``0.0.0.0/0``, ``::/0`` and their kin."""
    word = prefix.strip().lower()
    return word in ANYWHERE or word.endswith("/0")


def covers(port_range: str, port: int) -> bool:
    """Whether ``*``, ``22``, ``20-25`` or ``22,3389`` covers the port."""
    for part in port_range.replace(" ", "").split(","):
        if part == "*":
            return True
        low, dash, high = part.partition("-")
        try:
            if int(low) <= port <= int(high if dash else low):
                return True
        except ValueError:
            continue
    return False


def allows_inbound(rule: Node) -> bool:
    """Whether a security rule lets traffic in; a rule without a direction or an access is not valid to Azure."""
    return rule.is_("direction", "Inbound") and rule.is_("access", "Allow")


def open_ports(rule: Node, ports: dict[int, str], protocols: tuple[str, ...] = ("tcp",)) -> list[int]:
    """The ports of ``ports`` that a security rule opens to the whole internet, by any of the protocols."""
    if not allows_inbound(rule):
        return []
    if rule.word("protocol", "*") not in ("*", "any", *protocols):
        return []
    if not any(is_anywhere(p) for p in rule.words("sourceAddressPrefix", "sourceAddressPrefixes")):
        return []
    ranges = rule.words("destinationPortRange", "destinationPortRanges")
    return [port for port in ports if any(covers(r, port) for r in ranges)]
