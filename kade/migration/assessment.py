"""What happens to each application: a strategy from rules in data, with reasons, unless its owner has decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from kade.facts.strategy_rules import StrategyRule, strategy_rules
from kade.migration.portrait import Ending, Portrait, portraits
from kade.migration.privacy import flags

if TYPE_CHECKING:
    from kade.estate import Estate
    from kade.inventory.model import Application as Listed
    from kade.inventory.model import Server

CONFIRMED, RECORDED, HIGH, MEDIUM, LOW, NONE = "confirmed", "recorded", "high", "medium", "low", "none"
MONTH = 30.44  # days


@dataclass(frozen=True)
class Proposal:
    """What the rules propose: the strategy with the greatest weight, what speaks for it, and what for another."""

    strategy: str
    confidence: str
    reasons: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What happens to one application, by whom it was decided, and why."""

    application: str
    title: str
    strategy: str  # empty where neither the owner nor a rule says anything
    confidence: str
    by: str  # the role that confirmed it, or `estate` or `rules`
    reasons: tuple[str, ...]
    proposal: Proposal
    endings: tuple[Ending, ...] = ()
    flags: tuple[str, ...] = ()


def assess(
    estate: Estate,
    today: date,
    portfolio: Iterable[Listed] = (),
    machines: Mapping[str, Sequence[Server]] | None = None,
) -> list[Verdict]:
    """One verdict for each application of the estate. The owner's record wins; the proposal stays visible beside it."""
    found = []
    for portrait in portraits(estate, portfolio, machines):
        app = estate.applications[portrait.key]
        proposal = propose(portrait, today)
        strategy, confidence, by, reasons = proposal.strategy, proposal.confidence, "rules", proposal.reasons
        if app.strategy is not None:
            strategy, reasons = app.strategy, (app.reason,) if app.reason else ()
            confidence, by = RECORDED, "estate"
            if app.confirmed:
                confidence, by = CONFIRMED, app.confirmed.by
                reasons = (*reasons, f"confirmed by {estate.roles[by].title} on {app.confirmed.on}")
        marks = flags(estate, portrait.key)
        found.append(
            Verdict(portrait.key, portrait.title, strategy, confidence, by, reasons, proposal, portrait.endings, marks)
        )
    return found


def propose(portrait: Portrait, today: date, rules: Sequence[StrategyRule] | None = None) -> Proposal:
    """Add up the weights of the rules that hold. Of two equal ones the first in the file wins, with low confidence."""
    held = [rule for rule in (strategy_rules() if rules is None else rules) if holds(rule.when, portrait, today)]
    weights: dict[str, int] = {}
    for rule in held:
        weights[rule.strategy] = weights.get(rule.strategy, 0) + rule.weight
    if not weights:
        return Proposal("", NONE)
    best = max(weights, key=lambda strategy: weights[strategy])
    share = weights[best] / sum(weights.values())
    tied = sorted(weights.values())[-2:].count(weights[best]) == 2
    confidence = HIGH if share >= 0.7 and weights[best] >= 4 else MEDIUM if share >= 0.5 and not tied else LOW
    return Proposal(
        best,
        confidence,
        tuple(rule.says for rule in held if rule.strategy == best),
        tuple(f"{rule.strategy}: {rule.says}" for rule in held if rule.strategy != best),
    )


def holds(when: Mapping[str, Any], portrait: Portrait, today: date) -> bool:
    """Whether every condition holds. Raises `ValueError` for a condition that there is not."""
    return all(_holds(name, wanted, portrait, today) for name, wanted in when.items())


def _holds(name: str, wanted: Any, portrait: Portrait, today: date) -> bool:
    match name:
        case "data":
            return bool(set(wanted) & set(portrait.data))
        case "status":
            return portrait.status in wanted
        case "engines":
            return bool(set(wanted) & set(portrait.engines))
        case "components":
            names = [component.casefold() for component in portrait.components]
            return any(n.startswith(word) for n in names for word in wanted) or any(
                word in portrait.title.casefold() for word in wanted
            )
        case "has":
            return set(wanted) <= portrait.parts
        case "unsupported_in_months":
            return bool(portrait.endings) and _months(today, portrait.endings[0].on) <= wanted
        case "contract_within_months":
            ends = portrait.contract_ends
            return ends is not None and 0 <= _months(today, ends) <= wanted
        case "users_under":
            return 0 < portrait.users < wanted
        case "dependants_over":
            return portrait.dependants > wanted
    raise ValueError(f"strategy_rules.json: there is no condition {name!r}")


def _months(start: date, end: date) -> float:
    return (end - start).days / MONTH
