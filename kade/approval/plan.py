"""The reviewed plan of one stack: what happens to each resource, with which inputs, at which commit.

The file is JSON. Its signature shows whether somebody changed it since; without a key (`kade.approval.seal`) it is a
plain checksum, and the pipeline that hands the plan on has to hold its digest.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from kade.approval.seal import Seal
from kade.engine.plan import Op, StackResult, Step, is_default_provider
from kade.report.json_text import dumps

VERSION: Final = 1
_REPLACE: Final = frozenset({Op.REPLACE, Op.CREATE_REPLACEMENT, Op.DELETE_REPLACED, Op.IMPORT_REPLACEMENT})
_NOTHING: Final = frozenset({Op.SAME, Op.READ, Op.READ_REPLACEMENT, Op.REFRESH, Op.REMOVE_PENDING_REPLACE, Op.DISCARD})


class PlanError(Exception):
    """A plan that may not be used; the text says why and what to do."""


@dataclass(frozen=True)
class Planned:
    """What was approved for one resource.

    ``operations`` are those of `operation`; ``inputs`` as `Seal.value` writes them; ``changes`` the paths that differ;
    ``sources`` are, by top-level input, the resources whose outputs it is made of.
    """

    type: str
    operations: Sequence[str]
    inputs: Mapping[str, Any] = field(default_factory=dict)
    changes: Sequence[str] = ()
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """The plan of one stack. ``commit`` is empty outside a git repository, ``made`` a time in UTC."""

    project: str
    stack: str
    kade: str
    commit: str
    made: str
    resources: Mapping[str, Planned]  # by urn

    @property
    def digest(self) -> str:
        """What identifies it: the SHA-256 of its content but for the time, in hexadecimal."""
        return hashlib.sha256(dumps(asdict(replace(self, made=""))).encode()).hexdigest()

    @property
    def changes(self) -> int:
        """How many resources it changes."""
        return sum(any(op != "same" for op in planned.operations) for planned in self.resources.values())


def operation(op: Op) -> str:
    """An operation as a reviewer approves it: the steps of a replacement are one, reading changes nothing."""
    return "replace" if op in _REPLACE else "same" if op in _NOTHING else str(op)


def make(result: StackResult, seal: Seal, *, kade: str, commit: str = "") -> Plan:
    """The plan of a stack that was previewed. Raises `PlanError` for a preview that failed."""
    if result.error:
        raise PlanError(f"{result.stack}: a preview that failed is no plan: {result.error}")
    by_urn: dict[str, list[Step]] = {}
    for step in result.steps:
        if not is_default_provider(step.urn) and not step.failed:
            by_urn.setdefault(step.urn, []).append(step)
    return Plan(
        project=result.project,
        stack=result.stack,
        kade=kade,
        commit=commit,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        resources={urn: _planned(urn, steps, seal) for urn, steps in by_urn.items()},
    )


def _planned(urn: str, steps: Sequence[Step], seal: Seal) -> Planned:
    operations = sorted({operation(step.op) for step in steps})
    new = next((step.new for step in reversed(steps) if step.new is not None and operation(step.op) != "same"), None)
    return Planned(
        type=steps[0].type,
        operations=operations,
        inputs=seal.value(dict(new.inputs), urn) if new else {},
        changes=sorted({path for step in steps for path in step.detailed_diff}),
        sources={key: list(urns) for key, urns in new.property_dependencies.items() if urns} if new else {},
    )


def write(plan: Plan, seal: Seal, file: Path) -> None:
    """Write the plan with its signature. Raises `OSError`."""
    content = asdict(plan)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(dumps({"version": VERSION, "plan": content, "seal": seal.sign(content)}), encoding="utf-8")


def read(file: Path, seal: Seal, *, stack: str, commit: str = "") -> Plan:
    """The plan in a file, for this stack at this commit.

    Raises `PlanError` for one that is not there, was changed since it was made, is another stack's, or was made at
    another commit.
    """
    content, signature = _content(file)
    _check_seal(file, content, signature, seal)
    try:
        resources = {urn: Planned(**part) for urn, part in content.pop("resources").items()}
        plan = Plan(**content, resources=resources)
    except (AttributeError, KeyError, TypeError) as error:
        raise PlanError(f"{file}: this is no plan of this version of Kade; make the plan again.") from error
    if plan.stack != stack:
        raise PlanError(f"{file}: this is the plan of {plan.stack}, not of {stack}.")
    if plan.commit != commit and plan.commit and commit:
        raise PlanError(
            f"{file}: the plan was made at commit {plan.commit[:12]} and this is {commit[:12]}: what was reviewed is"
            " not what would be deployed. Check that commit out, or make the plan again and have it approved."
        )
    return plan


def _content(file: Path) -> tuple[dict[str, Any], Mapping[str, Any]]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PlanError(f"{file}: there is no such plan; make it with `kade preview TARGET --save-plan DIR`.") from None
    except (OSError, ValueError) as error:
        raise PlanError(f"{file}: the plan cannot be read: {error}") from error
    content, signature = (found.get("plan"), found.get("seal")) if isinstance(found, dict) else (None, None)
    if not isinstance(content, dict) or not isinstance(signature, dict) or found.get("version") != VERSION:
        raise PlanError(f"{file}: this is no plan of this version of Kade; make the plan again.")
    return content, signature


def _check_seal(file: Path, content: Mapping[str, Any], signature: Mapping[str, Any], seal: Seal) -> None:
    wanted = seal.sign(content)
    if signature.get("method") != wanted["method"]:
        made, here = ("without", "with") if seal.keyed else ("with", "without")
        raise PlanError(
            f"{file}: the plan was made {made} a key and is read {here} one: set the same KADE_PLAN_KEY for both."
        )
    if not hmac.compare_digest(str(signature.get("value")), wanted["value"]):
        other = ", or it was made with another KADE_PLAN_KEY" if seal.keyed else ""
        raise PlanError(
            f"{file}: the plan's signature does not match: it was changed after it was made{other}."
            " Make the plan again and have it approved."
        )
