"""A pack's rules as Pulumi policies: this module alone knows pulumi_policy.

What a policy cannot say in Pulumi's protocol goes into the reason of "not applicable", one verdict a line:
``not-evaluated: …`` and ``exempt: …``; in a policy on the whole stack with the resource in front of the reason,
``not-evaluated: [urn:pulumi:…] …``. A resource of a type in the tags (``type:…``) with no verdict has passed.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pulumi_policy as pp

from kade.facts import measure
from kade.policies.kit.convert import plain, restored
from kade.policies.kit.evaluate import Context, Outcome, Verdict, check_resource, check_stack
from kade.policies.kit.exemptions import ExemptionError
from kade.policies.kit.resource import Resource, Stack, version_in
from kade.policies.kit.rules import Enforcement, Rule
from kade.policies.kit.run_settings import RunSettings, settings_of_run
from kade.policies.kit.serving import Pack
from kade.policies.kit.types import arm_type_of, current_type, former_types
from kade.policies.kit.values import UNKNOWN

_PREFIX = {Verdict.NOT_EVALUATED: "not-evaluated", Verdict.EXEMPT: "exempt", Verdict.NOT_APPLICABLE: "not-applicable"}


def start(pack: Pack) -> None:
    """Serve a pack: prints the port and blocks. An exemption file with a mistake ends it with one line."""
    try:
        settings = settings_of_run()
    except ExemptionError as error:
        sys.exit(f"policy pack {pack.name}: {error}")
    pp.PolicyPack(
        pack.name,
        policies(pack.rules, settings),
        enforcement_level=pp.EnforcementLevel.ADVISORY,
        description=pack.description or None,
        provider="azure-native",
    )


def policies(rules: Sequence[Rule], settings: RunSettings | None = None, today: date | None = None) -> list[pp.Policy]:
    """The rules as policies that share what they learn about the resources of one run."""
    run = _Run(settings or RunSettings(), today)
    return [run.policy(rule) for rule in rules]


class _Run:
    """What the policies of one pack share: the settings of the run, and each resource's inputs by urn.

    In a preview the resources of a whole-stack policy carry outputs, in which azure-native calls every absent property
    unknown; the inputs, seen when each resource was analysed, say that it is absent.
    """

    def __init__(self, settings: RunSettings, today: date | None) -> None:
        self.settings = settings
        self.today = today
        self.inputs: dict[str, Any] = {}
        self._last = threading.local()  # Pulumi serves several requests at once
        self._stack = threading.local()

    def policy(self, rule: Rule) -> pp.Policy:
        common = _metadata(rule)
        if rule.whole_stack or rule.joins:
            return pp.StackValidationPolicy(validate=lambda args, report: self.on_stack(rule, args, report), **common)
        remediate: Any = (lambda args: self.remediated(rule, args)) if rule.remediate else None
        return pp.ResourceValidationPolicy(
            validate=lambda args, report: self.on_resource(rule, args, report), remediate=remediate, **common
        )

    def context(self, rule: Rule, args: Any) -> Context:
        config = {rule.id: args.get_config()}
        return Context(self.settings.exemptions, self.today or date.today(), config, self.settings.estate)

    def on_resource(self, rule: Rule, args: pp.ResourceValidationArgs, report: pp.ReportViolation) -> None:
        self.inputs[args.urn] = args.props
        if not rule.applies_to(current_type(args.resource_type)):
            return
        outcome = check_resource(rule, self.view(args), self.context(rule, args))
        for message in outcome.messages if outcome.verdict is Verdict.FAIL else ():
            report(message, None)
        if outcome.verdict in _PREFIX:
            args.not_applicable(_reason(outcome, with_urn=False))

    def on_stack(self, rule: Rule, args: pp.StackValidationArgs, report: pp.ReportViolation) -> None:
        stack, context = self.stack(args.resources), self.context(rule, args)
        if rule.whole_stack:
            outcomes = list(check_stack(rule, stack, context))
        else:
            outcomes = [check_resource(rule, r, context) for r in stack.all if rule.applies_to(r.type)]
        reasons = []
        for outcome in outcomes:
            urn = outcome.resource.urn if outcome.resource else None
            for message in outcome.messages if outcome.verdict is Verdict.FAIL else ():
                report(message, urn)
            if outcome.verdict in _PREFIX:
                reasons.append(_reason(outcome, with_urn=True))
        if reasons:
            args.not_applicable("\n".join(reasons))

    def view(self, args: pp.ResourceValidationArgs) -> Resource:
        """The resource as rules see it, made once although every policy asks for it where the launcher shares it."""
        shared = _shared(args.props)
        if getattr(self._last, "shared", None) is not shared:
            props = plain(args.props)
            self._last.view = self.alone(args, props)
            self._last.shared = shared
        return self._last.view

    def alone(self, args: pp.ResourceValidationArgs, props: Mapping[str, Any]) -> Resource:
        """A resource without the others of its stack."""
        type_ = args.resource_type
        return Resource(
            current_type(type_),
            props,
            name=_name(props, args.name),
            urn=args.urn,
            arm_type=arm_type_of(type_),
            api_version=version_in(type_),
        )

    def stack(self, resources: Sequence[pp.PolicyResource]) -> Stack:
        """All resources as rules see them; made once where the same objects come again."""
        shared = [_shared(r.props) for r in resources]
        before = getattr(self._stack, "shared", [])
        if len(shared) != len(before) or any(a is not b for a, b in zip(shared, before, strict=True)):
            self._stack.view = Stack(self.joined(r) for r in resources)
            self._stack.shared = shared
        return self._stack.view

    def joined(self, r: pp.PolicyResource) -> Resource:
        outputs = plain(r.props)
        if r.urn in self.inputs:
            inputs = plain(self.inputs[r.urn])
        else:  # its type may be read by no rule on one resource; an unknown input always depends on something
            inputs = {k: v for k, v in outputs.items() if v is UNKNOWN and k in r.property_dependencies}
        props = inputs | {k: v for k, v in outputs.items() if k not in inputs and v is not UNKNOWN}
        depends_by = {name: [d.urn for d in ds] for name, ds in r.property_dependencies.items()}
        depends_on = [urn for urns in depends_by.values() for urn in urns] or [d.urn for d in r.dependencies]
        id_ = outputs.get("id")
        return Resource(
            current_type(r.resource_type),
            props,
            name=_name(outputs, r.name),
            urn=r.urn,
            id_=id_ if isinstance(id_, str) else "",
            arm_type=arm_type_of(r.resource_type),
            api_version=version_in(r.resource_type),
            depends_on=depends_on,
            depends_by=depends_by,
        )

    def remediated(self, rule: Rule, args: pp.ResourceValidationArgs) -> Mapping[str, Any] | None:
        """The properties with what the rule changes; None where nothing has to change, so that nothing is reported."""
        if rule.remediate is None or not rule.applies_to(current_type(args.resource_type)):
            return None
        props = plain(args.props)
        resource = self.alone(args, props)
        if check_resource(rule, resource, self.context(rule, args)).verdict is not Verdict.FAIL:
            return None
        return restored(args.props, rule.remediate(resource))


def _metadata(rule: Rule) -> dict[str, Any]:
    frameworks = {measure(id_).framework for id_ in rule.measures}
    tags = [
        *(f"type:{name}" for t in rule.types if t != "*" for name in (t, *former_types(t))),
        *(f"measure:{m}" for m in rule.measures),
        *(f"psrule:{i}" for i in rule.psrule),
        *(f"checkov:{i}" for i in rule.checkov),
        *([f"nis2:{rule.nis2}"] if rule.nis2 else []),
    ]
    schema = None
    if rule.config:
        # Without the defaults: Pulumi would hand them over as if they were configured, and hide what the estate says.
        kept = ("default", "estate")
        properties = {n: {k: v for k, v in fields.items() if k not in kept} for n, fields in rule.config.items()}
        schema = pp.PolicyConfigSchema(properties)
    framework = None
    if rule.measures:
        name = "BIO2" if "BIO2" in frameworks else sorted(frameworks)[0]
        version = next(measure(m).version for m in rule.measures if measure(m).framework == name)
        framework = pp.PolicyComplianceFramework(name, version, reference=", ".join(rule.measures))
    return {
        "name": rule.id,
        "description": rule.title,
        "display_name": rule.title,
        "enforcement_level": _LEVELS[rule.enforcement],
        "severity": pp.Severity(rule.severity.value),
        "framework": framework,
        "tags": tags,
        "remediation_steps": rule.remediation,
        "url": rule.url,
        "config_schema": schema,
    }


_LEVELS = {level: pp.EnforcementLevel(level.value) for level in Enforcement}


def _reason(outcome: Outcome, *, with_urn: bool) -> str:
    where = f"[{outcome.resource.urn}] " if with_urn and outcome.resource else ""
    return f"{_PREFIX[outcome.verdict]}: {where}{' '.join(outcome.message.split())}"


def _shared(props: Any) -> Any:
    """What tells whether two policies look at the same properties: Kade's engine gives each a view of one tree."""
    return getattr(props, "_target", props)


def _name(props: Mapping[str, Any], logical: str) -> str:
    """The name in Azure where the outputs tell it, else the name in the program."""
    name = props.get("name")
    return name if isinstance(name, str) and name else logical
