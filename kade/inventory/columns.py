"""Finds columns by the names that different versions of an export give them, and reads a row's cells by field.

A header is compared without case, stars, spaces and punctuation, so ``*Server name`` and ``Server Name`` are one; and
where no header is the same, without its unit or currency, so ``Memory (GB)`` is ``Memory`` with another factor. A
required column that is missing is an error that names the nearest header found; of another one that is said once.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kade.inventory import cells
from kade.inventory.model import Origin
from kade.inventory.notes import GUESSED, MISSING, REFUSED, InventoryError, Notes
from kade.inventory.tables import Sheet

_UNIT = re.compile(r"[\s_(]*(in\s+)?\b([KMGT]i?B|USD|EUR|GBP)\b\)?\s*$", re.IGNORECASE)
NEAR, NEARER = 0.5, 0.8  # how alike a header must be to be suggested for a column that is needed, or may be absent


def normal(header: str) -> str:
    """A header as it is compared."""
    return re.sub(r"[^a-z0-9#%]+", "", header.lower())


def _without_unit(header: str) -> str:
    """A header as it is compared where only the unit or the currency may differ."""
    return normal(_UNIT.sub("", header))


@dataclass(frozen=True)
class Column:
    """A field, and the headers that may hold it, the newest first."""

    field: str
    headers: tuple[str, ...]
    required: bool = False


def column(field: str, *headers: str, required: bool = False) -> Column:
    """A column of a reader's table."""
    return Column(field, headers, required)


class Row:
    """One row, its cells by field. A cell that cannot be read is noted and counts as empty; the row stays."""

    def __init__(
        self, sheet: Sheet, positions: Mapping[str, int], origin: Origin, values: tuple[Any, ...], notes: Notes
    ):
        self._sheet, self._positions, self.origin, self._values, self._notes = sheet, positions, origin, values, notes

    def raw(self, field: str) -> Any:
        """The cell as it stands; None where the file has no such column or the row ends before it."""
        position = self._positions.get(field)
        return self._values[position] if position is not None and position < len(self._values) else None

    def text(self, field: str) -> str:
        """The cell as text."""
        return cells.text(self.raw(field))

    def number(self, field: str, *, whole: bool = False) -> float | None:
        """The cell as a number; ``whole`` where it cannot have three decimals (`kade.inventory.cells.number`)."""
        comma = self._sheet.decimal_comma
        found = self._read(field, lambda value: cells.number(value, decimal_comma=comma, whole=whole))
        if found is not None and comma is None and not whole and cells.ambiguous(self.raw(field)):
            self._notes.add(GUESSED, self.origin, field, f"{self.text(field)!r} is read as {found:g}")
        return found

    def count(self, field: str) -> int | None:
        """The cell as a whole number."""
        return self._read(field, lambda value: cells.whole(value, decimal_comma=self._sheet.decimal_comma))

    def flag(self, field: str) -> bool | None:
        """The cell as yes or no."""
        return self._read(field, cells.flag)

    def percent(self, field: str) -> float | None:
        """The cell as a percentage; one outside 0 to 100 is refused."""
        found = self.number(field)
        if found is not None and not 0 <= found <= 100:
            self._notes.add(REFUSED, self.origin, field, f"{found:g} is no percentage between 0 and 100")
            return None
        return found

    def mib(self, field: str, unit: str = "MiB") -> float | None:
        """The cell as a size in MiB: by its own unit, else that of its header, else `unit`; a negative is refused."""
        if field not in self._positions:
            return None
        own, header = self.text(field), self._sheet.headers[self._positions[field]]
        factor = None if own.isdigit() else cells.mib_factor(own)
        if factor is None:
            factor = cells.mib_factor(header) or cells.MIB_IN[unit.lower()]
        found = self.number(field, whole=factor <= 1)
        if found is not None and found < 0:
            self._notes.add(REFUSED, self.origin, field, f"a size of {found:g} is negative")
            return None
        return None if found is None else found * factor

    def gib(self, field: str, unit: str = "GiB") -> float | None:
        """The cell as a size in GiB."""
        found = self.mib(field, unit)
        return None if found is None else found / 1024

    def _read(self, field: str, read: Callable[[Any], Any]) -> Any:
        try:
            return read(self.raw(field))
        except cells.CellError as problem:
            self._notes.add(REFUSED, self.origin, field, str(problem))
            return None


def positions(sheet: Sheet, columns: Sequence[Column], source: str, notes: Notes) -> dict[str, int]:
    """Where each field stands. Raises `InventoryError` for a missing required column, with the nearest header."""
    found = _headers(sheet, normal)
    bare = _headers(sheet, _without_unit)
    by_field = {}
    for wanted in columns:
        places = [place[key(header)] for place, key in ((found, normal), (bare, _without_unit))
                  for header in wanted.headers if key(header) in place]  # fmt: skip
        if places:
            by_field[wanted.field] = places[0]
    free = {name: index for name, index in found.items() if index not in by_field.values()}
    for wanted in columns:
        if wanted.field not in by_field and wanted.required:
            raise InventoryError(f"{_at(sheet)}: {_missing(sheet, wanted, free, NEAR)}")
        if wanted.field not in by_field and "is it" in (text := _missing(sheet, wanted, free, NEARER)):
            notes.add(MISSING, Origin(source, sheet.file.name, sheet.name, sheet.header_row), wanted.field, text)
    return by_field


def _headers(sheet: Sheet, key: Callable[[str], str]) -> dict[str, int]:
    """The place of each header; of two that are the same, the first."""
    return {key(header): index for index, header in reversed(list(enumerate(sheet.headers))) if header}


def _at(sheet: Sheet) -> str:
    return f"{sheet.file}, {sheet.name}, row {sheet.header_row}"


def _missing(sheet: Sheet, wanted: Column, free: Mapping[str, int], near: float) -> str:
    found = difflib.get_close_matches(normal(wanted.headers[0]), free, n=1, cutoff=near)
    hint = f"; is it {sheet.headers[free[found[0]]]!r}? Then rename that header" if found else ""
    return f"there is no column {wanted.headers[0]!r}{hint}"


def has(sheet: Sheet, *headers: str) -> bool:
    """Whether a sheet has all of these columns."""
    there = {key(header) for header in sheet.headers for key in (normal, _without_unit)}
    return all(normal(header) in there or _without_unit(header) in there for header in headers)


def rows(sheet: Sheet, columns: Sequence[Column], source: str, notes: Notes) -> Iterator[Row]:
    """The rows of a sheet that hold anything; how many hold nothing is said once, and so is a row's odd encoding."""
    where = positions(sheet, columns, source, notes)
    empty, first, last = 0, 0, 0  # some exports have a million of these
    for number, values in sheet.rows:
        origin = Origin(source, sheet.file.name, sheet.name, number)
        if number in sheet.odd_rows:
            notes.add(GUESSED, origin, "encoding", "this row is not UTF-8; read as Windows-1252")
        if any(cells.text(value) for value in values):
            yield Row(sheet, where, origin, values, notes)
        else:
            empty, first, last = empty + 1, first or number, number
    if empty:
        origin = Origin(source, sheet.file.name, sheet.name, first)
        notes.add(MISSING, origin, "", f"{empty} rows to row {last} hold nothing; none of them is a record")


def tags(written: str) -> dict[str, str]:
    """Tags as ``CostCenter=123;BU=IT`` or ``CostCenter:123,BU:IT``."""
    found = {}
    for part in re.split(r"[;,]", written):
        key, separator, value = part.partition("=" if "=" in part else ":")
        if separator and key.strip():
            found[key.strip()] = value.strip()
    return found
