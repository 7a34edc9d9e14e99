"""JSON for people and programs: the outer levels a line each, what is deeper on one line.

`json` indents in Python, not in C: for a preview of a thousand resources that took a fifth of the whole run.
"""

from __future__ import annotations

import json
from typing import Any

_OPEN = 4  # levels: as far as the properties of one resource in a step of one stack
_encode = json.JSONEncoder(ensure_ascii=False).encode


def dumps(tree: Any) -> str:
    """The tree as JSON, with a newline at its end. Raises ``TypeError`` for what JSON cannot hold."""
    parts: list[str] = []
    _write(tree, 0, parts)
    parts.append("\n")
    return "".join(parts)


def _write(value: Any, depth: int, parts: list[str]) -> None:
    if depth >= _OPEN or not value or not isinstance(value, dict | list | tuple):
        parts.append(_encode(value))
        return
    indent = "\n" + "  " * (depth + 1)
    named = isinstance(value, dict)
    parts.append("{" if named else "[")
    for number, item in enumerate(value):
        parts.append("," + indent if number else indent)
        if named:
            parts.append(f"{_encode(item if isinstance(item, str) else str(item))}: ")
        _write(value[item] if named else item, depth + 1, parts)
    parts.append("\n" + "  " * depth + ("}" if named else "]"))
