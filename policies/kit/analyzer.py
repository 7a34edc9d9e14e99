"""Calls a rule's policy through Pulumi's own analyzer service, in this process: what a pack does, without the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from google.protobuf.struct_pb2 import Struct  # ty: ignore[missing-module-member] made at run time
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from kade.policies.kit.evaluate import Verdict
from kade.policies.kit.pack import policies
from kade.policies.kit.resource import Resource
from kade.policies.kit.rules import Rule
from kade.policies.kit.values import UNKNOWN


def analyze(rule: Rule, resources: Sequence[Resource], config: Mapping[str, Any], today: date) -> Verdict:
    """The verdict on the first resource, or of a whole-stack rule on all, as the service's response says it."""
    service = _service(rule, today)
    service.Configure(_configuration(rule, config), None)
    stacked = rule.whole_stack or rule.joins
    if stacked:
        for resource in resources:
            service.Analyze(_request(resource), None)
        request = proto.AnalyzeStackRequest(resources=[_stack_resource(r) for r in resources])
        response = service.AnalyzeStack(request, None)
    else:
        response = service.Analyze(_request(resources[0]), None)
    judged = "" if rule.whole_stack else resources[0].urn
    failed = [d for d in response.diagnostics if not judged or not stacked or d.urn == judged]
    lines = [line for n in response.not_applicable for line in n.reason.split("\n")]
    said = [line for line in lines if not judged or not stacked or f"[{judged}]" in line]
    if failed:
        return Verdict.FAIL
    for prefix, verdict in (
        ("not-evaluated:", Verdict.NOT_EVALUATED),
        ("exempt:", Verdict.EXEMPT),
        ("not-applicable:", Verdict.NOT_APPLICABLE),
    ):
        if any(line.startswith(prefix) for line in said):
            return verdict
    return Verdict.PASS


@lru_cache(maxsize=8)
def _service(rule: Rule, today: date) -> Any:
    return _PolicyAnalyzerServicer("test", "0.0.1", policies([rule], today=today), EnforcementLevel.MANDATORY)


def _configuration(rule: Rule, config: Mapping[str, Any]) -> proto.ConfigureAnalyzerRequest:
    made = proto.ConfigureAnalyzerRequest()
    if config:
        entry = proto.PolicyConfig(enforcementLevel=proto.MANDATORY, properties=_struct(config))
        made.policyConfig[rule.id].CopyFrom(entry)
    return made


def _request(resource: Resource) -> proto.AnalyzeRequest:
    return proto.AnalyzeRequest(
        type=_versioned(resource), urn=resource.urn, name=resource.name, properties=_struct(resource.props)
    )


def _stack_resource(resource: Resource) -> proto.AnalyzerResource:
    made = proto.AnalyzerResource(
        type=_versioned(resource), urn=resource.urn, name=resource.name, properties=_struct(resource.props)
    )
    made.dependencies.extend(resource.depends_on)
    for name, value in resource.props.items():
        if value is UNKNOWN:  # an unknown input always comes from some resource's output
            made.propertyDependencies[name].urns.extend(resource.depends_on)
    return made


def _versioned(resource: Resource) -> str:
    version = resource.api_version.replace("-", "")
    package, _, rest = resource.type.partition(":")
    module, _, name = rest.partition(":")
    return f"{package}:{module}/v{version}:{name}" if version else resource.type


def _struct(props: Mapping[str, Any]) -> Struct:
    made = Struct()
    made.update(_wire(props))
    return made


def _wire(value: Any) -> Any:
    if value is UNKNOWN:
        return UNKNOWN_STRING_VALUE
    if isinstance(value, Mapping):
        return {str(k): _wire(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_wire(v) for v in value]
    return value
