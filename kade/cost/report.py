"""Costs as text, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from kade.cost.costing import Costs, Line
from kade.cost.licences import Licence
from kade.cost.years import application_of, wave_of

if TYPE_CHECKING:
    from kade.estate import Estate

GROUPS: Final = ("layer", "stack", "application", "wave", "type", "resource")
_HYBRID: Final = {
    True: "licences of Windows and SQL Server brought along",
    False: "licences of Windows and SQL Server paid by the hour",
    None: "licences of Windows and SQL Server as the plan has them",
}
_SHOWN: Final = 15  # of a list, before it says how many more there are


@dataclass(frozen=True)
class Group:
    """What amounts are added up by, and its name."""

    name: str
    key: Callable[[Line], str]


def groups_of(estate: Estate, moves: Mapping[str, date]) -> dict[str, Callable[[Line], str]]:
    """What a line is counted for, by each of the groups. What is for no application or wave is for its layer."""
    application, wave = application_of(estate), wave_of(estate, moves)
    return {
        "layer": lambda line: line.layer,
        "stack": lambda line: line.stack,
        "application": lambda line: application(line) or f"({line.layer})",
        "wave": lambda line: wave(application(line)) or f"({line.layer})",
        "type": lambda line: line.type.removeprefix("azure-native:"),
        "resource": lambda line: f"{line.stack} {line.name}",
    }


def as_text(costs: Costs, group: Group, years: Mapping[int, float], licences: Iterable[Licence]) -> str:
    """For people: the sum, by group and year, and what is not in it."""
    lines = [_head(costs)]
    width = 0
    if costs.file:
        sums = {name: amount for name, amount in costs.by(group.key).items() if amount}
        width = max((len(name) for name in (*sums, "a month")), default=0)
        lines += ["", f"By {group.name}, a month:"]
        lines += [f"  {name:{width}}  {money(amount):>12}" for name, amount in sums.items()]
        lines += [f"  {'a month':{width}}  {money(costs.monthly):>12}"]
    if costs.file and years:
        lines += ["", "By year, as the applications move:"]
        lines += [f"  {year}  {money(amount):>12}" for year, amount in years.items()]
    lines += _licences(list(licences), costs)
    brought = _counted(line.licence for line in costs.lines if line.licence)
    lines += _list("Licences that are brought along, and not in the sum", brought)
    if costs.file:
        named = [f"{line.stack} {line.name}: {line.why}" for line in costs.unpriced]
        lines += _list("No price, and not in the sum", named)
    else:
        lines += _list("What there would be a price for", _counted(line.what for line in costs.unpriced))
    lines += _list("Paid by use, and not in the sum", _counted(line.what for line in costs.by_use))
    return "\n".join(lines) + "\n"


def as_json(costs: Costs, group: Group, years: Mapping[int, float], licences: Iterable[Licence]) -> str:
    """For programs. Amounts are in the currency of the file, a month; null where there is none."""
    file = costs.file
    content: dict[str, Any] = {
        "version": 1,
        "prices": {"source": file.source, "date": file.date.isoformat(), "currency": file.currency} if file else None,
        "choices": {"reservation": costs.choices.term or None, "hybridBenefit": costs.choices.hybrid},
        "monthly": round(costs.monthly, 2) if file else None,
        "by": {name: round(amount, 2) for name, amount in costs.by(group.key).items()} if file else None,
        "years": {str(year): round(amount, 2) for year, amount in years.items()} if file else None,
        "licences": [licence.as_json() for licence in licences],
        "lines": [
            {
                "stack": line.stack,
                "urn": line.urn,
                "type": line.type,
                "what": line.what,
                "monthly": None if line.monthly is None else round(line.monthly, 4),
                **({"why": line.why} if line.why else {}),
                **({"licence": line.licence} if line.licence else {}),
            }
            for line in costs.lines
        ],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def as_csv(costs: Costs, _group: Group, _years: Mapping[int, float], _licences: Iterable[Licence]) -> str:
    """For a spreadsheet: a line for each meter."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["stack", "resource", "type", "what", "monthly", "currency", "why none"])
    currency = costs.file.currency if costs.file else ""
    for line in costs.lines:
        amount = "" if line.monthly is None else f"{line.monthly:.2f}"
        table.writerow([line.stack, line.name, line.type, line.what, amount, currency, line.why])
    return out.getvalue()


def money(amount: float) -> str:
    """An amount, rounded to a whole number above a hundred."""
    return f"{amount:,.0f}" if abs(amount) >= 100 else f"{amount:,.2f}"


def _head(costs: Costs) -> str:
    if costs.file is None:
        return "There is no price file, so no amount: make one with `kade cost fetch E`, or name one with --prices."
    bought = costs.choices.term or "no reservations"
    return (
        f"Amounts in {costs.file.currency}, without VAT. Prices of {costs.file.date}, from {costs.file.source};"
        f" {bought}, {_HYBRID[costs.choices.hybrid]}."
    )


def _licences(licences: list[Licence], costs: Costs) -> list[str]:
    lines = [
        f"{licence.name}: {licence.number} users"
        + (f", {money(licence.monthly)} a month" if licence.monthly is not None else ", no price in the file")
        for licence in licences
    ]
    return _list("Licences", lines) if costs.file or lines else []


def _list(title: str, items: list[str]) -> list[str]:
    if not items:
        return []
    more = [f"  and {len(items) - _SHOWN} more (--format csv has all)"] if len(items) > _SHOWN else []
    return ["", f"{title} ({len(items)}):", *(f"  {item}" for item in items[:_SHOWN]), *more]


def _counted(names: Iterable[str]) -> list[str]:
    """Names with how often they are there, the most frequent first."""
    return [f"{count} × {name}" for name, count in Counter(names).most_common()]
