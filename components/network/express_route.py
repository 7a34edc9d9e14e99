"""ExpressRoute: a circuit that is ordered in Azure, and the gateway with its connections to circuits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import network

from kade.components.arguments import normalise
from kade.components.naming import Naming
from kade.components.network.diagnostics import send_logs
from kade.components.network.public_ip import public_ip


@dataclass
class ExpressRouteCircuitArgs:
    """Arguments of `ExpressRouteCircuit`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    workload: str
    """What the line is for: a part of its name."""
    provider: str
    """The provider's name as Azure lists it."""
    peering_location: str
    """The place as Azure lists it, for instance Amsterdam2."""
    bandwidth_mbps: int
    """Megabits per second, as the provider offers it at that place."""
    tags: Mapping[str, str] = field(default_factory=dict)


class ExpressRouteCircuit(pulumi.ComponentResource):
    """A line as it is ordered in Azure. Its provider delivers it on the service key; a gateway connects after that."""

    id: pulumi.Output[str]
    service_key: pulumi.Output[str]

    def __init__(self, name: str, args: ExpressRouteCircuitArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Order it. Metered traffic of tier Standard: within the continent, without a fee for unlimited traffic."""
        args = normalise(ExpressRouteCircuitArgs, args)
        super().__init__("kade:index:ExpressRouteCircuit", name, None, opts)
        self.circuit = network.ExpressRouteCircuit(
            f"{name}-circuit",
            resource_group_name=args.resource_group_name,
            circuit_name=args.names.of("express_route_circuit", args.workload),
            location=args.location,
            sku=network.ExpressRouteCircuitSkuArgs(name="Standard_MeteredData", tier="Standard", family="MeteredData"),
            service_provider_properties=network.ExpressRouteCircuitServiceProviderPropertiesArgs(
                service_provider_name=args.provider,
                peering_location=args.peering_location,
                bandwidth_in_mbps=args.bandwidth_mbps,
            ),
            allow_classic_operations=False,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.id = self.circuit.id
        # Whoever has the key can have the line delivered to them.
        self.service_key = pulumi.Output.secret(self.circuit.service_key.apply(lambda key: key or ""))
        self.register_outputs({"id": self.id, "serviceKey": self.service_key})


@dataclass
class ExpressRouteGatewayArgs:
    """Arguments of `ExpressRouteGateway`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    subnet_id: pulumi.Input[str]
    """The id of GatewaySubnet."""
    sku: str = "ErGw1AZ"
    circuits: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Resource ids of circuits by key. A circuit in another tenant needs an authorisation: `authorizations`."""
    authorizations: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Authorisation keys by the key of the circuit; secrets."""
    zones: Sequence[str] = ()
    workspace_id: pulumi.Input[str] | None = None
    ddos_mode: str = ""
    """Protection of its public addresses: Enabled, VirtualNetworkInherited, or empty for none."""
    tags: Mapping[str, str] = field(default_factory=dict)


class ExpressRouteGateway(pulumi.ComponentResource):
    """An ExpressRoute gateway and its connections to circuits."""

    id: pulumi.Output[str]

    def __init__(self, name: str, args: ExpressRouteGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it."""
        args = normalise(ExpressRouteGatewayArgs, args)
        super().__init__("kade:index:ExpressRouteGateway", name, None, opts)
        self.address = public_ip(self, f"{name}-address", args, "expressroute")
        self.gateway = network.VirtualNetworkGateway(
            f"{name}-gateway",
            resource_group_name=args.resource_group_name,
            virtual_network_gateway_name=args.names.of("virtual_network_gateway", "expressroute"),
            location=args.location,
            gateway_type="ExpressRoute",
            vpn_type="RouteBased",
            sku=network.VirtualNetworkGatewaySkuArgs(name=args.sku, tier=args.sku),
            ip_configurations=[
                network.VirtualNetworkGatewayIPConfigurationArgs(
                    name="address-1",
                    private_ip_allocation_method="Dynamic",
                    subnet=network.SubResourceArgs(id=args.subnet_id),
                    public_ip_address=network.SubResourceArgs(id=self.address.id),
                )
            ],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.connections = [
            network.VirtualNetworkGatewayConnection(
                f"{name}-{key}-connection",
                resource_group_name=args.resource_group_name,
                virtual_network_gateway_connection_name=args.names.of("connection", key),
                location=args.location,
                connection_type="ExpressRoute",
                virtual_network_gateway1=network.VirtualNetworkGatewayArgs(id=self.gateway.id),
                peer=network.SubResourceArgs(id=circuit),
                authorization_key=args.authorizations.get(key),
                tags=args.tags,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for key, circuit in args.circuits.items()
        ]
        self.logs = send_logs(self, f"{name}-logs", self.gateway.id, args.workspace_id)
        self.id = self.gateway.id
        self.register_outputs({"id": self.id})
