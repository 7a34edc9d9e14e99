"""Azure Firewall with its policy: the one way out of every spoke, and between segments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

import pulumi
from pulumi_azure_native import network

from kade.components.arguments import normalise
from kade.components.naming import Naming
from kade.components.network.azure_rules import collection
from kade.components.network.diagnostics import send_logs
from kade.components.network.matrix_rules import PRIVATE_RANGES
from kade.components.network.public_ip import public_ip
from kade.components.network.rules import NetworkRule, RuleCollectionGroup


class FirewallError(ValueError):
    """A firewall that Azure would refuse: what was asked, and the remedy."""


@dataclass
class FirewallArgs:
    """Arguments of `Firewall`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    subnet_id: pulumi.Input[str]
    """The id of AzureFirewallSubnet."""
    private_ip: str
    """The address that the plan expects: the first usable one of the subnet. Checked when Azure has made it."""
    management_subnet_id: pulumi.Input[str] | None = None
    """The id of AzureFirewallManagementSubnet; needed for tier Basic."""
    tier: str = "Standard"
    """Basic, Standard or Premium."""
    groups: Sequence[RuleCollectionGroup] = ()
    """Rule collection groups, in order of priority."""
    private_ranges: Sequence[str] = ()
    """Public ranges that count as private, so that traffic to them is not translated (our own, for Diginetwerk)."""
    dns_servers: Sequence[str] = ()
    """Where the firewall asks for names; empty for Azure's own."""
    dns_proxy: bool = True
    """Whether spokes ask the firewall for names. Not with Basic."""
    threat_intelligence: str = "Deny"
    """Off, Alert or Deny. Basic can only alert."""
    intrusion_detection: str = "Off"
    """Off, Alert or Deny; needs Premium."""
    public_addresses: int = 1
    """How many public addresses it has."""
    ddos_mode: str = ""
    """Protection of its public addresses: Enabled, VirtualNetworkInherited, or empty for none."""
    zones: Sequence[str] = ()
    """Availability zones; empty for none."""
    workspace_id: pulumi.Input[str] | None = None
    """The Log Analytics workspace that takes its logs."""
    name: str = ""
    """A literal name of the firewall."""
    tags: Mapping[str, str] = field(default_factory=dict)


class Firewall(pulumi.ComponentResource):
    """A firewall, its policy and rule collection groups, its public addresses and its logs."""

    id: pulumi.Output[str]
    private_ip: pulumi.Output[str]
    policy_id: pulumi.Output[str]
    policy_name: pulumi.Output[str]

    def __init__(self, name: str, args: FirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. Raises `FirewallError` for a combination that Azure refuses."""
        args = normalise(FirewallArgs, args)
        _check(args)
        super().__init__("kade:index:Firewall", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        self.policy = network.FirewallPolicy(
            f"{name}-policy",
            resource_group_name=args.resource_group_name,
            firewall_policy_name=args.names.of("firewall_policy", "hub"),
            location=args.location,
            sku=network.FirewallPolicySkuArgs(tier=args.tier),
            threat_intel_mode=args.threat_intelligence,
            dns_settings=_dns(args),
            snat=network.FirewallPolicySNATArgs(private_ranges=[*PRIVATE_RANGES, *args.private_ranges]),
            intrusion_detection=_intrusion_detection(args),
            tags=args.tags,
            opts=here,
        )
        self.groups = self._groups(name, args)
        self.addresses = [
            public_ip(self, f"{name}-address-{n}", args, f"firewall-{n}") for n in range(1, args.public_addresses + 1)
        ]
        self.firewall = network.AzureFirewall(
            f"{name}-firewall",
            resource_group_name=args.resource_group_name,
            azure_firewall_name=args.name or args.names.of("firewall", "hub"),
            location=args.location,
            sku=network.AzureFirewallSkuArgs(name="AZFW_VNet", tier=args.tier),
            firewall_policy=network.SubResourceArgs(id=self.policy.id),
            ip_configurations=[
                network.AzureFirewallIPConfigurationArgs(
                    name=f"address-{n}",
                    public_ip_address=network.SubResourceArgs(id=address.id),
                    subnet=network.SubResourceArgs(id=args.subnet_id) if n == 1 else None,
                )
                for n, address in enumerate(self.addresses, 1)
            ],
            management_ip_configuration=self._management(name, args),
            zones=list(args.zones) or None,
            tags=args.tags,
            # Rules first: a firewall without them refuses everything.
            opts=pulumi.ResourceOptions(parent=self, depends_on=self.groups),
        )
        self.logs = send_logs(self, f"{name}-logs", self.firewall.id, args.workspace_id, dedicated=True)
        self.id = self.firewall.id
        self.policy_id = self.policy.id
        self.policy_name = self.policy.name
        self.private_ip = self.firewall.ip_configurations.apply(lambda made: _same(args.private_ip, made))
        self.register_outputs({"id": self.id, "privateIp": self.private_ip, "policyId": self.policy_id})

    def _groups(self, name: str, args: FirewallArgs) -> list[network.FirewallPolicyRuleCollectionGroup]:
        """One after the other: Azure refuses two changes of one policy at once."""
        made: list[network.FirewallPolicyRuleCollectionGroup] = []
        for group in sorted(args.groups, key=lambda g: (g.priority, g.name)):
            made.append(
                network.FirewallPolicyRuleCollectionGroup(
                    f"{name}-rules-{group.name}",
                    resource_group_name=args.resource_group_name,
                    firewall_policy_name=self.policy.name,
                    rule_collection_group_name=group.name,
                    priority=group.priority,
                    rule_collections=[collection(c) for c in group.collections],
                    opts=pulumi.ResourceOptions(parent=self, depends_on=made[-1:]),
                )
            )
        return made

    def _management(self, name: str, args: FirewallArgs) -> network.AzureFirewallIPConfigurationArgs | None:
        if args.management_subnet_id is None:
            return None
        self.management_address = public_ip(self, f"{name}-management-address", args, "firewall-management")
        return network.AzureFirewallIPConfigurationArgs(
            name="management",
            public_ip_address=network.SubResourceArgs(id=self.management_address.id),
            subnet=network.SubResourceArgs(id=args.management_subnet_id),
        )


def _check(args: FirewallArgs) -> None:
    if args.tier not in ("Basic", "Standard", "Premium"):
        raise FirewallError(f"firewall.tier: {args.tier!r} is not Basic, Standard or Premium")
    if args.intrusion_detection != "Off" and args.tier != "Premium":
        raise FirewallError(f"firewall.intrusion_detection: needs tier Premium, and this is {args.tier}")
    if args.tier == "Basic":
        if args.management_subnet_id is None:
            raise FirewallError("firewall.management_subnet_id: tier Basic needs AzureFirewallManagementSubnet (/26)")
        if args.threat_intelligence == "Deny":
            raise FirewallError("firewall.threat_intelligence: tier Basic can only alert; set Alert or Off")
        if args.dns_proxy or args.dns_servers:
            raise FirewallError("firewall.dns_proxy: tier Basic has none; set it to False and use a DNS resolver")
        rules = [r for g in args.groups for c in g.collections for r in c.rules]
        if any(isinstance(r, NetworkRule) and r.fqdns for r in rules):
            raise FirewallError("firewall.groups: tier Basic has no DNS proxy, so its network rules take no host names")
    for range_ in args.private_ranges:
        ip_network(range_)


def _dns(args: FirewallArgs) -> network.DnsSettingsArgs | None:
    if args.tier == "Basic":
        return None
    return network.DnsSettingsArgs(servers=list(args.dns_servers), enable_proxy=args.dns_proxy)


def _intrusion_detection(args: FirewallArgs) -> network.FirewallPolicyIntrusionDetectionArgs | None:
    if args.tier != "Premium":
        return None
    return network.FirewallPolicyIntrusionDetectionArgs(mode=args.intrusion_detection)


def _same(expected: str, made: Any) -> str:
    """The address that Azure gave; an error where it is not the one that every route was made with."""
    first = made[0] if made else None
    given = getattr(first, "private_ip_address", None)
    if given and given != expected:
        raise FirewallError(
            f"the firewall got {given} and the routes send to {expected}; "
            f"something else took the first address of AzureFirewallSubnet: move it and deploy again"
        )
    return expected
