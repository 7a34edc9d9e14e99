"""What the program would make that stands already: taken over by an import, unless somebody else owns it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kade.adopt.export import Export, Standing
from kade.adopt.proposal import Proposal
from kade.adopt.terraform import Owners
from kade.azure import ids
from kade.engine.plan import Resource, StackResult
from kade.engine.values import UNKNOWN, Secret
from kade.estate.imports import Import, Place
from kade.facts.arm_form import from_arm_body
from kade.facts.azure_types import AzureType, type_by_token

_PROVIDER = "pulumi:providers:azure-native"


@dataclass(frozen=True)
class Planned:
    """A resource of the program, and the id that it would have in Azure."""

    stack: str
    type: str
    name: str
    id: str
    inputs: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Difference:
    """A property of something taken over that stands otherwise than the file wants; ``replaces`` says what it would
    take to change it.
    """

    resource: str
    path: str
    stands: Any
    wanted: Any
    replaces: bool = False


def planned(results: Iterable[StackResult]) -> dict[str, Planned]:
    """Every resource of a preview whose id is known beforehand, by that id in lower case."""
    found: dict[str, Planned] = {}
    for result in results:
        resources = [step.new for step in result.steps if step.new is not None]
        subscriptions = {r.urn: r.inputs.get("subscriptionId", UNKNOWN) for r in resources if r.type == _PROVIDER}
        for resource in resources:
            id_ = _id(resource, subscriptions)
            if id_:
                inputs = _without_secrets(resource.inputs)
                found[id_.lower()] = Planned(result.stack, resource.type, resource.name, id_, inputs)
    return found


def _id(resource: Resource, subscriptions: Mapping[str, Any]) -> str:
    known = type_by_token(resource.type) if resource.custom else None
    if known is None or known.derived:
        return ""
    subscription = subscriptions.get(resource.provider.rpartition("::")[0], UNKNOWN)
    id_ = ids.fill(known.path, _without_secrets(resource.inputs), subscription)
    return id_ if isinstance(id_, str) else ""


def _without_secrets(value: Any) -> Any:
    """A value with what is secret in it as unknown: an import and a report hold none."""
    if isinstance(value, Secret):
        return UNKNOWN
    if isinstance(value, Mapping):
        return {k: _without_secrets(v) for k, v in value.items()}
    return [_without_secrets(v) for v in value] if isinstance(value, list) else value


def take_over(
    would_be: Mapping[str, Planned], export: Export, owners: Owners, proposal: Proposal
) -> tuple[dict[str, dict[Place, Import]], list[Difference]]:
    """The imports by stack, and what differs on them and is kept. What cannot be taken over is noted."""
    imports: dict[str, dict[Place, Import]] = {}
    differences: list[Difference] = []
    for key, item in would_be.items():
        above = _owner_above(item.id, owners)
        if above:
            text = f"{item.name} of {item.stack} is, or is in, what {above} owns; one of the two has to let go of it"
            proposal.note("two owners", item.id, text)
            continue
        standing = export.get(key)
        known = type_by_token(item.type)
        if standing is None or known is None:
            continue
        if by := standing.body.get("managedBy"):
            proposal.note("not adopted", item.id, f"is managed by {by}, which would put back what is changed")
            continue
        as_it_is = _as_it_is(known, item, standing)
        found = list(_differences(item.name, as_it_is, item.inputs, "", known.replace_on))
        keep = tuple(sorted({_input(d.path) for d in found} | _not_known(item.inputs)))
        imports.setdefault(item.stack, {})[item.type, item.name] = Import(standing.id, as_it_is, keep)
        differences += found
    return imports, differences


def _owner_above(id_: str, owners: Owners) -> str:
    """Who owns an id or something that it is a part of, as a subnet is of a network; not a whole resource group."""
    parts = id_.split("/")
    above = ("/".join(parts[:length]) for length in range(len(parts) - 2, 5, -2))
    return next((owner for place in (id_, *above) if (owner := owners.of(place))), "")


def _as_it_is(known: AzureType, item: Planned, standing: Standing) -> dict[str, Any]:
    """Those of its properties that the program gives, as they stand; Azure's ids are equal in any letter case."""
    stands = from_arm_body(known, standing.body)
    made: dict[str, Any] = {}
    for name, wanted in item.inputs.items():
        where = known.props.get(name, "").partition(":")[0]
        if where in ("/", "?") or name == "azureApiVersion":  # a part of the id, which is the same
            made[name] = wanted
        elif name in stands:
            made[name] = _like(wanted, stands[name])
    return {name: value for name, value in made.items() if value is not UNKNOWN}


def _like(wanted: Any, stands: Any) -> Any:
    if isinstance(wanted, Mapping) and isinstance(stands, Mapping):
        by_name = {str(key).lower(): value for key, value in stands.items()}
        return {k: _like(v, by_name[k.lower()]) for k, v in wanted.items() if k.lower() in by_name}
    if isinstance(wanted, list) and isinstance(stands, list) and len(wanted) == len(stands):
        return [_like(one, other) for one, other in zip(wanted, stands, strict=True)]
    if isinstance(wanted, str) and isinstance(stands, str) and wanted.lower() == stands.lower():
        return wanted
    return stands


def _differences(name: str, stands: Any, wanted: Any, path: str, replace_on: frozenset[str]) -> Iterator[Difference]:
    if isinstance(wanted, Mapping) and isinstance(stands, Mapping):
        for key, value in wanted.items():
            below = f"{path}.{key}" if path else str(key)
            yield from _differences(name, stands.get(key), value, below, replace_on)
        return
    if wanted is not UNKNOWN and stands != wanted:
        yield Difference(name, path, stands, wanted, _input(path) in replace_on or path in replace_on)


def _input(path: str) -> str:
    return path.split(".")[0]


def _not_known(inputs: Mapping[str, Any]) -> set[str]:
    """Inputs that a preview cannot compare: they hold something that is known after the deployment only."""

    def holds(value: Any) -> bool:
        if isinstance(value, Mapping):
            return any(map(holds, value.values()))
        return any(map(holds, value)) if isinstance(value, list) else value is UNKNOWN

    return {name for name, value in inputs.items() if holds(value)}
