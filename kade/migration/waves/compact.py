"""The problem as numbers: what must move together is one group, and a slot is its place in the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kade.migration.waves.limits import APART, BRIDGE, Capacity, bans, capacities, own_cost
from kade.migration.waves.problem import Problem


@dataclass(frozen=True)
class Group:
    """Applications that never part. ``links`` are other groups, with what it costs to move before them and after."""

    keys: tuple[str, ...]
    open: tuple[int, ...]  # the slots that no rule of its own closes
    costs: tuple[int, ...]  # of each slot, by itself
    takes: tuple[tuple[int, int], ...]  # of which capacity, and how much
    heavy: int
    pilot: bool
    waits: bool  # for the pilots
    links: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True)
class Compact:
    """All groups and capacities; ``month`` is that of each slot, counted from 0."""

    groups: tuple[Group, ...]
    capacities: tuple[Capacity, ...]
    month: tuple[int, ...]

    def dates(self, problem: Problem, places: list[int]) -> dict[str, date]:
        """The plan that these places are, in the order of the problem."""
        found = {
            key: problem.slots[i].starts for group, i in zip(self.groups, places, strict=True) for key in group.keys
        }
        return {move.key: found[move.key] for move in problem.moves}

    def places(self, problem: Problem, dates: Mapping[str, date]) -> list[int]:
        """The place of each group in a plan that keeps groups together."""
        return [problem.place[dates[group.keys[0]]] for group in self.groups]


def compacted(problem: Problem) -> Compact:
    """The problem in this form."""
    moves = {move.key: move for move in problem.moves}
    joined = _joined(problem)
    of = {key: number for number, keys in enumerate(joined) for key in keys}
    every = tuple(capacities(problem))
    takes: list[dict[int, int]] = [{} for _ in joined]
    for number, capacity in enumerate(every):
        for key, amount in capacity.takes.items():
            mine = takes[of[key]]
            mine[number] = mine.get(number, 0) + amount
    links: list[dict[int, tuple[int, int]]] = [{} for _ in joined]
    for user, used in problem.pairs:
        for one, other, before, after in ((of[user], of[used], BRIDGE, APART), (of[used], of[user], APART, BRIDGE)):
            if one != other:
                known = links[one].get(other, (0, 0))
                links[one][other] = known[0] + before, known[1] + after
    groups = []
    for number, keys in enumerate(joined):
        members = [moves[key] for key in keys]
        closed = frozenset().union(*(ban.closed for move in members for ban in bans(problem, move)))
        costs = [[sum(terms.values()) for terms in own_cost(problem, move)] for move in members]
        pilot = any(key in problem.pilots for key in keys)
        waits = any(move.in_azure and move.key not in problem.pilots for move in members)
        if pilot and waits:  # for itself: there is no such slot
            closed = frozenset(range(len(problem.slots)))
        groups.append(
            Group(
                tuple(keys),
                tuple(i for i in range(len(problem.slots)) if i not in closed),
                tuple(map(sum, zip(*costs, strict=True))),
                tuple(takes[number].items()),
                sum(move.heavy for move in members),
                pilot,
                waits,
                tuple((other, before, after) for other, (before, after) in links[number].items()),
            )
        )
    first = problem.slots[0].starts
    month = tuple((s.starts.year - first.year) * 12 + s.starts.month - first.month for s in problem.slots)
    return Compact(tuple(groups), every, month)


def _joined(problem: Problem) -> list[list[str]]:
    """The keys of each group."""
    group = {move.key: [move.key] for move in problem.moves}
    for move in problem.moves:
        for other in move.shares:
            if group[move.key] is not group[other]:
                both = group[move.key] + group[other]
                for key in both:
                    group[key] = both
    return list({id(keys): keys for keys in group.values()}.values())
