"""References that lead nowhere, or round in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kade.policies.kit import Example, Resource, Result, Stack, UnknownValueError, rule
from kade.policies.preflight.azure_ids import GROUP, by_place, by_urn, known_type, own_name, parse
from kade.policies.preflight.once import once

ENDPOINT = "azure-native:network:PrivateEndpoint"
ADDRESS = "azure-native:network:PublicIPAddress"
NAT = "azure-native:network:NatGateway"
_DEEPEST = 8


def ids_in(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Every ARM id in a tree of properties, with the path where it stands."""
    if isinstance(value, str):
        if value[:15].lower() == "/subscriptions/":
            yield path, value
    elif depth < _DEEPEST and isinstance(value, dict):
        for key, member in value.items():
            yield from ids_in(member, f"{path}.{key}" if path else str(key), depth + 1)
    elif depth < _DEEPEST and isinstance(value, list):
        for index, member in enumerate(value):
            yield from ids_in(member, f"{path}[{index}]", depth + 1)


@once
def _made_groups(stack: Stack) -> frozenset[str]:
    """The names of the resource groups that this stack makes."""
    names = set()
    for group in stack.resources(GROUP):
        try:
            names.add(group.word("resourceGroupName", group.name.lower()))
        except UnknownValueError:
            continue
    return frozenset(names)


@once
def _unnamed_types(stack: Stack) -> frozenset[str]:
    """The ARM types of which some name is not known yet: any id of such a type may mean that one."""
    found = set()
    for resource in stack.all:
        known = known_type(resource)
        if known is None:
            continue
        try:
            named = bool(resource.id or own_name(resource)) and bool(resource.id or resource.word("resourceGroupName"))
        except UnknownValueError:
            named = False
        if not named:
            found.add(known.arm_type.lower())
    return frozenset(found)


def _id(name: str, type_: str = "virtualNetworks", group: str = "rg") -> str:
    return f"/subscriptions/s/resourceGroups/{group}/providers/Microsoft.Network/{type_}/{name}"


_RG = Example({"resourceGroupName": "rg"}, type=GROUP)
_NETWORK = Example({"resourceGroupName": "rg", "virtualNetworkName": "hub"}, type="azure-native:network:VirtualNetwork")


@rule(
    "kade-preflight-missing-reference",
    "Ids in a resource group of the stack mean something that the stack makes",
    severity="low",
    types=["*"],
    measures=["8.32.01"],
    remediation="Take the id from the output of the resource that is meant, so that a mistake in it cannot happen.",
    why="Azure refuses an id of what is not there: ResourceNotFound, InvalidResourceReference.",
    joins=True,
    passes=[
        Example({"subnet": {"id": f"{_id('hub')}/subnets/a"}}, type=ENDPOINT, related=[_RG, _NETWORK]),
        Example({"subnet": {"id": f"{_id('hub', group='other')}/subnets/a"}}, type=ENDPOINT, related=[_RG]),
        Example({"subnet": {"id": f"{_id('hub')}/subnets/a"}}, type=ENDPOINT),
    ],
    fails=[
        Example({"subnet": {"id": f"{_id('hbu')}/subnets/a"}}, type=ENDPOINT, related=[_RG, _NETWORK]),
        Example({"subnet": {"id": f"{_id('hub', group='RG')}/subnets/a"}}, type=ENDPOINT, related=[_RG]),
    ],
)
def missing_reference(resource: Resource) -> Result:
    made = _made_groups(resource)
    if not made:
        return
    for path, text in ids_in(resource.props):
        parts = parse(text)
        if parts is None or parts.group not in made or path.lower() == "id" or parts.type in _unnamed_types(resource):
            continue
        if (parts.type, parts.group, parts.name) not in by_place(resource):
            yield f"{path} means {parts.type.rpartition('/')[2]} {parts.name} in {parts.group}, which nothing makes"


@once
def _circles(stack: Stack) -> dict[str, tuple[str, ...]]:
    """By key of each resource that refers to itself over others: the names on the way round."""
    edges = {r.key: _targets(r) for r in stack.all if not r.id}
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    open_: list[str] = []
    opened: dict[str, int] = {}  # where each stands in open_
    circles: dict[str, tuple[str, ...]] = {}
    for start in edges:
        if start in index:
            continue
        work = [(start, iter(edges[start]))]  # Tarjan's components, without recursion: a stack may be a long chain
        index[start] = low[start] = len(index)
        opened[start] = len(open_)
        open_.append(start)
        while work:
            key, targets = work[-1]
            for target in targets:
                if target not in index:
                    index[target] = low[target] = len(index)
                    opened[target] = len(open_)
                    open_.append(target)
                    work.append((target, iter(edges.get(target, ()))))
                    break
                if target in opened:
                    low[key] = min(low[key], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[key])
                if low[key] == index[key]:
                    members = open_[opened[key] :]
                    del open_[opened[key] :]
                    for member in members:
                        del opened[member]
                    if len(members) > 1:
                        circles.update(dict.fromkeys(members, tuple(members)))
    return circles


def _targets(resource: Resource) -> list[str]:
    """The keys of the resources that have to stand before this one."""
    known = by_urn(resource)
    found = [known[urn].key for urn in resource.depends_on if urn in known]
    for _, text in ids_in(resource.props):
        parts = parse(text)
        there = by_place(resource).get((parts.type, parts.group, parts.name), []) if parts else []
        found += [there[0].key] if len(there) == 1 else []
    return [key for key in dict.fromkeys(found) if key != resource.key]


def _refers(type_: str, name: str, id_: str, **more: Any) -> Example:
    input_ = "natGatewayName" if type_ == NAT else "publicIpAddressName"
    field = "publicIpAddresses" if type_ == NAT else "natGateway"
    value = [{"id": id_}] if type_ == NAT else {"id": id_}
    return Example({"resourceGroupName": "rg", input_: name, field: value}, type=type_, name=name, **more)


@rule(
    "kade-preflight-circular-reference",
    "Resources do not refer to each other in a circle",
    severity="medium",
    types=["*"],
    measures=["8.32.01"],
    remediation="Leave one of the references out, and let Azure fill it in, or make it a resource of its own.",
    why="Whichever is made first refers to what is not there yet; of a template Azure refuses the whole.",
    joins=True,
    passes=[
        _refers(
            NAT, "nat", _id("other", "publicIPAddresses"), related=[_refers(ADDRESS, "pip", _id("nat", "natGateways"))]
        )
    ],
    fails=[
        _refers(
            NAT, "nat", _id("pip", "publicIPAddresses"), related=[_refers(ADDRESS, "pip", _id("nat", "natGateways"))]
        )
    ],
)
def circular_reference(resource: Resource) -> Result:
    circle = _circles(resource).get(resource.key)
    if circle is None:
        return None
    others = [key.rpartition("::")[2].rpartition("/")[2] for key in circle if key != resource.key]
    return f"it refers to {', '.join(others[:4])}, and back to itself"
