"""The evidence as one page: what is met, what is not, who answers for it, and what the law asks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from kade.evidence.differences import Difference
from kade.evidence.model import (
    AS_FAR_AS_KNOWN,
    EXEMPT,
    MET,
    NOT_KNOWN,
    NOT_MET,
    NOTHING,
    ORGANISATION,
    Evidence,
    MeasureRow,
    RuleVerdicts,
)
from kade.evidence.tables import STATEMENT, statement_rows
from kade.facts.law import act, clocks, ensia, roles
from kade.report.html_page import Listing, Section, counts, folded, page, table
from kade.report.words import VERDICTS, plural

STATUSES = (NOT_MET, EXEMPT, NOT_KNOWN, AS_FAR_AS_KNOWN, MET, NOTHING, ORGANISATION)


def render(evidence: Evidence, since: str = "", changed: Sequence[Difference] | None = None) -> str:
    """The page. ``since`` says what ``changed`` is compared with; without it there is no such section."""
    sections = [
        *_changes(since, changed),
        *_failing(evidence),
        *_exemptions(evidence),
        _law(evidence),
        _clocks(),
        _accountability(evidence),
        _statement(evidence),
        _source(evidence),
    ]
    title = f"Evidence of {evidence.title}"
    return page(title, _intro(evidence), sections, _listing(evidence))


def _intro(evidence: Evidence) -> str:
    made = ""
    for row in evidence.expired:
        made += (
            f'<p class="notice bad">The exemption <code>{escape(row.key)}</code> of {escape(row.approver)} ended on'
            f" {row.until.isoformat()}: <code>{escape(row.rule)}</code> fails where it covered it.</p>\n"
        )
    made += counts([(status, evidence.count(status)) for status in STATUSES if evidence.count(status)])
    return made + (
        f"<p>{plural(len(evidence.measures), 'live measure')} of BIO2 and BIO Thema Clouddiensten, on"
        f" {evidence.day.isoformat()}, environment {escape(evidence.environment)}."
        " What is met is what a preview shows: not what people do, and not what was changed by hand since.</p>\n"
    )


def _changes(since: str, changed: Sequence[Difference] | None) -> list[Section]:
    if changed is None:
        return []
    rows = [[escape(d.kind), escape(d.what), escape(d.was or "—"), escape(d.now or "—")] for d in changed]
    body = f"<p>Compared with {escape(since)}, judged by the rules of today.</p>\n"
    body += table(["Kind", "What", "Was", "Is"], rows, "Differences") if rows else "<p>Nothing differs.</p>\n"
    return [Section("changes", f"Differences ({len(rows)})", body)]


def _failing(evidence: Evidence) -> list[Section]:
    rows = [
        [f"<code>{escape(row.measure.id)}</code> {escape(row.measure.title)}", _rules(row), escape(_by(row))]
        for row in evidence.measures
        if row.status == NOT_MET
    ]
    if not rows:
        return []
    heads = ["Measure", "Rules that fail, and on what", "Answers for it"]
    return [Section("notmet", f"Not met ({len(rows)})", table(heads, rows, "Measures that are not met"))]


def _rules(row: MeasureRow) -> str:
    made = []
    for rule in row.rules:
        if rule.failing:
            shown = "".join(f"<li>{escape(text)}</li>" for text in rule.failing[:5])
            more = len(rule.failing) - 5
            shown += f"<li>and {more} more</li>" if more > 0 else ""
            made.append(f"<code>{escape(rule.rule)}</code><ul>{shown}</ul>")
    return "".join(made)


def _exemptions(evidence: Evidence) -> list[Section]:
    rows = [
        [
            f"<code>{escape(row.rule)}</code>",
            escape(row.resource),
            escape(row.reason),
            escape(row.approver),
            f'<span class="{"delete" if row.expired else "same"}">{row.until.isoformat()}'
            f"{' (expired)' if row.expired else ''}</span>",
            escape(", ".join(row.used) or "nothing in this preview"),
        ]
        for row in evidence.exemptions
    ]
    heads = ["Rule", "Resource", "Reason", "Approved by", "Until", "Applied to"]
    body = table(heads, rows, "Exemptions") if rows else "<p>There are none.</p>\n"
    return [Section("exemptions", f"Exemptions ({len(rows)})", body)]


def _law(evidence: Evidence) -> Section:
    found = act()
    rows = []
    for article in found.articles:
        verdicts: dict[str, int] = {}
        for key, counted in evidence.nis2.items():
            if key == article.nis2 or (article.nis2 == "21(2)" and key.startswith("21(2)")):
                for verdict, count in counted.items():
                    verdicts[verdict] = verdicts.get(verdict, 0) + count
        rows.append(
            [
                escape(article.id),
                escape(article.title),
                escape(article.nis2),
                escape(_told(verdicts)),
                roles()[article.by],
            ]
        )
    heads = ["Article of the bill", "About", "NIS2", "Verdicts of the rules", "Answers for it"]
    body = (
        f'<p class="notice">Status: <strong>not confirmed</strong>; what follows was known until'
        f" {escape(found.status_known_until)}. {escape(found.known)} {escape(found.not_known)}</p>\n"
    )
    return Section("law", found.title, body + table(heads, rows, f"Articles of the {found.title}"))


def _told(verdicts: dict[str, int]) -> str:
    said = [f"{verdicts[name]} {word}" for name, word in VERDICTS.items() if verdicts.get(name)]
    return ", ".join(said) or "nothing in code"


def _clocks() -> Section:
    rows = [
        [escape(c.within), escape(c.what), escape(c.to), escape(c.begins), escape(c.law), escape(c.status)]
        for c in clocks()
    ]
    heads = ["Within", "What", "To whom", "After", "Law", "Status"]
    return Section("clocks", "Incident clocks", table(heads, rows, "Periods after an incident"))


def _accountability(evidence: Evidence) -> Section:
    found = ensia()
    rows = [
        ["Measures shown by code", str(sum(r.proven.proof == "code" for r in evidence.measures))],
        ["Measures shown partly", str(sum(r.proven.proof == "partly" for r in evidence.measures))],
        ["Measures that the organisation shows", str(sum(r.proven.proof == "organisation" for r in evidence.measures))],
        ["Measures not met", str(evidence.count(NOT_MET))],
        ["Exemptions that hold", str(len(evidence.exemptions) - len(evidence.expired))],
        ["Exemptions that have ended", str(len(evidence.expired))],
        ["Open items in the register of processing", str(sum(len(e.open_items) for e in evidence.register))],
    ]
    body = table(["For the In Control Verklaring", "Number"], rows, "Numbers for the In Control Verklaring")
    body += (
        f"<p>ENSIA: the round opens on {escape(found.opens)}, is answered by {escape(found.answered_by)} and accounted"
        f" for before {escape(found.accounted_for_before)} ({escape(found.source)}). Not known here:"
        f" {escape(found.not_known)}</p>\n"
    )
    by_role: dict[str, list[str]] = {}
    for row in evidence.measures:
        if row.proven.proof != "code":
            by_role.setdefault(row.proven.by, []).append(row.measure.id)
    asked = [[escape(roles()[by]), str(len(ids)), escape(", ".join(ids))] for by, ids in by_role.items()]
    body += folded("Whom to ask for what", table(["Who", "Number", "Measures"], asked, "Whom to ask"))
    return Section("accountability", "In Control Verklaring and ENSIA", body)


def _statement(evidence: Evidence) -> Section:
    heads = [head.replace("_", " ").capitalize() for head in STATEMENT]
    rows = [[escape(cell) for cell in row] for row in statement_rows(evidence)]
    body = (
        "<p>A draft: every measure applies until the CISO gives a reason why it does not. Sign the edited CSV, not this"
        " page.</p>\n"
    )
    body += folded(plural(len(rows), "measure"), table(heads, rows, "Verklaring van Toepasselijkheid"))
    return Section("statement", "Verklaring van Toepasselijkheid (draft)", body)


def _source(evidence: Evidence) -> Section:
    rows = [
        ["Estate", escape(f"{evidence.estate} ({evidence.environment})")],
        ["Commit", f"<code>{escape(evidence.commit or 'not in a git repository')}</code>"],
        ["Kade", escape(evidence.kade)],
        ["Resources", str(evidence.resources)],
        *([f"Plan of {escape(stack)}", f"<code>{escape(digest)}</code>"] for stack, digest in evidence.plans.items()),
    ]
    return Section("source", "What this was made from", table(["What", "Value"], rows, "Sources"))


def _listing(evidence: Evidence) -> Listing:
    owners = list(dict.fromkeys(row.proven.by for row in evidence.measures))
    items = [_item(row, owners.index(row.proven.by)) for row in evidence.measures]
    return Listing("Every live measure", items, [roles()[by] for by in owners], "Answers for it", order=STATUSES)


def _item(row: MeasureRow, group: int) -> dict[str, Any]:
    text = row.measure.text or row.measure.label
    lines = [text, *(_rule(rule) for rule in row.rules)]
    return {
        "k": row.status,
        "t": f"{row.measure.id} {row.measure.title}",
        "s": f"{row.measure.framework} {row.measure.version}, shown by {_shown(row)}",
        "g": group,
        "l": lines,
    }


def _rule(rule: RuleVerdicts) -> str:
    proof = f"; proved by {', '.join(rule.resources)}" if rule.resources else ""
    failing = f"; fails on {'; '.join(rule.failing)}" if rule.failing else ""
    return f"{rule.rule}: {_told(dict(rule.verdicts))}{failing}{proof}"


def _shown(row: MeasureRow) -> str:
    return {"code": "code", "partly": "code and the organisation"}.get(row.proven.proof, "the organisation")


def _by(row: MeasureRow) -> str:
    return roles()[row.proven.by]
