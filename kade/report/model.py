"""What a reporter gets: the results of the stacks of one target, ready to be shown, with no secret in reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kade.engine.plan import Op, PolicyResult, Resource, StackResult, Step, is_default_provider
from kade.engine.urns import STACK_TYPE
from kade.engine.values import Value
from kade.report import SEVERITIES
from kade.report.masking import Mask

if TYPE_CHECKING:
    from kade.cost.prices import PriceFile

_REPLACE = frozenset(
    {Op.REPLACE, Op.CREATE_REPLACEMENT, Op.DELETE_REPLACED, Op.READ_REPLACEMENT, Op.IMPORT_REPLACEMENT}
)


@dataclass(frozen=True)
class Row:
    """All steps of one resource as one: a replacement is one row, whose ``op`` is ``replace``."""

    op: Op
    step: Step

    @property
    def urn(self) -> str:
        """The resource's urn; its stack is in it."""
        return self.step.urn

    @property
    def name(self) -> str:
        """The name in the program."""
        return self.step.urn.rsplit("::", 1)[-1]

    @property
    def parent(self) -> str:
        """The urn of the parent, empty at the top."""
        resource = self.step.new or self.step.old
        return resource.parent if resource else ""


@dataclass(frozen=True)
class Preview:
    """The results of one target. ``action`` is ``preview``, ``up`` or ``destroy``."""

    target: str
    stacks: Sequence[StackResult]
    action: str = "preview"
    timings: Mapping[str, float] = field(default_factory=dict)  # seconds by phase
    policies_run: bool = True
    residency: Mapping[str, Any] = field(default_factory=dict)  # mode and regions, where the target is an estate
    source: str = ""  # the file that describes the target
    prices: PriceFile | None = None  # of the estate, where it has a price file

    @cached_property
    def mask(self) -> Mask:
        """What every shown text goes through."""
        return Mask(_values(self.stacks))

    @cached_property
    def without_state(self) -> tuple[str, ...]:
        """The stacks that were never deployed as far as this machine knows: everything in them looks new."""
        return tuple(s.stack for s in self.stacks if not s.had_state)

    @cached_property
    def broken(self) -> list[PolicyResult]:
        """The failures of mandatory rules."""
        found = (p for s in self.stacks for p in s.policies)
        return [p for p in found if p.verdict == "fail" and p.enforcement == "mandatory"]

    @cached_property
    def verdicts(self) -> dict[str, int]:
        """How many verdicts of each kind."""
        counts: dict[str, int] = {}
        for stack in self.stacks:
            for policy in stack.policies:
                counts[policy.verdict] = counts.get(policy.verdict, 0) + 1
        return counts

    @cached_property
    def counts(self) -> dict[Op, int]:
        """How many resources of each operation, a replacement counted once; what was refused is not counted."""
        counts: dict[Op, int] = {}
        for row in (row for stack in self.stacks for row in rows(stack)):
            if not row.step.failed:
                counts[row.op] = counts.get(row.op, 0) + 1
        return counts

    def of(self, *ops: Op) -> list[tuple[StackResult, Row]]:
        """The rows with one of these operations, by stack."""
        return [(stack, row) for stack in self.stacks for row in rows(stack) if row.op in ops]

    @property
    def failed(self) -> bool:
        """Whether a program failed or a mandatory rule is broken: exit status 1."""
        return bool(self.broken) or any(s.error for s in self.stacks)


def severity_rank(severity: str) -> int:
    """0 for the most severe; what is no known severity comes last."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def rows(stack: StackResult) -> list[Row]:
    """The stack's resources, each with one operation; default providers are not shown.

    The stack itself comes first and the rest by name: a program registers them in another order each time, and what two
    reports show alike a reader can compare.
    """
    by_urn: dict[str, list[Step]] = {}
    for step in stack.steps:
        if not is_default_provider(step.urn):
            by_urn.setdefault(step.urn, []).append(step)
    found = [_row(steps) for steps in by_urn.values()]
    return sorted(found, key=lambda row: (row.step.type != STACK_TYPE, row.name, row.urn))


def _row(steps: Sequence[Step]) -> Row:
    """The step that tells most: of a replacement the one with both states."""
    if any(step.op in _REPLACE for step in steps):
        return Row(Op.REPLACE, max(steps, key=_tells))
    return Row(steps[-1].op, steps[-1])


def _tells(step: Step) -> tuple[bool, bool, bool]:
    return (step.old is not None and step.new is not None, bool(step.detailed_diff), step.op == Op.REPLACE)


def tree_order(found: Sequence[Row]) -> Iterator[tuple[int, Row]]:
    """The rows parents first, each with its depth. A row whose parent is not among them stands at the top."""
    known = {row.urn for row in found}
    children: dict[str, list[Row]] = {}
    for row in found:
        parent = row.parent if row.parent in known and row.parent != row.urn else ""
        children.setdefault(parent, []).append(row)
    stack = [(0, row) for row in reversed(children.get("", []))]
    while stack:
        depth, row = stack.pop()
        yield depth, row
        stack.extend((depth + 1, child) for child in reversed(children.get(row.urn, [])))


def _values(stacks: Sequence[StackResult]) -> Iterator[Value]:
    """Every value that can hold a secret."""
    for stack in stacks:
        yield stack.config
        yield stack.outputs
        seen: set[int] = set()
        for step in stack.steps:
            for resource in (step.old, step.new):
                if resource is not None and id(resource) not in seen:
                    seen.add(id(resource))
                    yield from _parts(resource)


def _parts(resource: Resource) -> Iterator[Value]:
    for item in fields(resource):
        if item.name in ("inputs", "outputs", "id"):
            yield getattr(resource, item.name)
