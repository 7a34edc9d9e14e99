"""Values as Python source, in lines that can be read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WIDTH = 120


@dataclass(frozen=True)
class Code:
    """An expression that is written as it is."""

    text: str


def written(value: Any, indent: int) -> str:
    """A value as an expression; ``indent`` is how far the line it begins on is indented."""
    short = _on_one_line(value)
    if len(short) + indent <= WIDTH - 40 or not isinstance(value, Mapping | list) or not value:
        return short
    inside = indent + 4
    if isinstance(value, list):
        lines = [f"{' ' * inside}{written(item, inside)},\n" for item in value]
        return f"[\n{''.join(lines)}{' ' * indent}]"
    lines = [f"{' ' * inside}{_text(str(key))}: {written(item, inside)},\n" for key, item in value.items()]
    return f"{{\n{''.join(lines)}{' ' * indent}}}"


def _on_one_line(value: Any) -> str:
    if isinstance(value, Code):
        return value.text
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_text(str(key))}: {_on_one_line(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(_on_one_line(item) for item in value)}]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # the wire has no whole numbers
    return repr(value)


def _text(value: str) -> str:
    """With double quotes, where JSON and Python agree; anything else as Python writes it."""
    return json.dumps(value, ensure_ascii=False) if value.isprintable() else repr(value)
