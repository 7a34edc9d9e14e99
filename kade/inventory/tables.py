"""Opens workbooks and CSV files as sheets of rows, whatever their encoding and separator, and within bounds.

A workbook is read row by row and never unpacked beyond `MAX_UNPACKED`; a CSV is streamed. Both give the row number
that a person sees in the file, so that the report can name it.
"""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from statistics import median_low
from typing import Any

from kade.inventory.notes import InventoryError

MAX_UNPACKED = 2 * 1024**3  # bytes; the largest real export seen unpacks to 0.2 GB
MAX_RATIO = 200  # unpacked to packed; spreadsheets stay under 40
MAX_FIELD = 1024**2  # characters in one CSV cell
LOOK = 10  # rows that may stand above the header: a title, a date, an empty line
_OLE = b"\xd0\xcf\x11\xe0"  # an encrypted workbook, or one of before 2007
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
Rows = Iterator[tuple[int, tuple[Any, ...]]]


@dataclass(frozen=True)
class Sheet:
    """One sheet: its headers as written, and its rows (number in the file, cells).

    ``odd_rows`` are the numbers of rows that were not UTF-8, as far as they have been read.
    """

    file: Path
    name: str
    headers: tuple[str, ...]
    header_row: int
    rows: Rows
    decimal_comma: bool | None = None
    odd_rows: set[int] = field(default_factory=set)


@contextmanager
def opened(path: Path) -> Generator[dict[str, Sheet]]:
    """The sheets of a file by name (a CSV has one, named after the file). Raises `InventoryError`."""
    if not path.is_file():
        raise InventoryError(f"{path}: there is no such file")
    with path.open("rb") as stream:
        start = stream.read(8)
    if start.startswith(_OLE):
        raise InventoryError(
            f"{path}: this workbook is encrypted or of before 2007; save it without a password as .xlsx"
        )
    if start.startswith(b"PK"):
        with _workbook(path) as sheets:
            yield sheets
    elif not start:
        raise InventoryError(f"{path}: the file is empty")
    elif b"\x00" in start[2:] and not start.startswith(_UTF16):
        raise InventoryError(f"{path}: this is neither a workbook nor text; give an export as .xlsx or .csv")
    else:
        odd: set[int] = set()
        with path.open("rb") as stream:
            lines = _utf16(path) if start.startswith(_UTF16) else _decoded(stream, odd)
            yield {path.stem: _csv(path, lines, odd)}


@contextmanager
def _workbook(path: Path) -> Generator[dict[str, Sheet]]:
    import openpyxl  # 0.2 s, and only workbooks need it
    from openpyxl.utils.exceptions import InvalidFileException

    _refuse_bomb(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=False)
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        SyntaxError,
        zlib.error,
        zipfile.BadZipFile,
        OSError,
    ) as problem:
        why = " ".join(str(problem).replace(str(path), path.name).split())
        raise InventoryError(f"{path}: this is not a workbook that can be read ({why}); save it as .xlsx") from None
    try:
        yield {sheet.title: _sheet(path, sheet) for sheet in book.worksheets}
    finally:
        book.close()


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile:
        raise InventoryError(f"{path}: this workbook is damaged; export it again") from None
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(path.stat().st_size, 1024**2):
        raise InventoryError(
            f"{path}: this workbook unpacks to {unpacked / 1024**2:,.0f} MiB, which no export does; it is not opened"
        )


def _sheet(path: Path, sheet: Any) -> Sheet:
    sheet.reset_dimensions()  # some exports claim a million rows
    return _headed(path, sheet.title, _cells(path, sheet))


def _cells(path: Path, sheet: Any) -> Rows:
    try:
        yield from enumerate(sheet.iter_rows(values_only=True), start=1)
    except (
        SyntaxError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        EOFError,
        zlib.error,
        zipfile.BadZipFile,
    ) as found:
        why = " ".join(str(found).split()) or type(found).__name__
        raise InventoryError(f"{path}, {sheet.title}: this sheet is damaged ({why}); export it again") from None


def _headed(path: Path, name: str, rows: Rows, decimal_comma: bool | None = None, odd: set[int] | None = None) -> Sheet:
    """The sheet, its header the first row at its top that is at least half as wide as the widest there."""
    top = list(islice(rows, LOOK))
    widths = [sum(1 for cell in cells if cell not in (None, "")) for _, cells in top]
    place = next((i for i, width in enumerate(widths) if width and width * 2 >= max(widths)), 0)
    header_row, cells = top[place] if top else (0, ())
    headers = tuple("" if cell is None else str(cell).strip() for cell in cells)
    return Sheet(
        path, name, headers, header_row, chain(top[place + 1 :], rows), decimal_comma, set() if odd is None else odd
    )


def _utf16(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-16", newline="", errors="replace") as stream:
        yield from stream


def _decoded(stream: Iterable[bytes], odd: set[int]) -> Iterator[str]:
    """The lines as UTF-8; one that is not, as Windows' Western European, and its number is kept."""
    for number, line in enumerate(stream, start=1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            odd.add(number)
            yield line.decode("cp1252", errors="replace")


def _csv(path: Path, lines: Iterator[str], odd: set[int]) -> Sheet:
    csv.field_size_limit(MAX_FIELD)
    top = list(islice(lines, LOOK))
    named = re.match(r"sep=(.)\s*$", top[0]) if top else None  # Excel's own line
    delimiter = named.group(1) if named else _delimiter(top)
    rows = _csv_rows(path, chain(top, lines), delimiter)
    if named:
        next(rows)
    return _headed(path, path.stem, rows, delimiter == ";" or None, odd)


def _delimiter(lines: Iterable[str]) -> str:
    """The mark that most lines have many of; a single cell full of commas says nothing."""
    full = [line for line in lines if line.strip()]
    return max(";,\t|", key=lambda mark: median_low([line.count(mark) for line in full] or [0]))


def _csv_rows(path: Path, lines: Iterable[str], delimiter: str) -> Rows:
    reader = csv.reader(lines, delimiter=delimiter)
    number = 1
    try:
        for cells in reader:
            yield number, tuple(cells)
            number = reader.line_num + 1  # of a row over several lines, the first
    except csv.Error as problem:
        raise InventoryError(f"{path}, line {reader.line_num}: {problem}") from None
