"""Adds up: each resource's meters at the prices of a file. What has no price is named, never counted as nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import kade.cost.meters  # noqa: F401 - fills the table of meters
from kade.cost.model import PRICED, Around, Meter, Seen
from kade.cost.prices import Found, PriceFile, find
from kade.engine.plan import Resource, StackResult
from kade.facts.data import read

NO_FILE = "there is no price file: make one with `kade cost fetch E`"


@dataclass(frozen=True)
class Choices:
    """How it is bought.

    ``term`` is that of reservations of machines (``1 Year``, ``3 Years``, empty for none). ``hybrid`` says whether the
    licences of Windows and SQL Server are brought along (Azure hybrid benefit) or paid by the hour; None: as the
    programs say.
    """

    term: str = ""
    hybrid: bool | None = None

    def brings(self, meter: Meter) -> bool:
        """Whether the licence in a meter's price is brought along."""
        return bool(meter.licence) and (meter.brought if self.hybrid is None else self.hybrid)


@dataclass(frozen=True)
class Line:
    """One meter of one resource. Without a ``monthly`` amount ``why`` says why; with ``usage`` it depends on use.

    ``licence`` is one that is brought along, and not in the amount.
    """

    stack: str
    urn: str
    type: str
    what: str
    monthly: float | None = None
    why: str = ""
    usage: bool = False
    licence: str = ""

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rsplit("::", 1)[-1]

    @property
    def layer(self) -> str:
        """The layer of its stack; the stack's name where it is none of an estate's."""
        return self._parts[0]

    @property
    def part(self) -> str:
        """The service, application or wave of its stack; empty for the other layers."""
        return self._parts[1]

    @property
    def _parts(self) -> tuple[str, str]:
        last = self.stack.rsplit(".", 1)[-1]
        layer, _, part = last.partition("-")
        return layer, part


@dataclass(frozen=True)
class Costs:
    """All lines, and the file that they come from (None without one)."""

    lines: Sequence[Line]
    file: PriceFile | None = None
    choices: Choices = field(default_factory=Choices)

    @property
    def monthly(self) -> float:
        """The sum of what is known, a month."""
        return sum(line.monthly or 0.0 for line in self.lines)

    @property
    def unpriced(self) -> list[Line]:
        """What certainly costs something and has no price."""
        return [line for line in self.lines if line.monthly is None and not line.usage]

    @property
    def by_use(self) -> list[Line]:
        """What costs by how it is used, which a plan does not know."""
        return [line for line in self.lines if line.usage]

    def by(self, key: Callable[[Line], str]) -> dict[str, float]:
        """The known amounts a month by a key of the lines, the largest first."""
        sums: dict[str, float] = {}
        for line in self.lines:
            sums[key(line)] = sums.get(key(line), 0.0) + (line.monthly or 0.0)
        return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))

    def by_year(self, starts: Callable[[Line], date | None], first: date, last: date) -> dict[int, float]:
        """The known amounts by calendar year, from when each line starts (None: ``first``) until ``last``."""
        return {
            year: sum((line.monthly or 0.0) * _months(year, starts(line) or first, last) for line in self.lines)
            for year in range(first.year, last.year + 1)
        }


def costs_of(results: Iterable[StackResult], file: PriceFile | None, choices: Choices = Choices()) -> Costs:
    """What will stand after the runs costs. ``choices`` has no effect on what is not a machine or a database."""
    lines: list[Line] = []
    for result in results:
        lines += lines_of(result.stack, _standing(result), file, choices)
    return Costs(lines, file, choices)


def costs_before(results: Iterable[StackResult], file: PriceFile | None, choices: Choices = Choices()) -> Costs:
    """What stood before the runs costs."""
    lines: list[Line] = []
    for result in results:
        old = {step.urn: step.old for step in result.steps if step.old is not None}
        lines += lines_of(result.stack, list(old.values()), file, choices)
    return Costs(lines, file, choices)


def meters_of(results: Iterable[StackResult]) -> list[tuple[Meter, str]]:
    """Every meter that the runs need, with its region; each once."""
    found: dict[tuple[Meter, str], None] = {}
    for result in results:
        resources = _standing(result)
        around = Around(resources)
        for seen in (Seen(resource, around) for resource in resources):
            for meter in PRICED[seen.type](seen) if seen.type in PRICED else ():
                found[meter, seen.region] = None
                if meter.licensed:
                    found[meter.licensed, seen.region] = None
    return list(found)


def lines_of(stack: str, resources: Sequence[Resource], file: PriceFile | None, choices: Choices) -> list[Line]:
    """The lines of some resources of a stack; those without a charge of their own give none."""
    around, lines = Around(resources), []
    for resource in resources:
        if not resource.custom or resource.external or not resource.type.startswith("azure-native:"):
            continue
        if resource.type not in PRICED:
            if not is_free(resource.type):
                why = "Kade knows no meter of this type of resource"
                lines.append(Line(stack, resource.urn, resource.type, resource.type.rpartition(":")[2], why=why))
            continue
        seen = Seen(resource, around)
        lines += [_line(stack, seen, meter, file, choices) for meter in PRICED[seen.type](seen)]
    return lines


def is_free(type_: str) -> bool:
    """Whether a type has no charge of its own."""
    return type_ in _free() or type_.rpartition(":")[0] in _free()


def _line(stack: str, seen: Seen, meter: Meter, file: PriceFile | None, choices: Choices) -> Line:
    urn, type_, licence = seen.resource.urn, seen.type, ""
    if choices.brings(meter):
        licence = meter.licence
        if meter.licensed is None:
            return Line(stack, urn, type_, meter.what, 0.0, licence=licence)
        meter = meter.licensed
    if meter.usage:
        return Line(stack, urn, type_, meter.what, why="it depends on how it is used", usage=True)
    found = _reserved(file, meter, seen.region, choices) if file else Found(None, NO_FILE)
    return Line(stack, urn, type_, meter.what, found.amount, found.why, licence=licence)


def _reserved(file: PriceFile, meter: Meter, region: str, choices: Choices) -> Found:
    """With a reservation where there is one for it. It holds the machine; the licence of Windows is paid beside it."""
    plain = find(file, meter, region)
    if not (choices.term and meter.size):
        return plain
    bare = meter.licensed or meter
    reserved, bare_plain = find(file, bare, region, term=choices.term), find(file, bare, region)
    if reserved.amount is None or plain.amount is None or bare_plain.amount is None:
        return plain
    return Found(reserved.amount + plain.amount - bare_plain.amount)


def _standing(result: StackResult) -> list[Resource]:
    """What stands after the run, each resource once."""
    found: dict[str, Resource] = {}
    for step in result.steps:
        if step.new is not None:
            found[step.urn] = step.new
    return list(found.values())


def _months(year: int, first: date, last: date) -> float:
    """Months of a year in which something that starts on ``first`` runs, until ``last``."""
    begins, ends = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
    return max((ends - begins).days + 1, 0) / (365.25 / 12)


@cache
def _free() -> frozenset[str]:
    content: Mapping[str, Sequence[str]] = read("free_types")
    return frozenset(content["types"]) | frozenset(content["modules"])
