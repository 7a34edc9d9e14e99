"""Network security groups and subnets."""

from __future__ import annotations

from collections.abc import Iterator

from kade.policies.kit import Example, Node, Resource, Result, not_applicable, rule, sift
from kade.policies.kit.addresses import MANAGEMENT_PORTS, open_ports

GROUP = "azure-native:network:NetworkSecurityGroup"
SECURITY_RULE = "azure-native:network:SecurityRule"
NETWORK = "azure-native:network:VirtualNetwork"
SUBNET = "azure-native:network:Subnet"

# Azure refuses a security group on these, or advises against it (Azure documentation, each service's subnet).
WITHOUT_GROUP = frozenset(
    {"gatewaysubnet", "azurefirewallsubnet", "azurefirewallmanagementsubnet", "routeserversubnet"}
)

_SSH_FROM_ANYWHERE = {
    "direction": "Inbound",
    "access": "Allow",
    "protocol": "Tcp",
    "sourceAddressPrefix": "*",
    "destinationPortRange": "22",
}


def security_rules(group: Resource) -> Iterator[Node]:
    """The rules of a security group: those written inside it, and those that are resources of their own."""
    if group.type == SECURITY_RULE:
        yield group
        return
    yield from group.items("securityRules")
    yield from group.children(SECURITY_RULE)


@rule(
    "kade-network-no-open-management-ports",
    "SSH, RDP and WinRM are not open to the internet",
    severity="critical",
    types=[GROUP, SECURITY_RULE],
    measures=["8.20.02", "8.22.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_9", "CKV_AZURE_10"],
    remediation="Remove the rule and reach the machines through Bastion, or name the addresses that may connect.",
    passes=[
        {"securityRules": [{**_SSH_FROM_ANYWHERE, "name": "ssh", "sourceAddressPrefix": "10.0.0.0/8"}]},
        {"securityRules": [{**_SSH_FROM_ANYWHERE, "name": "out", "direction": "Outbound"}]},
        {"securityRules": [{**_SSH_FROM_ANYWHERE, "name": "web", "destinationPortRange": "443"}]},
        {},
        Example({**_SSH_FROM_ANYWHERE, "access": "Deny"}, type=SECURITY_RULE),
    ],
    fails=[
        {"securityRules": [{**_SSH_FROM_ANYWHERE, "name": "ssh"}]},
        {"securityRules": [{**_SSH_FROM_ANYWHERE, "name": "any", "protocol": "*", "destinationPortRange": "*"}]},
        {
            "securityRules": [
                {
                    "name": "many",
                    "direction": "inbound",
                    "access": "allow",
                    "protocol": "TCP",
                    "sourceAddressPrefixes": ["10.0.0.0/8", "0.0.0.0/0"],
                    "destinationPortRanges": ["80", "3380-3390"],
                }
            ]
        },
        Example({**_SSH_FROM_ANYWHERE, "sourceAddressPrefix": "Internet"}, type=SECURITY_RULE),
    ],
)
def no_open_management_ports(group: Resource) -> Result:
    own = [group] if group.type == SECURITY_RULE else group.items("securityRules")
    for opening in sift(own, lambda r: bool(open_ports(r, MANAGEMENT_PORTS))):
        names = ", ".join(f"{MANAGEMENT_PORTS[p]} ({p})" for p in open_ports(opening, MANAGEMENT_PORTS))
        yield f"rule {opening.text('name', group.name)} opens {names} to the internet"


@rule(
    "kade-network-subnet-security-group",
    "Every subnet has a network security group",
    severity="high",
    types=[SUBNET, NETWORK],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    psrule=["Azure.VNET.UseNSGs"],
    remediation="Set networkSecurityGroup of the subnet.",
    absent="Azure lets all traffic inside the network through",
    passes=[
        Example({"networkSecurityGroup": {"id": "/subscriptions/s/resourceGroups/g/providers/p/nsg"}}, type=SUBNET),
        Example({"subnets": [{"name": "GatewaySubnet"}]}, type=NETWORK),
    ],
    fails=[
        Example({"subnetName": "web"}, type=SUBNET),
        Example({"subnets": [{"name": "web"}]}, type=NETWORK),
    ],
    not_applicable=[Example({"subnetName": "AzureFirewallSubnet"}, type=SUBNET)],
)
def subnet_security_group(network: Resource) -> Result:
    if network.type == SUBNET:
        name = network.word("subnetName", network.word("name", network.name.rsplit("/", 1)[-1].lower()))
        if name in WITHOUT_GROUP:
            not_applicable(f"Azure wants no security group on {name}")
        if not network.refers("networkSecurityGroup.id"):
            yield "networkSecurityGroup is not set"
        return
    for subnet in sift(network.items("subnets"), _lacks_group):
        yield f"subnet {subnet.text('name')} has no networkSecurityGroup"


def _lacks_group(subnet: Node) -> bool:
    return subnet.word("name") not in WITHOUT_GROUP and not subnet.refers("networkSecurityGroup.id")
