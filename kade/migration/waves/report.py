"""A plan as a table for people and as JSON for programs, with its cost, its links, and what changed and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from kade.migration.waves.limits import bans, links
from kade.migration.waves.problem import Move, Plan, Problem

OPTIMAL = 1e-6  # a gap below this is none


def as_text(problem: Problem, plan: Plan) -> str:
    """The plan by date, and below it what stays, what changed, and what it costs."""
    return "\n".join((*_table(problem, plan), *_stays(problem), *_changed(problem, plan), *_cost(problem, plan))) + "\n"


def _table(problem: Problem, plan: Plan) -> Iterator[str]:
    how: dict[str, list[tuple[str, str, str]]] = {}
    for user, used, kind, reason in links(problem, plan.dates):
        how.setdefault(user, []).append((used, kind, reason))
    ends = {slot.starts: slot.ends for slot in problem.slots}
    day = None
    for move in sorted(problem.moves, key=lambda m: (plan.dates[m.key], m.key)):
        starts = plan.dates[move.key]
        if starts != day:
            day = starts
            yield f"{starts} to {ends[starts]}"
        notes = [*_notes(problem, move, starts)]
        yield f"  {move.key:30}{move.strategy or 'undecided':12}{'; '.join(notes)}".rstrip()
        for used, kind, reason in how.get(move.key, ()):
            yield f"      {kind} {'than' if kind == 'later' else 'with'} {used}: {reason}"


def _notes(problem: Problem, move: Move, starts: date) -> Iterator[str]:
    if move.key in problem.pilots:
        yield "pilot"
    if move.fixed:
        yield "fixed"
    if move.window:
        yield f"wave {move.window.title}"
    if move.contract_ends:
        yield f"contract ends {move.contract_ends}, notice by {move.notice_by}"
    if move.supported_until and move.supported_until < starts:
        yield f"without support since {move.supported_until} ({move.ending})"


def _stays(problem: Problem) -> Iterator[str]:
    for key, reason in problem.stays.items():
        yield f"stays: {key}: {reason}"


def changes(problem: Problem, plan: Plan) -> list[tuple[str, date, date, str]]:
    """The applications whose date is another than before: which, from, to, why."""
    place = {slot.starts: i for i, slot in enumerate(problem.slots)}
    found = []
    for move in problem.moves:
        now = plan.dates[move.key]
        if move.previous is None or move.previous == now:
            continue
        if move.previous not in place:
            why = "its date before is past"
        else:
            closed = [ban.why for ban in bans(problem, move) if place[move.previous] in ban.closed]
            why = "; ".join(closed) or "its own rules allow both dates; with the others' rules this one costs less"
        found.append((move.key, move.previous, now, why))
    return found


def _changed(problem: Problem, plan: Plan) -> Iterator[str]:
    for key, before, now, why in changes(problem, plan):
        yield f"changed: {key}: {before} is now {now}: {why}"


def _cost(problem: Problem, plan: Plan) -> Iterator[str]:
    for remark in problem.remarks:
        yield f"remark: {remark}"
    parts = ", ".join(f"{name} {value}" for name, value in plan.terms.items())
    proven = "proven to be the least" if plan.gap < OPTIMAL else f"at most {plan.gap:.1%} above the least"
    yield f"{len(problem.moves)} applications in {plan.seconds:.1f} s; cost {plan.objective}, {proven} ({parts})"


def as_json(problem: Problem, plan: Plan) -> str:
    """The same as one object."""
    whole: dict[str, Any] = {
        "applications": {
            move.key: {
                "starts": plan.dates[move.key],
                "strategy": move.strategy,
                "notes": list(_notes(problem, move, plan.dates[move.key])),
            }
            for move in problem.moves
        },
        "links": [dict(zip(("from", "to", "how", "reason"), link, strict=True)) for link in links(problem, plan.dates)],
        "stays": dict(problem.stays),
        "changes": [dict(zip(("application", "from", "to", "why"), c, strict=True)) for c in changes(problem, plan)],
        "remarks": list(problem.remarks),
        "cost": {"total": plan.objective, "bound": plan.bound, "gap": plan.gap, "terms": dict(plan.terms)},
        "seconds": round(plan.seconds, 1),
    }
    return json.dumps(whole, indent=2, ensure_ascii=False, default=str) + "\n"
