"""ARM resources as rules see them: azure-native's type and property names, and children apart from their parents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kade.check.functions import typed_path
from kade.check.template import GROUP, SUBSCRIPTION
from kade.facts.arm_form import from_arm, type_in
from kade.policies.kit import Resource
from kade.policies.kit.joins import OUTSIDE

_EXTENSION: Final = "/providers/"


def resources(arm: Mapping[str, Any], parent: Resource | None = None) -> Iterator[Resource]:
    """A resource and, after it, every child in its ``resources``, each with the id that Azure gives it.

    What is no object, or has no type, is passed over: a list of resources may hold anything.
    """
    own = _resource(arm, parent)
    if own is None:
        return
    yield own
    children = arm.get("resources")
    for child in children if isinstance(children, list) else []:
        if isinstance(child, Mapping):
            yield from resources(child, own)


def _resource(arm: Mapping[str, Any], parent: Resource | None) -> Resource | None:
    id_, name = _text(arm, "id"), _text(arm, "name")
    type_ = _type(arm, id_, parent)
    if not type_:
        return None
    full_id = id_ or _id(type_, name, parent)
    found = from_arm({**arm, "type": type_, "id": full_id})
    token, props = found or (f"{OUTSIDE}{type_.lower()}", dict(_flat(arm)))
    return Resource(
        token,
        props,
        name=name.rpartition("/")[2] or full_id.rpartition("/")[2],
        id_=full_id,
        arm_type=type_,
        api_version=_text(arm, "apiVersion"),
        container=parent.key if parent else "",
        shown=id_ or (full_id if parent is not None and parent.shown == parent.id else name),
    )


def _flat(arm: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The members of a resource outside the table; the accessors of a rule look in ``properties`` by themselves."""
    return ((k, v) for k, v in arm.items() if k not in ("type", "id", "apiVersion", "resources"))


def _type(arm: Mapping[str, Any], id_: str, parent: Resource | None) -> str:
    """The full ARM type. An id tells it best: in exports an extension resource may carry its owner's type."""
    type_ = _text(arm, "type")
    if "." not in type_.split("/")[0] and parent is not None and type_:
        type_ = f"{parent.arm_type}/{type_}"
    of_id = type_in(id_)
    if parent is not None and not of_id and type_.lower() == parent.arm_type.lower():
        return f"{type_}/unknown"  # nothing stands in its own kind, so this is an extension whose type is not told
    return of_id if of_id and (not type_ or (parent is not None and of_id.lower() != type_.lower())) else type_


def _text(arm: Mapping[str, Any], key: str) -> str:
    value = arm.get(key)
    return value if isinstance(value, str) else ""


def _id(type_: str, name: str, parent: Resource | None) -> str:
    """The id of a resource that has none: below its parent, or in a resource group that stands for any."""
    provider, *kinds = type_.split("/")
    names = name.split("/")
    if parent is not None and parent.id:
        if type_.lower().startswith(parent.arm_type.lower() + "/"):
            return f"{parent.id}/{kinds[-1]}/{names[-1]}"
        return f"{parent.id}{_EXTENSION}{provider}/" + "/".join(f"{k}/{n}" for k, n in zip(kinds, names, strict=False))
    names = ([""] * len(kinds) + names)[-len(kinds) :] if kinds else []
    if not name or "" in names:
        return ""
    if type_.lower() == "microsoft.resources/resourcegroups":
        return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}"
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/{typed_path(type_, names)}"
