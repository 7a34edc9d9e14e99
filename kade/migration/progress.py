"""Planned against done: which applications stand in Azure by the state of their stacks, and what is late."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date

DONE, LATE, COMING, UNPLANNED = "done", "late", "coming", "not planned"


@dataclass(frozen=True)
class Progress:
    """One application: when it was to move, how it stands, and what remains of it in the cellar."""

    application: str
    planned: date | None
    status: str
    stack: str
    still_running: tuple[str, ...] = ()  # machines that the inventory has switched on, though it stands in Azure


def progress(
    applications: Mapping[str, str],
    planned: Mapping[str, date],
    standing: Collection[str],
    running: Mapping[str, Iterable[str]],
    today: date,
) -> list[Progress]:
    """How each application stands; ``applications`` gives its stack, ``planned`` the last day of its half month."""
    found = []
    for key, stack in applications.items():
        day = planned.get(key)
        there = key in standing
        status = DONE if there else UNPLANNED if day is None else LATE if day < today else COMING
        found.append(Progress(key, day, status, stack, tuple(running.get(key, ())) if there else ()))
    order = [LATE, COMING, UNPLANNED, DONE]
    return sorted(found, key=lambda one: (order.index(one.status), one.planned or date.max, one.application))


def as_text(found: list[Progress], today: date) -> str:
    """Late ones first, then what comes, then what is done; and the count of each."""
    lines = []
    for one in found:
        when = f"by {one.planned}" if one.planned else ""
        late = f", {(today - one.planned).days} days ago" if one.status == LATE and one.planned else ""
        lines.append(f"{one.status:12}{one.application:30}{when}{late}".rstrip())
        lines += [f"{'':12}still on in the cellar: {name}" for name in one.still_running]
    counts = Counter(one.status for one in found)
    lines.append(", ".join(f"{counts[status]} {status}" for status in (DONE, LATE, COMING, UNPLANNED)))
    return "\n".join(lines) + "\n"


def as_json(found: list[Progress]) -> str:
    """The same as one object."""
    return json.dumps({"applications": [asdict(one) for one in found]}, indent=2, default=str) + "\n"
