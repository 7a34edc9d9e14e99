"""What Azure has ended, or has said it will end. Each entry's source and the file's date: ``retirements.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from kade.facts.data import read


@dataclass(frozen=True)
class Retirement:
    """One service, or one kind of it, that ends.

    ``type`` is azure-native's token, ``where`` the values (in lower case) by property path that all have to be met.
    ``date`` is the day of its end, ``instead`` what to take in its place.
    """

    type: str
    what: str
    date: date
    instead: str
    source: str
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class RetiredVersions:
    """API versions of a provider that Azure has switched off: all before ``before`` (``2021-08-01``)."""

    arm: str
    before: str
    date: date
    source: str


@cache
def retirements() -> tuple[Retirement, ...]:
    """All of them, by type and date."""
    return tuple(
        Retirement(
            type=entry["type"],
            what=entry["what"],
            date=date.fromisoformat(entry["date"]),
            instead=entry["instead"],
            source=entry["source"],
            where={path: tuple(values) for path, values in entry.get("where", {}).items()},
        )
        for entry in read("retirements")["services"]
    )


@cache
def retired_versions() -> tuple[RetiredVersions, ...]:
    """The API versions that are gone, by the start of the ARM type."""
    return tuple(
        RetiredVersions(entry["arm"], entry["before"], date.fromisoformat(entry["date"]), entry["source"])
        for entry in read("retirements")["api_versions"]
    )


def read_on() -> date:
    """The day on which the facts were read: what ended before it is gone, what ends later is to come."""
    return date.fromisoformat(read("retirements")["date"])
