"""The evidence and the register as CSV, for spreadsheets and for the tools of an auditor."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from kade.evidence.differences import Difference
from kade.evidence.model import Evidence, MeasureRow
from kade.evidence.register import Entry
from kade.facts.law import roles

MEASURES = ("measure", "framework", "version", "title", "shown_by", "answers_for_it", "status", "passed", "failed")
MEASURES += ("not_evaluated", "exempt", "rules", "failing", "text")
STATEMENT = ("measure", "framework", "title", "applies", "reason", "implemented", "evidence", "answers_for_it")


def measures(evidence: Evidence) -> str:
    """Every live measure."""
    return _csv(MEASURES, (_measure(row) for row in evidence.measures))


def _measure(row: MeasureRow) -> list[object]:
    found = row.verdicts
    counts = [found.get(name, 0) for name in ("pass", "fail", "not_evaluated", "exempt")]
    failing = [text for rule in row.rules for text in rule.failing]
    return [
        row.measure.id,
        row.measure.framework,
        row.measure.version,
        row.measure.title,
        row.proven.proof,
        roles()[row.proven.by],
        row.status,
        *counts,
        " ".join(rule.rule for rule in row.rules),
        "; ".join(failing),
        row.measure.text or row.measure.label,
    ]


def statement(evidence: Evidence) -> str:
    """The draft of the Verklaring van Toepasselijkheid."""
    return _csv(STATEMENT, statement_rows(evidence))


def statement_rows(evidence: Evidence) -> list[list[str]]:
    """Its rows: every measure applies until the CISO gives a reason why not; what is implemented is what is shown."""
    rows = []
    for row in evidence.measures:
        rules = len(row.rules)
        shown = f"{rules} rules in code" if rules else "none in code"
        if row.proven.proof == "partly":
            shown += ", and what the organisation adds"
        rows.append(
            [
                row.measure.id,
                row.measure.framework,
                row.measure.title,
                "yes (draft)",
                "government measure" if row.measure.framework == "BIO2" else "adopted with the cloud policy",
                row.status,
                shown,
                roles()[row.proven.by],
            ]
        )
    return rows


def exemptions(evidence: Evidence) -> str:
    """Every exemption."""
    heads = ("key", "rule", "resource", "environments", "reason", "approver", "until", "state", "applied_to")
    return _csv(
        heads,
        (
            [
                row.key,
                row.rule,
                row.resource,
                " ".join(row.environments) or "all",
                row.reason,
                row.approver,
                row.until.isoformat(),
                "expired" if row.expired else "holds",
                " ".join(row.used),
            ]
            for row in evidence.exemptions
        ),
    )


def register(entries: Sequence[Entry]) -> str:
    """The register for the privacy officer."""
    heads = ("key", "title", "kind", "owner", "classes", "set_apart", "register_reference", "dpia", "processor")
    heads += ("agreement", "sub_processors", "retention", "places", "open_items")
    return _csv(
        heads,
        (
            [
                entry.key,
                entry.title,
                entry.kind,
                entry.owner,
                " ".join(entry.classes),
                "; ".join(entry.apart),
                entry.reference,
                entry.dpia.isoformat() if entry.dpia else "",
                entry.processor,
                entry.agreement.isoformat() if entry.agreement else "",
                "; ".join(entry.sub_processors),
                entry.retention,
                "; ".join(entry.places),
                "; ".join(item.what for item in entry.open_items),
            ]
            for entry in entries
        ),
    )


def changes(found: Iterable[Difference]) -> str:
    """The differences since a date."""
    return _csv(("kind", "what", "was", "now"), ([d.kind, d.what, d.was, d.now] for d in found))


def _csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table. A cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    for row in rows:
        writer.writerow([_cell(str(value)) for value in row])
    return out.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
