"""The figures of a roadmap, as plain data. Every one of them says by its name where it comes from (see `gather`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kade.estate.decisions import Decision, Risk
from kade.estate.programme import Freeze, Goal, YearBudget
from kade.roadmap.waiting import Waiting


@dataclass(frozen=True)
class Move:
    """An application on its way. ``starts`` is its day in the plan; ``moved`` whether its stack stands."""

    key: str
    title: str
    strategy: str
    domain: str
    starts: date | None
    moved: bool
    late: bool


@dataclass(frozen=True)
class Phase:
    """A wave, with the applications in it."""

    title: str
    starts: date
    ends: date
    moves: Sequence[Move] = ()
    costs: float | None = None  # what its applications cost a month from then on; None where no price is known
    at_least: bool = False  # a part of them has no price


@dataclass(frozen=True)
class Ending:
    """Something that ends if nobody does anything: support of a product on some machines, or a contract."""

    what: str
    day: date
    applications: Sequence[str]
    count: int = 1  # machines or databases


@dataclass(frozen=True)
class Exit:
    """How an application that is bought can be left again."""

    title: str
    formats: Sequence[str]
    notice_months: int
    tested: date | None


@dataclass(frozen=True)
class Money:
    """What it costs, from a price file of a day; amounts by calendar year and in its currency."""

    source: str
    day: date
    currency: str
    by_year: Mapping[int, float]
    monthly: float
    unpriced: int
    by_use: int


@dataclass(frozen=True)
class Measures:
    """The live measures of the BIO by who proves them; ``open_`` are those that fail now."""

    by_code: int
    partly: int
    by_organisation: int
    open_: Sequence[str]


@dataclass(frozen=True)
class Roadmap:
    """Everything on the page."""

    name: str
    inhabitants: int
    today: date
    until: date
    moves: Sequence[Move]
    phases: Sequence[Phase]
    freezes: Sequence[Freeze]
    goals: Mapping[str, Goal]
    serves: Mapping[str, Sequence[str]]
    risks: Sequence[Risk]
    decisions: Sequence[tuple[Decision, Sequence[str], bool]]
    waiting: Sequence[Waiting]
    support: Sequence[Ending]
    contracts: Sequence[Ending]
    links: int
    links_between_phases: Sequence[tuple[str, str]]
    exits: Sequence[Exit]
    budgets: Mapping[int, YearBudget]
    roles: Mapping[str, str] = field(default_factory=dict)
    saved_yearly: float = 0.0
    saved_contracts: int = 0
    servers_off: int = 0
    money: Money | None = None
    measures: Measures | None = None

    @property
    def moved(self) -> list[Move]:
        """What stands in its new place."""
        return [move for move in self.moves if move.moved]

    @property
    def to_go(self) -> list[Move]:
        """What has still to move."""
        return [move for move in self.moves if not move.moved]

    def in_year(self, year: int) -> list[Move]:
        """What is planned in a calendar year and does not stand yet."""
        return [move for move in self.to_go if move.starts and move.starts.year == year]

    @property
    def late(self) -> list[Move]:
        """What should have moved by now."""
        return [move for move in self.moves if move.late]
