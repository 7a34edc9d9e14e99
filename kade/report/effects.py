"""What a reviewer asks first of a change: does data move to another place, and which network flows open or close.

Read off the inputs in azure-native's property names. It says what the rules say, not what a whole network lets through;
of a security group, what comes before a rule that denies everything, so that an isolation closes what it cuts off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kade.engine.plan import Op, Resource, StackResult
from kade.report.masking import Mask
from kade.report.model import Row, rows

_MODULE: Final = "azure-native:network"
_LAST: Final = 4096  # the last priority that a security rule can have


@dataclass(frozen=True)
class Move:
    """A resource whose location changes; ``old`` or ``new`` is empty where it comes or goes."""

    row: Row
    old: str
    new: str


@dataclass
class Effects:
    """The changes of one stack. A flow is one line of text, such as ``inbound Tcp from * to 10.0.0.4 port 443``."""

    moved: list[Move] = field(default_factory=list)
    opened: list[tuple[str, str]] = field(default_factory=list)  # (resource, flow)
    closed: list[tuple[str, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.moved or self.opened or self.closed)


def effects(stack: StackResult, mask: Mask) -> Effects:
    """Moves and flows of all the steps of a stack that change something."""
    found = Effects()
    for row in rows(stack):
        if row.op in (Op.SAME, Op.READ):
            continue
        before, after = row.step.old, row.step.new
        if row.op == Op.DELETE:
            after = None
        old, new = location(before, mask), location(after, mask)
        if before is not None and after is not None and old != new:
            found.moved.append(Move(row, old, new))
        flows_before, flows_after = _flows(before, mask), _flows(after, mask)
        found.opened += [(mask.text(row.name), f) for f in flows_after if f not in flows_before]
        found.closed += [(mask.text(row.name), f) for f in flows_before if f not in flows_after]
    return found


def location(resource: Resource | None, mask: Mask) -> str:
    """Where a resource says that it is, as Azure writes it (``westeurope``); empty where it does not say."""
    value = resource.inputs.get("location") if resource else None
    if value is None and resource and isinstance(resource.outputs.get("location"), str):
        value = resource.outputs["location"]
    if value is None:
        return ""
    shown = mask.tree(value)
    return shown if str(shown).startswith("[") else str(shown).replace(" ", "").lower()


def _flows(resource: Resource | None, mask: Mask) -> dict[str, None]:
    """The flows that a resource lets through, in its own order."""
    if resource is None or not resource.type.startswith(_MODULE):
        return {}
    reader = _READERS.get(resource.type.rsplit(":", 1)[-1])
    return dict.fromkeys(reader(mask.tree(resource.inputs))) if reader else {}


def _security_group(inputs: Mapping[str, Any]) -> Iterator[str]:
    rules = _items(inputs.get("securityRules"))
    ends: dict[str, int] = {}
    for rule in filter(_denies_everything, rules):
        direction, priority = str(rule.get("direction")), _priority(rule)
        ends[direction] = min(priority, ends.get(direction, priority))
    for rule in rules:
        if _priority(rule) <= ends.get(str(rule.get("direction")), _LAST):
            yield from _security_rule(rule)


def _denies_everything(rule: Mapping[str, Any]) -> bool:
    return _access(rule) == "deny" and {*_ends(rule), rule.get("protocol")} == {"*"}


def _access(rule: Mapping[str, Any]) -> str:
    return str(rule.get("access", "")).lower()


def _ends(rule: Mapping[str, Any]) -> tuple[str, str, str]:
    """Source, target and ports of a security rule."""
    source = _names(rule, "sourceAddressPrefix", "sourceAddressPrefixes", "sourceApplicationSecurityGroups")
    target = _names(
        rule, "destinationAddressPrefix", "destinationAddressPrefixes", "destinationApplicationSecurityGroups"
    )
    return source, target, _names(rule, "destinationPortRange", "destinationPortRanges")


def _priority(rule: Mapping[str, Any]) -> int:
    value = rule.get("priority")
    return int(value) if isinstance(value, int | float) else 0


def _security_rule(rule: Mapping[str, Any]) -> Iterator[str]:
    if _access(rule) != "allow":
        return
    direction = str(rule.get("direction", "")).lower()
    source, target, ports = _ends(rule)
    yield f"{direction} {rule.get('protocol', '*')} from {source} to {target} port {ports}"


def _rule_collections(inputs: Mapping[str, Any]) -> Iterator[str]:
    for collection in _items(inputs.get("ruleCollections")):
        action = str((collection.get("action") or {}).get("type", "")).lower()
        if action in ("allow", "dnat"):
            for rule in _items(collection.get("rules")):
                yield _firewall_rule(rule, action)


def _firewall_rule(rule: Mapping[str, Any], action: str) -> str:
    source = _names(rule, "sourceAddresses", "sourceIpGroups")
    target = _names(
        rule, "destinationAddresses", "destinationIpGroups", "destinationFqdns", "targetFqdns", "targetUrls", "fqdnTags"
    )
    protocols = _names(rule, "ipProtocols", "protocols")
    ports = _names(rule, "destinationPorts")
    through = f" port {ports}" if ports != "*" or "destinationPorts" in rule else ""
    kind = "firewall" if action == "allow" else f"firewall translated to {rule.get('translatedAddress', '?')}"
    return f"{kind} {protocols} from {source} to {target}{through}"


def _items(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _names(rule: Mapping[str, Any], *keys: str) -> str:
    """All values under these keys, in order; ``*`` where there is none."""
    found: list[str] = []
    for key in keys:
        value = rule.get(key)
        for item in value if isinstance(value, list) else [] if value in (None, "") else [value]:
            found.append(_name(item))
    return ", ".join(sorted(found)) or "*"


def _name(item: Any) -> str:
    if not isinstance(item, Mapping):
        return str(item)
    if "protocolType" in item:
        return f"{item['protocolType']}:{item.get('port', '*')}"
    return str(item.get("id", item)).rsplit("/", 1)[-1]


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Iterator[str]]]] = {
    "NetworkSecurityGroup": _security_group,
    "SecurityRule": _security_rule,
    "FirewallPolicyRuleCollectionGroup": _rule_collections,
}
