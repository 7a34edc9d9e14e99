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


def check(estate: Estate, *, within_override: bool = False) -> list[Finding]:
    """Everything that is wrong with an estate whose fields are right one by one.

    ``within_override`` is for the estate as one environment sees it, whose own overrides are not tried again.
    """
    # Imported here: each of these modules imports this one for `Finding`.
    from kade.estate import (
        check_addresses,
        check_applications,
        check_decisions,
        check_governance,
        check_names,
        check_network,
        check_references,
        check_residency,
        check_services,
        check_workloads,
        check_workplace,
        overrides,
    )

    checks: tuple[Check, ...] = (
        *check_references.CHECKS,
        *check_governance.CHECKS,
        *check_names.CHECKS,
        *check_addresses.CHECKS,
        *check_network.CHECKS,
        *check_residency.CHECKS,
        *check_applications.CHECKS,
        *check_decisions.CHECKS,
        *check_services.CHECKS,
        *check_workplace.CHECKS,
    )
    found = [finding for one in checks for finding in one(estate)]
    if not found:  # the rest follows references, which are right now
        last = (*check_names.LAST, *check_network.LAST, *check_workloads.LAST)
        found = [finding for one in last for finding in one(estate)]
    if not found and not within_override:  # else each environment would tell the same again
        found = list(overrides.overrides(estate))
    return found
