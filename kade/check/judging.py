"""Runs the rules of packs on resources, by type and without a protocol."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from kade.check.reading import Source, parameter_values, read, resources
from kade.check.report import CheckError, CheckReport, CheckResult, RuleFaultError
from kade.policies.kit.evaluate import Context, Outcome, Verdict, check_resource, check_stack
from kade.policies.kit.exemptions import Exemption, ExemptionError
from kade.policies.kit.resource import Resource, Stack
from kade.policies.kit.rules import Enforcement, Rule
from kade.policies.kit.run_settings import settings_of_run
from kade.policies.kit.serving import Pack, PackError, built_in, load

_MUST_HOLD = (Enforcement.MANDATORY, Enforcement.REMEDIATE)


def run(
    files: Sequence[Path],
    *,
    input: str = "auto",  # the word of the command line
    packs: Sequence[Path] = (),
    verdicts: str = "failed",
    exemptions: Sequence[Exemption] | None = None,
    config: Mapping[str, Mapping[str, Any]] | None = None,
    today: date | None = None,
) -> CheckReport:
    """Judge what stands in the files by the rules of Kade's security and residency packs, and of ``packs`` on top.

    ``config`` is by rule what Pulumi takes: settings, and ``enforcementLevel``. Without ``exemptions`` they are looked
    for as packs do. Raises `CheckError` for an input, a pack or an exemption that cannot be read, `RuleFaultError` for
    a rule that fails itself.
    """
    try:
        loaded = [load(folder) for folder in (*_own_packs(), *packs)]
        found = settings_of_run(os.environ).exemptions if exemptions is None else exemptions
    except (PackError, ExemptionError) as error:
        raise CheckError(str(error)) from None
    context = Context(found, today or date.today(), config or {})
    judge = _Judge(loaded, context, every=verdicts == "all")
    sources = [read(Path(file), input) for file in files]
    given = parameter_values(sources)
    if sources and all(source.kind == "parameters" for source in sources):
        raise CheckError(f"{sources[0].path}: this holds parameters only; name the template as well")
    together = [s for s in sources if not s.alone and s.kind != "parameters"]
    for group in [*([s] for s in sources if s.alone), *([together] if together else [])]:
        judge.stack([(r, s) for s in group for r in _read(s, given)])
    return judge.report


def _own_packs() -> list[Path]:
    return [folder for name, folder in built_in().items() if name != "preflight"]


def _read(source: Source, given: Mapping[str, Any]) -> Iterator[Resource]:
    yield from resources(source, given)
    source.document = None  # tens of megabytes for an export; rules hold what they need


class _Judge:
    """Collects verdicts; ``every`` keeps them all, else only failures are kept and the rest counted."""

    def __init__(self, packs: Sequence[Pack], context: Context, *, every: bool) -> None:
        self.context = context
        self.every = every
        self.report = CheckReport()
        self.rules: list[tuple[Rule, str]] = []
        self._by_type: dict[str, list[tuple[Rule, str]]] = {}
        self._levels: dict[str, Enforcement] = {}
        for pack in packs:
            for rule in pack.rules:
                self._levels[rule.id] = level = _level(rule, context.config.get(rule.id, {}))
                if level is not Enforcement.DISABLED:
                    self.rules.append((rule, pack.name))
        self.report.rules = len(self.rules)

    def stack(self, read: Sequence[tuple[Resource, Source]]) -> None:
        """Judge resources that belong together."""
        stack = Stack(resource for resource, _ in read)
        files = {resource.key: str(source.path) for resource, source in read}
        self.report.resources += len(read)
        for resource, source in read:
            rules = self._rules_for(resource.type)
            if not rules:
                self.report.unread[resource.arm_type] += 1
            for rule, pack in rules:
                self._add(_guarded(rule, resource, self.context), pack, str(source.path))
        for rule, pack in self.rules:
            if rule.whole_stack and any(rule.applies_to(t) for t in stack.types):
                for outcome in _guarded_stack(rule, stack, self.context):
                    file = files.get(outcome.resource.key, "") if outcome.resource else str(read[0][1].path)
                    self._add(outcome, pack, file)

    def _rules_for(self, type_: str) -> list[tuple[Rule, str]]:
        found = self._by_type.get(type_)
        if found is None:
            found = [(r, p) for r, p in self.rules if not r.whole_stack and r.applies_to(type_)]
            self._by_type[type_] = found
        return found

    def _add(self, outcome: Outcome, pack: str, file: str) -> None:
        report, rule = self.report, outcome.rule
        report.counts[outcome.verdict] += 1
        failed = outcome.verdict is Verdict.FAIL
        if failed:
            report.failures[rule.severity] += 1
            report.mandatory_failures += self._levels[rule.id] in _MUST_HOLD
        if not failed and not self.every:
            return
        resource = outcome.resource
        report.results.append(
            CheckResult(
                rule=rule.id,
                title=rule.title,
                equivalents=rule.equivalents,
                resource=resource.shown if resource else "",
                type=(resource.arm_type or resource.type) if resource else "",
                verdict=outcome.verdict.value,
                severity=rule.severity.value,
                measures=rule.measures,
                message=outcome.message,
                remediation=rule.remediation,
                enforcement=self._levels[rule.id].value,
                pack=pack,
                file=file,
                url=rule.url,
            )
        )


def _level(rule: Rule, config: Mapping[str, Any]) -> Enforcement:
    text = config.get("enforcementLevel", rule.enforcement)
    try:
        return Enforcement(text)
    except ValueError:
        raise CheckError(
            f"configuration of {rule.id}: enforcementLevel {text!r}; one of {', '.join(Enforcement)}"
        ) from None


def _guarded(rule: Rule, resource: Resource, context: Context) -> Outcome:
    try:
        return check_resource(rule, resource, context)
    except Exception as error:
        raise _fault(rule, resource.shown, error) from error


def _guarded_stack(rule: Rule, stack: Stack, context: Context) -> list[Outcome]:
    try:
        return list(check_stack(rule, stack, context))
    except Exception as error:
        raise _fault(rule, "all resources", error) from error


def _fault(rule: Rule, where: str, error: Exception) -> RuleFaultError:
    said = f"{type(error).__name__}: {error}"
    return RuleFaultError(f"rule {rule.id} failed on {where}: {said}; this is a fault in {rule.file}: please report it")
