"""The figures of a roadmap, as plain data. Every one of them says by its name where it comes from (see `gather`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kade.estate.decisions import Decision, Risk
from kade.estate.programme import Freeze, Goal, YearBudget


@dataclass(frozen=True)
class Move:
    """An application. ``starts`` is its day in the plan, ``moved`` whether it stands in its new place.

    With ``stays`` it goes nowhere, and is no part of what is done and to do.
    """

    key: str
    title: str
    strategy: str
    domain: str
    starts: date | None
    moved: bool
    late: bool
    stays: bool = False


@dataclass(frozen=True)
class Phase:
    """A wave, with the applications in it."""

    title: str
    starts: date
    ends: date
    moves: Sequence[Move] = ()
    costs: float | None = None  # what its applications cost a month from then on; None where no price is known
    at_least: bool = False  # a part of them has no price
    once: float | None = None  # what the moves cost once, by the estate file; None where none of them says so


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
    shared: float  # of the month, what is of no application
    unpriced: int
    by_use: int


@dataclass(frozen=True)
class OpenMeasure:
    """A measure that is not met: a rule about it fails. ``by`` is a role of `kade.facts.law.roles`."""

    id: str
    title: str
    by: str


@dataclass(frozen=True)
class Measures:
    """The live measures of the BIO by who proves them; ``open_`` are those that are not met now."""

    by_code: int
    partly: int
    by_organisation: int
    open_: Sequence[OpenMeasure]


@dataclass(frozen=True)
class Question:
    """An open decision, with the titles of what it holds up and is about. ``first`` is the first day it holds up."""

    decision: Decision
    late: bool
    holds: Sequence[str]
    phases: Sequence[str] = ()
    risks: Sequence[str] = ()
    exemptions: Sequence[tuple[str, date]] = ()
    first: date | None = None


@dataclass(frozen=True)
class Recovery:
    """What is allowed to be lost, and how long it may take until it runs again, in hours, for some applications."""

    applications: int
    loss: float
    downtime: float


@dataclass(frozen=True)
class Roadmap:
    """Everything on the page."""

    name: str
    inhabitants: int
    employees: int | None
    today: date
    until: date
    moves: Sequence[Move]
    phases: Sequence[Phase]
    freezes: Sequence[Freeze]
    goals: Mapping[str, Goal]
    serves: Mapping[str, Sequence[str]]
    risks: Sequence[Risk]
    decisions: Sequence[Question]
    confirmations: Mapping[str, int]  # applications whose strategy a role has to choose or confirm, the most first
    support: Sequence[Ending]
    contracts: Sequence[Ending]
    links: int
    links_between_phases: Sequence[tuple[str, str]]
    exits: Sequence[Exit]
    budgets: Mapping[int, YearBudget]
    roles: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)  # of applications
    recovery: Sequence[Recovery] = ()
    machines: int = 0  # in the cellar now
    unclaimed: int = 0  # of those, seen by the inventory and of no application
    still_on: Sequence[tuple[str, str]] = ()  # an application that has moved, and a machine of it that is on
    contracts_yearly: float = 0.0
    saved_yearly: float = 0.0
    saved_contracts: int = 0
    servers_off: int = 0
    money: Money | None = None
    measures: Measures | None = None

    @property
    def moved(self) -> list[Move]:
        """What stands in its new place."""
        return [move for move in self.going if move.moved]

    @property
    def going(self) -> list[Move]:
        """What goes: everything but what stays where it is."""
        return [move for move in self.moves if not move.stays]

    @property
    def to_go(self) -> list[Move]:
        """What has still to move."""
        return [move for move in self.going if not move.moved]

    @property
    def undated(self) -> list[Move]:
        """What has still to move, and has no day."""
        return [move for move in self.to_go if move.starts is None]

    def in_year(self, year: int) -> list[Move]:
        """What is planned in a calendar year and does not stand yet."""
        return [move for move in self.to_go if move.starts and move.starts.year == year]

    @property
    def late(self) -> list[Move]:
        """What should have moved by now."""
        return [move for move in self.moves if move.late]
