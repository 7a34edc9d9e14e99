"""Turns a pack's answers into verdicts.

The protocol knows violations and ``not_applicable`` only. A reason may hold several verdicts, one a line: a line that
begins with ``not-evaluated:`` or ``exempt:`` is that verdict, and a ``[urn:…]`` after it says on which resource. An
unknown value that a rule did not catch comes as an advisory diagnostic of the SDK's own wording. What is not in an
answer passed: it is listed for each resource of a type that the rule says it reads, and else left out (for a rule on
the whole stack: listed once, on the stack).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pulumi.runtime.proto import analyzer_pb2 as pb

from kade.engine.mask import Mask
from kade.engine.pack_info import LEVEL_NAMES, SEVERITIES, Rule
from kade.engine.pack_launcher import bare_type
from kade.engine.plan import PolicyResult

_PREFIXES = {"not-evaluated:": "not_evaluated", "exempt:": "exempt", "not-applicable:": "not_applicable"}
_LINE = re.compile(rf"({'|'.join(_PREFIXES)})\s*(?:\[(urn:[^\]]*)\])?\s*(.*)")
_NO_VALIDATION = "Policy does not implement validate"  # pulumi_policy: a rule that only remediates


@dataclass
class Verdicts:
    """The verdicts of one pack, in the order of the answers."""

    pack: str
    version: str
    rules: Mapping[str, Rule]
    mask: Mask
    _readers: dict[str, list[Rule]] = field(default_factory=dict, init=False, repr=False)  # by type

    def of_resource(self, urn: str, type_: str, answer: pb.AnalyzeResponse) -> list[PolicyResult]:
        """The verdicts of every rule that reads this resource."""
        made = list(self._told(answer, urn, {urn: type_}))
        seen = {result.rule for result in made} | {note.policy_name for note in answer.not_applicable}
        bare = bare_type(type_)
        if bare not in self._readers:
            self._readers[bare] = [rule for rule in self.rules.values() if rule.reads(bare)]
        for rule in self._readers[bare]:
            if rule.name in seen:
                continue
            if rule.types:
                made.append(self._result(rule, urn, type_, "pass"))
        return made

    def of_stack(self, urn: str, types: Mapping[str, str], answer: pb.AnalyzeResponse) -> list[PolicyResult]:
        """The verdicts of the rules on the whole stack, whose urn this is; ``types`` are those of its resources."""
        made = list(self._told(answer, urn, types))
        by_type: dict[str, list[str]] = {}
        for each, type_ in types.items():
            by_type.setdefault(bare_type(type_), []).append(each)
        seen: dict[str, set[str]] = {}
        for result in made:
            seen.setdefault(result.rule, set()).add(result.urn)
        for rule in self.rules.values():
            if not rule.on_stack or rule.on_resource or rule.level == "disabled":
                continue
            told = seen.get(rule.name, set())
            if not rule.types:
                made += [] if told else [self._result(rule, urn, types.get(urn, ""), "pass")]
            elif urn not in told:  # else the verdict is on the stack, and says nothing of each resource
                silent = (u for t, urns in by_type.items() if rule.names(t) for u in urns if u not in told)
                made += [self._result(rule, u, types[u], "pass") for u in silent]
        return made

    def _told(self, answer: pb.AnalyzeResponse, urn: str, types: Mapping[str, str]) -> Iterator[PolicyResult]:
        for item in answer.diagnostics:
            rule = self._rule(item.policyName, item.description)
            where = item.urn or urn
            type_ = types.get(where, "")
            if _is_unknown_value(item):
                reason = item.message.split("during preview: ", 1)[-1]
                yield self._result(rule, where, type_, "not_evaluated", reason)
                continue
            message = item.message.removeprefix(item.description).strip() or item.description
            level = LEVEL_NAMES[item.enforcementLevel]
            severity = SEVERITIES.get(item.severity, rule.severity)
            yield self._result(rule, where, type_, "fail", message, enforcement=level, severity=severity)
        for note in answer.not_applicable:
            if note.reason != _NO_VALIDATION:
                rule = self._rule(note.policy_name, "")
                for where, verdict, reason in _verdicts(note.reason, urn):
                    yield self._result(rule, where, types.get(where, ""), verdict, reason)

    def _rule(self, name: str, description: str) -> Rule:
        found = self.rules.get(name)
        return found or Rule(name, description or name, description, "mandatory", on_resource=True, on_stack=True)

    def _result(
        self,
        rule: Rule,
        urn: str,
        type_: str,
        verdict: str,
        message: str = "",
        *,
        enforcement: str = "",
        severity: str = "",
    ) -> PolicyResult:
        return PolicyResult(
            pack=self.pack,
            pack_version=self.version,
            rule=rule.name,
            urn=urn,
            type=type_,
            verdict=verdict,
            enforcement=enforcement or rule.level,
            severity=severity or rule.severity,
            title=rule.title,
            message=self.mask(message),
            remediation=rule.remediation,
            url=rule.url,
            measures=rule.measures,
            equivalents=rule.equivalents,
        )


def _is_unknown_value(item: pb.AnalyzeDiagnostic) -> bool:
    return not item.urn and item.message.startswith(f"can't run policy '{item.policyName}' from policy pack '")


def _verdicts(reason: str, urn: str) -> list[tuple[str, str, str]]:
    """Urn, verdict and reason of each line; a reason of another form is one verdict as it stands."""
    found: list[tuple[str, str, str]] = []
    for line in reason.split("\n"):
        match = _LINE.fullmatch(line)
        if match:
            found.append((match[2] or urn, _PREFIXES[match[1]], match[3]))
        elif found:
            found[-1] = (*found[-1][:2], f"{found[-1][2]}\n{line}")
        else:
            return [(urn, "not_applicable", reason)]
    return found


def failed(results: Iterable[PolicyResult]) -> bool:
    """Whether a rule that must hold does not."""
    return any(r.verdict == "fail" and r.enforcement in ("mandatory", "remediate") for r in results)
