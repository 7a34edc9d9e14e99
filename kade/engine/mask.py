"""Keeps the values of secrets out of everything that others say: packs, programs and their errors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

SHOWN: Final = "[secret]"
SHORTEST: Final = 3  # characters; a shorter secret would blot out half of every text, and Pulumi's own filter is as lax


class Mask:
    """Replaces secrets that it was told of. May be used from several threads."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, texts: Iterable[str]) -> None:
        """Tell it of secrets; each is also hidden as it looks inside JSON, and line by line."""
        fresh: set[str] = set()
        for text in texts:
            for form in (text, json.dumps(text)[1:-1], repr(text)[1:-1], *text.splitlines()):
                if len(form.strip()) >= SHORTEST:
                    fresh.add(form)
        if not fresh <= self._known:
            self._known = self._known | fresh
            self._pattern = None

    def __call__(self, text: str) -> str:
        """The text with ``[secret]`` for every secret in it."""
        if not self._known:
            return text
        pattern = self._pattern
        if pattern is None:
            longest_first = sorted(self._known, key=len, reverse=True)
            pattern = self._pattern = re.compile("|".join(map(re.escape, longest_first)))
        return pattern.sub(SHOWN, text)
