"""The signs, colours and words of operations and verdicts, the same in every report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kade.engine.plan import Op

SIGNS: Final[Mapping[Op, str]] = {
    Op.CREATE: "+",
    Op.UPDATE: "~",
    Op.DELETE: "-",
    Op.REPLACE: "+-",
    Op.CREATE_REPLACEMENT: "++",
    Op.DELETE_REPLACED: "--",
    Op.READ: "<=",
    Op.READ_REPLACEMENT: "<=",
    Op.REFRESH: "~",
    Op.IMPORT: "=",
    Op.IMPORT_REPLACEMENT: "=",
    Op.DISCARD: "<",
}
COLOURS: Final[Mapping[Op, str]] = {
    Op.CREATE: "green",
    Op.UPDATE: "yellow",
    Op.DELETE: "red",
    Op.REPLACE: "magenta",
    Op.READ: "cyan",
    Op.IMPORT: "blue",
}
TO_DO: Final[Mapping[Op, str]] = {
    Op.REPLACE: "to replace",
    Op.DELETE: "to delete",
    Op.UPDATE: "to update",
    Op.CREATE: "to create",
    Op.IMPORT: "to import",
    Op.READ: "to read",
    Op.REFRESH: "to refresh",
    Op.DISCARD: "to discard",
    Op.SAME: "unchanged",
}
DONE: Final[Mapping[Op, str]] = {
    Op.REPLACE: "replaced",
    Op.DELETE: "deleted",
    Op.UPDATE: "updated",
    Op.CREATE: "created",
    Op.IMPORT: "imported",
    Op.READ: "read",
    Op.REFRESH: "refreshed",
    Op.DISCARD: "discarded",
    Op.SAME: "unchanged",
}
SEVERITY_COLOURS: Final[Mapping[str, str]] = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}
VERDICTS: Final[Mapping[str, str]] = {
    "fail": "failed",
    "not_evaluated": "not evaluated",
    "exempt": "exempt",
    "pass": "passed",
    "not_applicable": "not applicable",
}


def sign(op: Op) -> str:
    """The sign of an operation, two characters wide; blank where nothing happens."""
    return SIGNS.get(op, "").ljust(2)


def counted(counts: Mapping[Op, int], action: str) -> list[tuple[Op, str]]:
    """``3 to create`` for each operation, replacements and deletions first."""
    words = TO_DO if action == "preview" else DONE
    return [(op, f"{counts[op]} {words[op]}") for op in words if counts.get(op)]


def plural(count: int, noun: str) -> str:
    """``1 stack``, ``2 stacks``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def short_type(token: str) -> str:
    """A type token as it is shown: ``random:index/randomPassword:RandomPassword`` without the middle's repetition."""
    package, _, rest = token.partition(":")
    module, _, name = rest.partition(":")
    head, _, tail = module.partition("/")
    repeated = bool(name) and tail.lower() == name.lower()
    return f"{package}:{head}:{name}" if repeated else token
