"""Free address space as aligned blocks: the buddy system, so that thousands of subnets are planned at once."""

from __future__ import annotations

import heapq
import ipaddress
from collections.abc import Iterable

from kade.components.network.ranges import Network, collapse


class FreeSpace:
    """What is left of some ranges of one IP version.

    `take` gives the lowest address of the smallest free block that is large enough, so that large blocks stay whole;
    the same calls in the same order always give the same ranges.
    """

    def __init__(self, ranges: Iterable[Network], occupied: Iterable[Network] = ()) -> None:
        wholes = collapse(ranges)
        self._type = type(wholes[0]) if wholes else ipaddress.IPv4Network
        self._bits = wholes[0].max_prefixlen if wholes else 32
        self._free: dict[int, list[int]] = {}
        taken = sorted((int(n.network_address), int(n.broadcast_address)) for n in occupied)
        for whole in wholes:
            start, end = int(whole.network_address), int(whole.broadcast_address)
            for low, high in taken:
                if high < start:
                    continue
                if low > end:
                    break
                self._add(start, low - 1)
                start = max(start, high + 1)  # occupied ranges may overlap
            self._add(start, end)

    def _add(self, low: int, high: int) -> None:
        """Put the addresses from ``low`` to ``high`` in, as the fewest aligned blocks."""
        while low <= high:
            size = (low & -low) if low else 1 << self._bits
            while low + size - 1 > high:
                size >>= 1
            heapq.heappush(self._free.setdefault(self._bits - size.bit_length() + 1, []), low)
            low += size

    def take(self, prefix: int) -> Network | None:
        """A free range of that prefix length, or None where there is none."""
        fitting = [p for p in self._free if p <= prefix and self._free[p]]
        if not fitting:
            return None
        found = max(fitting)
        start = heapq.heappop(self._free[found])
        for half in range(found + 1, prefix + 1):
            heapq.heappush(self._free.setdefault(half, []), start + (1 << (self._bits - half)))
        return self._type((start, prefix))

    def blocks(self) -> list[Network]:
        """What is free, as the fewest ranges, from low to high."""
        free = [self._type((start, prefix)) for prefix, starts in self._free.items() for start in starts]
        return collapse(free)

    @property
    def addresses(self) -> int:
        """How many addresses are free."""
        return sum(len(starts) << (self._bits - prefix) for prefix, starts in self._free.items())
