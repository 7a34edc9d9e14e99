"""Whether the resources of a state fit together, by the checks that Pulumi makes before and after every run.

Source: ``Snapshot.VerifyIntegrity`` in ``pkg/resource/deploy/snapshot.go`` of pulumi/pulumi.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kade.engine.plan import Resource

_PROVIDER_TYPE = "pulumi:providers:"


@dataclass(frozen=True)
class Problem:
    """What does not fit, in one clause without a full stop, and the resource that it is about."""

    message: str
    urn: str = ""


def integrity_error(resources: Sequence[Resource], manifest: Mapping[str, Any]) -> Problem | None:
    """The first thing that does not fit: a doubled urn, or something named that is missing or comes later."""
    release = manifest.get("version", "")
    magic = hashlib.sha256(release.encode()).hexdigest() if release else ""
    if manifest.get("magic", "") != magic:
        return Problem(
            'the manifest\'s "magic" does not belong to its "version": the file was changed by hand', "magic"
        )
    seen: set[str] = set()
    live: set[str] = set()
    providers: set[str] = set()
    for resource in resources:
        urn = resource.urn
        if not resource.custom and resource.id:
            return Problem(f"the component {urn} has an id, which only a custom resource can have", urn)
        if resource.type.startswith(_PROVIDER_TYPE):
            providers.add(f"{urn}::{resource.id}")
        if resource.provider and resource.provider not in providers and not resource.pending_replacement:
            return Problem(f"the resource {urn} names the provider {resource.provider}, which is not before it", urn)
        for kind, other in _named(resource):
            if other not in seen:
                later = any(r.urn == other for r in resources)
                how = "comes after it" if later else "is missing"
                return Problem(f"the resource {urn} names the {kind} {other}, which {how}", urn)
        if not resource.delete:
            if urn in live:
                return Problem(f"the resource {urn} is there twice, and neither is marked for deletion", urn)
            live.add(urn)
        seen.add(urn)
    return None


def _named(resource: Resource) -> Iterator[tuple[str, str]]:
    if resource.parent:
        yield "parent", resource.parent
    for other in resource.dependencies:
        yield "dependency", other
    for name, others in resource.property_dependencies.items():
        for other in others:
            yield f"dependency of its property {name}", other
    if resource.deleted_with:
        yield "resource to be deleted with", resource.deleted_with
