"""``kade check --format text``: findings by severity with the remedy, what could not be judged, then the counts."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from kade.report.findings import of_check
from kade.report.text import finding_lines, not_evaluated_lines
from kade.report.words import VERDICTS, plural

if TYPE_CHECKING:
    from kade.check import CheckReport

TYPES_LIMIT = 8  # names of types that no rule is about


def render(report: CheckReport) -> str:
    """The report without colours."""
    out = io.StringIO()
    show(report, Console(file=out, color_system=None, width=120))
    return out.getvalue()


def show(report: CheckReport, console: Console) -> None:
    """Write the report to a console."""
    for line in lines(report):
        console.print(line, soft_wrap=True, markup=False, highlight=False, emoji=False)


def lines(report: CheckReport) -> list[Text]:
    """The report line by line."""
    found = of_check(report.results)
    made = [*finding_lines(found), *not_evaluated_lines(found)]
    if made:
        made = [*made[1:], Text()]
    verdicts = ", ".join(f"{report.counts[v]} {word}" for v, word in VERDICTS.items() if report.counts[v])
    made.append(Text("Resources  ", "bold").append(f"{report.resources}, judged by {plural(report.rules, 'rule')}"))
    made.append(Text("Rules      ", "bold").append(verdicts or "no rule applies"))
    if report.unread:
        names = ", ".join(f"{name} ({count})" for name, count in report.unread.most_common(TYPES_LIMIT))
        more = f" and {len(report.unread) - TYPES_LIMIT} more types" if len(report.unread) > TYPES_LIMIT else ""
        made.append(Text("No rule    ", "bold").append(f"is about {names}{more}"))
    return made
