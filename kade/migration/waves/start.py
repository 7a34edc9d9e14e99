"""A first plan by a simple rule, from which the solver starts: the most bound and the most urgent choose first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from kade.migration.waves.check import check_plan
from kade.migration.waves.limits import APART, BRIDGE, CROWD, bans, month, own_cost, quarter
from kade.migration.waves.problem import Move, Problem

YEAR = 24  # slots; what waiting so long costs says how urgent a move is


def first_plan(problem: Problem) -> dict[str, date] | None:
    """A plan that holds every rule, or None where this rule finds none; that does not mean that there is none."""
    place: dict[str, int] = {}
    book = _Book(problem)
    costs = {move.key: [sum(terms.values()) for terms in own_cost(problem, move)] for move in problem.moves}
    after = -1
    for group in _groups(problem, costs):
        pilot = any(move.key in problem.pilots for move in group)
        azure = any(move.in_azure for move in group)
        closed = frozenset().union(*(ban.closed for move in group for ban in bans(problem, move)))
        earliest = after + 1 if azure and not pilot else 0
        open_ = [i for i in range(earliest, len(problem.slots)) if i not in closed and book.fits(group, i)]
        if not open_:
            return None
        best = min(open_, key=lambda i: (sum(costs[m.key][i] for m in group) + book.others(group, i, place), i))
        book.enter(group, best)
        for move in group:
            place[move.key] = best
        if pilot:
            after = max(after, best)
    dates = {key: problem.slots[i].starts for key, i in place.items()}
    return None if check_plan(problem, dates) else dates


def _groups(problem: Problem, costs: Mapping[str, list[int]]) -> list[list[Move]]:
    """Moves that may not be apart, as one; pilots first, then those with the least room, then the most urgent."""
    moves = {move.key: move for move in problem.moves}
    group = {key: [key] for key in moves}
    for move in problem.moves:
        for other in move.shares:
            if group[move.key] is not group[other]:
                joined = group[move.key] + group[other]
                for key in joined:
                    group[key] = joined
    found = {min(keys): [moves[key] for key in keys] for keys in group.values()}

    def rank(of: list[Move]) -> tuple:
        closed = frozenset().union(*(ban.closed for move in of for ban in bans(problem, move)))
        bound = any(m.window or m.fixed or m.contract_ends for m in of)
        urgent = -sum(costs[m.key][min(YEAR, len(problem.slots) - 1)] - costs[m.key][0] for m in of) / len(of)
        pilot = any(m.key in problem.pilots for m in of)
        return not pilot, len(problem.slots) - len(closed) if bound else 10**6, urgent, of[0].key

    return sorted(found.values(), key=rank)


class _Book:
    """How many moves each team has in each month and quarter, and what a place costs beside the others."""

    def __init__(self, problem: Problem) -> None:
        self._slots = problem.slots
        self._most = {team.key: (team.in_month, team.in_quarter) for team in problem.teams}
        self._most[""] = (sum(m for m, _ in self._most.values()), sum(q for _, q in self._most.values()))
        self._done: Counter[tuple] = Counter()
        self._heavy: Counter[tuple[int, int]] = Counter()
        self._users: dict[str, list[str]] = {}
        for user, used in problem.pairs:
            self._users.setdefault(used, []).append(user)

    def _wanted(self, group: list[Move], i: int) -> Counter[tuple]:
        day, wanted = self._slots[i].starts, Counter()
        for move in group:
            for team in {"", move.team}:
                wanted[0, team, month(day)] += 1
                wanted[1, team, quarter(day)] += 1
        return wanted

    def fits(self, group: list[Move], i: int) -> bool:
        """Whether every team has room for the group in a slot."""
        return all(
            self._done[kind, team, when] + count <= self._most[team][kind]
            for (kind, team, when), count in self._wanted(group, i).items()
        )

    def others(self, group: list[Move], i: int, place: Mapping[str, int]) -> int:
        """What a slot costs for the links with what has a place already, and for the crowd in its month."""
        total = 0
        for move in group:
            for other in move.needs:
                if other in place:
                    total += BRIDGE * (i < place[other]) + APART * (i > place[other])
            for other in self._users.get(move.key, ()):
                if other in place:
                    total += BRIDGE * (i > place[other]) + APART * (i < place[other])
            total += CROWD * (move.heavy and self._heavy[month(self._slots[i].starts)] > 0)
        return total

    def enter(self, group: list[Move], i: int) -> None:
        """Give the group this slot."""
        self._done.update(self._wanted(group, i))
        self._heavy[month(self._slots[i].starts)] += sum(move.heavy for move in group)
