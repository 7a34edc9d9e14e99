"""JUnit XML (``kade check --format junit``, ``kade preview --also FILE.xml``).

One suite a file that was checked or a stack, one case a rule and resource.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from kade.report.findings import Finding, of_check, of_preview

if TYPE_CHECKING:
    from kade.check import CheckReport
    from kade.report.model import Preview

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SKIPPED: Final = ("not_evaluated", "not_applicable", "exempt")


def render(report: CheckReport) -> str:
    """The report as ``testsuites``. Where every rule holds there is one case that says so, since no case at all is an
    error to many readers.
    """
    return _suites(of_check(report.results), "kade check", f"{report.resources} resources hold to {report.rules} rules")


def render_preview(report: Preview) -> str:
    """The verdicts of a preview, one suite a stack; what a rule does not apply to is no case."""
    found = [f for f in of_preview(report) if f.verdict != "not_applicable"]
    return _suites(found, "kade preview", "no rule applies" if report.policies_run else "no rules were run")


def _suites(findings: Sequence[Finding], title: str, passed: str) -> str:
    suites: dict[str, list[Finding]] = {}
    for item in findings:
        suites.setdefault(item.where or title, []).append(item)
    parts = [_suite(name, items) for name, items in suites.items()]
    if not parts:
        parts = [
            f'  <testsuite name="{title}" tests="1" failures="0" errors="0" skipped="0">\n'
            f'    <testcase classname="kade" name={_attribute(passed)}/>\n  </testsuite>'
        ]
    found = [item for items in suites.values() for item in items]
    head = f'<testsuites name="{title}" {_numbers(found) if found else _ONE}>'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *parts, "</testsuites>"]) + "\n"


_ONE: Final = 'tests="1" failures="0" errors="0" skipped="0"'


def _suite(name: str, items: Sequence[Finding]) -> str:
    cases = "\n".join(_case(item) for item in items)
    return f"  <testsuite name={_attribute(name)} {_numbers(items)}>\n{cases}\n  </testsuite>"


def _numbers(items: Sequence[Finding]) -> str:
    failed = sum(item.verdict == "fail" for item in items)
    skipped = sum(item.verdict in _SKIPPED for item in items)
    return f'tests="{len(items)}" failures="{failed}" errors="0" skipped="{skipped}"'


def _case(item: Finding) -> str:
    head = f"    <testcase classname={_attribute(item.rule)} name={_attribute(item.resource or item.where)}"
    if item.verdict == "fail":
        text = f"{item.message}\nSeverity: {item.severity}\nMeasures: {', '.join(item.measures)}\n{item.remediation}"
        kind = f"type={_attribute(item.severity or 'unrated')} message={_attribute(item.message or item.title)}"
        return f"{head}>\n      <failure {kind}>{_text(text)}</failure>\n    </testcase>"
    if item.verdict in _SKIPPED:
        reason = f"{item.verdict.replace('_', ' ')}: {item.message}"
        return f"{head}>\n      <skipped message={_attribute(reason)}/>\n    </testcase>"
    return f"{head}/>"


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("�", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("�", text), {"\n": "&#10;"})
