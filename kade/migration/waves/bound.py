"""A cost below which no plan can be, from prices: every rule that binds groups to each other is given one.

With a price for each capacity and each link, every group can choose its cheapest month alone, and what they pay
together is never more than what the best plan costs (Lagrangian duality). Better prices are found by walking uphill,
for as long as there is time; any prices give a true bound, so nothing rests on how good the walk is.

Halves of a month are taken together, each group at the cheaper of the two. For a link the prices say

- ``ahead`` (of each month): what the user pays for being ahead of the used by then, never more than a bridge in all;
- ``share`` and ``room``: being together in a month saves the link's cost; the two ends share that saving, and what has
  more links than a month has room keeps a part, as it cannot be together with all of them (`_Prices.room`).

That pilots go first is no matter of prices. The last pilot goes in some slot; each possible one is looked at until the
rest can be no better.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from kade.migration.waves.compact import Compact
from kade.migration.waves.limits import APART, BRIDGE, CROWD

NEVER = 1e7  # what a closed month costs
ROUNDS, STEPS = 10, 100  # of the walk; each round takes smaller steps
WIDE, STRIDE = 4.0, 8.0  # how far from its cheapest month a group is spread, and how far prices go, at first
LAST = 12  # how many slots of the last pilot are looked at, at most
ENOUGH = 1e-4  # of the bound; a round that gains less is the last


def lower_bound(compact: Compact, until: Callable[[], bool] = lambda: False) -> float:
    """The bound. ``until`` says when to stop; then it is what has been found, at least what one round gives."""
    pilots = [group for group in compact.groups if group.pilot]
    if not pilots:
        return _Walk(compact, -1, -1).climb(until)
    least, last = float("inf"), max(min(group.open) for group in pilots)
    walk = _Walk(compact, last, last)
    least = walk.climb(until)
    for _ in range(LAST):
        rest = _Walk(compact, len(compact.month), last + 1, walk)  # the last pilot goes later than `last`
        best = rest.climb(until, 1, least)
        if best >= least:
            return least
        if until():
            return best
        last += 1
        walk = _Walk(compact, last, last, walk)
        least = min(least, walk.climb(until, 2, least))
    return min(least, best)


class _Walk:
    """The prices, and the walk to better ones. Rows are groups, capacities or links; columns are months."""

    def __init__(self, compact: Compact, pilots_until: int, others_after: int, before: _Walk | None = None) -> None:
        self._months = max(compact.month) + 1
        month = np.array(compact.month)
        self._costs = np.full((len(compact.groups), self._months), NEVER)
        for row, group in zip(self._costs, compact.groups, strict=True):
            for i in group.open:
                if (group.pilot and i > pilots_until) or (group.waits and i <= others_after):
                    continue
                row[month[i]] = min(row[month[i]], group.costs[i])
        self._heavy = np.array([group.heavy for group in compact.groups], float)
        self._capacities(compact)
        self._links(compact)
        shapes = [most.shape for most in self._most]
        shapes += [(self._months,), *[(len(self._user), self._months)] * 2, (len(compact.groups), self._months)]
        self._prices = [np.zeros(shape) for shape in shapes]
        self._prices[-2][:] = APART / 2
        if before is not None:
            for mine, theirs in zip(self._prices, before._prices, strict=True):
                mine[:] = theirs

    def _capacities(self, compact: Compact) -> None:
        """Capacities by their periods; amounts as parts of the largest, so that all prices are of one kind."""
        self._period, self._most, self._takes = [], [], []
        for number, capacity in enumerate(compact.capacities):
            period = np.zeros(self._months, int)
            period[list(compact.month)] = capacity.period
            takes = np.array([dict(group.takes).get(number, 0) for group in compact.groups], float)
            self._period.append(period)
            self._most.append(np.array(capacity.most, float) / takes.max())
            self._takes.append(takes / takes.max())

    def _links(self, compact: Compact) -> None:
        """Each link once for every time that it is counted, with the end that has more links as its middle."""
        user, used = [], []
        for number, group in enumerate(compact.groups):
            for other, before, after in group.links:
                if number < other:
                    ours = (before - (count := (before + after) // (BRIDGE + APART)) * APART) // (BRIDGE - APART)
                    user += [number] * ours + [other] * (count - ours)
                    used += [other] * ours + [number] * (count - ours)
        self._user, self._used = np.array(user, int), np.array(used, int)
        count = np.bincount(np.r_[self._user, self._used], minlength=len(compact.groups))
        first = count[self._user] >= count[self._used]
        self._middle = np.where(first, self._user, self._used)
        self._end = np.where(first, self._used, self._user)
        self._beside = _beside(compact)
        self._wide = np.bincount(self._middle, minlength=len(compact.groups)) > self._beside[:, 0]
        self._sums = [_Sums(ends) for ends in (self._user, self._used, self._middle)]

    def climb(self, until: Callable[[], bool], rounds: int = ROUNDS, enough: float = float("inf")) -> float:
        """Walk, and keep the best prices. Ends early where the bound is enough."""
        best, kept = -float("inf"), self._prices
        for number in range(rounds):
            scale, before = 0.5**number, best
            pace = [np.zeros_like(price) for price in self._prices]
            swing = [np.zeros_like(price) for price in self._prices]
            for step in range(1, STEPS + 1):
                costs = self._at_these_prices()
                value = self._value(costs)
                if value > best:
                    best, kept = value, [price.copy() for price in self._prices]
                if best >= enough or (step > 1 and until()):
                    self._prices = kept
                    return best
                left = scale * (1 - 0.5 * step / STEPS)
                self._step(self._slopes(_spread(costs, WIDE * left)), pace, swing, step, STRIDE * left)
            self._prices = [price.copy() for price in kept]
            if number and best - before < ENOUGH * abs(best):
                break
        return best

    def _at_these_prices(self) -> np.ndarray:
        """What each month costs each group."""
        *prices, crowd, ahead, share, room = self._prices
        costs = self._costs + self._heavy[:, None] * crowd
        for takes, price, period in zip(self._takes, prices, self._period, strict=True):
            rows = np.flatnonzero(takes)
            costs[rows] += takes[rows, None] * price[period]
        if len(self._user):
            later = np.cumsum(ahead[:, ::-1], axis=1)[:, ::-1]
            user, used, _ = self._sums
            user.add(later - share, costs)
            used.add(share + room[self._middle] - APART - later, costs)
            costs -= self._beside * room
        return costs

    def _value(self, costs: np.ndarray) -> float:
        """The bound that these prices give."""
        *prices, crowd, _, _, _ = self._prices
        paid = sum(float((price * most).sum()) for price, most in zip(prices, self._most, strict=True))
        return float(costs.min(axis=1).sum()) - paid - float(crowd.sum()) + APART * len(self._user)

    def _slopes(self, there: np.ndarray) -> list[np.ndarray]:
        """How the value rises with each price, where groups are ``there`` with these parts in each month."""
        found = []
        for takes, most, period in zip(self._takes, self._most, self._period, strict=True):
            rows = np.flatnonzero(takes)
            taken = np.einsum("i,ij->j", takes[rows], there[rows])  # not `@`, which would take all processors
            found.append(np.bincount(period, taken, minlength=len(most)) - most)
        come = np.cumsum(there, axis=1)
        room = -self._beside * there
        self._sums[2].add(there[self._end], room)
        room[~self._wide] = 0
        user, used = there[self._user], there[self._used]
        return [
            *found,
            np.einsum("i,ij->j", self._heavy, there) - 1,
            come[self._user] - come[self._used],
            used - user,
            room,
        ]

    def _step(
        self, slopes: list[np.ndarray], pace: list[np.ndarray], swing: list[np.ndarray], step: int, stride: float
    ) -> None:
        """Go uphill (Adam), and back to prices that are allowed."""
        reach = [5.0] * (len(slopes) - 4) + [0.3, 0.1, 0.1, 0.1]  # prices of capacities are the highest
        for price, slope, m, v, far in zip(self._prices, slopes, pace, swing, reach, strict=True):
            m += 0.1 * (slope - m)
            v += 0.01 * (slope * slope - v)
            price += far * stride * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.99**step)) + 1e-3)
        *prices, crowd, ahead, share, room = self._prices
        for price in (*prices, ahead):
            np.maximum(price, 0, out=price)
        np.clip(crowd, 0, CROWD, out=crowd)
        ahead *= np.minimum(1, (BRIDGE - APART) / np.maximum(ahead.sum(axis=1, keepdims=True), 1e-9))
        np.clip(room, 0, APART, out=room)
        np.clip(share, 0, APART - room[self._middle], out=share)


def _beside(compact: Compact) -> np.ndarray:
    """How many links of each group can be with groups that move in its month: no more than the teams can do besides."""
    most = compact.capacities[0].most[0]  # all teams together, in a month
    found = []
    for group in compact.groups:
        of_one = (
            math.ceil((before + after) / (BRIDGE + APART) / len(compact.groups[other].keys))
            for other, before, after in group.links
        )
        found.append((most - len(group.keys)) * max(of_one, default=1))
    return np.array(found, float)[:, None]


def _spread(costs: np.ndarray, width: float) -> np.ndarray:
    """Each group over its months, mostly where it is cheapest."""
    parts = np.exp((costs.min(axis=1, keepdims=True) - costs) / width)
    return parts / parts.sum(axis=1, keepdims=True)


class _Sums:
    """Adds rows of links to the rows of their groups."""

    def __init__(self, ends: np.ndarray) -> None:
        self._order = np.argsort(ends, kind="stable")
        ordered = ends[self._order]
        self._starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ends) else ordered
        self._rows = ordered[self._starts]

    def add(self, values: np.ndarray, to: np.ndarray) -> None:
        """Add the values of the links to the rows of the groups."""
        if len(self._order):
            to[self._rows] += np.add.reduceat(values[self._order], self._starts, axis=0)
