"""What no single field can tell: references, duplicates, overlaps. Each finding has a path for the loader to place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kade.estate.model import Estate

PathKey = tuple[Any, ...]


@dataclass(frozen=True)
class Finding:
    """Something wrong at a path in the file."""

    path: PathKey
    message: str
    found: str = ""
    remedy: str = ""


Check = Callable[["Estate"], Iterator[Finding]]


def check(estate: Estate) -> list[Finding]:
    """Everything that is wrong with an estate whose fields are right one by one."""
    from kade.estate import check_addresses, check_names, check_references

    checks: tuple[Check, ...] = (
        *check_references.CHECKS,
        *check_names.CHECKS,
        *check_addresses.CHECKS,
    )
    return [finding for one in checks for finding in one(estate)]
