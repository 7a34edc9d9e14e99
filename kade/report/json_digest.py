"""``--format json``: Pulumi's own preview digest, with ``stacks``, ``policies`` and ``timings`` beside it.

Source of the digest: ``pkg/backend/display/json.go`` of pulumi/pulumi (``previewDigest``, ``previewStep``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kade.engine.plan import Diagnostic, PolicyResult, Resource, StackResult, Step
from kade.engine.values import Value
from kade.report.json_text import dumps
from kade.report.masking import Mask
from kade.report.model import Preview

PREFIX = {"error": "error: ", "warning": "warning: "}


def render(report: Preview) -> str:
    """The digest as one JSON object."""
    return dumps(digest(report))


def digest(report: Preview) -> dict[str, Any]:
    """The digest as a tree. Durations of the digest are nanoseconds, as Pulumi's; ``timings`` are seconds."""
    mask = report.mask
    stacks = {s.stack: stack_digest(s, mask) for s in report.stacks}
    parts = list(stacks.values())
    whole: dict[str, Any] = {
        "steps": [step for part in parts for step in part["steps"]],
        "diagnostics": [item for part in parts for item in part["diagnostics"]],
        "duration": sum(part["duration"] for part in parts),
        "changeSummary": _sum(part["changeSummary"] for part in parts),
        "maybeCorrupt": any(part["maybeCorrupt"] for part in parts),
    }
    if len(parts) == 1:
        whole = {"config": parts[0]["config"], **whole}
    results = [item for stack in report.stacks for item in _policies(stack, mask)]
    timings = {phase: round(seconds, 3) for phase, seconds in report.timings.items()}
    from kade.report import locations  # it reads the steps as they are written here

    policies = {"summary": report.verdicts, "results": results, "locations": locations.digest(report)}
    return {**whole, "stacks": stacks, "policies": policies, "timings": timings}


def stack_digest(stack: StackResult, mask: Mask) -> dict[str, Any]:
    """Pulumi's preview digest of one stack, with ``error``, ``hadState`` and ``outputs`` beside it."""
    return {
        "config": mask.tree(stack.config),
        "steps": [step_digest(step, mask) for step in stack.steps],
        "diagnostics": [_diagnostic(item, mask) for item in stack.diagnostics],
        "duration": round(stack.duration * 1e9),
        "changeSummary": {str(op): count for op, count in stack.change_summary.items()},
        "maybeCorrupt": stack.maybe_corrupt,
        "outputs": mask.tree(stack.outputs),
        "hadState": stack.had_state,
        "error": mask.text(stack.error),
        "timings": {phase: round(seconds, 3) for phase, seconds in stack.timings.items()},
    }


def step_digest(step: Step, mask: Mask) -> dict[str, Any]:
    """One step, in Pulumi's words; an empty member is left out, as there."""
    diff = {mask.text(p): {"kind": d.kind, "inputDiff": d.input_diff} for p, d in step.detailed_diff.items()}
    made: dict[str, Any] = {"op": str(step.op), "urn": mask.text(step.urn)}
    if step.provider:
        made["provider"] = mask.text(step.provider)
    if step.old is not None:
        made["oldState"] = resource_digest(step.old, mask)
    if step.new is not None:
        made["newState"] = resource_digest(step.new, mask)
    if step.diff_reasons:
        made["diffReasons"] = [mask.text(reason) for reason in step.diff_reasons]
    if step.replace_reasons:
        made["replaceReasons"] = [mask.text(reason) for reason in step.replace_reasons]
    made["detailedDiff"] = diff or None
    if step.note:
        made["note"] = mask.text(step.note)
    return made


def resource_digest(resource: Resource, mask: Mask) -> dict[str, Any]:
    """A resource as in a deployment of version 3; an empty member is left out, as there."""
    first: dict[str, Value] = {"urn": resource.urn, "custom": resource.custom}
    rest: dict[str, Value] = {
        "id": resource.id,
        "type": resource.type,
        "inputs": resource.inputs,
        "outputs": resource.outputs,
        "parent": resource.parent,
        "protect": resource.protect,
        "external": resource.external,
        "delete": resource.delete,
        "dependencies": list(resource.dependencies),
        "provider": resource.provider,
        "propertyDependencies": {k: list(v) for k, v in resource.property_dependencies.items()},
        "pendingReplacement": resource.pending_replacement,
        "additionalSecretOutputs": list(resource.additional_secret_outputs),
        "aliases": list(resource.aliases),
        "retainOnDelete": resource.retain_on_delete,
        "deletedWith": resource.deleted_with,
        "created": resource.created,
        "modified": resource.modified,
        "sourcePosition": resource.source_position,
        "ignoreChanges": list(resource.ignore_changes),
    }
    return {**mask.tree(first), **{k: v for k, v in mask.tree(rest).items() if v not in ("", False, None, [], {})}}


def _policies(stack: StackResult, mask: Mask) -> list[dict[str, Any]]:
    ids = {step.urn: (step.new or step.old) for step in stack.steps}
    return [policy_digest(found, stack.stack, ids.get(found.urn), mask) for found in stack.policies]


def policy_digest(found: PolicyResult, stack: str, resource: Resource | None, mask: Mask) -> dict[str, Any]:
    """One verdict, in the words of ``kade check --format json``, with where it comes from beside it."""
    known = resource is not None and isinstance(resource.id, str) and resource.id.startswith("/")
    return {
        "rule": found.rule,
        "equivalents": {"psrule": [], "checkov": [], **{k: list(v) for k, v in found.equivalents.items()}},
        "resource": mask.text(resource.id if known and resource else found.urn.rsplit("::", 1)[-1]),
        "type": _arm_type(found.type),
        "verdict": found.verdict,
        "severity": found.severity,
        "measures": list(found.measures),
        "message": mask.text(found.message),
        "stack": stack,
        "urn": mask.text(found.urn),
        "title": found.title,
        "pack": found.pack,
        "packVersion": found.pack_version,
        "enforcement": found.enforcement,
        "remediation": mask.text(found.remediation),
        "url": found.url,
    }


def _arm_type(token: str) -> str:
    """The ARM type of an azure-native token; what is no type of Azure stays as it is."""
    from kade.facts.azure_types import type_by_token

    known = type_by_token(token) if token.startswith("azure-native") else None
    return known.arm_type if known else token


def _diagnostic(found: Diagnostic, mask: Mask) -> dict[str, Any]:
    made = {"urn": mask.text(found.urn)} if found.urn else {}
    if prefix := PREFIX.get(found.severity):
        made["prefix"] = prefix
    return {**made, "message": mask.text(found.message), "severity": found.severity}


def _sum(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in counts:
        for op, count in part.items():
            total[op] = total.get(op, 0) + count
    return total
