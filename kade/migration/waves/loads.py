"""How much of each capacity a plan takes, kept up to date while groups are moved about."""

from __future__ import annotations

from collections.abc import Sequence

from kade.migration.waves.compact import Compact, Group


class Loads:
    """What is taken of each capacity in each period, and how many weighty applications move in each month."""

    def __init__(self, compact: Compact, places: Sequence[int] = ()) -> None:
        self._period = [capacity.period for capacity in compact.capacities]
        self._most = [capacity.most for capacity in compact.capacities]
        self._taken = [[0] * len(capacity.most) for capacity in compact.capacities]
        self._month = compact.month
        self.heavy = [0] * (max(compact.month) + 1)
        for group, place in zip(compact.groups, places, strict=False):
            self.add(group, place)

    def fits(self, group: Group, place: int) -> bool:
        """Whether there is room for the group in a slot."""
        for number, amount in group.takes:
            period = self._period[number][place]
            if self._taken[number][period] + amount > self._most[number][period]:
                return False
        return True

    def add(self, group: Group, place: int) -> None:
        """Put the group in a slot."""
        self._change(group, place, 1)

    def remove(self, group: Group, place: int) -> None:
        """Take the group out of a slot."""
        self._change(group, place, -1)

    def _change(self, group: Group, place: int, sign: int) -> None:
        for number, amount in group.takes:
            self._taken[number][self._period[number][place]] += sign * amount
        self.heavy[self._month[place]] += sign * group.heavy
