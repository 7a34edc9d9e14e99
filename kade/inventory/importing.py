"""Imports files into the store: finds out what each is, reads it whole, and only then keeps it."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from kade.inventory import aws_files, azure_migrate, gemma, rvtools, store, tables
from kade.inventory.model import Inventory, Server
from kade.inventory.notes import CONFLICT, InventoryError, Notes
from kade.inventory.tables import Sheet

PATIENCE = 2.0  # seconds until the first line on how far a file is
Reader = Callable[[Mapping[str, Sheet], Notes], Inventory]
SOURCES: dict[str, tuple[Callable[[Mapping[str, Sheet]], bool], Reader]] = {
    rvtools.SOURCE: (rvtools.recognises, rvtools.read),
    azure_migrate.SOURCE: (azure_migrate.recognises, azure_migrate.read),
    aws_files.SOURCE: (aws_files.recognises, aws_files.read),
    gemma.SOURCE: (gemma.recognises, gemma.read),
}


@dataclass(frozen=True)
class FileImport:
    """What one file gave; of RVTools' tabs as CSV, what they gave together, under the name of ``vInfo``."""

    file: Path
    source: str
    inventory: Inventory
    notes: Notes
    kept: store.Imported


def read_file(
    path: Path, source: str, notes: Notes, *others: Path, tell: Callable[[str], None] = lambda _text: None
) -> tuple[str, Inventory]:
    """Read one file; ``source`` is one of `SOURCES` or ``auto``, ``others`` hold other sheets of the same export.

    ``tell`` hears how far a long file is. Raises `InventoryError`.
    """
    if path.is_file() and gemma.is_archimate(path):
        return gemma.SOURCE, gemma.read_archimate(path, notes)
    with ExitStack() as stack:
        sheets: dict[str, Sheet] = {}
        for file in (path, *others):
            there = stack.enter_context(tables.opened(file))
            sheets |= {name: replace(sheet, rows=_told(sheet, tell)) for name, sheet in there.items()}
        if source == "auto":
            source = _recognised(path, sheets)
        inventory = SOURCES[source][1](sheets, notes)
    if not inventory.count:
        raise InventoryError(f"{path}: no row of this file holds anything; is it the right export of {source}?")
    _note_doubles(inventory, notes)
    return source, inventory


def _told(sheet: Sheet, tell: Callable[[str], None]) -> tables.Rows:
    """The rows of a sheet; after two seconds it is told how many have been read, and ever more rarely after that."""
    began, wait = time.monotonic(), PATIENCE
    for number, cells in sheet.rows:
        if not number % 256 and time.monotonic() - began > wait:
            wait *= 2
            tell(f"  {sheet.file.name}, {sheet.name}: {number:,} rows")
        yield number, cells


def _note_doubles(inventory: Inventory, notes: Notes) -> None:
    first: dict[str, Server] = {}
    for server in inventory.servers:
        earlier = first.setdefault(server.name.lower(), server)
        if earlier is not server:
            notes.add(CONFLICT, server.origin, "name", f"{server.name!r} is also the machine of {earlier.origin}")


def _recognised(path: Path, sheets: Mapping[str, Sheet]) -> str:
    for source, (recognises, _) in SOURCES.items():
        if recognises(sheets):
            return source
    found = "; ".join(f"{name}: {', '.join(sheet.headers[:6]) or 'empty'}" for name, sheet in list(sheets.items())[:6])
    raise InventoryError(
        f"{path}: not recognised as an export of {', '.join(SOURCES)} (its first columns: {found or 'none'}); "
        "say which it is with --source"
    )


def import_files(
    base: sqlite3.Connection, files: Sequence[Path], source: str, tell: Callable[[str], None] = lambda _text: None
) -> list[FileImport]:
    """Read every file first and keep all of them after, or none, so that one bad file leaves the store as it was.

    ``tell`` hears what is being done, while it is done. The store knows a file by its name, so two of one name are
    refused; and so is a file that is known already by another name, whose machines would all be there twice.
    """
    doubles = [name for name, count in Counter(path.name for path in files).items() if count > 1]
    if doubles:
        raise InventoryError(f"two files are called {doubles[0]}; rename one, since the store knows a file by its name")
    read = []
    seen: dict[str, str] = {}
    for path, *others in rvtools.joined(files):
        tell(f"reading {', '.join(map(str, (path, *others)))} ...")
        notes = Notes()
        kind, inventory = read_file(path, source, notes, *others, tell=tell)
        digest = _digest(path, *others)
        known = seen.setdefault(digest, path.name)
        known = known if known != path.name else store.same_content(base, path.name, digest)
        if known:
            raise InventoryError(
                f"{path}: the same was imported as {known}; import it under that name, or leave it out"
            )
        read.append((path, kind, inventory, notes, digest))
    with store.together(base):
        return [
            FileImport(path, kind, inventory, notes, store.keep(base, kind, path.name, digest, inventory))
            for path, kind, inventory, notes, digest in read
        ]


def _digest(*files: Path) -> str:
    found = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1024**2):
                found.update(block)
    return found.hexdigest()
