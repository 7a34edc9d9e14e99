"""Which resource an id, a dependency or a name means. No rules of its own."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from kade.facts.azure_types import AzureType, type_by_token
from kade.policies.kit import Resource, Stack, UnknownValueError, not_evaluated
from kade.policies.preflight.once import once

GROUP: Final = "azure-native:resources:ResourceGroup"
_ID: Final = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)/resourcegroups/(?P<group>[^/]+)/providers/(?P<provider>[^/]+)/(?P<rest>.+)"
)


class ArmId(NamedTuple):
    """The parts of an id in a resource group, in lower case; type and name are those of the outermost resource."""

    subscription: str
    group: str
    type: str
    name: str


def parse(text: str) -> ArmId | None:
    """The parts of an id; None where it is no id of a resource in a resource group."""
    found = _ID.fullmatch(text.strip().rstrip("/").lower())
    if found is None:
        return None
    type_, _, rest = found["rest"].partition("/")
    name = rest.partition("/")[0]
    return ArmId(found["subscription"], found["group"], f"{found['provider']}/{type_}", name) if name else None


def known_type(resource: Resource) -> AzureType | None:
    """What the table says of its type."""
    return type_by_token(resource.type)


def own_name(resource: Resource) -> str:
    """Its name in Azure, in its own letter case; empty where nothing gives one. Raises where it is not known yet."""
    known = known_type(resource)
    name = resource.text(known.name_input) if known and known.name_input else ""
    if "{" in name and not resource.urn:
        not_evaluated("the template makes the name of what is not known")  # `kade check` writes vnet-{suffix}
    return name


@once
def by_urn(stack: Stack) -> dict[str, Resource]:
    """All resources by their urn."""
    return {r.urn: r for r in stack.all if r.urn}


@once
def by_place(stack: Stack) -> dict[tuple[str, str, str], list[Resource]]:
    """The resources in resource groups by ARM type, group and name, all in lower case, where these are known."""
    found: dict[tuple[str, str, str], list[Resource]] = {}
    for resource in stack.all:
        place = place_of(resource)
        if place is not None:
            found.setdefault(place, []).append(resource)
    return found


def place_of(resource: Resource) -> tuple[str, str, str] | None:
    """ARM type, resource group and name; None where one of them is not known, and for what stands in another."""
    known = known_type(resource)
    if known is None or known.arm_type.count("/") != 1:
        return None
    if resource.id:
        parts = parse(resource.id)
        return (parts.type, parts.group, parts.name) if parts else None
    try:
        group, name = resource.word("resourceGroupName"), own_name(resource).lower()
    except UnknownValueError:
        return None
    return (known.arm_type.lower(), group, name) if name else None


def meant(resource: Resource, id_: str, *types: str) -> Resource | None:
    """The resource of this run that an id means, of one of the types; None where it is none, or not one alone."""
    parts = parse(id_)
    if parts is None:
        return None
    found = by_place(resource).get((parts.type, parts.group, parts.name), [])
    exact = [r for r in found if r.type in types and (not r.id or r.id.lower() == id_.lower())]
    return exact[0] if len(exact) == 1 else None


def depended_on(resource: Resource, *types: str) -> list[Resource]:
    """The resources of those types whose outputs are inputs of this one: what an id that is not known yet may mean."""
    known = by_urn(resource)
    return [known[urn] for urn in dict.fromkeys(resource.depends_on) if urn in known and known[urn].type in types]


def group_of(resource: Resource) -> str:
    """What tells its resource group from all others; empty where that is not sure.

    A name alone is not enough: groups of the same name stand in several subscriptions.
    """
    if resource.id:
        parts = parse(resource.id)
        return f"{parts.subscription}/{parts.group}" if parts else ""
    name = resource.word("resourceGroupName")
    groups = [g for g in depended_on(resource, GROUP) if g.word("resourceGroupName", g.name.lower()) == name]
    return groups[0].urn if len(groups) == 1 else ""
