"""Whose a cost is, and from when: an application's from the day that it moves, everything else from the start."""

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


def application_of(estate: Estate) -> Callable[[Line], str]:
    """The application that a line is for; empty for what serves all.

    What an application has bears its key in front, which tells those of one stack apart. What does not, as the group
    of the whole stack, is for the first of them.
    """
    parts: dict[str, list[str]] = {}
    for environment in estate.environments:
        for part, applications in estate.workloads(environment).items():
            parts.setdefault(part, []).extend(key for key in applications if key not in parts.get(part, ()))

    def application(line: Line) -> str:
        keys = parts.get(line.part, []) if line.layer == "workloads" else []
        own = [key for key in keys if f"{line.name}-".startswith(f"{key}-")]
        return max(own, key=len, default=keys[0] if keys else "")

    return application


def wave_of(estate: Estate, moves: Mapping[str, date]) -> Callable[[str], str]:
    """The wave in which an application moves, by its day; empty without one."""

    def wave(key: str) -> str:
        day = moves.get(key)
        found = (name for name, one in estate.programme.waves.items() if day and one.starts <= day <= one.ends)
        return next(found, "")

    return wave


def starts_of(estate: Estate, moves: Mapping[str, date]) -> Callable[[Line], date | None]:
    """From when a line costs; None from the start of the programme.

    An application without a day is taken to move at the start: rather too much than too little.
    """
    application = application_of(estate)
    return lambda line: moves.get(application(line))


def span_of(estate: Estate, moves: Mapping[str, date], today: date) -> tuple[date, date]:
    """The first and last day that are counted: from the first move, or today, until the end of the programme."""
    first = min([day for day in moves.values() if day >= today], default=today)
    return first, max(estate.programme.until, first)
