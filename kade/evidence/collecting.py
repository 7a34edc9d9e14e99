"""From a preview and its estate to evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from kade.engine.plan import PolicyResult
from kade.evidence.model import Evidence, ExemptionRow, MeasureRow, RuleVerdicts
from kade.evidence.register import register_of
from kade.facts.bio2 import measures
from kade.facts.law import proven
from kade.report.model import Preview

if TYPE_CHECKING:
    from kade.estate import Estate
    from kade.policies.kit.rules import Rule

SHOWN = 25  # resources that are named as the proof of one rule; their number is always exact


def collect(
    report: Preview,
    estate: Estate,
    rules: Iterable[Rule],
    *,
    environment: str,
    day: date,
    kade: str,
    commit: str,
    plans: Mapping[str, str],
) -> Evidence:
    """The evidence of a preview. ``rules`` are those that it ran; every live measure gets a row."""
    known, results = list(rules), _by_rule(report)
    return Evidence(
        estate=estate.name,
        title=estate.organisation.display_name,
        environment=environment,
        day=day,
        kade=kade,
        commit=commit,
        plans=plans,
        resources=sum(report.counts.values()),
        measures=measure_rows(report, known),
        exemptions=_exemptions(estate, results, day),
        register=register_of(estate),
        nis2=_nis2(known, results),
    )


def measure_rows(report: Preview, rules: Iterable[Rule]) -> list[MeasureRow]:
    """How it stands with every live measure, by the verdicts of these rules in a preview."""
    results = _by_rule(report)
    by_measure: dict[str, list[Rule]] = {}
    for rule in rules:
        for measure in rule.measures:
            by_measure.setdefault(measure, []).append(rule)
    return [
        MeasureRow(
            measure,
            proven(id_, has_rule=id_ in by_measure),
            [_verdicts(rule, results.get(rule.id, []), report) for rule in by_measure.get(id_, [])],
        )
        for id_, measure in measures().items()
    ]


def _by_rule(report: Preview) -> dict[str, list[PolicyResult]]:
    results: dict[str, list[PolicyResult]] = {}
    for stack in report.stacks:
        for item in stack.policies:
            results.setdefault(item.rule, []).append(item)
    return results


def _verdicts(rule: Rule, results: list[PolicyResult], report: Preview) -> RuleVerdicts:
    by_verdict: dict[str, list[str]] = {}
    for item in results:
        by_verdict.setdefault(item.verdict, []).append(report.mask.text(_name(item)))
    failing = [f"{report.mask.text(_name(i))}: {report.mask.text(i.message)}" for i in results if i.verdict == "fail"]
    counts = {verdict: len(names) for verdict, names in by_verdict.items() if verdict != "not_applicable"}
    return RuleVerdicts(rule.id, rule.title, counts, failing, by_verdict.get("pass", [])[:SHOWN])


def _name(item: PolicyResult) -> str:
    return item.urn.rsplit("::", 1)[-1]


def _exemptions(estate: Estate, results: Mapping[str, list[PolicyResult]], day: date) -> list[ExemptionRow]:
    rows = []
    for key, item in estate.exemptions.items():
        owner = estate.roles[item.owner]
        covered = [r for r in results.get(item.rule, []) if fnmatchcase(_name(r), item.resource)]
        expired = item.until < day
        rows.append(
            ExemptionRow(
                key=key,
                rule=item.rule,
                resource=item.resource,
                environments=item.environments,
                reason=item.reason,
                approver=f"{owner.title} ({item.owner})",
                until=item.until,
                expired=expired,
                used=[_name(r) for r in covered if r.verdict == ("fail" if expired else "exempt")],
            )
        )
    return sorted(rows, key=lambda row: row.until)


def _nis2(rules: Iterable[Rule], results: Mapping[str, list[PolicyResult]]) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {}
    for rule in rules:
        if rule.nis2:
            counts = found.setdefault(rule.nis2, Counter())
            counts.update(item.verdict for item in results.get(rule.id, []) if item.verdict != "not_applicable")
    return {article: dict(counts) for article, counts in found.items()}
