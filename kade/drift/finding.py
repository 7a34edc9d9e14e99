"""The resources of a state beside those of an export: what changed, what is gone, and what nobody's program made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kade.adopt.export import Export, Standing
from kade.azure.sdk_types import schema
from kade.drift.values import Change, Comparing
from kade.engine.plan import Resource
from kade.facts.arm_form import from_arm_body
from kade.facts.azure_defaults import defaults_of
from kade.facts.azure_types import AzureType, type_by_token
from kade.policies.kit import UNKNOWN as NOT_TOLD

_GROUP = "microsoft.resources/resourcegroups"


@dataclass(frozen=True)
class Drifted:
    """A resource of the state that stands otherwise than it was deployed."""

    urn: str
    id: str
    changes: Sequence[Change]

    @property
    def name(self) -> str:
        """Its name in the program."""
        return self.urn.rsplit("::", 1)[-1]


@dataclass
class Drift:
    """What came of it.

    ``unknown`` stands in a resource group of the state (or in a resource of it) and in no state; ``elsewhere`` counts
    what stands in other groups; ``unseen`` is in the state, and the export does not tell of its kind or place.
    """

    compared: int = 0
    changed: list[Drifted] = field(default_factory=list)
    gone: list[Resource] = field(default_factory=list)
    unknown: list[Standing] = field(default_factory=list)
    unseen: list[Resource] = field(default_factory=list)
    elsewhere: int = 0
    passed_over: int = 0

    @property
    def found(self) -> bool:
        """Whether anything is otherwise than the program made it."""
        return bool(self.changed or self.gone or self.unknown)


def find(state: Iterable[Resource], export: Export) -> Drift:
    """Compare every Azure resource of a state with what stands."""
    ours = {r.id.lower(): r for r in state if _is_azure(r)}
    standing, inside = _with_children(export)
    told = {_place_of(id_, item.type) for id_, item in export.items.items()}
    drift = Drift()
    for id_, resource in ours.items():
        if resource.external:
            continue  # read, never made
        item = standing.get(id_)
        if item is None:
            known = type_by_token(resource.type)
            tells = not export.notes and known is not None and _place_of(id_, known.arm_type.lower()) in told
            (drift.gone if tells else drift.unseen).append(resource)
            continue
        changes, over = _changes(resource, item, ours)
        drift.compared += 1
        drift.passed_over += over
        if changes:
            drift.changed.append(Drifted(resource.urn, resource.id, changes))
    _strangers(drift, ours, standing, inside)
    return drift


def _is_azure(resource: Resource) -> bool:
    return resource.type.startswith("azure-native:") and str(resource.id).startswith("/") and not resource.delete


def _place_of(id_: str, type_: str) -> tuple[str, str]:
    """The subscription and kind of a resource: where an export tells of others of them, a lacking one is gone."""
    parts = id_.split("/")
    return (parts[2] if id_.startswith("/subscriptions/") and len(parts) > 2 else ""), type_


def _changes(resource: Resource, item: Standing, ours: Mapping[str, Resource]) -> tuple[list[Change], int]:
    known, found = type_by_token(resource.type), schema(resource.type)
    if known is None or found is None:
        return [], 1
    comparing = Comparing(defaults_of(resource.type), lambda id_: id_.lower() in ours)
    aside = {*known.parameters, "scope", "resourceUri", *(_top(path) for path in resource.ignore_changes)}
    given = {key: value for key, value in resource.inputs.items() if key not in aside}
    kinds = {key: kind for key, kind in found.inputs.items() if key not in aside}
    made = list(comparing.object("", given, resource.outputs, _now(known, item), kinds))
    return made, comparing.passed_over


def _now(known: AzureType, item: Standing) -> dict[str, Any]:
    body = item.body
    if "properties" in body and body["properties"] is None:  # `az resource list` leaves them out
        body = {**body, "properties": NOT_TOLD}
    return from_arm_body(known, body)


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _with_children(export: Export) -> tuple[dict[str, Standing], dict[str, str]]:
    """What stands by id, with the resources that are told of inside others; and of these the property they are in."""
    standing = dict(export.items)
    inside: dict[str, str] = {}
    for owner in list(standing.values()):
        for path, child in _children(owner.properties, owner.id.lower() + "/", ()):
            id_ = str(child["id"]).rstrip("/")
            if id_.lower() not in standing:
                standing[id_.lower()] = Standing(
                    id=id_,
                    type=f"{owner.type}/{path[-1].lower()}",
                    name=str(child.get("name") or id_.rsplit("/", 1)[-1]),
                    properties=child.get("properties") or {},
                    body=child,
                )
                inside[id_.lower()] = ".".join(path)
    return standing, inside


def _children(value: Any, prefix: str, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """The objects within one whose id is below it and that say more than where they are."""
    if isinstance(value, Mapping):
        id_ = value.get("id")
        if isinstance(id_, str) and id_.lower().startswith(prefix) and path and "properties" in value:
            yield path, value
            prefix = id_.lower() + "/"
        for key, item in value.items():
            yield from _children(item, prefix, path if key == "properties" else (*path, key))
    elif isinstance(value, list):
        for item in value:
            yield from _children(item, prefix, path)


def _strangers(
    drift: Drift,
    ours: Mapping[str, Resource],
    standing: Mapping[str, Standing],
    inside: Mapping[str, str],
) -> None:
    """What stands and is in no state."""
    groups = {id_ for id_, resource in ours.items() if not resource.external and _is_group(resource)}
    for id_, item in standing.items():
        if id_ in ours or item.type in ("microsoft.resources/subscriptions", "microsoft.management/managementgroups"):
            continue
        if id_ in inside:
            owner = next((ours[up] for up in _ups(id_) if up in ours), None)
            if owner is not None and _is_left_to_others(owner, inside[id_]):
                drift.unknown.append(item)
        elif not _made_by_azure(item, ours) and item.type != _GROUP:
            if item.resource_group.lower() in groups:
                drift.unknown.append(item)
            elif any(resource_id.startswith(f"/subscriptions/{item.subscription}/") for resource_id in groups):
                drift.elsewhere += 1


def _is_group(resource: Resource) -> bool:
    return resource.type.split(":")[-1] == "ResourceGroup"


def _ups(id_: str) -> Iterator[str]:
    """The ids above an id, the nearest first."""
    while "/" in id_[1:]:
        id_ = id_.rpartition("/")[0]
        yield id_


def _is_left_to_others(owner: Resource, path: str) -> bool:
    """Whether a list in a resource can be given and was not: what is in it are then resources of their own."""
    found = schema(owner.type)
    top = _top(path)
    return found is not None and top in found.inputs and top not in owner.inputs


def _made_by_azure(item: Standing, ours: Mapping[str, Resource]) -> bool:
    """A disk of a machine, the interface of a private endpoint: what Azure makes with a resource that is known."""
    endpoint = item.properties.get("privateEndpoint")
    owner = item.body.get("managedBy") or (endpoint or {}).get("id") if isinstance(endpoint or {}, Mapping) else ""
    return isinstance(owner, str) and owner.lower().rstrip("/") in ours
