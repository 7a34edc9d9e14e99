"""The register for the privacy officer as one page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import Any

from kade.evidence.model import Evidence
from kade.evidence.register import Entry
from kade.report.html_page import Listing, Section, counts, page, table
from kade.report.words import plural

OPEN, COMPLETE = "open items", "complete"


def render(evidence: Evidence) -> str:
    """The page."""
    entries = evidence.register
    return page(
        f"Register of processing of {evidence.title}",
        _intro(evidence),
        [*_open(entries), _apart(entries), _places(entries)],
        _listing(entries),
    )


def _intro(evidence: Evidence) -> str:
    entries = evidence.register
    items = sum(len(entry.open_items) for entry in entries)
    made = counts([("with personal data", len(entries)), ("open items", items)])
    return made + (
        f"<p>Applications and services with personal data, as the estate file says on {evidence.day.isoformat()}."
        " The register of processing itself (AVG article 30) stays where it is: this says what refers to it, and what"
        " does not.</p>\n"
    )


def _open(entries: Sequence[Entry]) -> list[Section]:
    rows = []
    for entry in entries:
        by_owner: dict[str, list[str]] = {}
        for item in entry.open_items:
            by_owner.setdefault(item.owner, []).append(f"<li>{escape(item.what)}</li>")
        rows += [
            [f"{escape(entry.title)} <code>{escape(entry.key)}</code>", escape(owner), f"<ul>{''.join(items)}</ul>"]
            for owner, items in by_owner.items()
        ]
    count = sum(len(entry.open_items) for entry in entries)
    if not rows:
        return []
    return [Section("open", f"Open items ({count})", table(["Where", "Owner", "What is missing"], rows, "Open items"))]


def _apart(entries: Sequence[Entry]) -> Section:
    found: dict[str, list[str]] = {}
    for entry in entries:
        for name in entry.apart:
            found.setdefault(name, []).append(entry.key)
    rows = [[escape(name), str(len(keys)), escape(", ".join(keys))] for name, keys in found.items()]
    body = table(["Class", "Number", "Where"], rows, "Classes set apart, and where") if rows else "<p>None.</p>\n"
    return Section("apart", "Classes that the law sets apart", body)


def _places(entries: Sequence[Entry]) -> Section:
    found = Counter(place for entry in entries for place in entry.places)
    rows = [[escape(place), str(count)] for place, count in found.most_common()]
    return Section("places", "Where the data is", table(["Place", "Applications and services"], rows, "Places"))


def _listing(entries: Sequence[Entry]) -> Listing:
    owners = list(dict.fromkeys(entry.owner for entry in entries))
    items = [_item(entry, owners.index(entry.owner)) for entry in entries]
    return Listing("Every application and service with personal data", items, owners, "Owner")


def _item(entry: Entry, group: int) -> dict[str, Any]:
    said = {
        "Classes": ", ".join(entry.classes),
        "Set apart": "; ".join(entry.apart) or "none",
        "Register": entry.reference or "missing",
        "DPIA": entry.dpia.isoformat() if entry.dpia else "none",
        "Processor": entry.processor or "not said",
        "Agreement": entry.agreement.isoformat() if entry.agreement else "none",
        "Sub-processors": "; ".join(entry.sub_processors) or "none named",
        "Retention": entry.retention or "not said",
        "Places": "; ".join(entry.places) or "not known",
    }
    return {
        "k": OPEN if entry.open_items else COMPLETE,
        "t": entry.title,
        "s": f"{entry.kind} {entry.key}, {plural(len(entry.open_items), 'open item')}",
        "g": group,
        "l": [*(f"{name}: {value}" for name, value in said.items()), *(f"Open: {i.what}" for i in entry.open_items)],
    }
