"""Network security groups: what they let in, what they keep from spreading, and whether they guard anything."""

from __future__ import annotations

from typing import Final

from kade.policies.kit import Example, Node, Resource, Result, rule, sift
from kade.policies.kit.addresses import allows_inbound, covers, is_anywhere, open_ports
from kade.policies.security.network import GROUP, NETWORK, SECURITY_RULE, SUBNET, security_rules

INTERFACE = "azure-native:network:NetworkInterface"
DATABASE_PORTS: Final = {1433: "SQL Server", 3306: "MySQL", 5432: "PostgreSQL", 6379: "Redis", 27017: "MongoDB"}
FILE_PORTS: Final = {445: "SMB", 2049: "NFS", 21: "FTP", 23: "Telnet", 5900: "VNC"}
SPREADING: Final = (22, 3389)

_IN = {"name": "in", "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "destinationPortRange": "443"}
_DENY_OUT = {"name": "no", "direction": "Outbound", "access": "Deny", "protocol": "Tcp"}


def _own(group: Resource) -> list[Node]:
    """The rules that get their verdict here: a rule that is a resource of its own has one there."""
    return [group] if group.type == SECURITY_RULE else list(group.items("securityRules"))


def _sources(one: Node) -> list[str]:
    return one.words("sourceAddressPrefix", "sourceAddressPrefixes")


@rule(
    "kade-network-no-any-source",
    "No security rule lets the whole internet in",
    severity="high",
    types=[GROUP, SECURITY_RULE],
    measures=["8.22.01", "8.20.01"],
    nis2="21(2)(e)",
    psrule=["Azure.NSG.AnyInboundSource"],
    remediation="Name the ranges or the service tag that may connect; the public enters by the application gateway.",
    deviations=[
        "Azure.NSG.AnyInboundSource: it looks at sourceAddressPrefix equal to * only; Internet, 0.0.0.0/0 and lists "
        "that hold one of them are as open"
    ],
    passes=[
        {"securityRules": [{**_IN, "sourceAddressPrefix": "10.0.0.0/8"}]},
        {"securityRules": [{**_IN, "sourceAddressPrefix": "*", "direction": "Outbound"}]},
        {"securityRules": [{**_IN, "sourceAddressPrefix": "*", "access": "Deny"}]},
        Example({**_IN, "sourceAddressPrefix": "VirtualNetwork"}, type=SECURITY_RULE),
        {},
    ],
    fails=[
        {"securityRules": [{**_IN, "sourceAddressPrefix": "*"}]},
        {"securityRules": [{**_IN, "sourceAddressPrefix": "Internet"}]},
        {"securityRules": [{**_IN, "sourceAddressPrefixes": ["10.0.0.0/8", "::/0"]}]},
        Example({**_IN, "sourceAddressPrefix": "0.0.0.0/0"}, type=SECURITY_RULE),
    ],
)
def no_any_source(group: Resource) -> Result:
    for one in sift(_own(group), lambda r: allows_inbound(r) and any(is_anywhere(s) for s in _sources(r))):
        yield f"rule {one.text('name', group.name)} lets in every source"


@rule(
    "kade-network-no-open-database-ports",
    "Databases are not open to the internet",
    severity="critical",
    types=[GROUP, SECURITY_RULE],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    remediation="Remove the rule, and let applications in by their subnet or a private endpoint.",
    passes=[{"securityRules": [{**_IN, "sourceAddressPrefix": "*"}]}],
    fails=[
        {"securityRules": [{**_IN, "sourceAddressPrefix": "*", "destinationPortRange": "1433"}]},
        {"securityRules": [{**_IN, "sourceAddressPrefix": "Internet", "destinationPortRanges": ["5000-6000"]}]},
    ],
)
def no_open_database_ports(group: Resource) -> Result:
    for one in sift(_own(group), lambda r: bool(open_ports(r, DATABASE_PORTS))):
        names = ", ".join(f"{DATABASE_PORTS[port]} ({port})" for port in open_ports(one, DATABASE_PORTS))
        yield f"rule {one.text('name', group.name)} opens {names} to the internet"


@rule(
    "kade-network-no-open-file-ports",
    "File sharing and old remote consoles are not open to the internet",
    severity="critical",
    types=[GROUP, SECURITY_RULE],
    measures=["8.22.01", "8.20.01"],
    nis2="21(2)(e)",
    remediation="Remove the rule; SMB, NFS, FTP, Telnet and VNC do not cross the internet.",
    passes=[{"securityRules": [{**_IN, "sourceAddressPrefix": "*"}]}],
    fails=[{"securityRules": [{**_IN, "sourceAddressPrefix": "*", "destinationPortRange": "445"}]}],
)
def no_open_file_ports(group: Resource) -> Result:
    for one in sift(_own(group), lambda r: bool(open_ports(r, FILE_PORTS))):
        names = ", ".join(f"{FILE_PORTS[port]} ({port})" for port in open_ports(one, FILE_PORTS))
        yield f"rule {one.text('name', group.name)} opens {names} to the internet"


@rule(
    "kade-network-no-open-udp",
    "No UDP service is open to the internet",
    severity="high",
    types=[GROUP, SECURITY_RULE],
    measures=["8.21.01", "8.22.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_77"],
    remediation="Remove the rule, or name the sources that may send.",
    why="Open UDP services are used to amplify attacks on others.",
    passes=[{"securityRules": [{**_IN, "sourceAddressPrefix": "*"}]}],
    fails=[{"securityRules": [{**_IN, "protocol": "Udp", "sourceAddressPrefix": "*"}]}],
)
def no_open_udp(group: Resource) -> Result:
    def is_open(one: Node) -> bool:
        return allows_inbound(one) and one.is_("protocol", "Udp") and any(is_anywhere(s) for s in _sources(one))

    for one in sift(_own(group), is_open):
        yield f"rule {one.text('name', group.name)} opens UDP to the internet"


@rule(
    "kade-network-load-balancer-probes",
    "A security group that denies the rest still lets health probes in",
    severity="low",
    types=[GROUP],
    measures=["8.13.02"],
    psrule=["Azure.NSG.DenyAllInbound"],
    remediation="Add a rule before the denial that allows the service tag AzureLoadBalancer.",
    why="Without the probes a load balancer takes every machine behind it for dead.",
    passes=[
        {"securityRules": [{**_IN, "sourceAddressPrefix": "10.0.0.0/8"}]},
        {
            "securityRules": [
                {**_IN, "priority": 200, "access": "Deny", "protocol": "*", "sourceAddressPrefix": "*"},
                {**_IN, "priority": 100, "sourceAddressPrefix": "AzureLoadBalancer"},
            ]
        },
    ],
    fails=[
        {
            "securityRules": [
                {
                    **_IN,
                    "priority": 4096,
                    "access": "Deny",
                    "protocol": "*",
                    "sourceAddressPrefix": "*",
                    "destinationPortRange": "*",
                }
            ]
        }
    ],
)
def load_balancer_probes(group: Resource) -> Result:
    inbound = [one for one in group.items("securityRules") if one.is_("direction", "Inbound")]
    for one in sorted(inbound, key=lambda r: r.number("priority", 65500.0)):
        if one.is_("access", "Allow") and "azureloadbalancer" in _sources(one):
            return None
        everything = any(is_anywhere(s) for s in _sources(one)) and "*" in one.words(
            "destinationPortRange", "destinationPortRanges"
        )
        if one.is_("access", "Deny") and everything:
            return f"rule {one.text('name')} denies everything, and nothing before it allows AzureLoadBalancer"
    return None


@rule(
    "kade-network-no-lateral-traversal",
    "A machine cannot open SSH or RDP to the next one",
    severity="low",
    types=[GROUP],
    measures=["8.22.01", "8.20.02"],
    nis2="21(2)(e)",
    psrule=["Azure.NSG.LateralTraversal"],
    remediation="Add an outbound rule that denies ports 22 and 3389, except from the segment beheer.",
    why="Ransomware spreads over these two.",
    absent="Azure lets machines of one network reach each other on every port",
    passes=[
        {"securityRules": [{**_DENY_OUT, "destinationPortRanges": ["22", "3389"]}]},
        {"securityRules": [{**_DENY_OUT, "protocol": "*", "destinationPortRange": "*"}]},
    ],
    fails=[{}, {"securityRules": [{**_DENY_OUT, "access": "Allow", "destinationPortRange": "22"}]}],
)
def no_lateral_traversal(group: Resource) -> Result:
    denials = [one for one in security_rules(group) if one.is_("direction", "Outbound") and one.is_("access", "Deny")]
    ranges = [each for one in denials for each in one.words("destinationPortRange", "destinationPortRanges")]
    if all(any(covers(each, port) for each in ranges) for port in SPREADING):
        return None
    return "no outbound rule denies SSH and RDP"


@rule(
    "kade-network-security-group-used",
    "A security group guards a subnet or a network card",
    severity="low",
    types=[GROUP],
    measures=["5.09.01"],
    psrule=["Azure.NSG.Associated"],
    remediation="Name it in networkSecurityGroup of a subnet, or remove it.",
    joins=True,
    passes=[Example({"subnets": [{"id": "/virtualNetworks/v/subnets/s"}]})],
    fails=[{}],
)
def security_group_used(group: Resource) -> Result:
    if group.has("subnets") or group.has("networkInterfaces") or group.related(SUBNET, NETWORK, INTERFACE):
        return None
    return "no subnet and no network card names it"
