"""What the firewall rules of databases let in: ranges of internet addresses. No rules of its own.

Azure's databases share one form: a child with a first and a last IPv4 address. 0.0.0.0 to 0.0.0.0 is not one address
but every Azure service, of any customer (Azure SQL documentation, IP firewall rules).
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Final

from kade.policies.kit import Example, Node, Resource, UnknownValueError, not_applicable, not_evaluated, sift

MANY: Final = 10
"""More public addresses, or rules, than this is no list that somebody keeps."""

ANY: Final = "0.0.0.0"  # noqa: S104 compared with, not listened on
LAST: Final = "255.255.255.255"

_PRIVATE: Final = tuple(
    IPv4Network(net) for net in ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)


def let_in(type_: str, first: str, last: str, name: str = "example") -> Example:
    """A firewall rule, for the examples of a rule."""
    return Example(dict(zip(_ends(type_), (first, last), strict=True)), type=type_, name=name)


def is_closed(server: Node, path: str = "publicNetworkAccess") -> bool:
    """Whether public access is off, or decided by a network security perimeter: firewall rules then admit nobody."""
    return server.is_(path, "Disabled", "SecuredByPerimeter")


def rules_of(server: Resource, *types: str, access: str = "publicNetworkAccess") -> list[Resource]:
    """The firewall rules that stand in a server; where public access is off the rule that asks is not applicable.

    A firewall rule may be given in place of a server: it is judged by itself where its server is in another stack.
    """
    if server.type in types:
        if server.parent():
            not_applicable("is judged with its server")
        return [server]
    if is_closed(server, access):
        not_applicable("public access is off, so firewall rules admit nobody")
    return server.children(*types)


def open_to_azure(rules: list[Resource]) -> Iterator[str]:
    """What is wrong with each rule that lets every Azure service in."""
    for rule in sift(rules, lambda r: _range(r) == (0, 0)):
        yield f"firewall rule {rule.name} lets every Azure service in, of any customer"


def open_to_internet(rules: list[Resource]) -> Iterator[str]:
    """What is wrong with each rule that lets at least half of the internet in."""
    for rule in sift(rules, lambda r: _size(*_range(r)) >= 2**31):
        yield f"firewall rule {rule.name} lets the whole internet in"


def too_many_addresses(rules: list[Resource]) -> str | None:
    """What is wrong where the rules together let more than `MANY` public addresses in."""
    total, unknown = 0, None
    for rule in rules:
        try:
            total += _public(*_range(rule))
        except UnknownValueError as error:
            unknown = unknown or error
    if total > MANY:
        return f"firewall rules let {total:,} public addresses in; at most {MANY} is a list that somebody keeps"
    if unknown:
        raise unknown
    return None


def too_many_rules(rules: list[Resource]) -> str | None:
    """What is wrong where there are more than `MANY` rules."""
    if len(rules) > MANY:
        return f"{len(rules)} firewall rules; at most {MANY} is a list that somebody keeps"
    return None


def _ends(type_: str) -> tuple[str, str]:
    """What the first and the last address are called; Redis has names of its own."""
    return ("startIP", "endIP") if ":redis:" in type_ else ("startIpAddress", "endIpAddress")


def _range(rule: Resource) -> tuple[int, int]:
    start, end = _ends(rule.type)
    try:
        return int(IPv4Address(rule.text(start))), int(IPv4Address(rule.text(end)))
    except AddressValueError:
        not_evaluated(f"{start} or {end} is not an IPv4 address")


def _size(first: int, last: int) -> int:
    return max(0, last - first + 1)


def _public(first: int, last: int) -> int:
    """The addresses in a range that can come from the internet; the rule for Azure services has a rule of its own."""
    if (first, last) == (0, 0):
        return 0
    private = (_size(max(first, int(net.network_address)), min(last, int(net.broadcast_address))) for net in _PRIVATE)
    return max(0, _size(first, last) - sum(private))
