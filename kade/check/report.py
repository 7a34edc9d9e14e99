"""What a check found, in the form of the contract of ``kade check --format json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

VERSION = 1
VERDICTS = ("fail", "not_evaluated", "exempt", "not_applicable", "pass")


class CheckError(Exception):
    """An input that cannot be read; the message names file, line and field, what was found, and the remedy."""


class RuleFaultError(Exception):
    """A rule that failed itself. That is a fault in the rule, never a verdict."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The verdict of one rule on one resource. ``resource`` is the ARM id or the name, ``type`` the ARM type.

    ``file`` is where the resource was read from; ``enforcement`` whether a failure counts for the exit status.
    """

    rule: str
    title: str
    equivalents: Mapping[str, Sequence[str]]
    resource: str
    type: str
    verdict: str
    severity: str
    measures: Sequence[str]
    message: str
    remediation: str
    enforcement: str
    pack: str
    file: str
    url: str = ""  # the page of the rule

    def to_json(self) -> dict[str, Any]:
        """The result's part of the contract."""
        return {
            "rule": self.rule,
            "equivalents": {name: list(ids) for name, ids in self.equivalents.items()},
            "resource": self.resource,
            "type": self.type,
            "verdict": self.verdict,
            "severity": self.severity,
            "measures": list(self.measures),
            "message": self.message,
        }


@dataclass
class CheckReport:
    """All results of a check; with verdicts ``failed`` only the failures, while the summary counts everything."""

    results: list[CheckResult] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)  # by severity
    resources: int = 0
    rules: int = 0
    unread: Counter[str] = field(default_factory=Counter)  # ARM types that no rule is about
    mandatory_failures: int = 0

    @property
    def failed(self) -> bool:
        """Whether a rule that must hold does not: exit status 1."""
        return self.mandatory_failures > 0

    @property
    def summary(self) -> dict[str, Any]:
        """The counts: resources, rules, verdicts, failures by severity, and how many resources no rule is about."""
        return {
            "resources": self.resources,
            "rules": self.rules,
            "verdicts": {name: self.counts[name] for name in VERDICTS},
            "failures": {name: self.failures[name] for name in ("critical", "high", "medium", "low")},
            "without_rules": sum(self.unread.values()),
        }

    def to_json(self) -> dict[str, Any]:
        """The whole, as the contract has it."""
        return {"version": VERSION, "summary": self.summary, "results": [r.to_json() for r in self.results]}
