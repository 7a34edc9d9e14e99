"""The planning problem: slots of half a month, applications that move, and what binds them. No solver here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property


@dataclass(frozen=True)
class Slot:
    """Half a month in which applications move; both days are part of it."""

    starts: date
    ends: date


def slots_between(first: date, until: date) -> tuple[Slot, ...]:
    """The halves of months that lie wholly between two days."""
    found, day = [], first.replace(day=1)
    while day <= until:
        following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        middle = day.replace(day=16)
        found += [Slot(day, middle - timedelta(days=1)), Slot(middle, following - timedelta(days=1))]
        day = following
    return tuple(slot for slot in found if slot.starts >= first and slot.ends <= until)


@dataclass(frozen=True)
class Span:
    """A titled time; both days are part of it. ``domains`` empty means all."""

    title: str
    starts: date
    ends: date
    domains: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Prerequisite:
    """Something that has to be there before these applications move."""

    title: str
    ready: date
    before: frozenset[str]


@dataclass(frozen=True)
class Team:
    """Who moves applications, and how many in a month. Half a move a month is three in two quarters."""

    key: str
    title: str
    per_month: float

    @property
    def in_month(self) -> int:
        """The most in one month."""
        return math.ceil(self.per_month)

    @property
    def in_quarter(self) -> int:
        """The most in one calendar quarter."""
        return max(1, math.floor(self.per_month * 3 + 1e-9)) if self.per_month else 0


@dataclass(frozen=True)
class Move:
    """One application that moves, is bought anew, or ends."""

    key: str
    title: str
    strategy: str
    domain: str
    weight: int = 1  # how much a half month without support counts: 1 (low) to 4 (vital)
    heavy: bool = False  # high or vital: not many of these in one month
    in_azure: bool = False  # needs the landing zone, and waits for the pilot
    team: str = ""  # the team that must do it; empty: any of them
    contract_ends: date | None = None  # the last day on which the old one may be used
    notice_by: date | None = None
    tender_until: date | None = None  # the new one cannot be there earlier
    supported_until: date | None = None
    ending: str = ""  # what is not supported after that
    window: Span | None = None  # the programme's wave that the estate names
    needs: tuple[str, ...] = ()  # other moves that it talks to
    shares: tuple[str, ...] = ()  # other moves whose server or database it uses: never apart
    needs_staying: tuple[str, ...] = ()  # what it talks to and stays where it is
    euros: int = 0  # what the move costs once, out of the budget of its year
    fixed: date | None = None  # an engineer's decision, in waves.yaml
    previous: date | None = None  # where the plan had it before


@dataclass(frozen=True)
class Problem:
    """All of it. ``pilots`` go before every other move to Azure; ``stays`` says of what does not move why."""

    slots: tuple[Slot, ...]
    moves: tuple[Move, ...]
    teams: tuple[Team, ...]
    freezes: tuple[Span, ...] = ()
    prerequisites: tuple[Prerequisite, ...] = ()
    pilots: frozenset[str] = frozenset()
    budgets: Mapping[int, int] = field(default_factory=dict)  # euros by calendar year; a year without is free
    stays: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @cached_property
    def place(self) -> dict[date, int]:
        """The number of each slot, by its first day."""
        return {slot.starts: i for i, slot in enumerate(self.slots)}

    @cached_property
    def frozen(self) -> list[tuple[Span, frozenset[int]]]:
        """Each freeze with the numbers of the slots that it touches."""
        numbered = list(enumerate(self.slots))
        return [
            (freeze, frozenset(i for i, slot in numbered if slot.starts <= freeze.ends and freeze.starts <= slot.ends))
            for freeze in self.freezes
        ]

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """Which move talks to which."""
        return [(move.key, other) for move in self.moves for other in move.needs]


@dataclass(frozen=True)
class Plan:
    """When each application moves (the first day of its slot), and how good that is.

    ``bound`` is the cost below which no plan can be; the plan is the best there is where it equals ``objective``.
    """

    dates: Mapping[str, date]
    terms: Mapping[str, int] = field(default_factory=dict)
    objective: int = 0
    bound: float = 0
    seconds: float = 0

    @property
    def gap(self) -> float:
        """How far from the best plan this can be at most, as a part of its cost."""
        return max(0.0, (self.objective - self.bound) / self.objective) if self.objective else 0.0


class PlanError(Exception):
    """A plan that cannot be made; the text says what clashes, or what is wrong in which file."""
