"""Keeps secrets out of every report: whatever is shown goes through one `Mask`.

A value marked secret is shown as ``[secret]``. Its text is also looked for in everything else, since a program can
print a secret, a message can quote it, and an ``apply`` can lose the mark.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from kade.engine.values import UNKNOWN, Archive, Asset, ResourceRef, Secret, Value

SECRET: Final = "[secret]"  # noqa: S105 what stands in its place
UNKNOWN_TEXT: Final = "[unknown until deployed]"
SHORTEST: Final = 3  # characters; as in Pulumi's own log filter, shorter ones would blank out ordinary words
ANYWHERE: Final = 6  # characters; shorter secrets are masked as whole words only
# Words that a secret object holds as a kind or an operation, and that a plan itself is written in.
_WORDS: Final = frozenset({"true", "false", "null", "none", "create", "update", "delete", "replace"})


class Mask:
    """Knows the secrets of a report. `text` and `tree` give what may be shown."""

    def __init__(self, values: Iterable[Value] = ()) -> None:
        """``values`` are all values of the report: every secret in them is collected."""
        found = {text for value in values for text in _secrets(value, inside=False)}
        self._pattern = _pattern(found)

    def text(self, text: str) -> str:
        """The text with every secret in it replaced by ``[secret]``."""
        return self._pattern.sub(SECRET, text) if self._pattern else text

    def tree(self, value: Value) -> Any:
        """The value as JSON can hold it, secrets and unknowns shown as such."""
        if value is UNKNOWN:
            return UNKNOWN_TEXT
        if isinstance(value, Secret):
            return SECRET
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(str(key)): self.tree(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.tree(item) for item in value]
        if isinstance(value, Asset | Archive):
            return self.tree(_asset(value))
        if isinstance(value, ResourceRef):
            return self.text(value.urn)
        if isinstance(value, int | float) and not isinstance(value, bool):
            masked = self.text(str(value))
            return SECRET if masked == SECRET else value
        return value

    def line(self, value: Value, limit: int = 0) -> str:
        """The value on one line, as JSON; cut after ``limit`` characters (0: not cut)."""
        shown = self.tree(value)
        text = shown if shown in (SECRET, UNKNOWN_TEXT) else json.dumps(shown, ensure_ascii=False)
        return text if not limit or len(text) <= limit else f"{text[: limit - 1]}…"


def _secrets(value: Value, *, inside: bool) -> Iterator[str]:
    """The texts of all secrets in a value, also line by line, since logs come in lines, and as JSON writes them."""
    if isinstance(value, Secret):
        yield from _secrets(value.value, inside=True)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _secrets(item, inside=inside)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _secrets(item, inside=inside)
    elif isinstance(value, Asset | Archive):
        yield from _secrets(_asset(value), inside=inside)
    elif inside and isinstance(value, str):
        yield value
        yield json.dumps(value)[1:-1]
        yield json.dumps(value, ensure_ascii=False)[1:-1]
        if "\n" in value:
            yield from (line.strip() for line in value.splitlines() if len(line.strip()) >= ANYWHERE)
        yield from _inside_json(value)
    elif inside and isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)


def _inside_json(text: str) -> Iterator[str]:
    """The leaves of a secret that is itself a JSON object or list: configuration reaches us as text."""
    if not text.lstrip().startswith(("{", "[")):
        return
    try:
        found = json.loads(text)
    except ValueError:
        return
    if isinstance(found, dict | list):
        yield from _secrets(found, inside=True)


def _asset(value: Asset | Archive) -> dict[str, Value]:
    kind = "asset" if isinstance(value, Asset) else "archive"
    parts = {key: item for key, item in vars(value).items() if item not in (None, "")}
    return {kind: parts}


def _pattern(found: set[str]) -> re.Pattern[str] | None:
    wanted = sorted((t for t in found if len(t) >= SHORTEST and t.lower() not in _WORDS), key=len, reverse=True)
    if not wanted:
        return None
    whole_word = r"(?<![\w]){}(?![\w])"
    return re.compile("|".join(re.escape(t) if len(t) >= ANYWHERE else whole_word.format(re.escape(t)) for t in wanted))
