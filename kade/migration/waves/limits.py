"""Which slots are closed to a move, and why; and what a plan costs. Dates only, so that people can follow it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from kade.migration.waves.problem import Move, Problem, Slot

LATE = 3  # for each half month without support, times the application's weight
WAIT = 1  # for each half month that an application still stands in the cellar
DOUBLE = 1  # for each half month that a contract is still paid after its successor has come
BRIDGE = 10  # for each link that needs a bridge, because its user moves first
APART = 2  # for each link that for a while leads from the cellar to what has moved first
CROWD = 6  # for each high or vital application after the first in one month
MOVED = 25  # for each application whose date changes since the plan before


@dataclass(frozen=True)
class Ban:
    """A reason that closes slots (by their place in the list) to one move."""

    key: str
    why: str
    closed: frozenset[int]


def bans(problem: Problem, move: Move) -> list[Ban]:
    """Every reason that closes any slot to a move."""

    def closing(why: str, is_closed: Callable[[Slot], bool]) -> Ban:
        return Ban(move.key, why, frozenset(i for i, slot in enumerate(problem.slots) if is_closed(slot)))

    found = [
        Ban(move.key, f"the freeze {freeze.title} ({freeze.starts} to {freeze.ends})", closed)
        for freeze, closed in problem.frozen
        if not freeze.domains or move.domain in freeze.domains
    ]
    found += [
        closing(f"{need.title} is ready on {need.ready}", lambda s, need=need: s.starts < need.ready)
        for need in problem.prerequisites
        if move.key in need.before
    ]
    ends, tender = move.contract_ends, move.tender_until
    if ends:
        found.append(closing(f"its contract ends on {ends}", lambda s: s.ends > ends))
    if tender:
        found.append(closing(f"its tender takes until {tender}", lambda s: s.starts < tender))
    if move.window:
        span = move.window
        why = f"its wave {span.title} is {span.starts} to {span.ends}"
        found.append(closing(why, lambda s: s.starts < span.starts or s.ends > span.ends))
    if move.fixed:
        found.append(closing(f"waves.yaml fixes it on {move.fixed}", lambda s: s.starts != move.fixed))
    return [ban for ban in found if ban.closed]


def own_cost(problem: Problem, move: Move) -> list[dict[str, int]]:
    """What each slot costs for a move by itself, by term."""
    ends = [slot.ends for slot in problem.slots]
    supported = bisect_right(ends, move.supported_until) if move.supported_until else len(ends)
    paid = bisect_right(ends, move.contract_ends) if move.contract_ends else 0
    found = []
    for place, slot in enumerate(problem.slots):
        terms = {}
        if move.supported_until:
            terms["without support"] = LATE * move.weight * max(0, place + 1 - supported)
        if move.contract_ends:
            terms["paid twice"] = DOUBLE * max(0, paid - place - 1)
        else:
            terms["waiting"] = WAIT * place
        if move.previous:
            terms["changed"] = MOVED * (slot.starts != move.previous)
        found.append(terms)
    return found


def cost(problem: Problem, dates: Mapping[str, date]) -> dict[str, int]:
    """What a plan costs, by term; the solver's objective is their sum."""
    place = problem.place
    terms: Counter[str] = Counter()
    for move in problem.moves:
        terms.update(own_cost(problem, move)[place[dates[move.key]]])
    for user, used in problem.pairs:
        between = place[dates[user]] - place[dates[used]]
        terms["bridges"] += BRIDGE * (between < 0)
        terms["apart"] += APART * (between > 0)
    heavy = Counter(month(dates[move.key]) for move in problem.moves if move.heavy)
    terms["crowded"] += CROWD * sum(count - 1 for count in heavy.values())
    return {name: value for name, value in terms.items() if value}


@dataclass(frozen=True)
class Capacity:
    """What there is of something in each period: the period of each slot, and how much each application takes."""

    text: str
    period: tuple[int, ...]
    most: tuple[int, ...]
    takes: Mapping[str, int]


def capacities(problem: Problem) -> Iterator[Capacity]:
    """Each team by month and quarter for what is bound to it, all teams together for everything, and the budgets."""
    every = [("all teams together", {move.key: 1 for move in problem.moves}, problem.teams)]
    every += [
        (f"team {team.title}", {m.key: 1 for m in problem.moves if m.team == team.key}, (team,))
        for team in problem.teams
    ]
    for title, takes, teams in every:
        in_month, in_quarter = sum(team.in_month for team in teams), sum(team.in_quarter for team in teams)
        for name, of, most in (("month", month, in_month), ("quarter", quarter, in_quarter)):
            if takes:
                period, count = _periods(problem, of)
                yield Capacity(f"{title} can do {most} moves in a {name}", period, (most,) * count, takes)
    euros = {move.key: move.euros for move in problem.moves if move.euros}
    for year, budget in problem.budgets.items():
        slots = tuple(int(slot.starts.year == year) for slot in problem.slots)
        if euros and any(slots):
            text = f"the budget of {year} is {budget:,} euros"
            yield Capacity(text, slots, (sum(euros.values()), budget), euros)


def _periods(problem: Problem, of: Callable[[date], tuple[int, int]]) -> tuple[tuple[int, ...], int]:
    numbers: dict[tuple[int, int], int] = {}
    return tuple(numbers.setdefault(of(slot.starts), len(numbers)) for slot in problem.slots), len(numbers)


def month(day: date) -> tuple[int, int]:
    """Year and month."""
    return day.year, day.month


def quarter(day: date) -> tuple[int, int]:
    """Year and calendar quarter."""
    return day.year, (day.month - 1) // 3 + 1


def links(problem: Problem, dates: Mapping[str, date]) -> Iterator[tuple[str, str, str, str]]:
    """Each dependency of a move: who, on what, together, bridged or later, and the reason."""
    for user, used in problem.pairs:
        ours, theirs = dates[user], dates[used]
        if ours == theirs:
            yield user, used, "together", f"both move on {ours}"
        elif ours > theirs:
            yield user, used, "later", f"{used} moves first, on {theirs}; until {ours} it is reached from the cellar"
        else:
            yield user, used, "bridged", f"{user} moves on {ours}; until {theirs} it reaches back to the cellar"
    for move in problem.moves:
        for used in move.needs_staying:
            yield move.key, used, "bridged", f"{used} stays where it is"
