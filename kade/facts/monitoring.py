"""Defender plans as Azure names them, and the tables of a Log Analytics workspace by what the logs are for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

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


@dataclass(frozen=True)
class MetricRule:
    """An alert on a metric of an Azure type. ``window`` and ``every`` are minutes; severity is 0 (critical) to 4."""

    type: str
    key: str
    title: str
    metric: str
    aggregation: str
    operator: str
    threshold: float
    severity: int
    window: int
    every: int


def metric_rules(type_: str) -> tuple[MetricRule, ...]:
    """The alerts of an ARM type (``Microsoft.KeyVault/vaults``). Raises `UnknownFactError` for one without any."""
    types = read("metric_alerts")["types"]
    if type_ not in types:
        raise unknown("type with metric alerts", type_, list(types))
    return tuple(MetricRule(type_, key, **fields) for key, fields in types[type_]["alerts"].items())


def watched_together() -> tuple[str, ...]:
    """The types of which one alert rule watches all resources in a subscription and region."""
    return tuple(name for name, entry in read("metric_alerts")["types"].items() if entry["many"])


@dataclass(frozen=True)
class DetectionRule:
    """A rule of Sentinel: a query, run ``every`` so long over a ``period`` (ISO 8601), that tells of each row."""

    key: str
    title: str
    severity: str
    query: str
    every: str
    period: str
    tactics: tuple[str, ...]
    techniques: tuple[str, ...]


@cache
def detection_rules() -> dict[str, DetectionRule]:
    """The rules by their key."""
    found: dict[str, DetectionRule] = {}
    entry: dict[str, Any]
    for key, entry in read("sentinel_rules")["rules"].items():
        lists: dict[str, Any] = {name: tuple(entry[name]) for name in ("tactics", "techniques")}
        found[key] = DetectionRule(key, **{**entry, **lists})
    return found


def fusion_template() -> str:
    """The id of Sentinel's own template that joins weak signals into one incident."""
    return read("sentinel_rules")["fusion_template"]


def incident_products() -> tuple[str, ...]:
    """Products of Microsoft whose alerts become incidents, as Sentinel names them."""
    return tuple(read("sentinel_rules")["products"])
