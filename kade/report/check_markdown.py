"""``kade check --format markdown``: a comment on a pull request, always short enough for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kade.report.comment import Section, fitted
from kade.report.findings import of_check
from kade.report.markdown import findings, not_evaluated
from kade.report.words import VERDICTS

if TYPE_CHECKING:
    from kade.check import CheckReport

MARKER: Final = "<!-- kade-check -->"
"""The first line: by it a pipeline finds the comment that it has to update."""


def render(report: CheckReport) -> str:
    """The comment, at most `kade.report.comment.LIMIT` characters."""
    found = of_check(report.results)
    verdicts = ", ".join(f"{report.counts[v]} {word}" for v, word in VERDICTS.items() if report.counts[v])
    head = [MARKER, "## Check of the rules", "", f"**{verdicts or 'no rule applies'}**", ""]
    head.append(f"{report.resources} resources, {report.rules} rules.")
    return fitted(
        head, Section("findings", findings(found)), [Section("rules that were not evaluated", not_evaluated(found))]
    )
