"""Licences, plans and resource providers: what they are paid by, who can give them, and what takes them."""

from __future__ import annotations

from dataclasses import dataclass

from kade.facts.data import read, unknown


@dataclass(frozen=True)
class Licence:
    """A licence, what it is paid by (a unit, no price), and who can buy it."""

    title: str
    cost: str
    granted_by: str


def licence(key: str) -> Licence:
    """A licence by our key (``entra_p2``)."""
    return Licence(**read("needs")["licences"][key])


def defender_cost(plan: str) -> str:
    """What a Defender plan (by our key, ``Servers``) is paid by."""
    return read("needs")["defender"][plan]


def service_cost(key: str) -> tuple[str, str]:
    """The title of a service that costs by use, and what it is paid by."""
    entry = read("needs")["services"][key]
    return entry["title"], entry["cost"]


def providers_for(part: str) -> tuple[str, ...]:
    """The resource providers that a part of an estate takes (``backup``). Raises `UnknownFactError` for another."""
    parts = read("needs")["providers"]
    if part not in parts:
        raise unknown("part with resource providers", part, list(parts))
    return tuple(parts[part])
