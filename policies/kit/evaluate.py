"""Runs a rule and gives its verdict. The packs and ``kade check`` both come here, so they cannot differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from kade.policies.kit import exemptions as exempting
from kade.policies.kit.exemptions import Exemption
from kade.policies.kit.redact import redact
from kade.policies.kit.resource import Resource, Stack
from kade.policies.kit.rules import Finding, Result, Rule
from kade.policies.kit.values import NotApplicable, UnknownValueError


class Verdict(StrEnum):
    """The words of the contract of ``kade check --format json``."""

    PASS = "pass"  # noqa: S105 a verdict
    FAIL = "fail"
    NOT_EVALUATED = "not_evaluated"
    NOT_APPLICABLE = "not_applicable"
    EXEMPT = "exempt"


@dataclass(frozen=True)
class Outcome:
    """A rule's verdict on one resource; ``resource`` is None where it is on the stack as a whole."""

    rule: Rule
    verdict: Verdict
    resource: Resource | None
    messages: tuple[str, ...] = ()
    path: str = ""

    @property
    def message(self) -> str:
        """The findings or the reason, in one text."""
        return "; ".join(self.messages)


@dataclass(frozen=True)
class Context:
    """What a run is judged with: exemptions, the day on which they have to hold, configuration by rule id.

    ``estate`` holds what the estate file says, by path (``residency.mode``).
    """

    exemptions: Sequence[Exemption] = ()
    today: date = field(default_factory=date.today)
    config: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    estate: Mapping[str, Any] = field(default_factory=dict)

    def config_of(self, rule: Rule) -> Mapping[str, Any]:
        """The rule's defaults, over them what the estate says, and over that what is configured for the rule."""
        if not rule.config:
            return {}
        given = {n: self.estate[s["estate"]] for n, s in rule.config.items() if s.get("estate") in self.estate}
        return {**rule.defaults, **given, **self.config.get(rule.id, {})}


def check_resource(rule: Rule, resource: Resource, context: Context) -> Outcome:
    """The verdict of a rule on one resource. A rule that raises something of its own is a fault, and is not hidden."""
    resource.config = context.config_of(rule)
    findings: list[Finding] = []
    stopped: Exception | None = None
    try:
        _collect(rule.check(resource), findings)
    except (UnknownValueError, NotApplicable) as error:
        stopped = error
    return _outcome(rule, resource, findings, stopped, context)


def check_stack(rule: Rule, stack: Stack, context: Context) -> Iterator[Outcome]:
    """The verdicts of a whole-stack rule: one for each resource of its types, and one for the stack where it speaks."""
    stack.config = context.config_of(rule)
    findings: list[Finding] = []
    stopped: Exception | None = None
    try:
        _collect(rule.check(stack), findings)
    except (UnknownValueError, NotApplicable) as error:
        stopped = error
    by_resource: dict[str, list[Finding]] = {}
    for finding in findings:
        by_resource.setdefault(finding.resource.key if finding.resource else "", []).append(finding)
    if "" in by_resource:
        yield _outcome(rule, None, by_resource[""], None, context)
    judged = [r for r in stack.all if rule.applies_to(r.type)] if "*" in rule.types else stack.resources(*rule.types)
    for resource in judged:
        yield _outcome(rule, resource, by_resource.pop(resource.key, []), stopped, context)
    for key, rest in by_resource.items():
        if key:
            yield _outcome(rule, rest[0].resource, rest, None, context)


def _collect(result: Result, findings: list[Finding]) -> None:
    """Add a result's findings as they come: those before an unknown value count."""
    if result is None:
        return
    for item in [result] if isinstance(result, (str, Finding)) else result:
        findings.append(item if isinstance(item, Finding) else Finding(item))


def _outcome(
    rule: Rule, resource: Resource | None, findings: Sequence[Finding], stopped: Exception | None, context: Context
) -> Outcome:
    if isinstance(stopped, NotApplicable):
        return Outcome(rule, Verdict.NOT_APPLICABLE, resource, (str(stopped),))
    if not findings:
        if stopped is not None:
            return Outcome(rule, Verdict.NOT_EVALUATED, resource, (str(stopped),))
        return Outcome(rule, Verdict.PASS, resource)
    messages = tuple(redact(f.message, resource.props if resource else {}) for f in findings)
    places = {place for f in findings for place in f.places}
    exemption = exempting.find(context.exemptions, rule.id, resource, context.today, places)
    if exemption is not None:
        if exemption.holds(context.today):
            return Outcome(rule, Verdict.EXEMPT, resource, (str(exemption),))
        ended = f"the exemption of {exemption.owner} ended on {exemption.until.isoformat()}"
        messages = (*messages, f"{ended} ({exemption.source})" if exemption.source else ended)
    elif resource is not None:
        messages = (*messages, *(p for p in exempting.problems_in_tags(resource) if rule.id in p))
    return Outcome(rule, Verdict.FAIL, resource, messages, findings[0].path)
