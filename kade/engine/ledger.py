"""What a run knows of the resources: the state before it, what was done since, and the state that follows from both.

The order is Pulumi's: what this run registered, in the order in which it was done, and then what is left of the
state before. Source: ``pkg/backend/snapshot.go`` of pulumi/pulumi.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from kade.engine.aliases import Index
from kade.engine.plan import Resource
from kade.engine.state_model import Deployment, PendingOperation


def now() -> str:
    """The time as Pulumi writes it in a state."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


class Ledger:
    """Books every operation; ``checkpoint`` is called with the whole state after each one that changes it."""

    def __init__(self, before: Deployment, checkpoint: Callable[[Ledger], None] | None = None) -> None:
        self.before = before
        self.base = [replace(r) for r in before.resources]  # ours to mark
        self.olds = Index(self.base)
        self.news: list[Resource] = []
        self.renamed: dict[str, str] = {}  # urn now -> urn in the state
        self._done: set[int] = set()
        self._pending: dict[int, PendingOperation] = {}
        self._checkpoint = checkpoint

    def begin(self, resource: Resource, kind: str) -> None:
        """An operation starts (``creating``, ``updating``, ``deleting``, ``reading``, ``importing``)."""
        if self._checkpoint:
            self._pending[id(resource)] = PendingOperation(replace(resource), kind)
            self._checkpoint(self)

    def failed(self, resource: Resource) -> None:
        """It did not happen."""
        self._pending.pop(id(resource), None)
        self.saved()

    def done(self, new: Resource | None, old: Resource | None, *, drop: bool = True) -> None:
        """It happened: ``new`` stands in the state, ``old`` no longer (unless ``drop`` is false)."""
        for resource in (new, old):
            if resource is not None:
                self._pending.pop(id(resource), None)
        if new is not None:
            self.news.append(new)
        if old is not None and drop:
            self._done.add(id(old))
        self.saved()

    def saved(self) -> None:
        """Write the state, where there is one to write."""
        if self._checkpoint:
            self._checkpoint(self)

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
        self.before.resources = self.resources()
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
