"""Makes a plan cheaper by letting two applications change places, for as long as that helps."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date

from kade.migration.waves.limits import APART, BRIDGE, bans, own_cost
from kade.migration.waves.problem import Move, Problem


def improved(problem: Problem, dates: Mapping[str, date], seconds: float) -> dict[str, date]:
    """A plan that costs no more and holds every rule that the given one holds.

    Only applications of one team and one weight for the crowd change places, so that no month gets fuller; pilots and
    what shares a machine stay where they are.
    """
    until = time.perf_counter() + seconds
    number = {slot.starts: i for i, slot in enumerate(problem.slots)}
    place = {key: number[day] for key, day in dates.items()}
    costs = {move.key: [sum(terms.values()) for terms in own_cost(problem, move)] for move in problem.moves}
    open_ = _open(problem, place)
    beside: dict[str, list[tuple[str, int, int]]] = {move.key: [] for move in problem.moves}
    for user, used in problem.pairs:  # the other, and what it costs to move before and after it
        beside[user].append((used, BRIDGE, APART))
        beside[used].append((user, APART, BRIDGE))

    def cost(key: str) -> int:
        here = place[key]
        links = (before if here < place[o] else after if here > place[o] else 0 for o, before, after in beside[key])
        return costs[key][here] + sum(links)

    def swap(one: str, other: str) -> None:
        place[one], place[other] = place[other], place[one]

    better = True
    while better and time.perf_counter() < until:
        better = False
        for one, other in _pairs(problem, open_):
            if place[one] == place[other] or place[other] not in open_[one] or place[one] not in open_[other]:
                continue
            before = cost(one) + cost(other)
            swap(one, other)
            if cost(one) + cost(other) < before:
                better = True
            else:
                swap(one, other)
            if time.perf_counter() > until:
                break
    return {key: problem.slots[i].starts for key, i in place.items()}


def _open(problem: Problem, place: Mapping[str, int]) -> dict[str, frozenset[int]]:
    """The slots that are open to each application that may change places."""
    sharing = {key for move in problem.moves if move.shares for key in (move.key, *move.shares)}
    last = max((place[key] for key in problem.pilots), default=-1)
    found = {}
    for move in problem.moves:
        if move.key in sharing or move.key in problem.pilots:
            continue
        closed = frozenset().union(*(ban.closed for ban in bans(problem, move)))
        first = last + 1 if move.in_azure else 0
        found[move.key] = frozenset(range(first, len(problem.slots))) - closed
    return found


def _pairs(problem: Problem, open_: Mapping[str, frozenset[int]]) -> list[tuple[str, str]]:
    """Every two that may change places; not two that are linked, whose link would count twice."""
    linked = {frozenset(pair) for pair in problem.pairs}
    alike: dict[tuple[str, bool], list[Move]] = {}
    for move in problem.moves:
        if move.key in open_:
            alike.setdefault((move.team, move.heavy), []).append(move)
    pairs = [(a.key, b.key) for group in alike.values() for n, a in enumerate(group) for b in group[n + 1 :]]
    return [pair for pair in pairs if frozenset(pair) not in linked]
