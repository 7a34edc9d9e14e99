"""What a change costs: the amounts a month before and after, stack by stack, at the prices of the estate's own file."""

from __future__ import annotations

from dataclasses import dataclass

from kade.cost.costing import Costs, costs_before, costs_of
from kade.cost.report import money
from kade.report.model import Preview


@dataclass(frozen=True)
class CostChange:
    """A stack's amounts a month; ``unpriced`` is how much of what is new has no price."""

    stack: str
    before: float
    after: float
    unpriced: int


def cost_changes(report: Preview) -> list[CostChange]:
    """The stacks whose cost changes, or gets something without a price; none without a price file."""
    if report.prices is None:
        return []
    made = []
    for stack in report.stacks:
        before, after = costs_before([stack], report.prices), costs_of([stack], report.prices)
        new = _unpriced(after) - _unpriced(before)
        if round(before.monthly - after.monthly, 2) or new:
            made.append(CostChange(stack.stack, before.monthly, after.monthly, len(new)))
    return made


def cost_words(report: Preview) -> list[str]:
    """The changes as lines: the total first, then each stack; empty where nothing changes."""
    changes = cost_changes(report)
    if not changes or report.prices is None:
        return []
    file = report.prices
    before, after = sum(c.before for c in changes), sum(c.after for c in changes)
    unpriced = sum(c.unpriced for c in changes)
    missing = f", and {unpriced} new meters without a price" if unpriced else ""
    head = f"{_signed(after - before)} {file.currency} a month{missing} (list prices of {file.date}, without VAT)"
    return [head, *(_line(change) for change in changes)]


def _line(change: CostChange) -> str:
    missing = f", {change.unpriced} without a price" if change.unpriced else ""
    return f"{change.stack}: {money(change.before)} → {money(change.after)}{missing}"


def _signed(amount: float) -> str:
    return f"{'+' if amount >= 0 else '−'}{money(abs(amount))}"


def _unpriced(costs: Costs) -> set[tuple[str, str]]:
    return {(line.urn, line.what) for line in costs.unpriced}
