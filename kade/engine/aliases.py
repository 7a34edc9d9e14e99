"""Other names under which a resource may stand in the state. Source: ``generateAliases`` of pulumi/pulumi."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kade.engine import urns
from kade.engine.plan import Resource


@dataclass(frozen=True)
class Alias:
    """One alias: a whole urn, or the parts of it that were different. An empty part is as it is now."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False


@dataclass(frozen=True)
class Place:
    """Where a resource stands now."""

    stack: str
    project: str
    parent: str
    type: str
    name: str


def candidates(place: Place, aliases: Sequence[Alias], renamed: Mapping[str, str]) -> list[str]:
    """The urns to look for, in order. ``renamed`` maps the urns of this run's resources to theirs in the state."""
    found = dict.fromkeys(_collapse(place, alias, renamed) for alias in aliases)
    if place.parent in renamed:
        parent_name, old_parent = urns.name_of(place.parent), renamed[place.parent]
        found[_inherited(place, place.type, place.name, parent_name, old_parent)] = None
        for alias in aliases:
            urn = _collapse(place, alias, renamed)
            found[_inherited(place, urns.type_of(urn), urns.name_of(urn), parent_name, old_parent)] = None
    return list(found)


def _collapse(place: Place, alias: Alias, renamed: Mapping[str, str]) -> str:
    if alias.urn:
        return alias.urn
    parent = renamed.get(alias.parent, alias.parent) if alias.parent else place.parent
    if alias.no_parent:
        parent = ""
    return urns.make_urn(
        alias.stack or place.stack,
        alias.project or place.project,
        parent,
        alias.type or place.type,
        alias.name or place.name,
    )


def _inherited(place: Place, type_: str, name: str, parent_name: str, old_parent: str) -> str:
    """A child of a renamed parent: the start of its name follows where it was the parent's name."""
    if name.startswith(parent_name):
        name = urns.name_of(old_parent) + name.removeprefix(parent_name)
    return urns.make_urn(place.stack, place.project, old_parent, type_, name)


class Index:
    """The resources of a state by urn, found also where only the API version in a type differs."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.by_urn = {r.urn: r for r in resources if not r.delete}
        self._unversioned = {urns.unversioned(urn): r for urn, r in self.by_urn.items()}

    def get(self, urn: str) -> Resource | None:
        """The resource of exactly this urn."""
        return self.by_urn.get(urn)

    def find(self, urn: str, others: Sequence[str]) -> Resource | None:
        """The resource of this urn or of one of the others. An exact match comes before one without API versions."""
        for candidate in (urn, *others):
            if candidate in self.by_urn:
                return self.by_urn[candidate]
        for candidate in (urn, *others):
            found = self._unversioned.get(urns.unversioned(candidate))
            if found:
                return found
        return None
