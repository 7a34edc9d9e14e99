"""The DNS private resolver: names between Azure and the places on site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import dnsresolver

from kade.components.arguments import normalise
from kade.components.naming import Naming


@dataclass
class DnsResolverArgs:
    """Arguments of `DnsResolver`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    network_id: pulumi.Input[str]
    """The hub."""
    inbound_subnet_id: pulumi.Input[str] | None = None
    """Its subnet of at least /28, delegated to Microsoft.Network/dnsResolvers. None: nobody outside may ask."""
    inbound_ip: str = ""
    """A fixed address in that subnet, so that sites and the firewall can be told it beforehand."""
    outbound_subnet_id: pulumi.Input[str] | None = None
    forward: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Name servers by domain; a domain ends with a dot (`lindewaard.local.`)."""
    tags: Mapping[str, str] = field(default_factory=dict)


class DnsResolver(pulumi.ComponentResource):
    """A resolver with its endpoints, and rules that forward domains to name servers on site."""

    id: pulumi.Output[str]

    def __init__(self, name: str, args: DnsResolverArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. ValueError where a domain has no dot at its end, or where forwarding has no outbound subnet."""
        args = normalise(DnsResolverArgs, args)
        for domain, servers in args.forward.items():
            if not domain.endswith("."):
                raise ValueError(f"forward: {domain!r} does not end with a dot; write {domain}.")
            if not servers:
                raise ValueError(f"forward.{domain}: names no name server")
        if args.forward and args.outbound_subnet_id is None:
            raise ValueError("outbound_subnet_id: is needed to forward domains")
        super().__init__("kade:index:DnsResolver", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        self.resolver = dnsresolver.DnsResolver(
            f"{name}-resolver",
            resource_group_name=args.resource_group_name,
            dns_resolver_name=args.names.of("dns_resolver", "hub"),
            location=args.location,
            virtual_network=dnsresolver.SubResourceArgs(id=args.network_id),
            tags=args.tags,
            opts=here,
        )
        if args.inbound_subnet_id is not None:
            self.inbound = dnsresolver.InboundEndpoint(
                f"{name}-inbound",
                resource_group_name=args.resource_group_name,
                dns_resolver_name=self.resolver.name,
                inbound_endpoint_name="inbound",
                location=args.location,
                ip_configurations=[
                    dnsresolver.IpConfigurationArgs(
                        subnet=dnsresolver.SubResourceArgs(id=args.inbound_subnet_id),
                        private_ip_allocation_method="Static" if args.inbound_ip else "Dynamic",
                        private_ip_address=args.inbound_ip or None,
                    )
                ],
                tags=args.tags,
                opts=here,
            )
        if args.forward:
            self._forward(name, args)
        self.id = self.resolver.id
        self.register_outputs({"id": self.id})

    def _forward(self, name: str, args: DnsResolverArgs) -> None:
        here = pulumi.ResourceOptions(parent=self)
        assert args.outbound_subnet_id is not None  # noqa: S101  # checked in __init__
        self.outbound = dnsresolver.OutboundEndpoint(
            f"{name}-outbound",
            resource_group_name=args.resource_group_name,
            dns_resolver_name=self.resolver.name,
            outbound_endpoint_name="outbound",
            location=args.location,
            subnet=dnsresolver.SubResourceArgs(id=args.outbound_subnet_id),
            tags=args.tags,
            opts=here,
        )
        self.ruleset = dnsresolver.DnsForwardingRuleset(
            f"{name}-forwarding",
            resource_group_name=args.resource_group_name,
            dns_forwarding_ruleset_name=args.names.of("dns_forwarding_ruleset", "hub"),
            location=args.location,
            dns_resolver_outbound_endpoints=[dnsresolver.SubResourceArgs(id=self.outbound.id)],
            tags=args.tags,
            opts=here,
        )
        self.rules = [
            dnsresolver.ForwardingRule(
                f"{name}-forward-{_key(domain)}",
                resource_group_name=args.resource_group_name,
                dns_forwarding_ruleset_name=self.ruleset.name,
                forwarding_rule_name=_key(domain),
                domain_name=domain,
                forwarding_rule_state="Enabled",
                target_dns_servers=[dnsresolver.TargetDnsServerArgs(ip_address=s, port=53) for s in servers],
                opts=here,
            )
            for domain, servers in args.forward.items()
        ]
        self.link = dnsresolver.PrivateResolverVirtualNetworkLink(
            f"{name}-forwarding-link",
            resource_group_name=args.resource_group_name,
            dns_forwarding_ruleset_name=self.ruleset.name,
            virtual_network_link_name="hub",
            virtual_network=dnsresolver.SubResourceArgs(id=args.network_id),
            opts=here,
        )


def _key(domain: str) -> str:
    return domain.rstrip(".").replace(".", "-") or "everything"
