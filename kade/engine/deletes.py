"""What goes, and in which order: nothing before what depends on it.

Source: ``calculateDependentReplacements``, ``GenerateDeletes`` and ``ScheduleDeletes`` in
``pkg/resource/deploy/step_generator.go``, and ``pkg/resource/graph`` of pulumi/pulumi.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from kade.engine import diff as differences
from kade.engine import steps, urns
from kade.engine.plan import Resource
from kade.engine.session import Session
from kade.engine.values import UNKNOWN

if TYPE_CHECKING:
    from kade.engine.planner import Planner


def references(resource: Resource) -> Iterator[str]:
    """The urns of everything that a resource depends on, but for its parent."""
    yield from resource.dependencies
    for found in resource.property_dependencies.values():
        yield from found
    if resource.deleted_with:
        yield resource.deleted_with
    yield from resource.replace_with
    if resource.provider:
        yield resource.provider.rpartition("::")[0]


def delete_dependents(planner: Planner, root: Resource, urn: str) -> None:
    """Before a resource is deleted to be replaced: delete those that its absence would have replaced."""
    session = planner.session
    wanted = _dependents(planner, root)
    found = {id(r) for r, _ in wanted}
    for other in session.ledger.base:
        cascades = urn in other.replace_with or other.deleted_with == urn
        if cascades and id(other) not in found and not other.delete and not _handled(planner, other):
            wanted.append((other, []))
    for other, reasons in reversed(wanted):
        if id(other) in planner.pending_deletes:
            continue
        planner.dependent_reasons[_now(planner, other.urn)] = reasons
        if other.protect and not other.delete:
            session.refuse(
                f'unable to replace resource "{other.urn}" as part of replacing "{urn}" as it is currently marked for'
                " protection. To unprotect it, remove `protect` from the resource in the program and deploy that"
                " first.",
                urn,
            )
        steps.delete(session, other, planner.deletes, replaced=True, pending_replacement=not other.delete)
        planner.deletes[_now(planner, other.urn)] = True
        planner.pending_deletes.add(id(other))


def _now(planner: Planner, urn: str) -> str:
    return planner.claimed.get(urn, urn)


def _handled(planner: Planner, resource: Resource) -> bool:
    return _now(planner, resource.urn) in planner.operated


def _dependents(planner: Planner, root: Resource) -> list[tuple[Resource, list[str]]]:
    """Those that depend on a resource, and would be replaced if what they take from it changed."""
    depends, replaced = {root.urn}, {root.urn}
    made: list[tuple[Resource, list[str]]] = []
    after = False
    for other in planner.session.ledger.base:
        if other is root:
            after = True
            continue
        if not after or _handled(planner, other) or not any(ref in depends for ref in references(other)):
            continue
        depends.add(other.urn)
        reasons = _replaced_with(planner.session, other, replaced)
        if reasons is not None:
            replaced.add(other.urn)
            made.append((other, reasons))
    return made


def _replaced_with(session: Session, other: Resource, replaced: set[str]) -> list[str] | None:
    """Why a resource would be replaced along with others; None where it would not."""
    if not other.custom or other.external:
        return None
    if other.provider.rpartition("::")[0] in replaced or (other.deleted_with and other.deleted_with in replaced):
        return []
    changing = {key for key in other.inputs if any(urn in replaced for urn in other.property_dependencies.get(key, ()))}
    if not changing or urns.is_provider(other.type):
        return None
    inputs = {key: UNKNOWN if key in changing else value for key, value in other.inputs.items()}
    verdict = differences.judge(session.calls(other).diff(other, inputs), other.replace_on_changes)
    return list(verdict.replace_reasons) if verdict.replace else None


def finish(planner: Planner) -> None:
    """At the end of a program: delete what it did not register, and what was replaced."""
    session = planner.session
    gone: list[Resource] = []
    for resource in session.ledger.base:
        if id(resource) in planner.pending_deletes:
            continue
        if resource.delete or not _handled(planner, resource):
            gone.append(resource)
            planner.deletes[_now(planner, resource.urn)] = True
    _delete_all(planner, gone)


def destroy(planner: Planner) -> None:
    """Delete everything."""
    for resource in planner.session.ledger.base:
        planner.deletes[resource.urn] = True
    _delete_all(planner, planner.session.ledger.base)


def _delete_all(planner: Planner, gone: Sequence[Resource]) -> None:
    session = planner.session
    blocked: set[str] = set()  # what something that is still there depends on
    for resource in ordered(gone):
        if resource.urn in blocked:
            blocked.update(_above(resource))
            continue
        before = len(session.diagnostics)
        if resource.pending_replacement and not resource.delete:
            steps.forget(session, resource)
        else:
            steps.delete(session, resource, planner.deletes, replaced=resource.delete)
        if session.dry_run and any(d.severity == "error" for d in session.diagnostics[before:]):
            blocked.update(_above(resource))


def _above(resource: Resource) -> Iterable[str]:
    return (resource.parent, *references(resource)) if resource.parent else tuple(references(resource))


def ordered(gone: Sequence[Resource]) -> list[Resource]:
    """Resources in an order in which they can be deleted. They are given in the order of the state.

    A resource that depends on a component depends on everything in it that stands before the resource.
    """
    level: dict[str, int] = {}
    below: dict[str, int] = {}  # the highest level within a component, by its urn
    parents = {r.urn: r.parent for r in gone}
    levels: list[tuple[int, int, Resource]] = []
    for position, resource in enumerate(gone):
        deps = [max(level.get(u, -1), below.get(u, -1)) for u in references(resource)]
        deps.append(level.get(resource.parent, -1))
        mine = max(deps) + 1
        level[resource.urn] = max(mine, level.get(resource.urn, -1))
        above = resource.parent
        while above and above in parents:
            below[above] = max(below.get(above, -1), mine)
            above = parents[above]
        levels.append((mine, position, resource))
    levels.sort(key=lambda item: item[:2], reverse=True)
    return [resource for _, _, resource in levels]
