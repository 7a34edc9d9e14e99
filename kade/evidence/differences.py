"""What has changed between two collections of evidence of one estate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kade.evidence.model import Evidence


@dataclass(frozen=True)
class Difference:
    """One thing that differs. ``was`` or ``now`` is empty where it came or went."""

    kind: str  # measure, exemption, register or resources
    what: str
    was: str
    now: str


def differences(before: Evidence, after: Evidence) -> list[Difference]:
    """Measures whose status or findings moved, exemptions, open items of the register, and the number of resources."""
    return [*_measures(before, after), *_exemptions(before, after), *_register(before, after), *_size(before, after)]


def _measures(before: Evidence, after: Evidence) -> Iterator[Difference]:
    old = {row.measure.id: row for row in before.measures}
    for row in after.measures:
        past = old.get(row.measure.id)
        was = _told(past.status, past.verdicts) if past else ""
        now = _told(row.status, row.verdicts)
        if past is None or past.status != row.status or past.verdicts.get("fail", 0) != row.verdicts.get("fail", 0):
            yield Difference("measure", f"{row.measure.id} {row.measure.title}", was, now)


def _told(status: str, verdicts: dict[str, int]) -> str:
    fails = verdicts.get("fail", 0)
    return f"{status} ({fails} findings)" if fails else status


def _exemptions(before: Evidence, after: Evidence) -> Iterator[Difference]:
    old = {row.key: f"until {row.until.isoformat()}, {row.approver}" for row in before.exemptions}
    new = {row.key: f"until {row.until.isoformat()}, {row.approver}" for row in after.exemptions}
    for key in [*old, *(key for key in new if key not in old)]:
        if old.get(key) != new.get(key):
            yield Difference("exemption", key, old.get(key, ""), new.get(key, ""))


def _register(before: Evidence, after: Evidence) -> Iterator[Difference]:
    old = {entry.key: _items(len(entry.open_items)) for entry in before.register}
    new = {entry.key: _items(len(entry.open_items)) for entry in after.register}
    for key in [*old, *(key for key in new if key not in old)]:
        if old.get(key) != new.get(key):
            yield Difference("register", key, old.get(key, ""), new.get(key, ""))


def _items(count: int) -> str:
    return f"{count} open items" if count != 1 else "1 open item"


def _size(before: Evidence, after: Evidence) -> Iterator[Difference]:
    if before.resources != after.resources:
        yield Difference("resources", "resources in the preview", str(before.resources), str(after.resources))
