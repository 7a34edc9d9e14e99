"""An adoption as text for people and as data for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kade.adopt.adopting import Adoption
from kade.engine.values import UNKNOWN

_HEADINGS = {
    "existing": "Existing: read by id, and never changed",
    "external": "External: known, and left alone",
    "two owners": "Two owners: not taken over",
    "not adopted": "Cannot be adopted",
    "move": "Moves in the hierarchy",
    "choose": "For you to choose",
    "left alone": "Left alone",
    "note": "To know",
}


def lines(adoption: Adoption) -> Iterator[str]:
    """What is proposed, and everything that a reviewer has to know, most pressing last."""
    entries = adoption.proposal.entries
    yield f"Entries for the estate file ({len(entries)})"
    why = ""
    for entry in entries:
        if entry.why != why:
            yield f"  # {entry.why}"
            why = entry.why
        yield f"  {entry.field}: {entry.value}"
    number = sum(map(len, adoption.imports.values()))
    yield f"Managed: taken over by an import ({number})"
    for stack, items in sorted(adoption.imports.items()):
        for (type_, name), item in sorted(items.items()):
            yield f"  {stack}: {type_.rsplit(':', 1)[-1]} {name}"
            yield f"    {item.id}"
    notes = [*adoption.proposal.notes, *adoption.proposal.conflicts]
    for kind, heading in _HEADINGS.items():
        found = [note for note in notes if note.kind == kind]
        if found:
            yield f"{heading} ({len(found)})"
            yield from (f"  {note.subject}: {note.text}" for note in found)
    if adoption.differences:
        number = len(adoption.differences)
        yield f"Differs from the file ({number}): kept as it stands until its line under `keep:` in imports.yaml goes"
        for item in adoption.differences:
            change = f"{_shown(item.stands)} -> {_shown(item.wanted)}{', by a replacement' if item.replaces else ''}"
            yield f"  {item.resource}: {item.path}: {change}"
    if adoption.blocked:
        yield f"Would be made, and stands already ({len(adoption.blocked)}): the first deployment fails on these"
        yield from (f"  {id_}" for id_ in adoption.blocked)


def as_data(adoption: Adoption) -> dict[str, Any]:
    """The same for programs."""
    return {
        "version": 1,
        "entries": [{"field": e.field, "value": e.value, "why": e.why} for e in adoption.proposal.entries],
        "imports": [
            {"stack": stack, "type": type_, "name": name, "id": item.id}
            for stack, items in sorted(adoption.imports.items())
            for (type_, name), item in sorted(items.items())
        ],
        "notes": [
            {"kind": n.kind, "subject": n.subject, "text": n.text}
            for n in [*adoption.proposal.notes, *adoption.proposal.conflicts]
        ],
        "kept": [{**vars(d), "stands": _plain(d.stands), "wanted": _plain(d.wanted)} for d in adoption.differences],
        "blocked": adoption.blocked,
    }


def _shown(value: Any) -> str:
    text = "nothing" if value is None else str(_plain(value))
    return text if len(text) <= 60 else f"{text[:59]}…"


def _plain(value: Any) -> Any:
    if value is UNKNOWN:
        return "[unknown until deployed]"
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value
