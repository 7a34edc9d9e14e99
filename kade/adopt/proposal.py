"""What is proposed: entries for the estate file, each with its reason, and everything that a person has to know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Path = tuple[str, ...]
Kind = Literal["existing", "external", "move", "two owners", "not adopted", "choose", "left alone", "note"]


@dataclass(frozen=True)
class Entry:
    """A value for a field of the estate file."""

    path: Path
    value: Any
    why: str

    @property
    def field(self) -> str:
        """The field as errors name it."""
        return ".".join(self.path)


@dataclass(frozen=True)
class Note:
    """Something that a person has to know of a thing that stands. ``kind`` is the heading it is shown under."""

    kind: Kind
    subject: str
    text: str


@dataclass
class Proposal:
    """Entries and notes."""

    entries: list[Entry] = field(default_factory=list)
    conflicts: list[Note] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    file: Mapping[str, Any] = field(default_factory=dict)
    """What the estate's files say already."""

    def propose(self, path: Path, value: Any, why: str) -> None:
        """Propose a value, and each value of a map by itself. What the file says already is kept and never changed."""
        if isinstance(value, Mapping) and value:
            for key, item in value.items():
                self.propose((*path, str(key)), item, why)
            return
        said, known = _said(self.file, path)
        if not known:
            self.entries.append(Entry(path, value, why))
        elif not _same(said, value):
            where = ".".join(path)
            self.conflicts.append(Note("choose", where, f"the file says {said!r}, and Azure has {value!r}: {why}"))

    def note(self, kind: Kind, subject: str, text: str) -> None:
        """Tell something; once."""
        found = Note(kind, subject, text)
        if found not in self.notes:
            self.notes.append(found)

    def tree(self) -> dict[str, Any]:
        """The entries as they stand in a file."""
        made: dict[str, Any] = {}
        for entry in self.entries:
            at = made
            for step in entry.path[:-1]:
                at = at.setdefault(step, {})
            at[entry.path[-1]] = entry.value
        return made


def _said(data: Any, path: Path) -> tuple[Any, bool]:
    """What the file says at a path, and whether it says anything there: a null above a path is something said."""
    for step in path:
        if not isinstance(data, Mapping):
            return data, True
        if step not in data:
            return None, False
        data = data[step]
    return data, True


def _same(one: Any, other: Any) -> bool:
    """Equal, in any letter case: ids in Azure differ in that only."""
    return one.lower() == other.lower() if isinstance(one, str) and isinstance(other, str) else one == other


def key_for(name: str, taken: Iterable[str], leave_out: Iterable[str] = ()) -> str:
    """A key for something by its name in Azure, that is not taken yet; words that all names share are left out."""
    words = [w for w in re.split(r"[^a-z0-9]+", name.lower()) if w]
    kept = [w for w in words if w not in leave_out] or words
    made = "-".join(kept)[:36].strip("-") or "x"
    made = made if made[0].isalpha() else f"n-{made}"
    known, found, n = set(taken), made, 2
    while found in known:
        found, n = f"{made}-{n}", n + 1
    return found
