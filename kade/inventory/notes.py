"""What an import has to say row by row: missing, guessed, refused, or in conflict. Nothing is dropped silently."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from kade.inventory.model import Origin

MISSING, GUESSED, REFUSED, CONFLICT, MERGED = "missing", "guessed", "refused", "conflict", "merged"


class InventoryError(Exception):
    """A file that cannot be read at all; one sentence that names the file, what was found and the remedy."""


@dataclass(frozen=True)
class Note:
    """One remark on one row."""

    kind: str
    origin: Origin
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.origin}: {self.field}: {self.message}" if self.field else f"{self.origin}: {self.message}"


@dataclass
class Notes:
    """The remarks of one import, in the order of reading."""

    entries: list[Note] = field(default_factory=list)

    def add(self, kind: str, origin: Origin, field_: str, message: str) -> None:
        """Write one remark."""
        self.entries.append(Note(kind, origin, field_, message))

    def of(self, kind: str) -> list[Note]:
        """The remarks of one kind."""
        return [note for note in self.entries if note.kind == kind]

    @property
    def counts(self) -> dict[str, int]:
        """How many remarks of each kind."""
        return dict(Counter(note.kind for note in self.entries))
