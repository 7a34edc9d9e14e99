"""Sizes of session hosts, and what Windows' names of time zones are. Source and date stand in the data files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kade.facts.data import UnknownFactError, read

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UPDATE_MINUTES = 120  # Microsoft Learn, "Scheduled Agent Updates": the window of Azure Virtual Desktop is two hours
_DAY = 24 * 60
_SIZE = re.compile(r"Standard_(?P<family>[A-Z]+)(?P<cores>\d+)(?P<features>[a-z]*)(_[A-Z]\w*)?(_v\d+)?")


@dataclass(frozen=True)
class HostSize:
    """A size of virtual machine, as its name tells."""

    name: str
    cores: int
    local_disk: bool
    """Whether it has a disk on its host, which an ephemeral disk needs."""


def host_size(name: str) -> HostSize:
    """Cores and local disk of a size, by Azure's naming convention. Raises `UnknownFactError` for another name.

    A size with constrained cores (``Standard_E8-4s_v5``) is refused: its quota counts other cores than its users get.
    """
    found = _SIZE.fullmatch(name)
    if found is None:
        raise UnknownFactError(f"{name!r} does not tell its cores; a size is written as Standard_D8s_v5")
    # The generations before the third have a local disk without saying so; N is for graphics, and always has one.
    old = not (found[5] and int(found[5].removeprefix("_v")) >= 4)
    local = "d" in found["features"] or found["family"].startswith("N") or old
    return HostSize(name, int(found["cores"]), local)


def users_per_core(load: str) -> int:
    """Users that a core of a shared host carries at most, by Microsoft's guidance: a first estimate, to be measured."""
    return read("desktops")["pooled"][load]["users_per_core"]


def default_size(load: str, *, personal: bool, ephemeral: bool = False) -> str:
    """The size of a host for a load; for an ephemeral disk one with room for it."""
    row = read("desktops")["personal" if personal else "pooled"][load]
    return row["ephemeral"] if ephemeral else row["size"]


def windows_time_zones() -> dict[str, str]:
    """Windows' names of time zones that are used in Europe, with a place of each as others write it."""
    return dict(read("time_zones")["zones"])


def update_overlaps(day: str, hour: int, work_days: Sequence[str], begin: str, end: str) -> bool:
    """Whether the window for agents touches working hours (``06:00``), also past midnight and from Sunday to Monday."""
    opens = DAYS.index(day) * _DAY + hour * 60
    closes = opens + UPDATE_MINUTES
    for work_day in work_days:
        for week in (0, len(DAYS) * _DAY):
            base = DAYS.index(work_day) * _DAY + week
            if opens < base + minutes(end) and closes > base + minutes(begin):
                return True
    return False


def minutes(clock: str) -> int:
    """Minutes since midnight."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
