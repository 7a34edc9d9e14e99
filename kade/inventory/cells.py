"""Reads single cells as people and exports write them: decimal commas, thousands separators, units, words for yes."""

from __future__ import annotations

import ipaddress
import math
import re
from functools import lru_cache
from typing import Any

_NUMBER = re.compile(r"^[+-]?\d[\d.,'\s\u00a0\u202f]*$|^[+-]?[.,]\d+$")
_UNIT = re.compile(r"\s*(%|[KMGT]i?B|MHz|GHz)\s*$", re.IGNORECASE)
_GROUPED = {mark: re.compile(rf"^[+-]?[1-9]\d{{0,2}}(\{mark}\d{{3}})+$") for mark in ",."}
_NOTHING = {"-", "n/a", "na", "nvt", "n.v.t.", "null", "none", "unknown", "onbekend", "nan"}
_TRUE = {"true", "yes", "ja", "waar", "1", "poweredon", "on", "running"}
_FALSE = {"false", "no", "nee", "onwaar", "0", "poweredoff", "off", "suspended", "stopped"}

MIB_IN = {
    "kb": 1 / 1024,
    "kib": 1 / 1024,
    "mb": 1.0,
    "mib": 1.0,
    "gb": 1024.0,
    "gib": 1024.0,
    "tb": 1024.0**2,
    "tib": 1024.0**2,
}


class CellError(ValueError):
    """A cell that does not hold what its column should; the message is for the report."""


def text(value: Any) -> str:
    """The cell as text without white space around it; empty for an empty cell."""
    if isinstance(value, str):
        return value.strip()  # a space that does not break a line is one too
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def number(value: Any, *, decimal_comma: bool | None = None, whole: bool = False) -> float | None:
    """The cell as a number, or None where it is empty (``-``, ``n/a`` and the like count as empty).

    ``16,384`` can be sixteen thousand or sixteen and a bit. `decimal_comma` says how the file writes numbers; without
    it, a single comma before exactly three digits is taken as a thousands separator, since that is what exports of
    sizes hold. A `whole` number (a count, or a size in MB) has no three decimals, so there a point is one too.
    Raises `CellError` for a formula or for anything else that is no number.
    """
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return None if math.isnan(value) else float(value)
    written = text(value)
    if written.isascii() and written.isdigit():
        return float(written)
    if not written or written.lower() in _NOTHING:
        return None
    if written.startswith("="):
        raise CellError(f"holds the formula {written[:40]!r}; save the values and export again")
    bare = re.sub(r"['\s\u00a0\u202f]", "", _UNIT.sub("", written))
    try:
        return float(_plain(bare, decimal_comma, whole=whole) if _NUMBER.match(bare) else "none")
    except ValueError:
        raise CellError(f"{written[:40]!r} is not a number") from None


def _plain(digits: str, decimal_comma: bool | None, *, whole: bool) -> str:
    """The digits with a point for the decimals and no other separator; as they are where that is not clear."""
    if whole and any(grouped.match(digits) for grouped in _GROUPED.values()):
        return digits.replace(",", "").replace(".", "")
    if "," in digits and "." in digits:
        decimal = "," if digits.rindex(",") > digits.rindex(".") else "."
    elif "," in digits:
        grouped = bool(_GROUPED[","].match(digits))
        decimal = "." if grouped and (decimal_comma is not True or digits.count(",") > 1) else ","
    elif "." in digits:
        grouped = bool(_GROUPED["."].match(digits))
        decimal = "," if grouped and (decimal_comma is True or digits.count(".") > 1) else "."
    else:
        return digits
    other = "." if decimal == "," else ","
    front = digits.partition(decimal)[0]
    if other in front and not _GROUPED[other].match(front):
        return digits
    return digits.replace(other, "").replace(decimal, ".")


def ambiguous(value: Any) -> bool:
    """Whether a cell can be read as thousands and as a fraction: one separator before exactly three digits."""
    bare = _UNIT.sub("", text(value))
    return bare.count(",") + bare.count(".") == 1 and any(grouped.match(bare) for grouped in _GROUPED.values())


def whole(value: Any, *, decimal_comma: bool | None = None) -> int | None:
    """The cell as a whole number (a count); a fraction is refused."""
    found = number(value, decimal_comma=decimal_comma, whole=True)
    if found is None:
        return None
    if found % 1:
        raise CellError(f"{text(value)!r} is not a whole number")
    return int(found)


def flag(value: Any) -> bool | None:
    """Yes or no, in the words that exports use; None where the cell is empty."""
    if isinstance(value, bool):
        return value
    word = text(value).lower()
    if not word:
        return None
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise CellError(f"{text(value)[:40]!r} is neither yes nor no")


def addresses(value: Any) -> tuple[str, ...]:
    """The addresses in a cell: separated by comma, semicolon or space, in brackets or not; link-local ones left out."""
    found = []
    for part in re.split(r"[\s,;\[\]|]+", text(value)):
        try:
            address = ipaddress.ip_address(part.split("/")[0])
        except ValueError:
            continue
        if not address.is_link_local and str(address) not in found:
            found.append(str(address))
    return tuple(found)


@lru_cache(1024)
def mib_factor(written: str) -> float | None:
    """By what a size is to be multiplied to be in MiB, from the unit in its header or cell (``In Use MiB``, ``16 GB``).

    None where no unit is written.
    """
    found = re.search(r"(?<![a-z])([KMGT]i?B)\b", written, re.IGNORECASE)
    return MIB_IN[found.group(1).lower()] if found else None
