"""Remembers estates that were read and found right: forty stacks of one preview read the same file forty times.

What is remembered counts only while every file of the estate, and Kade's own model and facts, are what they were. It is
kept in the user's cache folder (``XDG_CACHE_HOME``), readable by nobody else; where that cannot be written, nothing is
remembered and nothing is said.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kade.estate.model import Estate


def recall(file: Path) -> Estate | None:
    """The estate of a file, if it is remembered and nothing that it was read from has changed."""
    try:
        kept: dict[str, Any] = json.loads(_place(file).read_text(encoding="utf-8"))
        if kept["stamp"] != _stamp() or kept["files"] != _digests(file, expand(file, kept["patterns"])):
            return None
        # Not strict: JSON has no dates and no whole numbers as keys. It was strict when it was remembered.
        estate = Estate.model_validate(kept["estate"], strict=False)
    except (OSError, ValueError, KeyError, TypeError, ValidationError):
        return None
    estate._source = str(file.parent.resolve())
    return estate


def remember(file: Path, read: Sequence[Path], estate: Estate) -> None:
    """Remember an estate that was read from these files and found right."""
    place = _place(file)
    kept = {
        "stamp": _stamp(),
        "patterns": estate.files,
        "files": _digests(file, read),
        "estate": estate.model_dump(mode="json", by_alias=True, exclude_unset=True),
    }
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(kept, out)
        Path(name).replace(place)
    except OSError:
        return


def expand(file: Path, patterns: Sequence[str]) -> list[Path]:
    """The files that an estate file and its patterns mean, each once, in the order in which they are read."""
    found = {file.resolve(): file}
    for pattern in patterns:
        for path in sorted(p for p in file.parent.glob(pattern) if p.is_file()):
            found.setdefault(path.resolve(), path)
    return list(found.values())


def _digests(file: Path, read: Sequence[Path]) -> dict[str, str]:
    return {os.path.relpath(p, file.parent): hashlib.sha256(p.read_bytes()).hexdigest() for p in read}


def _place(file: Path) -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(home) / "kade" / f"estate-{hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:24]}.json"


@cache
def _stamp() -> str:
    """Changes with any module or fact that decides what an estate is and whether it is right."""
    here = Path(__file__).parent
    facts = here.parent / "facts"
    known = sorted((*here.glob("*.py"), *facts.glob("*.py"), *facts.glob("*.json")))
    return hashlib.sha256("".join(f"{p.name}{p.stat().st_mtime_ns}" for p in known).encode()).hexdigest()
