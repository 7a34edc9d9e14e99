"""Imports files into the store: finds out what each is, reads it whole, and only then keeps it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kade.inventory import aws_files, azure_migrate, gemma, rvtools, store, tables
from kade.inventory.model import Inventory
from kade.inventory.notes import REFUSED, InventoryError, Notes
from kade.inventory.tables import Sheet

Reader = Callable[[Mapping[str, Sheet], Notes], Inventory]
SOURCES: dict[str, tuple[Callable[[Mapping[str, Sheet]], bool], Reader]] = {
    rvtools.SOURCE: (rvtools.recognises, rvtools.read),
    azure_migrate.SOURCE: (azure_migrate.recognises, azure_migrate.read),
    aws_files.SOURCE: (aws_files.recognises, aws_files.read),
    gemma.SOURCE: (gemma.recognises, gemma.read),
}


@dataclass(frozen=True)
class FileImport:
    """What one file gave."""

    file: Path
    source: str
    inventory: Inventory
    notes: Notes
    kept: store.Imported


def read_file(path: Path, source: str, notes: Notes) -> tuple[str, Inventory]:
    """Read one file; ``source`` is one of `SOURCES` or ``auto``. Raises `InventoryError`."""
    if path.is_file() and gemma.is_archimate(path):
        return gemma.SOURCE, gemma.read_archimate(path, notes)
    with tables.opened(path) as sheets:
        if source == "auto":
            source = _recognised(path, sheets)
        inventory = SOURCES[source][1](sheets, notes)
    if not inventory.count:
        raise InventoryError(f"{path}: no row of this file holds anything; is it the right export of {source}?")
    return source, inventory


def _recognised(path: Path, sheets: Mapping[str, Sheet]) -> str:
    for source, (recognises, _) in SOURCES.items():
        if recognises(sheets):
            return source
    headers = ", ".join(next(iter(sheets.values())).headers[:6]) if sheets else ""
    raise InventoryError(
        f"{path}: not recognised as an export of {', '.join(SOURCES)} (its first columns: {headers or 'none'}); "
        "say which it is with --source"
    )


def import_files(
    base: sqlite3.Connection, files: list[Path], source: str, on_file: Callable[[Path], None] = lambda _path: None
) -> list[FileImport]:
    """Read every file first and keep them after, so that one bad file leaves the store as it was.

    ``on_file`` hears of each file before it is read. The store knows a file by its name, so two of one name
    are refused.
    """
    doubles = [name for name, count in Counter(path.name for path in files).items() if count > 1]
    if doubles:
        raise InventoryError(f"two files are called {doubles[0]}; rename one, since the store knows a file by its name")
    read = []
    for path in files:
        on_file(path)
        notes = Notes()
        kind, inventory = read_file(path, source, notes)
        read.append((path, kind, inventory, notes))
    return [
        FileImport(path, kind, inventory, notes, store.keep(base, kind, path.name, path.read_bytes(), inventory))
        for path, kind, inventory, notes in read
    ]


def refused(imports: list[FileImport]) -> int:
    """How many cells or rows were refused."""
    return sum(len(one.notes.of(REFUSED)) for one in imports)
