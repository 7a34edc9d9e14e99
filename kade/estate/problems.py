"""What can be wrong with an estate file, said so that it can be mended: where, what was found, what is right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. ``line`` and ``column`` count from 1; 0 where there is no place to point at."""

    file: str
    line: int
    column: int
    field: str
    message: str
    found: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        place = ":".join(str(p) for p in (self.file, self.line, self.column) if p)
        text = f"{place}: " if place else ""
        text += f"{self.field}: " if self.field else ""
        text += self.message.rstrip(".")
        if self.found:
            text += f" (found {self.found})"
        return f"{text}. {self.remedy}".rstrip() if self.remedy else f"{text}."


class EstateError(Exception):
    """An estate that cannot be used. ``problems`` holds each reason; the text holds one a line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


def suggestion(name: str, known: Iterable[str]) -> str:
    """``Did you mean …?`` for a misspelt name, else the names there are (at most twelve)."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]!r}?"
    if not names:
        return ""
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return f"There is {', '.join(names[:12])}{more}."


def dotted(path: Sequence[object]) -> str:
    """A path as it is written in messages: ``network.hubs.weu.firewall.sku``, ``tags[2]``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) and part < 1000 else f".{part}" if text else str(part)
    return text


def shown(value: object) -> str:
    """A value as it is shown in a message, cut where it is long."""
    if isinstance(value, dict):
        return f"a map of {len(value)}" if value else "an empty map"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
