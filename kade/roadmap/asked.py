"""What administrators and departments are asked: open decisions with all that hangs on them, and confirmations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from kade.roadmap.figures import Question
from kade.roadmap.waiting import held_up, waiting

if TYPE_CHECKING:
    from kade.estate import Estate


def questions(estate: Estate, moves: Mapping[str, date], today: date) -> list[Question]:
    """The open decisions, the first wanted first."""
    found = []
    for decision in sorted(estate.decisions.values(), key=lambda decision: decision.wanted):
        if decision.outcome is not None:
            continue
        held = held_up(estate, decision)
        exemptions = [estate.exemptions[key] for key in decision.exemptions]
        found.append(
            Question(
                decision,
                decision.wanted < today,
                [estate.applications[key].title for key in held],
                [estate.programme.waves[key].title for key in decision.waves],
                [estate.risks[key].title for key in decision.risks],
                [(f"{item.rule}, {item.resource}", item.until) for item in exemptions],
                min((moves[key] for key in held if key in moves), default=None),
            )
        )
    return found


def confirmations(estate: Estate, moves: Mapping[str, date], today: date) -> dict[str, int]:
    """Of how many applications each role has still to choose or confirm the strategy."""
    counts = Counter(item.owner for item in waiting(estate, moves, today) if item.kind in ("strategy", "confirmation"))
    return dict(counts.most_common())
