"""Whether steps are those that were approved: pure functions on a plan and on steps of the engine.

A step stops the run where its operation or a known input is another one than in the plan. A value that was unknown
when the plan was approved is shown, and has to be approved again where it turns into a replacement, a deletion, a
network change or a role (`kade.approval.weighty`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kade.approval.plan import Plan, Planned, operation
from kade.approval.seal import MARK, UNKNOWN_MARK, Seal, canonical
from kade.approval.weighty import weight
from kade.engine.plan import Resource, Step, is_default_provider
from kade.report.diffs import MISSING, at

_LESS = {"update": {"same"}, "replace": {"same", "update"}}
"""What an operation may turn into when the value that it hung on becomes known: only into less."""


@dataclass(frozen=True)
class Difference:
    """A reason to stop: ``what`` is a sentence with nothing secret in it."""

    urn: str
    what: str

    def __str__(self) -> str:
        return f"{self.urn.rsplit('::', 1)[-1]}: {self.what}"


@dataclass(frozen=True)
class Revealed:
    """An input that was unknown at the approval, with its value as `Seal.value` writes it."""

    urn: str
    path: str
    value: Any

    def __str__(self) -> str:
        return f"{self.urn.rsplit('::', 1)[-1]}: {self.path} is {shown(self.value)}"


@dataclass
class Comparison:
    """What came of comparing. ``unseen`` are secret inputs that could not be compared: there is no key."""

    stops: list[Difference] = field(default_factory=list)
    revealed: list[Revealed] = field(default_factory=list)
    unseen: list[Revealed] = field(default_factory=list)

    def add(self, other: Comparison) -> None:
        """Take in what another comparison found."""
        self.stops += other.stops
        self.revealed += other.revealed
        self.unseen += other.unseen


def compare(plan: Plan, steps: Iterable[Step], seal: Seal) -> Comparison:
    """All the steps of a preview or a run against the plan, also those that the plan has and the run has not."""
    found = Comparison()
    known: dict[str, Resource] = {}
    done: dict[str, set[str]] = {}
    for step in steps:
        found.add(judge(plan, step, seal, known))
        done.setdefault(step.urn, set()).add(operation(step.op))
        if step.new is not None:
            known[step.urn] = step.new
    for urn, planned in plan.resources.items():
        if urn not in done and set(planned.operations) != {"same"}:
            found.stops.append(Difference(urn, f"{' and '.join(planned.operations)} was approved, and nothing happens"))
    return found


def judge(plan: Plan, step: Step, seal: Seal, known: Mapping[str, Resource]) -> Comparison:
    """One step against the plan. ``known`` are, by urn, the resources that earlier steps of the run left."""
    found = Comparison()
    if is_default_provider(step.urn):
        return found
    op, planned = operation(step.op), plan.resources.get(step.urn)
    if planned is None:
        if op != "same":
            found.stops.append(Difference(step.urn, f"{op} is not in the approved plan"))
        return found
    inputs = seal.value(dict(step.new.inputs), step.urn) if step.new is not None else {}
    if op not in planned.operations and not _less(planned, op):
        found.stops.append(_other_operation(step.urn, op, planned, inputs))
        return found
    if op == "same" or step.new is None:
        return found
    _inputs(found, step, planned, inputs, known)
    if op in planned.operations:  # where it has become less, the plan's paths are those of more
        extra = [path for path in step.detailed_diff if not _expected(path, planned)]
        if extra:
            found.stops.append(Difference(step.urn, f"it also changes {', '.join(extra)}, which was not approved"))
    return found


def shown(value: Any) -> str:
    """A value of a plan as a person reads it."""
    if isinstance(value, dict) and value.get(MARK) in ("secret", "unknown"):
        return f"[{value[MARK]}]"
    return canonical(value)


def _other_operation(urn: str, op: str, planned: Planned, inputs: Mapping[str, Any]) -> Difference:
    """The difference, with the values that were unknown: they may be what turned it into another operation."""
    what = f"{' and '.join(planned.operations)} was approved, and it would be {op}"
    pairs = _walk(planned.inputs, inputs, "") if inputs else ()
    now = [f"{path} is {_side(value)}" for path, was, value in pairs if was == UNKNOWN_MARK]
    return Difference(urn, f"{what}; known since then: {', '.join(now)}" if now else what)


def _less(planned: Planned, op: str) -> bool:
    unknown = any(True for _ in _unknowns(planned.inputs, ""))
    return unknown and any(op in _LESS.get(approved, ()) for approved in planned.operations)


def _inputs(
    found: Comparison, step: Step, planned: Planned, inputs: Mapping[str, Any], known: Mapping[str, Resource]
) -> None:
    for path, was, now in _walk(planned.inputs, inputs, ""):
        if was == UNKNOWN_MARK:
            now = None if now is _ABSENT else now
            found.revealed.append(Revealed(step.urn, path, now))
            heavy = "" if _as_before(step, path) else weight(step.type, path)
            if heavy and not _as_reviewed(now, planned.sources.get(_top(path), ()), known):
                found.stops.append(
                    Difference(
                        step.urn,
                        f"{path} was unknown when the plan was approved, is {shown(now)}, and {heavy}: it has to be"
                        " approved again",
                    )
                )
        elif _secret(was) and _secret(now):  # one of the two has no hash
            found.unseen.append(Revealed(step.urn, path, now))
        else:
            here = "no longer secret" if _secret(was) and now is not _ABSENT else _side(now)  # never its value
            found.stops.append(Difference(step.urn, f"{path} was approved as {_side(was)} and would be {here}"))


def _as_before(step: Step, path: str) -> bool:
    """Whether a value that was unknown is the one that stands."""
    if step.old is None or step.new is None:
        return False
    return at(step.old.inputs, path) == at(step.new.inputs, path) is not MISSING


def _as_reviewed(value: Any, sources: Sequence[str], known: Mapping[str, Resource]) -> bool:
    """Whether a value is an output of a resource of this stack from which the reviewer saw that it would come."""
    if not isinstance(value, str) or not value:
        return False
    resources = (known[urn] for urn in sources if urn in known)
    return any(value in (r.id, *_texts(r.outputs)) for r in resources if not r.external)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


_ABSENT = object()
_THIS_SECRET, _OTHER_SECRET = "[secret]", "[another secret]"


def _side(value: Any) -> str:
    return "absent" if value is _ABSENT else value if value in (_THIS_SECRET, _OTHER_SECRET) else shown(value)


def _walk(was: Any, now: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Every place where two trees differ, the deepest there is."""
    if was == UNKNOWN_MARK:
        if now != UNKNOWN_MARK:
            yield path, was, now
    elif _secret(was) and _secret(now):
        if was.get("hmac") != now.get("hmac") and "hmac" in was and "hmac" in now:
            yield path, _THIS_SECRET, _OTHER_SECRET
        elif "hmac" not in was or "hmac" not in now:
            yield path, was, now
    elif isinstance(was, dict) and isinstance(now, dict) and MARK not in was and MARK not in now:
        for key in [*was, *(key for key in now if key not in was)]:
            yield from _walk(was.get(key, _ABSENT), now.get(key, _ABSENT), f"{path}.{key}" if path else key)
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for number, (before, after) in enumerate(zip(was, now, strict=True)):
            yield from _walk(before, after, f"{path}[{number}]")
    elif was is not now and was != now:
        yield path, was, now


def _unknowns(tree: Any, path: str) -> Iterator[str]:
    if tree == UNKNOWN_MARK:
        yield path
    elif isinstance(tree, dict):
        for key, item in tree.items():
            yield from _unknowns(item, f"{path}.{key}" if path else key)
    elif isinstance(tree, list):
        for number, item in enumerate(tree):
            yield from _unknowns(item, f"{path}[{number}]")


def _expected(path: str, planned: Planned) -> bool:
    """Whether the plan has this change: itself, one above or below it, or an input of which a part was unknown."""
    near = any(
        path == p or path.startswith((f"{p}.", f"{p}[")) or p.startswith((f"{path}.", f"{path}["))
        for p in planned.changes
    )
    return near or any(_top(path) == _top(unknown) for unknown in _unknowns(planned.inputs, ""))


def _top(path: str) -> str:
    return path.replace("[", ".").partition(".")[0]


def _secret(value: Any) -> bool:
    return isinstance(value, dict) and value.get(MARK) == "secret"
