"""SARIF 2.1.0, as code scanning of GitHub and Azure DevOps take it: of a check, and of a preview (``--also F.sarif``).

``ruleId`` is the rule's own id and ``partialFingerprints`` come from stack, rule, type and resource alone, so that both
are the same in the next run. Code scanning reads ``primaryLocationLineHash`` only, and would make it from the line: one
alert for all that a rule finds in one file. Limits: https://docs.github.com/en/code-security/code-scanning (25,000
results a run).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from kade.report.findings import Finding, of_check, of_preview
from kade.report.json_text import dumps
from kade.report.model import severity_rank

if TYPE_CHECKING:
    from kade.check import CheckReport
    from kade.report.model import Preview

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LIMIT: Final = 25_000  # results
_LEVELS: Final[Mapping[str, str]] = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
_SCORES: Final[Mapping[str, str]] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}
_KINDS: Final[Mapping[str, str]] = {
    "fail": "fail",
    "pass": "pass",
    "not_evaluated": "review",
    "not_applicable": "notApplicable",
    "exempt": "fail",
}


def render(report: CheckReport) -> str:
    """The report as a SARIF log."""
    return _log(of_check(report.results))


def render_preview(report: Preview) -> str:
    """What a preview found, at the file that describes its target: there code scanning shows it."""
    shown = [f for f in of_preview(report) if f.verdict in ("fail", "exempt")]
    return _log([replace(item, resource=f"{item.where}/{item.resource}") for item in shown], report.source)


def _log(findings: Sequence[Finding], file: str = "") -> str:
    """A log with one run; the most severe results first where not all fit. ``file`` is where all of them are shown."""
    found = sorted(findings, key=lambda f: (f.verdict != "fail", severity_rank(f.severity)))
    shown = found[:LIMIT]
    rules = {item.rule: item for item in sorted(shown, key=lambda f: f.rule)}
    index = {rule: number for number, rule in enumerate(rules)}
    seen: Counter[str] = Counter()
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "kade",
                "version": version("kade"),
                "informationUri": "https://github.com/kade-nl/kade",
                "rules": [_rule(item) for item in rules.values()],
            }
        },
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _cut(len(found))}],
        "results": [_result(replace(item, where=file or item.where), index, seen) for item in shown],
        "columnKind": "unicodeCodePoints",
    }
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def fingerprint(item: Finding, seen: Counter[str]) -> str:
    """The same in every run. ``seen`` counts the results of one rule on one resource, which get a number each."""
    text = "\0".join((item.rule, item.type.lower(), item.resource.lower()))
    seen[text] += 1
    return hashlib.sha256(f"{text}\0{seen[text]}".encode()).hexdigest()[:32]


def _rule(item: Finding) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": item.rule,
        "name": "".join(part.capitalize() for part in item.rule.split("-")),
        "shortDescription": {"text": item.title or item.rule},
        "help": {"text": item.remediation or item.title or item.rule},
        "defaultConfiguration": {"level": _LEVELS.get(item.severity, "warning")},
        "properties": {
            "tags": ["security", *(f"BIO2/{measure}" for measure in item.measures)],
            "security-severity": _SCORES.get(item.severity, "0.0"),
            "precision": "high",
        },
    }
    if item.url:
        made["helpUri"] = item.url
    return made


def _result(item: Finding, index: Mapping[str, int], seen: Counter[str]) -> dict[str, Any]:
    mark = fingerprint(item, seen)
    level = _LEVELS.get(item.severity, "warning") if _KINDS[item.verdict] == "fail" else "none"
    made: dict[str, Any] = {
        "ruleId": item.rule,
        "ruleIndex": index[item.rule],
        "kind": _KINDS[item.verdict],
        "level": level,
        "message": {"text": f"{item.resource or item.where}: {item.message or item.title}"},
        "locations": [_location(item)],
        "partialFingerprints": {"kadeFinding/v1": mark, "primaryLocationLineHash": f"{mark}:1"},
        "properties": {"verdict": item.verdict, "type": item.type, "measures": list(item.measures)},
    }
    if item.verdict == "exempt":
        made["suppressions"] = [{"kind": "external", "status": "accepted", "justification": item.message}]
    return made


def _location(item: Finding) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if item.where:
        made["physicalLocation"] = {"artifactLocation": {"uri": _uri(item.where)}, "region": {"startLine": 1}}
    if item.resource:
        name = item.resource.rsplit("/", 1)[-1]
        made["logicalLocations"] = [{"name": name, "fullyQualifiedName": item.resource, "kind": "resource"}]
    return made


def _uri(file: str) -> str:
    """Relative to the working directory where the file is in it: code scanning looks for it in the repository."""
    path = Path(file)
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _cut(count: int) -> Sequence[Mapping[str, Any]]:
    if count <= LIMIT:
        return []
    text = f"{count - LIMIT} of {count} results are left out: code scanning takes {LIMIT} a run."
    return [{"level": "warning", "message": {"text": text}}]
