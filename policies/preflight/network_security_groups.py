"""Network security groups and route tables that Azure refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kade.policies.kit import Example, Node, Resource, Result, UnknownValueError, rule

GROUP = "azure-native:network:NetworkSecurityGroup"
SECURITY_RULE = "azure-native:network:SecurityRule"
TABLE = "azure-native:network:RouteTable"
ROUTE = "azure-native:network:Route"


def _rules(group: Resource) -> Iterator[Node]:
    yield from group.items("securityRules")
    yield from group.children(SECURITY_RULE)


def _routes(table: Resource) -> Iterator[Node]:
    yield from table.items("routes")
    yield from table.children(ROUTE)


def child_name(child: Node, own: str) -> str:
    """The name of a rule or route, whether it stands in its owner or is a resource of its own."""
    return child.word(own, child.name.lower()) if isinstance(child, Resource) else child.word("name")


@rule(
    "kade-preflight-security-rule-priority",
    "Priorities of security rules are unique in each direction, from 100 to 4096",
    severity="high",
    types=[GROUP],
    measures=["8.32.01"],
    remediation="Give each rule of one direction a priority of its own, from 100 to 4096.",
    why="Azure refuses the whole group: SecurityRuleConflict, SecurityRuleInvalidPriority.",
    joins=True,
    passes=[
        {
            "securityRules": [
                {"name": "in", "direction": "Inbound", "priority": 100},
                {"name": "out", "direction": "Outbound", "priority": 100},
            ]
        }
    ],
    fails=[
        {
            "securityRules": [
                {"name": "a", "direction": "Inbound", "priority": 100},
                {"name": "b", "direction": "inbound", "priority": 100},
            ]
        },
        {"securityRules": [{"name": "a", "direction": "Inbound", "priority": 99}]},
        Example(
            {},
            children=[
                Example({"securityRuleName": n, "direction": "Inbound", "priority": 200}, type=SECURITY_RULE)
                for n in ("a", "b")
            ],
        ),
    ],
)
def security_rule_priority(group: Resource) -> Result:
    given = [(r.word("direction"), r.number("priority", 0)) for r in _rules(group)]
    for (direction, priority), count in Counter(given).items():
        if count > 1:
            yield f"{count} {direction} rules have priority {priority:g}"
        if not 100 <= priority <= 4096:
            yield f"a rule has priority {priority:g}"


@rule(
    "kade-preflight-security-rule-name",
    "Security rules of one group, and routes of one table, have names of their own",
    severity="high",
    types=[GROUP, TABLE],
    measures=["8.32.01"],
    remediation="Give each rule or route another name.",
    why="Azure refuses two of one name in a list, and of two resources the second overwrites the first.",
    joins=True,
    passes=[
        Example({"securityRules": [{"name": "a"}, {"name": "b"}]}, type=GROUP),
        Example({"routes": [{"name": "a"}]}, type=TABLE),
    ],
    fails=[
        Example({"securityRules": [{"name": "web"}, {"name": "Web"}]}, type=GROUP),
        Example(
            {"routes": [{"name": "internet"}]},
            type=TABLE,
            children=[Example({"routeName": "internet"}, type=ROUTE)],
        ),
    ],
)
def security_rule_name(owner: Resource) -> Result:
    if owner.type == GROUP:
        names = [child_name(each, "securityRuleName") for each in _rules(owner)]
    else:
        names = [child_name(each, "routeName") for each in _routes(owner)]
    for name, count in Counter(names).items():
        if count > 1 and name:
            yield f"{count} have the name {name!r}"


@rule(
    "kade-preflight-route",
    "Routes of one table have different ranges, and name the appliance that they lead to",
    severity="high",
    types=[TABLE],
    measures=["8.32.01"],
    remediation="Keep one route for each addressPrefix, and set nextHopIpAddress with VirtualAppliance and only then.",
    why="Azure refuses the table.",
    joins=True,
    passes=[
        {
            "routes": [
                {"name": "a", "addressPrefix": "0.0.0.0/0", "nextHopType": "None"},
                {
                    "name": "b",
                    "addressPrefix": "10.0.0.0/8",
                    "nextHopType": "VirtualAppliance",
                    "nextHopIpAddress": "10.0.0.4",
                },
            ]
        }
    ],
    fails=[
        {
            "routes": [
                {"name": "a", "addressPrefix": "0.0.0.0/0", "nextHopType": "None"},
                {"name": "b", "addressPrefix": "0.0.0.0/0", "nextHopType": "Internet"},
            ]
        },
        {"routes": [{"name": "a", "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance"}]},
        {
            "routes": [
                {"name": "a", "addressPrefix": "0.0.0.0/0", "nextHopType": "Internet", "nextHopIpAddress": "10.0.0.4"}
            ]
        },
    ],
)
def route(table: Resource) -> Result:
    prefixes: Counter[str] = Counter()
    stopped: UnknownValueError | None = None
    for each in _routes(table):
        try:
            prefixes[each.word("addressPrefix")] += 1
            appliance = each.is_("nextHopType", "VirtualAppliance")
            if appliance and not each.refers("nextHopIpAddress"):
                yield f"route {child_name(each, 'routeName')} leads to an appliance and has no nextHopIpAddress"
            if not appliance and each.has("nextHopIpAddress"):
                yield f"route {child_name(each, 'routeName')} has a nextHopIpAddress and leads to no appliance"
        except UnknownValueError as error:
            stopped = stopped or error
    for prefix, count in prefixes.items():
        if count > 1 and prefix:
            yield f"{count} routes are for {prefix}"
    if stopped:
        raise stopped
