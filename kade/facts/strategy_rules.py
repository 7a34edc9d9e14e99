"""Rules from which a strategy for an application is proposed. Source and meaning stand in ``strategy_rules.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kade.facts.data import read


@dataclass(frozen=True)
class StrategyRule:
    """One rule: where all conditions hold, its weight counts for its strategy."""

    id: str
    strategy: str
    weight: int
    when: Mapping[str, Any]
    says: str


@cache
def strategy_rules() -> tuple[StrategyRule, ...]:
    """All rules, in the order of the file."""
    return tuple(StrategyRule(**rule) for rule in read("strategy_rules")["rules"])
