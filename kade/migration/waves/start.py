"""A first plan by a simple rule, from which the search starts: the most bound and the most urgent choose first."""

from __future__ import annotations

from collections.abc import Mapping

from kade.migration.waves.compact import Compact, Group
from kade.migration.waves.limits import CROWD
from kade.migration.waves.loads import Loads

YEAR = 24  # slots; what waiting so long costs says how urgent a move is


def first_places(compact: Compact, wanted: Mapping[int, int] | None = None) -> list[int] | None:
    """A place for each group that holds every rule, or None where this rule finds none; there may still be one.

    ``wanted`` are places from the plan before, by group: these stay where that holds, and the others fit in.
    """
    wanted, groups, loads = wanted or {}, compact.groups, Loads(compact)
    places: dict[int, int] = {}
    last = max((wanted.get(number, -1) for number, group in enumerate(groups) if group.pilot), default=-1)
    for number, group in enumerate(groups):
        place = wanted.get(number)
        if place in group.open and (place > last or not group.waits) and loads.fits(group, place):
            loads.add(group, place)
            places[number] = place
    pilots = [number for number, group in enumerate(groups) if group.pilot]
    for number in sorted((n for n in range(len(groups)) if n not in places), key=lambda n: _rank(groups[n])):
        group = groups[number]
        after = max((places[n] for n in pilots if n in places), default=-1)
        first = after + 1 if group.waits else 0
        until = min((places[n] for n in places if groups[n].waits), default=len(compact.month)) if group.pilot else None
        free = [i for i in group.open if i >= first and (until is None or i < until) and loads.fits(group, i)]
        if not free:
            return None
        best = min(free, key=lambda i: (group.costs[i] + _beside(compact, loads, group, i, places), i))
        loads.add(group, best)
        places[number] = best
    return [places[number] for number in range(len(groups))]


def _rank(group: Group) -> tuple:
    """Pilots first, then what has the least room, then the most urgent."""
    year = min(YEAR, len(group.costs) - 1)
    urgent = (group.costs[0] - group.costs[year]) / len(group.keys)
    return not group.pilot, len(group.open) // 4, urgent, group.keys[0]


def _beside(compact: Compact, loads: Loads, group: Group, i: int, places: Mapping[int, int]) -> int:
    """What a slot costs for the links with what has a place already, and for the crowd in its month."""
    total = CROWD * (group.heavy > 0 and loads.heavy[compact.month[i]] > 0)
    for other, before, after in group.links:
        there = places.get(other)
        if there is not None:
            total += before if i < there else after if i > there else 0
    return total
