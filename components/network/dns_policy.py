"""A DNS security policy: names that no machine may ask for, and a log of every question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import dnsresolver

from kade.components.arguments import normalise
from kade.components.naming import Naming
from kade.components.network.diagnostics import send_logs


@dataclass
class DnsPolicyArgs:
    """Arguments of `DnsPolicy`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    """The region; a policy holds for networks of its own region only."""
    networks: Mapping[str, pulumi.Input[str]]
    """Networks by key that it holds for, each in no other policy."""
    block: Sequence[str] = ()
    """Domains that are refused, with everything below them; a dot at the end is added."""
    workspace_id: pulumi.Input[str] | None = None
    """The workspace that takes the log of questions."""
    tags: Mapping[str, str] = field(default_factory=dict)


class DnsPolicy(pulumi.ComponentResource):
    """A policy on the networks of one region; with domains to refuse, also their list and its rule."""

    id: pulumi.Output[str]

    def __init__(self, name: str, args: DnsPolicyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it."""
        args = normalise(DnsPolicyArgs, args)
        super().__init__("kade:index:DnsPolicy", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        self.policy = dnsresolver.DnsResolverPolicy(
            f"{name}-policy",
            resource_group_name=args.resource_group_name,
            dns_resolver_policy_name=args.names.of("dns_resolver_policy", "hub"),
            location=args.location,
            tags=args.tags,
            opts=here,
        )
        if args.block:
            self.blocked = dnsresolver.DnsResolverDomainList(
                f"{name}-blocked",
                resource_group_name=args.resource_group_name,
                dns_resolver_domain_list_name=args.names.of("dns_resolver_domain_list", "blocked"),
                location=args.location,
                domains=[f"{domain.rstrip('.')}." for domain in args.block],
                tags=args.tags,
                opts=here,
            )
            self.rule = dnsresolver.DnsSecurityRule(
                f"{name}-block",
                resource_group_name=args.resource_group_name,
                dns_resolver_policy_name=self.policy.name,
                dns_security_rule_name="block",
                location=args.location,
                priority=100,
                action=dnsresolver.DnsSecurityRuleActionArgs(action_type="Block"),
                dns_resolver_domain_lists=[dnsresolver.SubResourceArgs(id=self.blocked.id)],
                dns_security_rule_state="Enabled",
                tags=args.tags,
                opts=here,
            )
        self.links = [
            dnsresolver.DnsResolverPolicyVirtualNetworkLink(
                f"{name}-{key}",
                resource_group_name=args.resource_group_name,
                dns_resolver_policy_name=self.policy.name,
                dns_resolver_policy_virtual_network_link_name=key,
                location=args.location,
                virtual_network=dnsresolver.SubResourceArgs(id=network),
                tags=args.tags,
                opts=here,
            )
            for key, network in args.networks.items()
        ]
        self.logs = send_logs(self, f"{name}-logs", self.policy.id, args.workspace_id, metrics=False)
        self.id = self.policy.id
        self.register_outputs({"id": self.id})
