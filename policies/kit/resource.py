"""One resource as a rule sees it, and all resources of a run, which know who belongs to whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NoReturn

from kade.policies.kit.values import UNKNOWN, Node, NotApplicable, UnknownValueError

_VERSION: Final = re.compile(r"/v(\d{4})(\d{2})(\d{2})\w*(?=:)|:v(\d{4})(\d{2})(\d{2})\w*(?=:)")
_PLAIN: Final = frozenset({"resourcegroupname", "location", "subscriptionid", "type", "kind"})


def bare_type(token: str) -> str:
    """A Pulumi type without its API version: ``azure-native:network/v20230201:Subnet`` is ``…:network:Subnet``."""
    return _VERSION.sub("", token)


def version_in(token: str) -> str:
    """The API version in a Pulumi type, as Azure writes it (``2023-02-01``); empty where it names none."""
    found = _VERSION.search(token)
    return "-".join(part for part in found.groups() if part) if found else ""


class Resource(Node):
    """A resource in azure-native's form: properties flattened, names in camelCase.

    ``type`` is azure-native's token without version, ``id`` the ARM id (empty where not known), ``name`` the name in
    Azure where it is known, else the name in the program. ``urn`` is empty outside Pulumi.
    """

    __slots__ = (
        "api_version",
        "arm_type",
        "config",
        "container",
        "depends_on",
        "id",
        "name",
        "shown",
        "stack",
        "type",
        "urn",
    )

    def __init__(
        self,
        type_: str,
        props: Mapping[str, Any],
        *,
        name: str = "",
        urn: str = "",
        id_: str = "",
        arm_type: str = "",
        api_version: str = "",
        container: str = "",
        depends_on: Iterable[str] = (),
        shown: str = "",
        reads: set[str] | None = None,
    ) -> None:
        """``container`` is the key (id or urn) of what this one stands in, ``depends_on`` are urns.

        ``shown`` is what results call it: the id, else the name, where it is not given.
        """
        super().__init__(props, "", reads)
        self.type = bare_type(type_)
        self.name = name
        self.urn = urn
        self.id = id_
        self.arm_type = arm_type
        self.api_version = api_version or version_in(type_)
        self.container = container
        self.depends_on = tuple(depends_on)
        self.shown = shown or id_ or name or urn
        self.stack: Stack | None = None
        self.config: Mapping[str, Any] = {}

    def __repr__(self) -> str:
        return f"<Resource {self.type} {self.id or self.urn or self.name}>"

    @property
    def key(self) -> str:
        """What tells it from every other resource: its urn, or its id, or type and name."""
        return self.urn or self.id.lower() or f"{self.type}::{self.name}"

    @property
    def props(self) -> Mapping[str, Any]:
        """The raw properties; the accessors are safer."""
        return self._data

    @property
    def location(self) -> str:
        """The region in lower case without spaces (``westeurope``); empty where it has none."""
        return self.word("location").replace(" ", "")

    def children(self, *types: str) -> list[Resource]:
        """The resources of those types that stand in this one, at any depth, extension resources included.

        Inside Azure, Pulumi state and templates alike: nested, by id, by a property such as ``accountName``.
        """
        return self.stack.children(self, types) if self.stack else []

    def parent(self) -> Resource | None:
        """The resource that this one stands in, where it is in the same run."""
        return self.stack.parent(self) if self.stack else None

    def related(self, *types: str) -> list[Resource]:
        """The resources of those types that refer to this one or that this one refers to, by id or dependency."""
        return self.stack.related(self, types) if self.stack else []


def not_applicable(reason: str) -> NoReturn:
    """Leave the rule: it is not about this resource. The reason is shown with ``--verdicts all``."""
    raise NotApplicable(reason)


def not_evaluated(reason: str) -> NoReturn:
    """Leave the rule: from what is given nobody can say whether it holds."""
    raise UnknownValueError(reason)


class Stack:
    """All resources of one run: a stack, a template, an export."""

    def __init__(self, resources: Iterable[Resource], config: Mapping[str, Any] | None = None) -> None:
        self.all: list[Resource] = list(resources)
        self.config: Mapping[str, Any] = config or {}
        self._by_type: dict[str, list[Resource]] = {}
        for resource in self.all:
            resource.stack = self
            self._by_type.setdefault(resource.type, []).append(resource)
        self._joined: _Joins | None = None

    def resources(self, *types: str) -> list[Resource]:
        """The resources of those types, or all of them where no type is named."""
        return [r for t in types for r in self._by_type.get(t, [])] if types else self.all

    @property
    def types(self) -> Iterable[str]:
        """The types that there are."""
        return self._by_type.keys()

    def children(self, resource: Resource, types: tuple[str, ...]) -> list[Resource]:
        """See `Resource.children`."""
        joins = self._joins()
        found: list[Resource] = []
        waiting = list(joins.inside.get(resource.key, []))
        seen = {resource.key}
        while waiting:
            child = waiting.pop(0)
            if child.key in seen:
                continue
            seen.add(child.key)
            if not types or child.type in types:
                found.append(child)
            waiting.extend(joins.inside.get(child.key, []))
        return found

    def parent(self, resource: Resource) -> Resource | None:
        """See `Resource.parent`."""
        return self._joins().outside.get(resource.key)

    def related(self, resource: Resource, types: tuple[str, ...]) -> list[Resource]:
        """See `Resource.related`."""
        linked = self._joins().linked.get(resource.key, {})
        return [r for r in linked.values() if not types or r.type in types]

    def _joins(self) -> _Joins:
        if self._joined is None:
            self._joined = _Joins(self.all)
        return self._joined


class _Joins:
    """Who stands in whom, and who refers to whom; made once a run, when a rule first asks."""

    def __init__(self, resources: list[Resource]) -> None:
        self.inside: dict[str, list[Resource]] = {}
        self.outside: dict[str, Resource] = {}
        self.linked: dict[str, dict[str, Resource]] = {}
        by_key = {r.key: r for r in resources}
        by_id = {r.id.lower(): r for r in resources if r.id}
        by_name: dict[tuple[str, str], Resource] = {}
        for r in resources:
            by_name.setdefault((_module(r.type), r.name.lower()), r)
        for r in resources:
            owner = self._owner(r, by_key, by_id, by_name)
            if owner is not None:
                self.outside[r.key] = owner
                self.inside.setdefault(owner.key, []).append(r)
            for other in self._references(r, by_key, by_id):
                if other.key != r.key:
                    self.linked.setdefault(r.key, {})[other.key] = other
                    self.linked.setdefault(other.key, {})[r.key] = r

    @staticmethod
    def _owner(
        r: Resource,
        by_key: Mapping[str, Resource],
        by_id: Mapping[str, Resource],
        by_name: Mapping[tuple[str, str], Resource],
    ) -> Resource | None:
        if r.container:
            return by_key.get(r.container) or by_id.get(r.container.lower())
        own = r.id.lower()
        while own:
            own = own.rpartition("/")[0]
            if own in by_id and own != r.id.lower():
                return by_id[own]
        scope = _scope(r)
        if scope and scope in by_id and scope != r.id.lower():
            return by_id[scope]
        module = _module(r.type)
        nearest: Resource | None = None
        for name, value in r.props.items():
            low = name.lower()
            if low in _PLAIN or not isinstance(value, str) or not (low.endswith("name") or low == "name"):
                continue
            owner = by_name.get((module, value.lower()))
            if owner is not None and owner.key != r.key and owner.type != r.type:
                nearest = owner
                break
        if nearest is not None:
            return nearest
        # In a preview the owner's name or id is often unknown: then the owner is what those properties depend on.
        owners = [by_key[urn] for urn in r.depends_on if urn in by_key and _may_own(by_key[urn], r)]
        return owners[-1] if owners else None

    @staticmethod
    def _references(r: Resource, by_key: Mapping[str, Resource], by_id: Mapping[str, Resource]) -> Iterator[Resource]:
        for urn in r.depends_on:
            if urn in by_key:
                yield by_key[urn]
        for text in _ids(r.props):
            own = text.lower()
            while own.count("/") >= 8:  # an id inside a resource is a reference to the resource as well
                if own in by_id:
                    yield by_id[own]
                own = own.rpartition("/")[0]


def _module(type_: str) -> str:
    return type_.split(":")[1].lower() if type_.count(":") >= 2 else type_


def _scope(r: Resource) -> str:
    """The id that an extension resource names as what it is about."""
    for name in ("resourceUri", "scope", "resourceId", "parentResourceId"):
        value = r.props.get(name)
        if isinstance(value, str) and value:
            return value.lower().rstrip("/")
    return ""


def _may_own(owner: Resource, r: Resource) -> bool:
    """Whether a dependency can be the resource that ``r`` stands in: of its own provider, or what its scope is."""
    if any(r.props.get(name) is UNKNOWN for name in ("resourceUri", "scope", "resourceId")):
        return owner.type != "azure-native:resources:ResourceGroup"
    return _module(owner.type) == _module(r.type) and any(
        value is UNKNOWN and name.lower().endswith("name") and name.lower() not in _PLAIN
        for name, value in r.props.items()
    )


def _ids(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith("/subscriptions/"):
            yield value
    elif isinstance(value, dict) and depth < 8:
        for member in value.values():
            yield from _ids(member, depth + 1)
    elif isinstance(value, list) and depth < 8:
        for member in value:
            yield from _ids(member, depth + 1)
