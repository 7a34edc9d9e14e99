"""What waits for whom, as text, JSON and Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

from kade.report.words import plural
from kade.roadmap.waiting import Waiting

if TYPE_CHECKING:
    from kade.estate import Estate

_WORDS: Final = {
    "decision": "decide",
    "strategy": "choose a strategy",
    "confirmation": "confirm the strategy",
    "review": "see whether it still has to stay",
    "exemption": "end or renew the exemption",
}
_HOW: Final = (
    "A department confirms with `confirmed: {by: ROLE, on: DAY}` in the record of its application; a decision is taken"
    " with `outcome: {option: KEY, by: ROLE, on: DAY}` in its own."
)
_NAMES: Final = 8  # applications that are named on a line


def as_text(estate: Estate, items: Sequence[Waiting]) -> str:
    """A list by role, what is late first."""
    lines = [_head(items)]
    for owner, group in _by_owner(items):
        lines += ["", f"{estate.roles[owner].title} ({owner})"]
        lines += [f"  {line}" for item in group for line in _lines(estate, item)]
    lines += ["", _HOW] if items else []
    return "\n".join(lines) + "\n"


def as_markdown(estate: Estate, items: Sequence[Waiting]) -> str:
    """The same as a page."""
    lines = ["# What waits for whom", "", _head(items)]
    for owner, group in _by_owner(items):
        lines += ["", f"## {estate.roles[owner].title}", ""]
        for item in group:
            first, *rest = _lines(estate, item)
            lines += [f"- {first}", *(f"  {line.strip()}" for line in rest)]
    lines += ["", _HOW] if items else []
    return "\n".join(lines) + "\n"


def as_json(_estate: Estate, items: Sequence[Waiting]) -> str:
    """For programs."""
    found = [
        {
            "owner": item.owner,
            "kind": item.kind,
            "key": item.key,
            "text": item.text,
            "wanted": item.wanted.isoformat() if item.wanted else None,
            "late": item.late,
            "holds": list(item.holds),
            "about": list(item.about),
        }
        for item in items
    ]
    return json.dumps({"version": 1, "waiting": found}, indent=2, ensure_ascii=False) + "\n"


def _head(items: Sequence[Waiting]) -> str:
    if not items:
        return "Nothing waits for anybody."
    late = [item for item in items if item.late]
    held = {key for item in late for key in item.holds}
    holds = f", which {'holds' if len(late) == 1 else 'hold'} up {plural(len(held), 'application')}" if held else ""
    more = f", {len(late)} late{holds}" if late else ""
    return f"{len(items)} {'thing waits' if len(items) == 1 else 'things wait'}{more}."


def _by_owner(items: Sequence[Waiting]) -> Iterator[tuple[str, list[Waiting]]]:
    for owner, group in groupby(items, lambda item: item.owner):
        yield owner, list(group)


def _lines(estate: Estate, item: Waiting) -> list[str]:
    when = f"LATE since {item.wanted}: " if item.late else f"before {item.wanted}: " if item.wanted else ""
    lines = [f"{when}{_WORDS[item.kind]}: {item.text} [{item.key}]"]
    if item.kind == "decision" and item.holds:
        names = [estate.applications[key].title for key in item.holds]
        more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
        lines.append(f"  holds up {', '.join(names[:_NAMES])}{more}")
    return lines + [f"  is about {text}" for text in item.about]
