"""The estate as one environment sees it: the file with that environment's differences put in."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from kade.estate.checks import Finding, PathKey
from kade.estate.problems import dotted, shown

if TYPE_CHECKING:
    from kade.estate.model import Estate

FIXED = ("version", "files", "name", "profile", "environments", "tenants", "roles")


def apply(estate: Estate, environment: str) -> Estate:
    """The estate with the overrides of an environment; the same object where it has none.

    Raises pydantic's ValidationError where an override does not fit, which `check` has found when the file was read.
    """
    overrides = estate.environments[environment].overrides
    if not overrides:
        return estate
    data = estate.model_dump(by_alias=True, exclude_unset=True)
    for path, value in overrides.items():
        _put(data, path.split("."), value)
    changed = type(estate).model_validate(data)
    changed._source = estate._source
    return changed


def _put(data: dict[Any, Any], steps: list[str], value: Any) -> None:
    """Set a value; a step takes as many parts of the path as make a key that is there (a key may hold dots)."""
    for n in range(len(steps), 0, -1):
        key = ".".join(steps[:n])
        if key in data or n == 1:
            if n == len(steps):
                data[key] = deepcopy(value)
            else:
                if not isinstance(data.get(key), dict):
                    data[key] = {}
                _put(data[key], steps[n:], value)
            return


def overrides(estate: Estate) -> Iterator[Finding]:
    """Each override names a field, with a value that fits it and everything else."""
    from kade.estate.checks import check

    for env, item in estate.environments.items():
        at: PathKey = ("environments", env, "overrides")
        fixed = [path for path in item.overrides if path.split(".")[0] in FIXED]
        for path in fixed:
            yield Finding((*at, path), f"{path.split('.')[0]} is the same in every environment")
        if fixed or not item.overrides:
            continue
        try:
            changed = apply(estate, env)
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                where = ".".join(str(step) for step in fault["loc"])
                path = next((p for p in item.overrides if where.startswith(p) or p.startswith(where)), "")
                what = "there is no such field" if fault["type"] == "extra_forbidden" else str(fault["msg"])
                yield Finding((*at, path), f"{what[:1].lower()}{what[1:]} ({where})", found=shown(fault["input"]))
            continue
        for finding in check(changed, within_override=True):
            where = ".".join(str(step) for step in finding.path)
            path = next(
                (p for p in item.overrides if where.startswith(p) or p.startswith(where)), next(iter(item.overrides))
            )
            yield Finding(
                (*at, path),
                f"with this override, {dotted(finding.path)}: {finding.message}",
                finding.found,
                finding.remedy,
            )
