"""Makes a plan cheaper by moving one group, or letting two change places, very often (simulated annealing).

Worse plans are accepted for a while, so that a group may pass through them to a better one; ever more rarely as the
search cools down. The same problem and steps give the same plan, unless the time ends first.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable

from kade.migration.waves.compact import Compact
from kade.migration.waves.limits import CROWD
from kade.migration.waves.loads import Loads

HOT, COLD = 30.0, 1  # what a worse plan may cost more, about: more than a bridge at first, less than anything at last
TO_LINKED = 0.3  # of the steps aim at where a linked group is
LOOK = 256  # steps between two looks at the clock


def searched(
    compact: Compact, start: list[int], steps: int, until: float, hot: float = HOT, seed: int = 1
) -> tuple[list[int], int]:
    """The cheapest places that were found, which hold every rule that the given ones hold; and what they save.

    ``until`` is a time of the clock, so that the search ends with it also where another process began it late.
    """
    state = _State(compact, start)
    draw = random.Random(seed)  # noqa: S311 - a search, not a secret
    rand, groups = draw.random, compact.groups
    began, heat, cost, least, best = time.time(), hot, 0, 0, list(start)
    for step in range(steps):
        if step % LOOK == 0:
            done = max(step / steps, (time.time() - began) / max(until - began, 1e-3))
            if done >= 1:
                break
            heat = hot * (COLD / hot) ** done
        number = int(rand() * len(groups))
        at, to = state.places[number], state.aim(number, rand)
        if to == at:
            continue
        more = state.change(((number, to), *((other, at) for other in state.in_the_way(number, to, rand))))
        if more is None:
            continue
        if more > 0 and rand() >= math.exp(-more / heat):
            state.undo()
            continue
        cost += more
        if cost < least:
            least, best = cost, list(state.places)
    return best, -least


class _State:
    """A plan that is being changed: where each group is, what is taken, and who is in each month."""

    def __init__(self, compact: Compact, start: list[int]) -> None:
        self._groups, self._month = compact.groups, compact.month
        self.places = list(start)
        self._loads = Loads(compact, start)
        last = max((i for group, i in zip(compact.groups, start, strict=True) if group.pilot), default=-1)
        self.open = [
            tuple(i for i in group.open if not (i > last and group.pilot) and not (i <= last and group.waits))
            for group in compact.groups
        ]
        self._allowed = [frozenset(slots) for slots in self.open]
        self._here: list[list[int]] = [[] for _ in self._loads.heavy]  # the groups of each month, in any order
        self._spot = [0] * len(start)
        for number, place in enumerate(start):
            self._enter(number, self._month[place])
        self._undone: tuple[tuple[int, int], ...] = ()

    def aim(self, number: int, rand: Callable[[], float]) -> int:
        """A slot to try: often one of a group that it is linked to, else any."""
        links, slots = self._groups[number].links, self.open[number]
        if links and rand() < TO_LINKED:
            place = self.places[links[int(rand() * len(links))][0]]
            if place in self._allowed[number]:
                return place
        return slots[int(rand() * len(slots))]

    def in_the_way(self, number: int, to: int, rand: Callable[[], float]) -> set[int]:
        """Groups to change places with: none where there is room; else as many of that month as it has applications."""
        at, group = self.places[number], self._groups[number]
        self._loads.remove(group, at)
        free = self._loads.fits(group, to)
        self._loads.add(group, at)
        there = self._here[self._month[to]]
        if free or not there:
            return set()
        found = {there[int(rand() * len(there))] for _ in group.keys}
        return {other for other in found if other != number and at in self._allowed[other]}

    def change(self, changes: tuple[tuple[int, int], ...]) -> int | None:
        """Move groups and say what that costs more; None, and nothing moved, where there is no room."""
        groups, places, loads, month = self._groups, self.places, self._loads, self._month
        months = {month[place] for number, to in changes for place in (to, places[number])}
        crowd = sum(max(0, loads.heavy[m] - 1) for m in months)
        before = tuple((number, places[number]) for number, _ in changes)
        cost = 0
        for number, at in before:
            cost -= self._cost(number)
            loads.remove(groups[number], at)
            places[number] = -1  # so that a link between the two counts once
        for number, to in changes:
            if not loads.fits(groups[number], to):
                self._restore(before)
                return None
            loads.add(groups[number], to)
            places[number] = to
            cost += self._cost(number)
        crowd = sum(max(0, loads.heavy[m] - 1) for m in months) - crowd
        for (number, at), (_, to) in zip(before, changes, strict=True):
            self._pass(number, month[at], month[to])
        self._undone = before
        return cost + CROWD * crowd

    def undo(self) -> None:
        """Take the last change back."""
        for number, at in self._undone:
            self._pass(number, self._month[self.places[number]], self._month[at])
        self._restore(self._undone)

    def _restore(self, before: tuple[tuple[int, int], ...]) -> None:
        for number, _ in before:
            if self.places[number] >= 0:
                self._loads.remove(self._groups[number], self.places[number])
        for number, at in before:
            self._loads.add(self._groups[number], at)
            self.places[number] = at

    def _cost(self, number: int) -> int:
        group, places = self._groups[number], self.places
        here = places[number]
        total = group.costs[here]
        for other, before, after in group.links:
            there = places[other]
            if there >= 0:
                total += before if here < there else after if here > there else 0
        return total

    def _pass(self, number: int, old: int, new: int) -> None:
        there, spot = self._here[old], self._spot[number]
        moved = there.pop()
        if moved != number:
            there[spot] = moved
            self._spot[moved] = spot
        self._enter(number, new)

    def _enter(self, number: int, month: int) -> None:
        self._spot[number] = len(self._here[month])
        self._here[month].append(number)
