"""Drift as text, JSON and Markdown. A value that may be a secret was never compared, so none is shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from kade.drift.finding import Drift
from kade.drift.values import MISSING, Change
from kade.report.comment import Section, code, fitted
from kade.report.json_text import dumps
from kade.report.words import plural

_LONGEST = 80  # characters of a value


def as_text(drift: Drift) -> str:
    """For people: a line a property, then what is gone and what nobody's program made."""
    lines = []
    for one in drift.changed:
        lines.append(f"~ {one.name}  {one.id}")
        lines += [f"    {_line(change)}" for change in one.changes]
    lines += [f"- {r.urn.rsplit('::', 1)[-1]}  {r.id}  is gone" for r in drift.gone]
    lines += [f"? {item.id}  stands, and no stack made it" for item in drift.unknown]
    return "\n".join([*lines, *([""] if lines else []), *_counts(drift)]) + "\n"


def as_markdown(drift: Drift, title: str) -> str:
    """For an issue or a comment, short enough for one."""
    head = [f"## Drift of {title}", "", *(f"{line}  " for line in _counts(drift))]
    rows = [
        f"| {code(one.name)} | {_cell(change.path)} | {_code(change.was)} | {_code(change.now)} |"
        for one in drift.changed
        for change in one.changes
    ]
    heads = ["", "| Resource | Property | In the state | Now |", "| --- | --- | --- | --- |"]
    changed = Section("changed properties", [*heads, *rows] if rows else [], more="| … and {} | | | |")
    gone = _list("resources that are gone", "Gone", [r.id for r in drift.gone])
    unknown = _list("resources made by hand", "Made by hand", [item.id for item in drift.unknown])
    return fitted(head, Section("", []), [changed, gone, unknown])


def _list(what: str, heading: str, ids: Sequence[str]) -> Section:
    return Section(what, ["", f"### {heading} ({len(ids)})", "", *(f"- {code(id_)}" for id_ in ids)] if ids else [])


def as_json(drift: Drift) -> str:
    """For programs; a contract, see docs/state.md."""
    return dumps(
        {
            "version": 1,
            "summary": {
                "compared": drift.compared,
                "changed": len(drift.changed),
                "gone": len(drift.gone),
                "unknown": len(drift.unknown),
                "unseen": len(drift.unseen),
                "elsewhere": drift.elsewhere,
                "notCompared": drift.passed_over,
            },
            "changed": [
                {"urn": one.urn, "id": one.id, "changes": [_as_data(change) for change in one.changes]}
                for one in drift.changed
            ],
            "gone": [{"urn": r.urn, "id": r.id} for r in drift.gone],
            "unknown": [{"id": item.id, "type": item.type} for item in drift.unknown],
            "unseen": [{"urn": r.urn, "id": r.id} for r in drift.unseen],
        }
    )


def _as_data(change: Change) -> dict[str, Any]:
    made: dict[str, Any] = {"path": change.path, "kind": change.kind}
    if change.was is not MISSING:
        made["was"] = _jsonable(change.was)
    if change.now is not MISSING:
        made["now"] = _jsonable(change.now)
    return made


def _counts(drift: Drift) -> list[str]:
    lines = [
        f"{plural(drift.compared, 'resource')} compared: {len(drift.changed)} changed, {len(drift.gone)} gone,"
        f" {len(drift.unknown)} made by hand"
    ]
    if drift.unseen:
        lines.append(f"{plural(len(drift.unseen), 'resource')} of a kind or place that the export does not tell of")
    if drift.passed_over:
        lines.append(f"{plural(drift.passed_over, 'value')} not compared: secrets, or left out of the export")
    if drift.elsewhere:
        lines.append(f"{plural(drift.elsewhere, 'resource')} in other resource groups of the same subscriptions")
    return lines


def _line(change: Change) -> str:
    if change.kind == "added":
        return f"{change.path}: {_short(change.now)} was added"
    if change.kind == "removed":
        return f"{change.path}: {_short(change.was)} was removed"
    return f"{change.path}: {_short(change.was)} → {_short(change.now)}"


def _short(value: Any) -> str:
    if value is MISSING:
        return ""
    text = json.dumps(_jsonable(value), ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else "[secret or unknown]"


def _code(value: Any) -> str:
    return _cell(_short(value)) if value is not MISSING else ""


def _cell(text: str) -> str:
    return code(text.replace("|", "\\|"))
