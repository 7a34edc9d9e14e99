"""``kade check --format html``: findings by severity, and the list of all verdicts with search and filters."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from kade.report.findings import Finding, of_check
from kade.report.html_findings import finding_sections
from kade.report.html_page import Listing, counts, page
from kade.report.words import VERDICTS, plural

if TYPE_CHECKING:
    from kade.check import CheckReport


def render(report: CheckReport) -> str:
    """The page."""
    found = of_check(report.results)
    intro = counts([(word, report.counts[v]) for v, word in VERDICTS.items() if report.counts[v]])
    intro += f"<p>{plural(report.resources, 'resource')}, {plural(report.rules, 'rule')}.</p>\n"
    if report.unread:
        names = ", ".join(f"{name} ({count})" for name, count in report.unread.most_common())
        intro += f"<p>No rule is about {escape(names)}.</p>\n"
    files = list(dict.fromkeys(item.where for item in found))
    items = [_item(item, files.index(item.where)) for item in found]
    return page("Check of the rules", intro, finding_sections(found), Listing("Verdicts", items, files, "File"))


def _item(item: Finding, file: int) -> dict[str, Any]:
    lines = [line for line in (item.message, f"Remedy: {item.remediation}" if item.verdict == "fail" else "") if line]
    return {
        "k": item.verdict.replace("_", " "),
        "c": item.severity if item.verdict == "fail" else item.verdict,
        "t": item.resource,
        "s": f"{item.rule} {item.severity}",
        "m": f"{item.title} {item.type} {item.message}",
        "g": file,
        "l": lines,
    }
