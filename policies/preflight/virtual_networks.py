"""Virtual networks and their subnets: ranges that are none, that lie outside, or that overlap."""

from __future__ import annotations

from collections.abc import Iterator

from kade.facts.subnets import forbidden_ranges
from kade.policies.kit import Example, Node, Resource, Result, UnknownValueError, rule
from kade.policies.preflight import address_ranges
from kade.policies.preflight.address_ranges import Range

NETWORK = "azure-native:network:VirtualNetwork"
SUBNET = "azure-native:network:Subnet"
LOCAL_GATEWAY = "azure-native:network:LocalNetworkGateway"
ROUTES = "azure-native:network:RouteTable"
ROUTE = "azure-native:network:Route"

SPACE = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}


def subnet_name(subnet: Node) -> str:
    """The name of a subnet, whether it stands in its network or is a resource of its own."""
    if isinstance(subnet, Resource):
        return subnet.text("subnetName", subnet.name.rsplit("/", 1)[-1])
    return subnet.text("name")


def subnets(network: Resource) -> Iterator[Node]:
    """The subnets of a network, both those in it and those that are resources of their own."""
    yield from network.items("subnets")
    yield from network.children(SUBNET)


def subnet_ranges(network: Resource) -> tuple[list[Range], UnknownValueError | None]:
    """The ranges of a network's subnets, as far as they are known, and what was not known."""
    found: list[Range] = []
    stopped: UnknownValueError | None = None
    for subnet in subnets(network):
        try:
            found += address_ranges.ranges(address_ranges.prefixes(subnet), subnet_name(subnet))
        except UnknownValueError as error:
            stopped = stopped or error
    return found, stopped


@rule(
    "kade-preflight-range-form",
    "What stands in the field of an address range is one",
    severity="high",
    types=[NETWORK, SUBNET, LOCAL_GATEWAY, ROUTES, ROUTE],
    measures=["8.32.01"],
    remediation="Write each range as address/length, with no bits set behind the length: 10.20.0.0/16.",
    why="Azure refuses the resource: InvalidAddressPrefixFormat, InvalidCIDRNotation.",
    passes=[
        Example({**SPACE, "subnets": [{"name": "a", "addressPrefix": "10.0.1.0/24"}]}, type=NETWORK),
        Example({"addressPrefixes": ["10.0.1.0/24", "fd00:1::/64"]}, type=SUBNET),
        Example({"localNetworkAddressSpace": {"addressPrefixes": ["192.168.0.0/16"]}}, type=LOCAL_GATEWAY),
        Example({"routes": [{"name": "storage", "addressPrefix": "Storage.WestEurope"}]}, type=ROUTES),
        Example({"addressPrefix": "0.0.0.0/0"}, type=ROUTE),
    ],
    fails=[
        Example({"addressSpace": {"addressPrefixes": ["town hall"]}}, type=NETWORK),
        Example({"addressPrefix": "10.0.1.0/33"}, type=SUBNET),
        Example({"addressPrefix": "10.0.1.5/24"}, type=SUBNET),
        Example({**SPACE, "subnets": [{"name": "a", "addressPrefix": "10.0.1.0"}]}, type=NETWORK),
        Example({"localNetworkAddressSpace": {"addressPrefixes": ["192.168.0.0-192.168.9.255"]}}, type=LOCAL_GATEWAY),
        Example({"routes": [{"name": "office", "addressPrefix": "10.0.0.0/8 (office)"}]}, type=ROUTES),
    ],
)
def range_form(resource: Resource) -> Result:
    for place, texts in _fields(resource):
        for text in texts:
            tag = resource.type in (ROUTES, ROUTE) and text.replace(".", "").isalpha()  # a service tag
            if not tag and address_ranges.read(text) is None:
                yield f"{place} has {text!r}, which is no range; {address_ranges.remedy(text)}"


def _fields(resource: Resource) -> Iterator[tuple[str, list[str]]]:
    if resource.type == NETWORK:
        yield "addressSpace.addressPrefixes", resource.texts("addressSpace.addressPrefixes")
        for subnet in resource.items("subnets"):
            yield subnet.at("addressPrefix"), address_ranges.prefixes(subnet)
    elif resource.type == SUBNET:
        yield "addressPrefix", address_ranges.prefixes(resource)
    elif resource.type == LOCAL_GATEWAY:
        field = "localNetworkAddressSpace.addressPrefixes"
        yield field, resource.texts(field)
    elif resource.type == ROUTE:
        yield "addressPrefix", resource.texts("addressPrefix")
    else:
        for route in resource.items("routes"):
            yield route.at("addressPrefix"), route.texts("addressPrefix")


@rule(
    "kade-preflight-subnet-inside-network",
    "Subnets lie inside the address space of their network",
    severity="high",
    types=[NETWORK],
    measures=["8.32.01"],
    remediation="Add the range to addressSpace.addressPrefixes, or give the subnet a range inside it.",
    why="Azure refuses the network: NetcfgInvalidSubnet.",
    joins=True,
    passes=[
        {**SPACE, "subnets": [{"name": "a", "addressPrefix": "10.0.1.0/24"}]},
        Example(SPACE, children=[Example({"subnetName": "a", "addressPrefix": "10.0.255.0/24"}, type=SUBNET)]),
    ],
    fails=[
        {**SPACE, "subnets": [{"name": "a", "addressPrefix": "10.1.0.0/24"}]},
        {**SPACE, "subnets": [{"name": "a", "addressPrefixes": ["10.0.1.0/24", "fd00:1::/64"]}]},
        Example(SPACE, children=[Example({"subnetName": "a", "addressPrefix": "10.0.0.0/15"}, type=SUBNET)]),
    ],
)
def subnet_inside_network(network: Resource) -> Result:
    written = network.texts("addressSpace.addressPrefixes")
    spaces = [r.network for r in address_ranges.ranges(written, "")]
    found, stopped = subnet_ranges(network)
    if written:  # none where a pool of the network manager gives them out
        for subnet in found:
            if not address_ranges.inside(subnet.network, spaces):
                yield f"subnet {subnet.owner} has {subnet.network}, outside {', '.join(written)}"
    if stopped:
        raise stopped


@rule(
    "kade-preflight-subnet-overlap",
    "Subnets of one network do not overlap",
    severity="high",
    types=[NETWORK],
    measures=["8.32.01"],
    remediation="Give each subnet a range of its own.",
    why="Azure refuses the network: NetcfgSubnetRangesOverlap.",
    joins=True,
    passes=[
        {
            **SPACE,
            "subnets": [
                {"name": "a", "addressPrefix": "10.0.1.0/24"},
                {"name": "b", "addressPrefix": "10.0.2.0/24"},
            ],
        }
    ],
    fails=[
        {
            **SPACE,
            "subnets": [
                {"name": "a", "addressPrefix": "10.0.1.0/24"},
                {"name": "b", "addressPrefix": "10.0.1.128/25"},
            ],
        },
        Example(
            {**SPACE, "subnets": [{"name": "a", "addressPrefix": "10.0.0.0/20"}]},
            children=[Example({"subnetName": "b", "addressPrefix": "10.0.15.0/24"}, type=SUBNET)],
        ),
    ],
)
def subnet_overlap(network: Resource) -> Result:
    found, stopped = subnet_ranges(network)
    for a, b in address_ranges.overlaps(found):
        yield f"subnets {a.owner} ({a.network}) and {b.owner} ({b.network}) overlap"
    if stopped:
        raise stopped


@rule(
    "kade-preflight-address-space",
    "Address spaces of a network do not overlap, and are none that Azure keeps for itself",
    severity="high",
    types=[NETWORK],
    measures=["8.32.01"],
    remediation="Choose private ranges in addressSpace.addressPrefixes: of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16.",
    why="Azure refuses multicast, broadcast, loopback, link-local, and the address of its own DNS.",
    passes=[SPACE, {"addressSpace": {"addressPrefixes": ["10.0.0.0/16", "10.1.0.0/16", "fd00:1::/48"]}}],
    fails=[
        {"addressSpace": {"addressPrefixes": ["169.254.10.0/24"]}},
        {"addressSpace": {"addressPrefixes": ["168.63.0.0/16"]}},
        {"addressSpace": {"addressPrefixes": ["10.0.0.0/16", "10.0.8.0/24"]}},
    ],
)
def address_space(network: Resource) -> Result:
    texts = network.texts("addressSpace.addressPrefixes")
    found = [r for i, text in enumerate(texts) for r in address_ranges.ranges([text], str(i))]
    for each in found:
        for forbidden, use in forbidden_ranges().items():
            if each.network.version == forbidden.version and each.network.overlaps(forbidden):
                yield f"addressSpace has {each.network}, which holds {forbidden} ({use})"
    for a, b in address_ranges.overlaps(found):
        yield f"addressSpace has {a.network} and {b.network}, which overlap"
