"""The hub: the network that every spoke is peered with, and what stands in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import network

from kade.components.arguments import normalise
from kade.components.naming import Naming
from kade.components.network.azure_rules import route, security_rule
from kade.components.network.bastion import bastion_rules, resolver_rules
from kade.components.network.diagnostics import send_logs
from kade.components.network.flow_logs import FlowLogArgs, flow_log
from kade.components.network.public_ip import public_ip
from kade.components.network.ranges import AddressError, check_subnet_size, first_usable, parse_range
from kade.components.network.rules import Route, SecurityRule
from kade.facts.subnets import special_subnets

RESOLVER_DELEGATION = "Microsoft.Network/dnsResolvers"


@dataclass
class HubNetworkArgs:
    """Arguments of `HubNetwork`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    address_space: Sequence[str]
    subnets: Mapping[str, str]
    """Ranges by name: Azure's names (``AzureFirewallSubnet``), and ``resolver-inbound``, ``resolver-outbound``."""
    spoke_prefixes: Mapping[str, str] = field(default_factory=dict)
    """Ranges of the spokes, by a name for the route: what comes in over the gateway goes to them by the firewall."""
    other_hubs: Mapping[str, Route] = field(default_factory=dict)
    """Routes of the firewall to the spokes of other hubs, by key: each over the other hub's own firewall."""
    inside_ranges: Sequence[str] = ()
    """Who may ask the resolver for names: ranges of the spokes and of the sites."""
    bastion_clients: Sequence[str] = ("Internet",)
    """Who may reach Bastion: public addresses of our own places, or the whole internet."""
    nat_gateway: bool = False
    """A NAT gateway on the firewall's subnet, for more outward connections than its addresses allow."""
    zones: Sequence[str] = ()
    ddos_mode: str = ""
    """Protection of its public addresses: Enabled, VirtualNetworkInherited, or empty for none."""
    ddos_plan_id: pulumi.Input[str] | None = None
    flow_logs: FlowLogArgs | None = None
    workspace_id: pulumi.Input[str] | None = None
    name: str = ""
    """A literal name."""
    tags: Mapping[str, str] = field(default_factory=dict)


class HubNetwork(pulumi.ComponentResource):
    """The hub's virtual network with all its subnets in one call.

    The gateway, firewall and route server subnets take no security group: Azure refuses it or the service breaks.
    """

    id: pulumi.Output[str]
    name: pulumi.Output[str]
    firewall_ip: str
    """The address that the firewall gets: the first usable one of AzureFirewallSubnet; empty without that subnet."""

    def __init__(self, name: str, args: HubNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. Raises `AddressError` for a subnet that is too small for what it is for."""
        args = normalise(HubNetworkArgs, args)
        super().__init__("kade:index:HubNetwork", name, None, opts)
        if args.nat_gateway and "AzureFirewallSubnet" not in args.subnets:
            raise AddressError("nat_gateway: stands on AzureFirewallSubnet, and there is none")
        for subnet, range_ in args.subnets.items():
            check_subnet_size(subnet, parse_range(range_, f"subnets.{subnet}"), f"subnets.{subnet}")
        firewall_range = args.subnets.get("AzureFirewallSubnet")
        self.firewall_ip = first_usable(firewall_range) if firewall_range else ""
        self.security_groups = {
            subnet: self._security_group(name, subnet, args, rules) for subnet, rules in self._rules(args).items()
        }
        self.gateway_routes = self._gateway_routes(name, args)
        self.firewall_routes = self._firewall_routes(name, args)
        self.nat_gateway = self._nat_gateway(name, args) if args.nat_gateway else None
        self.network = network.VirtualNetwork(
            f"{name}-network",
            resource_group_name=args.resource_group_name,
            virtual_network_name=args.name or args.names.of("virtual_network", "hub"),
            location=args.location,
            address_space=network.AddressSpaceArgs(address_prefixes=list(args.address_space)),
            enable_ddos_protection=True if args.ddos_plan_id is not None else None,
            ddos_protection_plan=(
                network.SubResourceArgs(id=args.ddos_plan_id) if args.ddos_plan_id is not None else None
            ),
            subnets=[self._subnet(subnet, range_) for subnet, range_ in args.subnets.items()],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.id = self.network.id
        self.name = self.network.name
        self.logs = send_logs(self, f"{name}-logs", self.network.id, args.workspace_id)
        self.flow_log = flow_log(self, f"{name}-flow-log", self.network, args.flow_logs, args.location, args.tags)
        self.register_outputs({"id": self.id, "name": self.name, "firewallIp": self.firewall_ip})

    def subnet_id(self, subnet: str) -> pulumi.Output[str]:
        """The id of one of its subnets."""
        return pulumi.Output.concat(self.network.id, "/subnets/", subnet)

    def _rules(self, args: HubNetworkArgs) -> dict[str, list[SecurityRule]]:
        rules: dict[str, list[SecurityRule]] = {}
        for subnet, range_ in args.subnets.items():
            if subnet == "AzureBastionSubnet":
                rules[subnet] = bastion_rules(range_, args.bastion_clients)
            elif not _special(subnet):
                rules[subnet] = resolver_rules(range_, args.inside_ranges, inbound=subnet == "resolver-inbound")
        return rules

    def _security_group(
        self, name: str, subnet: str, args: HubNetworkArgs, rules: Sequence[SecurityRule]
    ) -> network.NetworkSecurityGroup:
        part = "bastion" if subnet == "AzureBastionSubnet" else subnet
        return network.NetworkSecurityGroup(
            f"{name}-{part}-rules",
            resource_group_name=args.resource_group_name,
            network_security_group_name=args.names.of("network_security_group", f"hub-{part}"),
            location=args.location,
            security_rules=[security_rule(r) for r in rules],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _gateway_routes(self, name: str, args: HubNetworkArgs) -> network.RouteTable | None:
        """Routes to the spokes for what comes in over a gateway.

        Peering gives the gateway a direct route to each spoke; only a route of the same range wins from it. Without
        these, traffic comes in past the firewall and its answers go through it, which the firewall drops.
        """
        if "GatewaySubnet" not in args.subnets or not self.firewall_ip or not args.spoke_prefixes:
            return None
        return network.RouteTable(
            f"{name}-gateway-routes",
            resource_group_name=args.resource_group_name,
            route_table_name=args.names.of("route_table", "hub-gateway"),
            location=args.location,
            disable_bgp_route_propagation=False,  # a gateway without the routes that it learns does not work
            routes=[
                route(Route(f"to-{spoke}", prefix, "VirtualAppliance", self.firewall_ip))
                for spoke, prefix in args.spoke_prefixes.items()
            ],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _firewall_routes(self, name: str, args: HubNetworkArgs) -> network.RouteTable | None:
        """The way to spokes of other hubs. Azure wants the way out of a firewall's subnet to be the internet itself."""
        if not args.other_hubs or not self.firewall_ip:
            return None
        return network.RouteTable(
            f"{name}-firewall-routes",
            resource_group_name=args.resource_group_name,
            route_table_name=args.names.of("route_table", "hub-firewall"),
            location=args.location,
            disable_bgp_route_propagation=False,
            routes=[route(r) for r in (Route("internet", "0.0.0.0/0", "Internet"), *args.other_hubs.values())],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _nat_gateway(self, name: str, args: HubNetworkArgs) -> network.NatGateway:
        """It stands in no zone of our choice: Azure places it, and a wrong guess would tie it to one."""
        self.nat_address = public_ip(self, f"{name}-nat-address", args, "nat")
        return network.NatGateway(
            f"{name}-nat",
            resource_group_name=args.resource_group_name,
            nat_gateway_name=args.names.of("nat_gateway", "hub"),
            location=args.location,
            sku=network.NatGatewaySkuArgs(name="Standard"),
            idle_timeout_in_minutes=4,
            public_ip_addresses=[network.SubResourceArgs(id=self.nat_address.id)],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _subnet(self, subnet: str, range_: str) -> network.SubnetArgs:
        group = self.security_groups.get(subnet)
        table = {"GatewaySubnet": self.gateway_routes, "AzureFirewallSubnet": self.firewall_routes}.get(subnet)
        nat = self.nat_gateway if subnet == "AzureFirewallSubnet" else None
        return network.SubnetArgs(
            name=subnet,
            address_prefix=range_,
            network_security_group=network.NetworkSecurityGroupArgs(id=group.id) if group is not None else None,
            route_table=network.RouteTableArgs(id=table.id) if table is not None else None,
            nat_gateway=network.SubResourceArgs(id=nat.id) if nat is not None else None,
            default_outbound_access=False,
            delegations=(
                None
                if _special(subnet)
                else [network.DelegationArgs(name="delegation", service_name=RESOLVER_DELEGATION)]
            ),
        )


def _special(subnet: str) -> bool:
    """Whether Azure gives the name a meaning; the others of a hub are the resolver's."""
    return subnet.lower() in special_subnets()
