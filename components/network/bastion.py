"""Bastion, and the rules of the hub's own subnets that take a security group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import network

from kade.components.arguments import normalise
from kade.components.naming import Naming
from kade.components.network.diagnostics import send_logs
from kade.components.network.public_ip import public_ip
from kade.components.network.rules import SecurityRule


@dataclass
class BastionArgs:
    """Arguments of `Bastion`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    subnet_id: pulumi.Input[str]
    """The id of AzureBastionSubnet."""
    sku: str = "Standard"
    """Basic, Standard or Premium (records sessions)."""
    scale_units: int = 2
    """Instances, 2 to 50; each serves about 20 sessions of RDP."""
    ddos_mode: str = ""
    """Protection of its public addresses: Enabled, VirtualNetworkInherited, or empty for none."""
    zones: Sequence[str] = ()
    workspace_id: pulumi.Input[str] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


class Bastion(pulumi.ComponentResource):
    """Bastion: access to machines without a public address. No files, no clipboard, no shareable links."""

    id: pulumi.Output[str]

    def __init__(self, name: str, args: BastionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it."""
        args = normalise(BastionArgs, args)
        super().__init__("kade:index:Bastion", name, None, opts)
        self.address = public_ip(self, f"{name}-address", args, "bastion")
        wide = args.sku in ("Standard", "Premium")
        self.host = network.BastionHost(
            f"{name}-host",
            resource_group_name=args.resource_group_name,
            bastion_host_name=args.names.of("bastion", "hub"),
            location=args.location,
            sku=network.SkuArgs(name=args.sku),
            scale_units=args.scale_units if wide else None,
            disable_copy_paste=True if wide else None,
            enable_file_copy=False if wide else None,
            enable_shareable_link=False if wide else None,
            enable_tunneling=True if wide else None,  # az ssh and az rdp with the user's own client
            enable_ip_connect=False if wide else None,
            enable_kerberos=None,
            enable_session_recording=True if args.sku == "Premium" else None,
            ip_configurations=[
                network.BastionHostIPConfigurationArgs(
                    name="address",
                    subnet=network.SubResourceArgs(id=args.subnet_id),
                    public_ip_address=network.SubResourceArgs(id=self.address.id),
                    private_ip_allocation_method="Dynamic",
                )
            ],
            zones=list(args.zones) or None,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.logs = send_logs(self, f"{name}-logs", self.host.id, args.workspace_id)
        self.id = self.host.id
        self.register_outputs({"id": self.id})


def _rule(
    name: str, priority: int, way: str, sources: Sequence[str], targets: Sequence[str], ports: Sequence[str], why: str
) -> SecurityRule:
    return SecurityRule(name, priority, way, "Allow", "Tcp", tuple(sources), tuple(targets), tuple(ports), why)


def _deny_rest() -> list[SecurityRule]:
    return [
        SecurityRule(f"deny-all-{d.lower()}", 4096, d, "Deny", "*", ("*",), ("*",), ("*",), "Nothing else is needed")
        for d in ("Inbound", "Outbound")
    ]


def bastion_rules(own: str, clients: Sequence[str] = ("Internet",)) -> list[SecurityRule]:
    """What Bastion needs of its subnet's security group, and no more; ``clients`` are who may reach it.

    Source: Microsoft Learn, "Working with NSG access and Azure Bastion".
    """
    inside = ("VirtualNetwork",)
    return [
        _rule("allow-https", 1000, "Inbound", clients, (own,), ("443",), "Users reach Bastion by TLS"),
        _rule("allow-gateway-manager", 1010, "Inbound", ("GatewayManager",), (own,), ("443",), "Azure's control plane"),
        _rule("allow-load-balancer", 1020, "Inbound", ("AzureLoadBalancer",), (own,), ("443",), "Health probes"),
        _rule("allow-hosts-in", 1030, "Inbound", inside, (own,), ("8080", "5701"), "Instances of Bastion"),
        _rule("allow-sessions", 1000, "Outbound", (own,), inside, ("22", "3389"), "Sessions to machines"),
        _rule("allow-azure", 1010, "Outbound", (own,), ("AzureCloud",), ("443",), "Logs and control plane"),
        _rule("allow-hosts-out", 1020, "Outbound", (own,), inside, ("8080", "5701"), "Instances of Bastion"),
        _rule("allow-session-info", 1030, "Outbound", (own,), ("Internet",), ("80",), "Certificate validation"),
        *_deny_rest(),
    ]


def resolver_rules(own: str, clients: Sequence[str], *, inbound: bool) -> list[SecurityRule]:
    """Rules of a subnet of the DNS resolver: clients ask the inbound endpoint, the outbound one asks name servers."""
    probes = SecurityRule(
        "allow-load-balancer-probes",
        1010,
        "Inbound",
        "Allow",
        "*",
        ("AzureLoadBalancer",),
        (own,),
        ("*",),
        "Health probes",
    )
    if not inbound:
        ask = SecurityRule("allow-dns", 1000, "Outbound", "Allow", "*", (own,), ("*",), ("53",), "Asks name servers")
        return [ask, probes, *_deny_rest()]
    if not clients:
        return [probes, *_deny_rest()]
    answer = SecurityRule(
        "allow-dns", 1000, "Inbound", "Allow", "*", tuple(clients), (own,), ("53",), "Spokes and sites ask for names"
    )
    return [answer, probes, *_deny_rest()]
