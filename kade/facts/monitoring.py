"""Defender plans as Azure names them, and the tables of a Log Analytics workspace by what the logs are for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kade.facts.data import read, unknown


@dataclass(frozen=True)
class DefenderPlan:
    """A plan of Defender for Cloud: the API's name, the sub-plan (empty where it has none), extensions to turn on."""

    key: str
    name: str
    sub_plan: str = ""
    extensions: tuple[str, ...] = ()


@cache
def defender_plans() -> dict[str, DefenderPlan]:
    """The plans by our key (``Servers``)."""
    return {
        key: DefenderPlan(key, plan["name"], plan.get("sub_plan", ""), tuple(plan.get("extensions", ())))
        for key, plan in read("defender_plans")["plans"].items()
    }


def defender_plan(key: str) -> DefenderPlan:
    """One plan. Raises `UnknownFactError` for one outside the table."""
    plans = defender_plans()
    if key not in plans:
        raise unknown("Defender plan", key, list(plans))
    return plans[key]


def log_tables(purpose: str, *, sentinel: bool = False) -> tuple[str, ...]:
    """The tables that logs of a purpose are in (``network``); with ``sentinel``, those that Sentinel brings too."""
    found = read("log_tables")["tables"]
    if purpose not in found:
        raise unknown("purpose of logs", purpose, list(found))
    return (*found[purpose]["tables"], *(found[purpose].get("sentinel", ()) if sentinel else ()))
