"""How long a name of an Azure resource may be, what it is made of, and where it has to be unique.

Source and date stand in ``azure_names.json``: Azure's page "Naming rules and restrictions for Azure resources", and
for a type that is not on it, where the rule comes from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from kade.facts.data import read, unknown


@dataclass(frozen=True)
class NameRule:
    """The rule for the names of one ARM type. Lengths are in characters.

    ``pattern`` is a regular expression that the whole name matches; it does not hold the lengths. ``scope`` is where
    the name is unique: ``global``, ``tenant``, ``subscription``, ``region``, ``resource group`` or ``parent``.
    ``max_at`` is the maximum where a scope allows less (``management group`` for a policy assignment).
    """

    arm_type: str
    kind: str
    min: int
    max: int
    pattern: str
    scope: str
    description: str
    source: str
    max_at: dict[str, int] = field(default_factory=dict)
    note: str = ""

    def max_length(self, scope: str = "") -> int:
        """The longest name, at that scope (``management group``) where the scope matters."""
        return self.max_at.get(scope, self.max)

    def broken(self, name: str, scope: str = "") -> str:
        """What is wrong with a name, as one sentence for the user; empty where it is right."""
        longest = self.max_length(scope)
        if not self.min <= len(name) <= longest:
            span = f"{self.min}" if self.min == longest else f"{self.min} to {longest}"
            return f"{name!r} has {len(name)} characters; a name of {self.arm_type} has {span}"
        if not re.fullmatch(self.pattern, name):
            return f"{name!r} is not a name of {self.arm_type}: {self.description}"
        return ""


@cache
def name_rules() -> dict[str, NameRule]:
    """All rules by ARM type."""
    facts = read("azure_names")
    rules: dict[str, NameRule] = {}
    for arm_type, entry in facts["types"].items():
        shape = facts["shapes"][entry["shape"]]
        rules[arm_type] = NameRule(
            arm_type=arm_type,
            kind=entry["kind"],
            min=entry["min"],
            max=entry["max"],
            pattern=shape["pattern"],
            scope=entry["scope"],
            description=shape["description"],
            source=entry.get("source", facts["source"]),
            max_at=entry.get("max_at", {}),
            note=entry.get("note", ""),
        )
    return rules


@cache
def _by_key() -> dict[str, NameRule]:
    keyed: dict[str, NameRule] = {}
    for rule in name_rules().values():
        keyed[rule.arm_type.lower()] = rule
        keyed[rule.kind] = rule
    return keyed


def find_name_rule(kind_or_arm_type: str) -> NameRule | None:
    """The rule of a kind or an ARM type in any letter case, or None where the table has none."""
    return _by_key().get(kind_or_arm_type.lower())


def name_rule(kind_or_arm_type: str) -> NameRule:
    """The rule of a kind (``virtual_network``) or an ARM type (``Microsoft.Network/virtualNetworks``), in any case.

    Raises `UnknownFactError` for one outside the table.
    """
    found = find_name_rule(kind_or_arm_type)
    if found is None:
        raise unknown("kind or ARM type", kind_or_arm_type, [rule.kind for rule in name_rules().values()])
    return found
