"""``waves.yaml`` beside the estate: the engineers' decisions, and the plan. All that they write in it survives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from kade.estate.problems import suggestion
from kade.migration.waves.problem import PlanError

FILE = "waves.yaml"
HEAD = """\
# When each application moves. `kade waves plan` writes the dates under `plan`; everything else is yours and stays:
#   starts         the first day that may be planned; default: the next half month
#   prerequisites  what has to be there first: {title, ready: a day, before: azure, all, or a list of applications}
#   teams          the team that must do an application; default: any team
#   pilots         the applications that go before the others to Azure
#   machines       the machines of an application, by their names in the inventory: {zaaksysteem: [srv-001, srv-002]}
# A date with `fixed: true` beside it is kept by every later plan.
"""
_TOP = ("starts", "prerequisites", "teams", "pilots", "machines", "plan")


@dataclass(frozen=True)
class Need:
    """A prerequisite as written; ``before`` is ``azure``, ``all`` or names of applications."""

    title: str
    ready: date
    before: str | tuple[str, ...]


@dataclass(frozen=True)
class WavesFile:
    """What stands in the file."""

    starts: date | None = None
    prerequisites: tuple[Need, ...] = ()
    teams: Mapping[str, str] = field(default_factory=dict)
    pilots: tuple[str, ...] = ()
    machines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dates: Mapping[str, date] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()


def read(path: Path) -> WavesFile:
    """Read the file; an empty one where there is none. Raises `PlanError` with line and field."""
    if not path.is_file():
        return WavesFile()
    try:
        content = _yaml().load(path.read_text(encoding="utf-8")) or {}
    except (YAMLError, UnicodeDecodeError) as problem:
        raise PlanError(f"{path}: this is not YAML that can be read: {' '.join(str(problem).split())}") from None
    if not isinstance(content, dict):
        raise PlanError(f"{path}: a map was expected, with {', '.join(_TOP)}")
    for key in content:
        if key not in _TOP:
            remedy = suggestion(str(key), _TOP) or f"There are {', '.join(_TOP)}."
            raise PlanError(f"{_at(path, content, key)}: there is no field {key!r}. {remedy}")
    entries = _map(path, content, "plan")
    for key, entry in entries.items():
        if not isinstance(entry, dict) or not _is_day(entry.get("starts")):
            raise PlanError(f"{_at(path, entries, key)}: plan.{key}: write {{starts: 2027-06-01}}, a day")
        if not isinstance(entry.get("fixed", False), bool):
            raise PlanError(f"{_at(path, entries, key)}: plan.{key}.fixed: true or false was expected")
    pilots, teams = content.get("pilots") or [], _map(path, content, "teams")
    if not isinstance(pilots, list):
        raise PlanError(f"{_at(path, content, 'pilots')}: pilots: a list of applications was expected")
    machines = _map(path, content, "machines")
    for key, names in machines.items():
        if not isinstance(names, list):
            raise PlanError(f"{_at(path, machines, key)}: machines.{key}: a list of names was expected")
    starts = content.get("starts")
    if starts is not None and not _is_day(starts):
        raise PlanError(f"{_at(path, content, 'starts')}: starts: a day was expected, as 2027-01-01")
    return WavesFile(
        starts,
        tuple(_needs(path, content)),
        {str(key): str(team) for key, team in teams.items()},
        tuple(map(str, pilots)),
        {str(key): tuple(map(str, names)) for key, names in machines.items()},
        {str(key): entry["starts"] for key, entry in entries.items()},
        frozenset(str(key) for key, entry in entries.items() if entry.get("fixed")),
    )


def _needs(path: Path, content: Any) -> list[Need]:
    found, entries = [], _map(path, content, "prerequisites")
    for key, entry in entries.items():
        before = entry.get("before", "azure") if isinstance(entry, dict) else None
        right = before in ("azure", "all") or isinstance(before, list)
        if not isinstance(entry, dict) or not _is_day(entry.get("ready")) or not right:
            form = "{title: Landing zone, ready: 2027-03-31, before: azure}"
            raise PlanError(f"{_at(path, entries, key)}: prerequisites.{key}: write {form}")
        names = tuple(map(str, before)) if isinstance(before, list) else str(before)
        found.append(Need(str(entry.get("title", key)), entry["ready"], names))
    return found


def written(path: Path, dates: Mapping[str, date]) -> str:
    """The text of the file with these dates; what else stands in it, comments too, is left as it is."""
    text = path.read_text(encoding="utf-8") if path.is_file() else HEAD
    content = _yaml().load(text)
    if content is None:
        content = {}
    plan = content.get("plan") or {}
    for key in [key for key in plan if key not in dates]:
        del plan[key]
    for key, day in dates.items():
        if key in plan:
            plan[key]["starts"] = day
        else:
            plan[key] = {"starts": day}
    content["plan"] = plan
    out = StringIO()
    _yaml().dump(content, out)
    return out.getvalue() if path.is_file() else HEAD + out.getvalue()


def _yaml() -> YAML:
    yaml = YAML()  # the kind that keeps comments and order
    yaml.width = 200
    yaml.preserve_quotes = True
    yaml.representer.ignore_aliases = lambda *_: True  # the same day twice is written twice
    return yaml


def _map(path: Path, content: Any, key: str) -> Any:
    value = content.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise PlanError(f"{_at(path, content, key)}: {key}: a map was expected")
    return value


def _at(path: Path, content: Any, key: str) -> str:
    return f"{path}, line {content.lc.key(key)[0] + 1}"


def _is_day(value: Any) -> bool:
    return isinstance(value, date)
