"""One resource as a rule sees it, and all resources of a run, which know who belongs to whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NoReturn

from kade.policies.kit.joins import Joins
from kade.policies.kit.values import Node, NotApplicable, UnknownValueError

_VERSION: Final = re.compile(r"/v(\d{4})(\d{2})(\d{2})\w*(?=:)|:v(\d{4})(\d{2})(\d{2})\w*(?=:)")


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
        "depends_by",
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
        depends_by: Mapping[str, Sequence[str]] | None = None,
        shown: str = "",
        reads: set[str] | None = None,
    ) -> None:
        """``container`` is the key (id or urn) of what this one stands in, ``depends_on`` are urns,
        ``depends_by`` are those of single properties, where they are known.

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
        self.depends_by = depends_by or {}
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
        self._joined: Joins | None = None

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

    def _joins(self) -> Joins:
        if self._joined is None:
            self._joined = Joins(self.all)
        return self._joined
