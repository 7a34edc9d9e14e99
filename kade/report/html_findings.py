"""Findings as sections of an HTML report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from kade.facts.bio2 import measures
from kade.report.findings import Finding, by_rule, failures
from kade.report.html_page import Section, folded, table
from kade.report.words import VERDICTS, plural


def finding_sections(found: Sequence[Finding]) -> list[Section]:
    """What breaks a rule, what could not be judged, and what is exempt; a part without any is left out."""
    made = []
    failed = failures(found)
    if failed:
        grouped: dict[str, list[Finding]] = {}
        for item in failed:
            grouped.setdefault(item.rule, []).append(item)
        made.append(Section("findings", f"Findings ({len(failed)})", "".join(map(_rule, grouped.values()))))
    for verdict, title in (("not_evaluated", "Not evaluated"), ("exempt", "Exempt")):
        items = by_rule(found, verdict)
        if items:
            body = "".join(folded(f"{rule} ({len(of)})", _rows(of)) for rule, of in items.items())
            made.append(Section(verdict, f"{title} ({sum(map(len, items.values()))})", body))
    return made


def measure_sections(found: Sequence[Finding]) -> list[Section]:
    """What the verdicts say of each BIO2 measure; nothing where no rule names one. The rest is `kade evidence`'s."""
    verdicts: dict[str, Counter[str]] = {}
    for item in found:
        for measure in item.measures if item.verdict != "not_applicable" else ():
            verdicts.setdefault(measure, Counter())[item.verdict] += 1
    if not verdicts:
        return []
    titles = {id_: measure.title for id_, measure in measures().items()}
    shown = ("fail", "not_evaluated", "exempt", "pass")
    rows = [
        [f"<code>{escape(id_)}</code> {escape(titles.get(id_, ''))}", *(str(counts[v] or "") for v in shown)]
        for id_, counts in sorted(verdicts.items())
    ]
    body = table(["Measure", *(VERDICTS[v].capitalize() for v in shown)], rows, "Verdicts by measure")
    return [Section("measures", f"Evidence by measure ({len(rows)})", folded(plural(len(rows), "measure"), body))]


def _rule(items: Sequence[Finding]) -> str:
    first = items[0]
    name = (
        f'<a href="{escape(first.url)}">{escape(first.rule)}</a>'
        if first.url.startswith("https://")
        else escape(first.rule)
    )
    severity = first.severity or "unrated"
    head = f'<h3><span class="{escape(severity)}">{escape(severity)}</span> {escape(first.title or first.rule)}</h3>\n'
    lines = f'<p class="soft">{name}, {escape(first.enforcement)}'
    lines += f", measures {escape(', '.join(first.measures))}</p>\n" if first.measures else "</p>\n"
    if first.remediation:
        lines += f"<p><strong>Remedy:</strong> {escape(first.remediation)}</p>\n"
    return head + lines + folded(plural(len(items), "resource"), _rows(items), opened=len(items) <= 10)


def _rows(items: Sequence[Finding]) -> str:
    rows = [[escape(i.resource), escape(i.message), escape(i.where)] for i in items]
    return table(["Resource", "What was found", "Where"], rows, f"Resources of {items[0].rule}: {items[0].verdict}")
