"""A verdict as the reports show it, whether it comes from a preview or from a check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kade.report.model import severity_rank

if TYPE_CHECKING:
    from kade.check import CheckResult
    from kade.report.model import Preview


@dataclass(frozen=True)
class Finding:
    """One verdict, ready to be shown: nothing secret is in it. ``where`` is the stack or the file."""

    rule: str
    title: str
    verdict: str
    severity: str
    enforcement: str
    resource: str
    type: str
    message: str
    remediation: str
    measures: Sequence[str]
    where: str
    url: str = ""


def of_preview(report: Preview) -> list[Finding]:
    """All verdicts of a preview."""
    mask = report.mask
    return [
        Finding(
            rule=item.rule,
            title=mask.text(item.title),
            verdict=item.verdict,
            severity=item.severity,
            enforcement=item.enforcement,
            resource=mask.text(item.urn.rsplit("::", 1)[-1]),
            type=item.type,
            message=mask.text(item.message),
            remediation=mask.text(item.remediation),
            measures=item.measures,
            where=stack.stack,
            url=item.url,
        )
        for stack in report.stacks
        for item in stack.policies
        if item.enforcement != "disabled"
    ]


def of_check(results: Iterable[CheckResult]) -> list[Finding]:
    """The verdicts of a check; the kit has taken the secrets out of its messages."""
    return [
        Finding(
            rule=item.rule,
            title=item.title,
            verdict=item.verdict,
            severity=item.severity,
            enforcement=item.enforcement,
            resource=item.resource,
            type=item.type,
            message=item.message,
            remediation=item.remediation,
            measures=item.measures,
            where=item.file,
            url=item.url,
        )
        for item in results
    ]


def failures(found: Iterable[Finding]) -> list[Finding]:
    """What breaks a rule, the most severe first, by rule."""
    return sorted(
        (f for f in found if f.verdict == "fail"),
        key=lambda f: (severity_rank(f.severity), f.enforcement != "mandatory", f.rule, f.where, f.resource),
    )


def by_rule(found: Iterable[Finding], verdict: str) -> dict[str, list[Finding]]:
    """The findings with one verdict, by rule."""
    grouped: dict[str, list[Finding]] = {}
    for item in sorted((f for f in found if f.verdict == verdict), key=lambda f: (f.rule, f.where, f.resource)):
        grouped.setdefault(item.rule, []).append(item)
    return grouped
