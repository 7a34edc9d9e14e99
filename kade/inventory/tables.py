"""Opens workbooks and CSV files as sheets of rows, whatever their encoding and separator, and within bounds.

A workbook is read row by row and never unpacked beyond `MAX_UNPACKED`; a CSV is streamed. Both give the row number
that a person sees in the file, so that the report can name it.
"""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from kade.inventory.notes import InventoryError

MAX_UNPACKED = 2 * 1024**3  # bytes; the largest real export seen unpacks to 0.2 GB
MAX_RATIO = 200  # unpacked to packed; spreadsheets stay under 40
MAX_FIELD = 1024**2  # characters in one CSV cell
_OLE = b"\xd0\xcf\x11\xe0"  # an encrypted workbook, or one of before 2007
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True)
class Sheet:
    """One sheet: its headers as written, and its rows (number in the file, cells)."""

    file: Path
    name: str
    headers: tuple[str, ...]
    header_row: int
    rows: Iterator[tuple[int, tuple[Any, ...]]]
    decimal_comma: bool | None = None


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
    else:
        with _text(path, start) as stream:
            yield {path.stem: _csv(path, stream)}


@contextmanager
def _workbook(path: Path) -> Generator[dict[str, Sheet]]:
    import openpyxl  # 0.2 s, and only workbooks need it
    from openpyxl.utils.exceptions import InvalidFileException

    _refuse_bomb(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=False)
    except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile, OSError) as problem:
        raise InventoryError(f"{path}: this is not a workbook that can be read ({problem}); save it as .xlsx") from None
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
    rows = enumerate(sheet.iter_rows(values_only=True), start=1)
    header_row, headers = 0, ()
    for number, cells in rows:
        if any(cell is not None for cell in cells):
            header_row, headers = number, tuple("" if cell is None else str(cell).strip() for cell in cells)
            break
    return Sheet(path, sheet.title, headers, header_row, rows)


@contextmanager
def _text(path: Path, start: bytes) -> Generator[TextIO]:
    if b"\x00" in start[2:] and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InventoryError(f"{path}: this is neither a workbook nor text; give an export as .xlsx or .csv")
    encoding = next((name for bom, name in _BOMS.items() if start.startswith(bom)), None) or _guessed_encoding(path)
    with path.open(encoding=encoding, newline="", errors="replace") as stream:
        yield stream


def _guessed_encoding(path: Path) -> str:
    """UTF-8 where the whole file is; else Windows' Western European, which every byte fits."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as stream:
            while block := stream.read(1024**2):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _csv(path: Path, stream: TextIO) -> Sheet:
    csv.field_size_limit(MAX_FIELD)
    header_row, first = 1, stream.readline()
    while first and not first.strip():
        header_row, first = header_row + 1, stream.readline()
    delimiter = max(";,\t|", key=first.count)
    headers = tuple(cell.strip() for cell in next(csv.reader([first], delimiter=delimiter), []))
    return Sheet(
        path, path.stem, headers, header_row, _csv_rows(path, stream, delimiter, header_row), delimiter == ";" or None
    )


def _csv_rows(path: Path, stream: TextIO, delimiter: str, header_row: int) -> Iterator[tuple[int, tuple[Any, ...]]]:
    reader = csv.reader(stream, delimiter=delimiter)
    try:
        for cells in reader:
            yield header_row + reader.line_num, tuple(cells)
    except csv.Error as problem:
        raise InventoryError(f"{path}, line {header_row + reader.line_num}: {problem}") from None
