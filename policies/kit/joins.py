"""Who stands in whom, and who refers to whom, among the resources of one run.

A resource stands in another by its ARM id, by the names in its path (``accountName`` of a blob container), or, for an
extension such as a diagnostic setting, by its scope. In a preview such a name or id is often not known yet: then it is
the resource of the right type that it depends on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kade.facts.azure_types import type_by_token
from kade.policies.kit.values import UNKNOWN

if TYPE_CHECKING:
    from kade.policies.kit.resource import Resource

OUTSIDE: Final = "arm:"  # before the ARM type, in lower case, of a resource that azure-native has no type for
SHORTEST_ID: Final = 8  # slashes in the id of a resource in a resource group
Address = tuple[str, tuple[str, ...]]  # ARM type and the names in the path, both in lower case


class Joins:
    """Made once a run, when a rule first asks. Everything is by the key of a resource."""

    def __init__(self, resources: list[Resource]) -> None:
        self.inside: dict[str, list[Resource]] = {}
        self.outside: dict[str, Resource] = {}
        self.linked: dict[str, dict[str, Resource]] = {}
        self._by_key = {r.key: r for r in resources}
        self._by_id = {r.id.lower(): r for r in resources if r.id}
        self._by_address: dict[Address, Resource] = {}
        for r in resources:
            address = None if r.id else _address(r)
            if address:
                self._by_address.setdefault(address, r)
        for r in resources:
            owner = self._owner(r)
            if owner is not None and owner.key != r.key:
                self.outside[r.key] = owner
                self.inside.setdefault(owner.key, []).append(r)
            for other in self._references(r):
                if other.key != r.key:
                    self.linked.setdefault(r.key, {})[other.key] = other
                    self.linked.setdefault(other.key, {})[r.key] = r

    def _owner(self, r: Resource) -> Resource | None:
        if r.container:
            return self._by_key.get(r.container) or self._by_id.get(r.container.lower())
        by_id = self._above(r.id.lower())
        if by_id is not None:
            return by_id
        form = _form(r.type)
        if form is None:
            return None
        if form.scope:
            scope = r.props.get(form.scope)
            if isinstance(scope, str) and scope:
                return self._by_id.get(scope.lower().rstrip("/"))
            return self._depended_on(r, ())
        address = _address(r)
        if address:
            type_, names = address
            parts = type_.split("/")
            for depth in range(len(names) - 1, 0, -1):
                found = self._by_address.get(("/".join(parts[: depth + 1]), names[:depth]))
                if found is not None:
                    return found
        return self._depended_on(r, form.above)

    def _above(self, id_: str) -> Resource | None:
        """The nearest resource whose id this id goes on from."""
        while id_:
            id_ = id_.rpartition("/")[0]
            if id_ in self._by_id:
                return self._by_id[id_]
        return None

    def _depended_on(self, r: Resource, types: tuple[str, ...]) -> Resource | None:
        """What it depends on, of the nearest of the types; for an extension (no types), of any but a resource group."""
        found = [self._by_key[urn] for urn in r.depends_on if urn in self._by_key]
        if not types:
            form = _form(r.type)
            if form is not None and form.scope in r.props and r.props[form.scope] is not UNKNOWN:
                return None
            scoped = r.depends_by.get(form.scope, ()) if form is not None else ()
            found = [self._by_key[urn] for urn in scoped if urn in self._by_key] or found
            return next((o for o in found if o.type != "azure-native:resources:ResourceGroup"), None)
        for type_ in types:
            for owner in found:
                form = _form(owner.type)
                if form is not None and form.arm_type == type_:
                    return owner
        return None

    def _references(self, r: Resource) -> Iterator[Resource]:
        for urn in r.depends_on:
            if urn in self._by_key:
                yield self._by_key[urn]
        for text in _ids(r.props):
            id_ = text.lower()
            while id_.count("/") >= SHORTEST_ID:  # an id inside a resource is a reference to the resource as well
                if id_ in self._by_id:
                    yield self._by_id[id_]
                id_ = id_.rpartition("/")[0]


class _Form(NamedTuple):
    """What a type's path says: ARM type, the words or inputs that are its names, the types above, the scope's input."""

    arm_type: str
    names: tuple[str, ...]
    above: tuple[str, ...]
    scope: str


@cache
def _form(token: str) -> _Form | None:
    known = type_by_token(token)
    if known is None:
        return (
            _Form(token[len(OUTSIDE) :], (), _above(token[len(OUTSIDE) :]), "") if token.startswith(OUTSIDE) else None
        )
    scope = re.match(r"/\{(\w+)\}/", known.path)
    arm = known.arm_type.lower()
    names = known.path.rpartition("/providers/")[2].split("/")[2::2] if "/providers/" in known.path else []
    return _Form(arm, tuple(names), _above(arm), scope[1] if scope else "")


def _above(arm_type: str) -> tuple[str, ...]:
    parts = arm_type.split("/")
    return tuple("/".join(parts[:depth]) for depth in range(len(parts) - 1, 1, -1))


def scope_input(token: str) -> str:
    """The input that names what an extension is about (``resourceUri``); empty for every other type."""
    form = _form(token)
    return form.scope if form else ""


def _address(r: Resource) -> Address | None:
    """Type and names, where every name in the path is known; a resource's own may be the one that Azure gave it."""
    form = _form(r.type)
    if form is None or form.scope or not form.names:
        return None
    names: list[str] = []
    for at, word in enumerate(form.names):
        if not word.startswith("{"):
            names.append(word.lower())
            continue
        value = r.props.get(word[1:-1])
        if value is None and at == len(form.names) - 1:
            value = r.name
        if not isinstance(value, str) or not value:
            return None
        names.append(value.lower())
    return form.arm_type, tuple(names)


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
