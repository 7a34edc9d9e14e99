"""From when something costs: an application's resources from the day that it moves, everything else from the start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kade.cost.costing import Line

if TYPE_CHECKING:
    from kade.estate import Estate


def moves_of(estate: Estate) -> dict[str, date]:
    """The day on which each application moves: as planned in ``waves.yaml``, else the first day of its wave.

    Raises `kade.migration.waves.problem.PlanError` for a plan that cannot be read.
    """
    from kade.migration.waves.file import FILE, read

    planned: Mapping[str, date] = read(Path(estate.folder) / FILE).dates
    waves = estate.programme.waves
    found = {key: waves[app.wave].starts for key, app in estate.applications.items() if app.wave in waves}
    return found | {key: day for key, day in planned.items() if key in estate.applications}


def starts_of(estate: Estate, moves: Mapping[str, date]) -> Callable[[Line], date | None]:
    """From when a line costs; None from the start of the programme. A stack of several applications starts with them.

    An application without a day is taken to move at the start: rather too much than too little.
    """
    days: dict[str, date] = {}
    for environment in estate.environments:
        for part, applications in estate.workloads(environment).items():
            known = [moves[key] for key in applications if key in moves]
            if len(known) == len(applications):
                days[part] = min(known)

    def starts(line: Line) -> date | None:
        return days.get(line.part) if line.layer == "workloads" else None

    return starts


def span_of(estate: Estate, moves: Mapping[str, date], today: date) -> tuple[date, date]:
    """The first and last day that are counted: from the first move, or today, until the end of the programme."""
    first = min([day for day in moves.values() if day >= today], default=today)
    return first, max(estate.programme.until, first)
