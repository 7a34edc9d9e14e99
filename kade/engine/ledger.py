"""What a run knows of the resources: the state before it, what was done since, and the state that follows from both.

The order is Pulumi's: what this run registered, in the order in which it was done, and then what is left of the
state before. Source: ``pkg/backend/snapshot.go`` of pulumi/pulumi.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from kade.engine.aliases import Index
from kade.engine.plan import Resource
from kade.engine.state_model import Deployment, PendingOperation


def now() -> str:
    """The time as Pulumi writes it in a state."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


class Ledger:
    """Books every operation; ``record`` gets each booking, from which `apply` makes the same state again.

    In a booking, resources are named by where they are from: ``b3`` is the fourth of the state before, ``n0`` the
    first that this run made.
    """

    def __init__(self, before: Deployment, record: Callable[[dict[str, Any]], None] | None = None) -> None:
        self.before = before
        self.base = [replace(r) for r in before.resources]  # ours to mark
        self.olds = Index(self.base)
        self.news: list[Resource] = []
        self.renamed: dict[str, str] = {}  # urn now -> urn in the state
        self._done: set[int] = set()
        self._names = {id(r): f"b{i}" for i, r in enumerate(self.base)}
        self._pending: dict[int, PendingOperation] = {}
        self._open: dict[int, int] = {}  # id of a resource -> number of its operation
        self._count = 0
        self._record = record
        self._written_names: dict[str, str] = {}

    def begin(self, resource: Resource, kind: str) -> None:
        """An operation starts (``creating``, ``updating``, ``deleting``, ``reading``, ``importing``)."""
        if self._record:
            number = self._open[id(resource)] = self._count
            self._count += 1
            self._pending[number] = PendingOperation(replace(resource), kind)
            self._record({"do": "begin", "number": number, "type": kind, "resource": resource})

    def failed(self, resource: Resource) -> None:
        """It did not happen."""
        self._end(resource)

    def done(self, new: Resource | None, old: Resource | None, *, drop: bool = True) -> None:
        """It happened: ``new`` stands in the state, ``old`` no longer (unless ``drop`` is false)."""
        if new is not None:
            self._names[id(new)] = f"n{len(self.news)}"
            self.news.append(new)
        if old is not None and drop:
            self._done.add(id(old))
        if self._record:
            entry: dict[str, Any] = {"do": "done", "new": new}
            if old is not None:
                marks = {"delete": old.delete, "pending_replacement": old.pending_replacement}
                entry |= {"old": self._names[id(old)], "drop": drop, "marks": marks}
            fresh = {urn: old_urn for urn, old_urn in self.renamed.items() if urn not in self._written_names}
            if fresh:
                entry["renamed"] = fresh
                self._written_names |= fresh
            self._record(entry)
        for resource in (new, old):
            if resource is not None:
                self._end(resource)

    def outputs(self, resource: Resource) -> None:
        """A component, or the stack, has got its outputs."""
        if self._record:
            self._record({"do": "outputs", "of": self._names[id(resource)], "resource": resource})

    def _end(self, resource: Resource) -> None:
        number = self._open.pop(id(resource), None)
        if number is not None and self._record:
            del self._pending[number]
            self._record({"do": "end", "number": number})

    def apply(self, entry: dict[str, Any]) -> None:
        """Book what a journal says. Raises ``KeyError`` or ``ValueError`` for what is no booking."""
        match entry["do"]:
            case "begin":
                self._pending[entry["number"]] = PendingOperation(entry["resource"], entry["type"])
            case "end":
                self._pending.pop(entry["number"], None)
            case "outputs":
                self._named(entry["of"]).outputs = entry["resource"].outputs
            case "done":
                self.renamed |= entry.get("renamed", {})
                if entry["new"] is not None:
                    self.news.append(entry["new"])
                if "old" in entry:
                    old = self._named(entry["old"])
                    old.delete = entry["marks"]["delete"]
                    old.pending_replacement = entry["marks"]["pending_replacement"]
                    if entry["drop"]:
                        self._done.add(id(old))
            case other:
                raise ValueError(f"{other!r} is not known")

    def _named(self, name: str) -> Resource:
        return (self.base if name[0] == "b" else self.news)[int(name[1:])]

    def resources(self) -> list[Resource]:
        """The resources as they are now."""
        left = [r for r in self.base if id(r) not in self._done]
        new = [r for r in self.news if id(r) not in self._done]
        back = {old: urn for urn, old in self.renamed.items() if old != urn}
        if back:
            left = [_renamed(r, back) for r in left]
        return new + left

    def deployment(self) -> Deployment:
        """The state as it is now, with what has begun and not ended."""
        # References are right by now, so aliases say nothing more: Pulumi leaves them out of a state too.
        self.before.resources = [replace(r, aliases=()) if r.aliases else r for r in self.resources()]
        self.before.pending_operations = list(self._pending.values())
        return self.before


def _renamed(resource: Resource, back: Mapping[str, str]) -> Resource:
    """A resource with references to renamed ones made right."""

    def each(found: Iterable[str]) -> list[str]:
        return [back.get(urn, urn) for urn in found]

    provider_urn, _, provider_id = resource.provider.rpartition("::")
    return replace(
        resource,
        parent=back.get(resource.parent, resource.parent),
        dependencies=each(resource.dependencies),
        property_dependencies={k: each(v) for k, v in resource.property_dependencies.items()},
        deleted_with=back.get(resource.deleted_with, resource.deleted_with),
        replace_with=each(resource.replace_with),
        provider=f"{back[provider_urn]}::{provider_id}" if provider_urn in back else resource.provider,
    )
