"""Finds columns by the names that different versions of an export give them, and reads a row's cells by field.

A header is compared without case, stars, spaces and punctuation, so ``*Server name`` and ``Server Name`` are one. A
required column that is missing is an error that names the nearest header found.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kade.inventory import cells
from kade.inventory.model import Origin
from kade.inventory.notes import REFUSED, InventoryError, Notes
from kade.inventory.tables import Sheet


def normal(header: str) -> str:
    """A header as it is compared."""
    return re.sub(r"[^a-z0-9#%]+", "", header.lower())


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

    def number(self, field: str) -> float | None:
        """The cell as a number."""
        return self._read(field, lambda value: cells.number(value, decimal_comma=self._sheet.decimal_comma))

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
        """The cell as a size in MiB: by the unit in its own header, else by `unit`; a negative one is refused."""
        found = self.number(field)
        if found is None:
            return None
        if found < 0:
            self._notes.add(REFUSED, self.origin, field, f"a size of {found:g} is negative")
            return None
        header = self._sheet.headers[self._positions[field]]
        factor = cells.mib_factor(header)
        return found * (cells.MIB_IN[unit.lower()] if factor is None else factor)

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


def positions(sheet: Sheet, columns: Sequence[Column]) -> dict[str, int]:
    """Where each field stands. Raises `InventoryError` for a missing required column, with the nearest header."""
    found = {normal(header): index for index, header in reversed(list(enumerate(sheet.headers))) if header}
    by_field = {}
    for wanted in columns:
        for header in wanted.headers:
            if normal(header) in found:
                by_field[wanted.field] = found[normal(header)]
                break
        else:
            if wanted.required:
                raise InventoryError(_missing(sheet, wanted, found))
    return by_field


def _missing(sheet: Sheet, wanted: Column, found: Mapping[str, int]) -> str:
    near = difflib.get_close_matches(normal(wanted.headers[0]), found, n=1, cutoff=0.5)
    hint = f"; is it {sheet.headers[found[near[0]]]!r}? Then rename that header" if near else ""
    return f"{sheet.file}, {sheet.name}, row {sheet.header_row}: there is no column {wanted.headers[0]!r}{hint}"


def has(sheet: Sheet, *headers: str) -> bool:
    """Whether a sheet has all of these columns."""
    there = {normal(header) for header in sheet.headers}
    return all(normal(header) in there for header in headers)


def rows(sheet: Sheet, columns: Sequence[Column], source: str, notes: Notes) -> Iterator[Row]:
    """The rows of a sheet that hold anything."""
    where = positions(sheet, columns)
    for number, values in sheet.rows:
        if any(cells.text(value) for value in values):
            yield Row(sheet, where, Origin(source, sheet.file.name, sheet.name, number), values, notes)


def tags(written: str) -> dict[str, str]:
    """Tags as ``CostCenter=123;BU=IT`` or ``CostCenter:123,BU:IT``."""
    found = {}
    for part in re.split(r"[;,]", written):
        key, separator, value = part.partition("=" if "=" in part else ":")
        if separator and key.strip():
            found[key.strip()] = value.strip()
    return found
