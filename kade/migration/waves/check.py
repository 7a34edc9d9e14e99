"""Checks a plan against the problem, by dates and counting alone: nothing of the solver is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from kade.migration.waves.problem import Move, Problem


def check_plan(problem: Problem, dates: Mapping[str, date]) -> list[str]:
    """Everything in which a plan breaks the problem; empty where it holds."""
    moves = {move.key: move for move in problem.moves}
    found = [f"{key} is in the plan, and does not move" for key in dates if key not in moves]
    found += [f"{key} has no date" for key in moves if key not in dates]
    ends = {slot.starts: slot.ends for slot in problem.slots}
    found += [f"{key}: {day} begins no slot" for key, day in dates.items() if day not in ends]
    if found:
        return found
    for move in problem.moves:
        found += _alone(problem, move, dates[move.key], ends[dates[move.key]])
    return [
        *found,
        *_together(moves, dates),
        *_pilots(problem, dates),
        *_capacity(problem, dates),
        *_budgets(problem, dates),
    ]


def _alone(problem: Problem, move: Move, starts: date, ends: date) -> Iterator[str]:
    for freeze in problem.freezes:
        concerns = not freeze.domains or move.domain in freeze.domains
        if concerns and not (ends < freeze.starts or starts > freeze.ends):
            yield f"{move.key}: {starts} lies in the freeze {freeze.title}"
    for need in problem.prerequisites:
        if move.key in need.before and starts < need.ready:
            yield f"{move.key}: {starts} is before {need.title} is ready"
    if move.contract_ends and ends > move.contract_ends:
        yield f"{move.key}: {ends} is after its contract ends"
    if move.tender_until and starts < move.tender_until:
        yield f"{move.key}: {starts} is before its tender can be done"
    if move.window and not (move.window.starts <= starts and ends <= move.window.ends):
        yield f"{move.key}: {starts} is outside of its wave {move.window.title}"
    if move.fixed and starts != move.fixed:
        yield f"{move.key}: {starts} is not the fixed {move.fixed}"


def _together(moves: Mapping[str, Move], dates: Mapping[str, date]) -> Iterator[str]:
    for move in moves.values():
        for other in move.shares:
            if dates[move.key] != dates[other]:
                yield f"{move.key} shares a machine or database with {other}, and they move apart"


def _pilots(problem: Problem, dates: Mapping[str, date]) -> Iterator[str]:
    last = max((dates[key] for key in problem.pilots), default=None)
    for move in problem.moves:
        if last and move.in_azure and move.key not in problem.pilots and dates[move.key] <= last:
            yield f"{move.key} does not wait for the pilot, which ends with {last}"


def _capacity(problem: Problem, dates: Mapping[str, date]) -> Iterator[str]:
    months: Counter[tuple[str, int, int]] = Counter()
    quarters: Counter[tuple[str, int, int]] = Counter()
    for move in problem.moves:
        day = dates[move.key]
        for team in {"", move.team}:  # the empty one is all teams together
            months[team, day.year, day.month] += 1
            quarters[team, day.year, (day.month + 2) // 3] += 1
    every = {team.key: (team.in_month, team.in_quarter) for team in problem.teams}
    every[""] = (sum(m for m, _ in every.values()), sum(q for _, q in every.values()))
    for (team, year, number), count in months.items():
        if count > every[team][0]:
            yield f"{count} moves in {year}-{number:02}, {team or 'all teams together'} can do {every[team][0]}"
    for (team, year, number), count in quarters.items():
        if count > every[team][1]:
            yield f"{count} moves in quarter {number} of {year}, {team or 'all teams'} can do {every[team][1]}"


def _budgets(problem: Problem, dates: Mapping[str, date]) -> Iterator[str]:
    spent: Counter[int] = Counter()
    for move in problem.moves:
        spent[dates[move.key].year] += move.euros
    for year, euros in spent.items():
        if euros > problem.budgets.get(year, euros):
            yield f"{euros:,} euros in {year}, and its budget is {problem.budgets[year]:,}"
