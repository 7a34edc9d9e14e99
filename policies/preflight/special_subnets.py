"""Subnets whose size or name Azure has an opinion on."""

from __future__ import annotations

from collections.abc import Iterator

from kade.facts.subnets import SpecialSubnet, longest_prefix, special_subnets
from kade.policies.kit import Example, Node, Resource, Result, rule, sift
from kade.policies.preflight import address_ranges
from kade.policies.preflight.virtual_networks import NETWORK, SUBNET, subnet_name

FIREWALL = "azure-native:network:AzureFirewall"
BASTION = "azure-native:network:BastionHost"
GATEWAY = "azure-native:network:VirtualNetworkGateway"
_HOME = {FIREWALL: "AzureFirewallSubnet", BASTION: "AzureBastionSubnet", GATEWAY: "GatewaySubnet"}
_NET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/"


def _own(resource: Resource) -> Iterator[Node]:
    if resource.type == SUBNET:
        yield resource
    else:
        yield from resource.items("subnets")


def _special(subnet: Node) -> SpecialSubnet | None:
    return special_subnets().get(subnet_name(subnet).lower())


def _subnet(name: str, prefix: str, **more: object) -> Example:
    return Example({"subnetName": name, "addressPrefix": prefix, **more}, type=SUBNET)


@rule(
    "kade-preflight-subnet-size",
    "Subnets are as large as Azure asks of them",
    severity="high",
    types=[SUBNET, NETWORK],
    measures=["8.32.01"],
    remediation="Give the subnet a larger range: /26 for a firewall or Bastion, /27 for a route server, /29 for any.",
    why="Azure refuses a smaller one, of IPv6 every length but /64, or the service that is to stand in it.",
    passes=[
        _subnet("AzureFirewallSubnet", "10.0.0.0/26"),
        _subnet("data", "10.0.0.0/29"),
        Example({"subnets": [{"name": "a", "addressPrefixes": ["10.0.0.0/24", "fd00:1::/64"]}]}, type=NETWORK),
    ],
    fails=[
        _subnet("AzureFirewallSubnet", "10.0.0.0/27"),
        _subnet("azurebastionsubnet", "10.0.0.0/27"),
        _subnet("RouteServerSubnet", "10.0.0.0/28"),
        _subnet("data", "10.0.0.0/30"),
        Example({"subnets": [{"name": "a", "addressPrefixes": ["10.0.0.0/24", "fd00:1::/56"]}]}, type=NETWORK),
    ],
)
def subnet_size(resource: Resource) -> Result:
    def wrong(subnet: Node) -> str:
        special = _special(subnet)
        for each in address_ranges.ranges(address_ranges.prefixes(subnet), ""):
            longest = longest_prefix(each.network.version)
            if each.network.version == 6 and each.network.prefixlen != longest:
                return f"has {each.network}; a subnet of IPv6 is a /{longest}"
            if each.network.version == 4:
                longest = special.longest if special else longest
                if each.network.prefixlen > longest:
                    return f"has {each.network}; it has to be a /{longest} or larger"
        return ""

    for subnet in sift(_own(resource), lambda s: bool(wrong(s))):
        yield f"subnet {subnet_name(subnet)} {wrong(subnet)}"


@rule(
    "kade-preflight-subnet-room",
    "Subnets of gateways and route servers leave room to grow",
    severity="low",
    types=[SUBNET, NETWORK],
    measures=["8.32.01"],
    remediation="Make GatewaySubnet a /27 and RouteServerSubnet a /26, before something stands in it.",
    why="A gateway that is to have ExpressRoute beside VPN, or more connections, does not fit, and cannot be moved.",
    passes=[_subnet("GatewaySubnet", "10.0.0.0/27"), _subnet("data", "10.0.0.0/29")],
    fails=[
        _subnet("GatewaySubnet", "10.0.0.0/28"),
        Example({"subnets": [{"name": "RouteServerSubnet", "addressPrefix": "10.0.0.0/27"}]}, type=NETWORK),
    ],
)
def subnet_room(resource: Resource) -> Result:
    def cramped(subnet: Node) -> bool:
        special = _special(subnet)
        return special is not None and any(
            each.network.version == 4 and special.advised < each.network.prefixlen <= special.longest
            for each in address_ranges.ranges(address_ranges.prefixes(subnet), "")
        )

    for subnet in sift(_own(resource), cramped):
        yield f"subnet {subnet_name(subnet)} has {', '.join(address_ranges.prefixes(subnet))}, which leaves no room"


@rule(
    "kade-preflight-subnet-takes-no-group",
    "Subnets of gateways, firewalls and route servers have no network security group",
    severity="medium",
    types=[SUBNET, NETWORK],
    measures=["8.32.01"],
    remediation="Leave networkSecurityGroup of this subnet out; the service guards itself.",
    why="Azure refuses it, and on GatewaySubnet it can cut the gateway off from its own management.",
    passes=[
        _subnet("AzureFirewallSubnet", "10.0.0.0/26"),
        _subnet("data", "10.0.0.0/24", networkSecurityGroup={"id": "/subscriptions/s/x"}),
        _subnet("AzureBastionSubnet", "10.0.0.0/26", networkSecurityGroup={"id": "/subscriptions/s/x"}),
    ],
    fails=[
        _subnet("AzureFirewallSubnet", "10.0.0.0/26", networkSecurityGroup={"id": "/subscriptions/s/x"}),
        Example(
            {"subnets": [{"name": "GatewaySubnet", "networkSecurityGroup": {"id": "/subscriptions/s/x"}}]},
            type=NETWORK,
        ),
    ],
)
def takes_no_group(resource: Resource) -> Result:
    def guarded(subnet: Node) -> bool:
        special = _special(subnet)
        return special is not None and bool(special.security_group) and subnet.refers("networkSecurityGroup.id")

    for subnet in sift(_own(resource), guarded):
        special = _special(subnet)
        yield f"subnet {subnet_name(subnet)} has a networkSecurityGroup ({special.security_group if special else ''})"


@rule(
    "kade-preflight-subnet-delegations",
    "A subnet is delegated to one service, and a special subnet to none",
    severity="high",
    types=[SUBNET, NETWORK],
    measures=["8.32.01"],
    remediation="Give each service a subnet of its own, and name one service in delegations.",
    why="Azure refuses a second delegation, and any on the subnet of a gateway, firewall, Bastion or route server.",
    passes=[
        _subnet("web", "10.0.0.0/24", delegations=[{"name": "w", "serviceName": "Microsoft.Web/serverFarms"}]),
        _subnet("GatewaySubnet", "10.0.0.0/27"),
    ],
    fails=[
        _subnet(
            "web",
            "10.0.0.0/24",
            delegations=[
                {"name": "w", "serviceName": "Microsoft.Web/serverFarms"},
                {"name": "p", "serviceName": "Microsoft.DBforPostgreSQL/flexibleServers"},
            ],
        ),
        Example(
            {
                "subnets": [
                    {
                        "name": "GatewaySubnet",
                        "delegations": [{"name": "w", "serviceName": "Microsoft.Web/serverFarms"}],
                    }
                ]
            },
            type=NETWORK,
        ),
    ],
)
def delegations(resource: Resource) -> Result:
    def too_many(subnet: Node) -> bool:
        return len(_services(subnet)) > (0 if _special(subnet) else 1)

    for subnet in sift(_own(resource), too_many):
        yield f"subnet {subnet_name(subnet)} is delegated to {', '.join(sorted(_services(subnet)))}"


def _services(subnet: Node) -> set[str]:
    return {each.word("serviceName") for each in subnet.items("delegations")}


@rule(
    "kade-preflight-special-subnet-name",
    "Firewalls, Bastion and gateways stand in the subnet that Azure wants them in",
    severity="high",
    types=[FIREWALL, BASTION, GATEWAY],
    measures=["8.32.01"],
    remediation="Point ipConfigurations at a subnet called AzureFirewallSubnet, AzureBastionSubnet or GatewaySubnet.",
    why="Azure refuses every other subnet.",
    passes=[
        Example({"ipConfigurations": [{"name": "a", "subnet": {"id": f"{_NET}AzureFirewallSubnet"}}]}, type=FIREWALL),
        Example({"ipConfigurations": [{"name": "a", "subnet": {"id": f"{_NET}GatewaySubnet"}}]}, type=GATEWAY),
        Example({"ipConfigurations": []}, type=BASTION),
    ],
    fails=[
        Example({"ipConfigurations": [{"name": "a", "subnet": {"id": f"{_NET}firewall"}}]}, type=FIREWALL),
        Example({"ipConfigurations": [{"name": "a", "subnet": {"id": f"{_NET}GatewaySubnet"}}]}, type=BASTION),
    ],
)
def special_subnet_name(resource: Resource) -> Result:
    wanted = _HOME[resource.type]

    def elsewhere(configuration: Node) -> bool:
        id_ = configuration.word("subnet.id").rstrip("/")
        return "/subnets/" in id_ and id_.rpartition("/")[2] != wanted.lower()

    for configuration in sift(resource.items("ipConfigurations"), elsewhere):
        yield f"{configuration.at('subnet')} is not {wanted}"
