"""Reads the fact files beside it: each is JSON with its ``source`` and ``date``, read once and only when asked for."""

from __future__ import annotations

import json
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any


class UnknownFactError(LookupError):
    """Something was asked for that the facts do not hold. The message says what, and what is near it."""


@cache
def read(name: str) -> dict[str, Any]:
    """The content of ``kade/facts/<name>.json``. The caller must not change it: it is shared."""
    return json.loads((files("kade.facts") / f"{name}.json").read_text(encoding="utf-8"))


def unknown(kind: str, name: str, known: list[str], remedy: str = "") -> UnknownFactError:
    """The error for a name that is not among the known ones, with the nearest of them."""
    near = get_close_matches(name.lower().replace(" ", ""), known, n=1, cutoff=0.6)
    guess = f" Did you mean {near[0]}?" if near else f" Known: {', '.join(known)}."
    return UnknownFactError(f"unknown {kind} {name!r}.{guess}{' ' + remedy if remedy else ''}")
