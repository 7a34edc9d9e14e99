"""Children with two owners: written in their parent, and as resources of their own; and what may stand only once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from kade.policies.kit import Example, Resource, Result, Stack, UnknownValueError, not_applicable, rule
from kade.policies.preflight.azure_ids import depended_on
from kade.policies.preflight.once import once

NETWORK = "azure-native:network:VirtualNetwork"
SUBNET = "azure-native:network:Subnet"
GROUP = "azure-native:network:NetworkSecurityGroup"
TABLE = "azure-native:network:RouteTable"
VAULT = "azure-native:keyvault:Vault"
ENDPOINT = "azure-native:network:PrivateEndpoint"
ZONE_GROUP = "azure-native:network:PrivateDnsZoneGroup"
LINK = "azure-native:privatedns:VirtualNetworkLink"


class _Inline(NamedTuple):
    """A list in a parent, and the type of the resources that would be in it too."""

    field: str
    child: str
    what: str


_LISTS: Final = {
    NETWORK: _Inline("subnets", SUBNET, "subnets"),
    GROUP: _Inline("securityRules", "azure-native:network:SecurityRule", "security rules"),
    TABLE: _Inline("routes", "azure-native:network:Route", "routes"),
    VAULT: _Inline("properties.accessPolicies", "azure-native:keyvault:AccessPolicy", "access policies"),
}


@rule(
    "kade-preflight-two-owners",
    "Subnets, security rules, routes and access policies have one owner",
    severity="medium",
    types=list(_LISTS),
    measures=["8.32.01"],
    remediation="Write all of them in the list of their parent, or all as resources of their own.",
    why="The list is the whole truth to Azure: the next update of the parent removes what is not in it.",
    joins=True,
    passes=[
        Example({"subnets": [{"name": "a"}]}, type=NETWORK),
        Example({}, type=NETWORK, children=[Example({"subnetName": "a"}, type=SUBNET)]),
    ],
    fails=[
        Example({"subnets": [{"name": "a"}]}, type=NETWORK, children=[Example({"subnetName": "b"}, type=SUBNET)]),
        Example(
            {"securityRules": [{"name": "a"}]},
            type=GROUP,
            children=[Example({"securityRuleName": "a"}, type="azure-native:network:SecurityRule")],
        ),
        Example(
            {"properties": {"accessPolicies": [{"objectId": "o"}]}},
            type=VAULT,
            children=[Example({"policy": {"objectId": "p"}}, type="azure-native:keyvault:AccessPolicy")],
        ),
    ],
)
def two_owners(parent: Resource) -> Result:
    if parent.id and not parent.urn:
        not_applicable("only a program tells who owns a child")
    inline = _LISTS[parent.type]
    beside = parent.children(inline.child)
    if beside and parent.has(inline.field):
        return f"{inline.what} stand in {inline.field}, and {len(beside)} beside it as resources of their own"
    return None


@rule(
    "kade-preflight-one-zone-group",
    "A private endpoint has one group of private DNS zones",
    severity="high",
    types=[ENDPOINT],
    measures=["8.32.01"],
    remediation="Keep one PrivateDnsZoneGroup, with one configuration a zone.",
    why="Azure refuses the second.",
    joins=True,
    passes=[Example({}, children=[Example({"privateDnsZoneGroupName": "default"}, type=ZONE_GROUP)])],
    fails=[
        Example({}, children=[Example({"privateDnsZoneGroupName": n}, type=ZONE_GROUP) for n in ("blob", "dfs")]),
    ],
)
def one_zone_group(endpoint: Resource) -> Result:
    count = len(endpoint.children(ZONE_GROUP))
    return f"it has {count} groups of private DNS zones" if count > 1 else None


def _linked(link: Resource) -> str:
    """What tells the network of a link from others. Raises where it is not known."""
    try:
        return link.word("virtualNetwork.id").rstrip("/")
    except UnknownValueError:
        networks = depended_on(link, NETWORK)
        if len(networks) != 1:
            raise
        return networks[0].urn


def _zone_and_network(link: Resource) -> tuple[str, ...]:
    return (link.word("privateZoneName"), _linked(link))


def _registering(link: Resource) -> tuple[str, ...]:
    return ("registers", _linked(link)) if link.flag("registrationEnabled", default=False) else ()


def _grouped(
    read: Callable[[Resource], tuple[str, ...]],
) -> Callable[[Resource], dict[tuple[str, ...], list[Resource]]]:
    @once
    def groups(stack: Stack) -> dict[tuple[str, ...], list[Resource]]:
        found: dict[tuple[str, ...], list[Resource]] = {}
        for link in stack.resources(LINK):
            try:
                key = read(link)
            except UnknownValueError:
                continue
            if all(key) and key:
                found.setdefault(key, []).append(link)
        return found

    return groups


_BY_ZONE = _grouped(_zone_and_network)
_BY_REGISTRATION = _grouped(_registering)
_V = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/"


def _link(zone: str, network: str, *, registers: bool = False) -> dict[str, object]:
    return {
        "privateZoneName": zone,
        "virtualNetwork": {"id": _V + network},
        "registrationEnabled": registers,
    }


@rule(
    "kade-preflight-zone-linked-once",
    "A network is linked to one private DNS zone of a name, and registers its machines in one",
    severity="high",
    types=[LINK],
    measures=["8.32.01"],
    remediation="Remove one of the two links, or set registrationEnabled to false on it.",
    why="Azure refuses the second link: a network sees one zone of a name, and registers in one.",
    joins=True,
    passes=[
        Example(_link("a.nl", "hub"), related=[Example(_link("b.nl", "hub"), type=LINK)]),
        Example(_link("a.nl", "hub"), related=[Example(_link("a.nl", "spoke"), type=LINK)]),
        Example(_link("a.nl", "hub", registers=True), related=[Example(_link("b.nl", "hub"), type=LINK)]),
    ],
    fails=[
        Example(_link("a.nl", "hub"), related=[Example(_link("A.nl", "hub"), type=LINK)]),
        Example(
            _link("a.nl", "hub", registers=True), related=[Example(_link("b.nl", "hub", registers=True), type=LINK)]
        ),
    ],
)
def zone_linked_once(link: Resource) -> Result:
    zone, network = _zone_and_network(link)
    if len(_BY_ZONE(link).get((zone, network), [])) > 1:
        yield f"the network is linked to {zone} more than once"
    key = _registering(link)
    if key and len(_BY_REGISTRATION(link).get(key, [])) > 1:
        yield "the network registers its machines in more than one zone"
