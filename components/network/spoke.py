"""A spoke: one virtual network of a landing zone, its subnets made in the same call as the network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import network

from kade.components.arguments import normalise
from kade.components.naming import Naming
from kade.components.network.azure_rules import route, security_rule
from kade.components.network.diagnostics import send_logs
from kade.components.network.flow_logs import FlowLogArgs, flow_log
from kade.components.network.peering import PeerArgs, peering, refuse_overlap
from kade.components.network.rules import Route, SecurityRule


@dataclass
class SpokeSubnetArgs:
    """One subnet of a spoke."""

    prefixes: Sequence[str]
    """Its ranges: one of IPv4, and one of IPv6 where the spoke is dual stack."""
    rules: Sequence[SecurityRule]
    """All rules of its security group."""
    routes: Sequence[Route] = ()
    """All routes of its route table; empty for no route table."""
    delegation: str = ""
    """The service that takes it (``Microsoft.Web/serverFarms``)."""
    service_endpoints: Sequence[str] = ()
    """Services that are reached over the backbone; private endpoints are the better choice."""
    name: str = ""
    """A literal name."""


@dataclass
class PeeringArgs:
    """The hub that a spoke is peered with."""

    hub_id: pulumi.Input[str]
    hub_name: pulumi.Input[str]
    hub_resource_group_name: pulumi.Input[str]
    hub_address_space: Sequence[str]
    use_gateway: bool = False
    """Whether the spoke uses the hub's gateway; the hub must have one."""
    both_ways: bool = True
    """Whether the hub's side is made too; False for a hub that somebody else owns."""


@dataclass
class SpokeArgs:
    """Arguments of `Spoke`."""

    names: Naming
    workload: str
    """What the spoke is for: a part of every name in it."""
    resource_group_name: pulumi.Input[str]
    location: str
    address_space: Sequence[str]
    subnets: Mapping[str, SpokeSubnetArgs]
    """Subnets by key. They have one owner, this network: never declare one of them standalone."""
    dns_servers: Sequence[str] = ()
    """Who answers names: the firewall or the resolver in the hub; empty for Azure."""
    peering: PeeringArgs | None = None
    flow_logs: FlowLogArgs | None = None
    workspace_id: pulumi.Input[str] | None = None
    ddos_plan_id: pulumi.Input[str] | None = None
    name: str = ""
    """A literal name."""
    tags: Mapping[str, str] = field(default_factory=dict)


class Spoke(pulumi.ComponentResource):
    """A virtual network with a security group and a route table for each subnet, peered with the hub both ways.

    Nothing goes out that no route and no rule lets out: default outbound access is off.
    """

    id: pulumi.Output[str]
    name: pulumi.Output[str]
    subnet_ids: pulumi.Output[Mapping[str, str]]
    resource_group_name: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: SpokeArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        hub_opts: pulumi.ResourceOptions | None = None,
        gateways: Sequence[pulumi.Resource] = (),
    ) -> None:
        """Make it. Raises `AddressError` where its range and the hub's overlap.

        ``hub_opts`` carries the provider of the hub's subscription, for the hub's side of the peering; ``gateways`` are
        the hub's, which must stand before a spoke can use them.
        """
        args = normalise(SpokeArgs, args)
        if args.peering is not None:
            hub = ("the hub", args.peering.hub_address_space)
            refuse_overlap(hub, (f"spoke {args.workload}", args.address_space))
        super().__init__("kade:index:Spoke", name, None, opts)
        self.security_groups = {key: self._security_group(name, key, args, s) for key, s in args.subnets.items()}
        self.route_tables = {key: self._route_table(name, key, args, s) for key, s in args.subnets.items() if s.routes}
        self.network = network.VirtualNetwork(
            f"{name}-network",
            resource_group_name=args.resource_group_name,
            virtual_network_name=args.name or args.names.of("virtual_network", args.workload),
            location=args.location,
            address_space=network.AddressSpaceArgs(address_prefixes=list(args.address_space)),
            dhcp_options=network.DhcpOptionsArgs(dns_servers=list(args.dns_servers)) if args.dns_servers else None,
            enable_ddos_protection=True if args.ddos_plan_id is not None else None,
            ddos_protection_plan=(
                network.SubResourceArgs(id=args.ddos_plan_id) if args.ddos_plan_id is not None else None
            ),
            subnets=[self._subnet(key, args, subnet) for key, subnet in args.subnets.items()],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.id = self.network.id
        self.resource_group_name = pulumi.Output.from_input(args.resource_group_name)
        self.name = self.network.name
        if args.peering is not None:
            self._peer(name, args, args.peering, hub_opts or pulumi.ResourceOptions(), gateways)
        self.logs = send_logs(self, f"{name}-logs", self.network.id, args.workspace_id)
        self.flow_log = flow_log(self, f"{name}-flow-log", self.network, args.flow_logs, args.location, args.tags)
        self.subnet_ids = pulumi.Output.all(
            **{key: pulumi.Output.concat(self.network.id, "/subnets/", _subnet_name(args, key)) for key in args.subnets}
        )
        self.register_outputs({"id": self.id, "name": self.name, "subnetIds": self.subnet_ids})

    def _security_group(
        self, name: str, key: str, args: SpokeArgs, subnet: SpokeSubnetArgs
    ) -> network.NetworkSecurityGroup:
        return network.NetworkSecurityGroup(
            f"{name}-{key}-rules",
            resource_group_name=args.resource_group_name,
            network_security_group_name=args.names.of("network_security_group", f"{args.workload}-{key}"),
            location=args.location,
            security_rules=[security_rule(r) for r in subnet.rules],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _route_table(self, name: str, key: str, args: SpokeArgs, subnet: SpokeSubnetArgs) -> network.RouteTable:
        return network.RouteTable(
            f"{name}-{key}-routes",
            resource_group_name=args.resource_group_name,
            route_table_name=args.names.of("route_table", f"{args.workload}-{key}"),
            location=args.location,
            # A route learnt from a gateway would lead past the firewall.
            disable_bgp_route_propagation=True,
            routes=[route(r) for r in subnet.routes],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _subnet(self, key: str, args: SpokeArgs, subnet: SpokeSubnetArgs) -> network.SubnetArgs:
        table = self.route_tables.get(key)
        one = len(subnet.prefixes) == 1
        return network.SubnetArgs(
            name=_subnet_name(args, key),
            address_prefix=subnet.prefixes[0] if one else None,
            address_prefixes=None if one else list(subnet.prefixes),
            network_security_group=network.NetworkSecurityGroupArgs(id=self.security_groups[key].id),
            route_table=network.RouteTableArgs(id=table.id) if table is not None else None,
            default_outbound_access=False,
            # Enabled: security groups and routes hold for private endpoints too.
            private_endpoint_network_policies="Enabled",
            private_link_service_network_policies="Enabled",
            delegations=(
                [network.DelegationArgs(name="delegation", service_name=subnet.delegation)]
                if subnet.delegation
                else None
            ),
            service_endpoints=(
                [network.ServiceEndpointPropertiesFormatArgs(service=s) for s in subnet.service_endpoints] or None
            ),
        )

    def _peer(
        self,
        name: str,
        args: SpokeArgs,
        hub: PeeringArgs,
        hub_opts: pulumi.ResourceOptions,
        gateways: Sequence[pulumi.Resource],
    ) -> None:
        """Both sides wait for the whole network: Azure refuses a peering while a subnet is being made."""
        spoke = PeerArgs(
            args.workload, args.names, args.resource_group_name, self.network.id, self.network.name, args.address_space
        )
        centre = PeerArgs(
            "hub", args.names, hub.hub_resource_group_name, hub.hub_id, hub.hub_name, hub.hub_address_space
        )
        self.to_hub = peering(
            f"{name}-to-hub",
            spoke,
            centre,
            f"{args.workload}-to-hub",
            pulumi.ResourceOptions(parent=self, depends_on=[self.network, *gateways]),
            uses_gateway=hub.use_gateway,
        )
        if not hub.both_ways:
            return
        self.from_hub = peering(
            f"{name}-from-hub",
            centre,
            spoke,
            f"hub-to-{args.workload}",
            pulumi.ResourceOptions.merge(pulumi.ResourceOptions(parent=self, depends_on=[self.network]), hub_opts),
            gives_gateway=hub.use_gateway,
        )


def _subnet_name(args: SpokeArgs, key: str) -> str:
    return args.subnets[key].name or args.names.of("subnet", key)
