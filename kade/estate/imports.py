"""What an estate takes over: `imports.yaml`, which `kade adopt` writes beside the estate and reviewers read.

By stack, then by a resource's type and name in the program: its id in Azure, how it stood when it was read (so that a
preview without an account can compare), and the properties that are kept as they stand until their line goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kade.estate.problems import EstateError
from kade.estate.source import Source, read

FILE = "imports.yaml"
Place = tuple[str, str]  # a resource's type and name in the program


@dataclass(frozen=True)
class Import:
    """One resource that stands: its id, those of its properties that the program gives, as they stood, and the names
    of those that differ from what the program gives and are kept.
    """

    id: str
    stands: Mapping[str, Any] = field(default_factory=dict)
    keep: tuple[str, ...] = ()


def read_imports(folder: str | Path) -> dict[str, dict[Place, Import]]:
    """The imports of an estate by stack; nothing where it has no such file. EstateError for a wrong one."""
    file = Path(folder) / FILE
    if not file.is_file():
        return {}
    source = read(file, str(file))
    found: dict[str, dict[Place, Import]] = {}
    for stack, items in source.data.items():
        if not isinstance(items, dict):
            source.problems.append(source.problem((stack,), "not a map of resources", remedy="See docs/adopt.md."))
            continue
        for place, item in items.items():
            _add(source, stack, place, item, found.setdefault(stack, {}))
    if source.problems:
        raise EstateError(source.problems)
    return found


def _add(source: Source, stack: str, place: Any, item: Any, into: dict[Place, Import]) -> None:
    type_, _, name = str(place).partition(" ")
    where = (stack, place)
    if not name or ":" not in type_:
        remedy = "Write `<type> <name>`, for instance `azure-native:resources:ResourceGroup beheer-logs-group`."
        source.problems.append(source.problem(where, "not the type and name of a resource", found=place, remedy=remedy))
        return
    id_ = item.get("id") if isinstance(item, dict) else None
    stands, keep = (item.get("stands", {}), item.get("keep", [])) if isinstance(item, dict) else (None, None)
    right = isinstance(id_, str) and id_.startswith("/") and isinstance(stands, dict) and isinstance(keep, list)
    if not right:
        remedy = "Give `id:`, its id in Azure, under `stands:` its properties, under `keep:` a list of their names."
        source.problems.append(source.problem(where, "an import needs an id", found=str(id_ or ""), remedy=remedy))
        return
    into[type_, name] = Import(str(id_), stands or {}, tuple(map(str, keep or ())))
