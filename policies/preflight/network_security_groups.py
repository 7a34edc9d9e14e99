"""Network security groups that Azure refuses."""

from __future__ import annotations

from collections import Counter

from kade.policies.kit import Resource, Result, rule

GROUP = "azure-native:network:NetworkSecurityGroup"


@rule(
    "kade-preflight-security-rule-priority",
    "Priorities of security rules are unique in each direction, from 100 to 4096",
    severity="high",
    types=[GROUP],
    measures=["8.32.01"],
    remediation="Give each rule of one direction a priority of its own, from 100 to 4096.",
    why="Azure refuses the whole group: SecurityRuleConflict, SecurityRuleInvalidPriority.",
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
    ],
)
def security_rule_priority(group: Resource) -> Result:
    given = [(r.word("direction"), r.number("priority", 0)) for r in group.items("securityRules")]
    for (direction, priority), count in Counter(given).items():
        if count > 1:
            yield f"{count} {direction} rules have priority {priority:g}"
        if not 100 <= priority <= 4096:
            yield f"a rule has priority {priority:g}"
