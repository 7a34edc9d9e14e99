"""The VPN gateway, with its tunnels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import network

from kade.components.arguments import normalise
from kade.components.naming import Naming
from kade.components.network.diagnostics import send_logs
from kade.components.network.public_ip import public_ip


@dataclass
class AddressTranslation:
    """An overlap that is solved on the gateway: the range as it really is, and as our side sees it. Of one size."""

    real: str
    seen_as: str


@dataclass
class VpnConnectionArgs:
    """One tunnel."""

    peer_addresses: Sequence[str]
    """Public addresses of the devices on the other side; each gets its own local network gateway."""
    ranges: Sequence[str]
    """Ranges on the other side, as they really are."""
    shared_key: pulumi.Input[str] | None = None
    """The secret; without it the tunnel is made and stays down until the key is set in Azure."""
    bgp_asn: int | None = None
    """Its autonomous system number, where routes are exchanged."""
    bgp_address: str = ""
    """The address that it exchanges routes from; required with ``bgp_asn``."""
    translations: Sequence[AddressTranslation] = ()


@dataclass
class VpnGatewayArgs:
    """Arguments of `VpnGateway`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    subnet_id: pulumi.Input[str]
    """The id of GatewaySubnet."""
    sku: str = "VpnGw1AZ"
    active_active: bool = False
    """Two instances at once, each with a public address."""
    bgp_asn: int = 65515
    connections: Mapping[str, VpnConnectionArgs] = field(default_factory=dict)
    zones: Sequence[str] = ()
    workspace_id: pulumi.Input[str] | None = None
    ddos_mode: str = ""
    """Protection of its public addresses: Enabled, VirtualNetworkInherited, or empty for none."""
    tags: Mapping[str, str] = field(default_factory=dict)


# What NCSC calls good for IPsec: AES-GCM with 256 bits, SHA-384 and elliptic curve group 20 (ECP384).
# Source: NCSC, ICT-beveiligingsrichtlijnen, and Azure's list of IPsec parameters.
def _ipsec() -> network.IpsecPolicyArgs:
    return network.IpsecPolicyArgs(
        ike_encryption="AES256",
        ike_integrity="SHA384",
        dh_group="ECP384",
        ipsec_encryption="GCMAES256",
        ipsec_integrity="GCMAES256",
        pfs_group="ECP384",
        sa_life_time_seconds=27000,
        sa_data_size_kilobytes=102400000,
    )


class VpnGateway(pulumi.ComponentResource):
    """A route-based VPN gateway, and a local network gateway and connection for each device on the other side."""

    id: pulumi.Output[str]

    def __init__(self, name: str, args: VpnGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it.

        ValueError where a connection exchanges routes and has no address to do it from, or is translated by a gateway
        that is too small (Microsoft Learn, "About NAT on VPN Gateway": VpnGw2 to VpnGw5).
        """
        args = normalise(VpnGatewayArgs, args)
        for key, connection in args.connections.items():
            if connection.bgp_asn is not None and not connection.bgp_address:
                raise ValueError(
                    f"connections.{key}.bgp_address: is needed to exchange routes with AS {connection.bgp_asn}"
                )
            if connection.translations and args.sku.startswith("VpnGw1"):
                raise ValueError(
                    f"connections.{key}.translations: need a gateway of size VpnGw2 or more, not {args.sku}"
                )
        super().__init__("kade:index:VpnGateway", name, None, opts)
        count = 2 if args.active_active else 1
        self.addresses = [public_ip(self, f"{name}-address-{n}", args, f"vpn-{n}") for n in range(1, count + 1)]
        self.gateway = network.VirtualNetworkGateway(
            f"{name}-gateway",
            resource_group_name=args.resource_group_name,
            virtual_network_gateway_name=args.names.of("virtual_network_gateway", "vpn"),
            location=args.location,
            gateway_type="Vpn",
            vpn_type="RouteBased",
            vpn_gateway_generation="Generation1" if args.sku == "VpnGw1AZ" else "Generation2",
            sku=network.VirtualNetworkGatewaySkuArgs(name=args.sku, tier=args.sku),
            active_active=args.active_active,
            enable_bgp=True,
            bgp_settings=network.BgpSettingsArgs(asn=args.bgp_asn),
            ip_configurations=[
                network.VirtualNetworkGatewayIPConfigurationArgs(
                    name=f"address-{n}",
                    private_ip_allocation_method="Dynamic",
                    subnet=network.SubResourceArgs(id=args.subnet_id),
                    public_ip_address=network.SubResourceArgs(id=address.id),
                )
                for n, address in enumerate(self.addresses, 1)
            ],
            nat_rules=_nat_rules(args) or None,
            enable_bgp_route_translation_for_nat=True if _nat_rules(args) else None,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.connections = [c for key in args.connections for c in self._connect(name, key, args)]
        self.logs = send_logs(self, f"{name}-logs", self.gateway.id, args.workspace_id)
        self.id = self.gateway.id
        self.register_outputs({"id": self.id})

    def _connect(self, name: str, key: str, args: VpnGatewayArgs) -> list[network.VirtualNetworkGatewayConnection]:
        connection = args.connections[key]
        made: list[network.VirtualNetworkGatewayConnection] = []
        for n, address in enumerate(connection.peer_addresses, 1):
            part = key if len(connection.peer_addresses) == 1 else f"{key}-{n}"
            # With BGP the ranges are learnt; only the address that exchanges them has to be known.
            ranges = [f"{connection.bgp_address}/32"] if connection.bgp_asn is not None else list(connection.ranges)
            other = network.LocalNetworkGateway(
                f"{name}-{part}-other-side",
                resource_group_name=args.resource_group_name,
                local_network_gateway_name=args.names.of("local_network_gateway", part),
                location=args.location,
                gateway_ip_address=address,
                local_network_address_space=network.AddressSpaceArgs(address_prefixes=ranges),
                bgp_settings=network.BgpSettingsArgs(asn=connection.bgp_asn, bgp_peering_address=connection.bgp_address)
                if connection.bgp_asn is not None
                else None,
                tags=args.tags,
                opts=pulumi.ResourceOptions(parent=self),
            )
            rules = [
                network.SubResourceArgs(id=pulumi.Output.concat(self.gateway.id, "/natRules/", _nat_name(key, i)))
                for i in range(len(connection.translations))
            ]
            made.append(
                network.VirtualNetworkGatewayConnection(
                    f"{name}-{part}-connection",
                    resource_group_name=args.resource_group_name,
                    virtual_network_gateway_connection_name=args.names.of("connection", part),
                    location=args.location,
                    connection_type="IPsec",
                    connection_protocol="IKEv2",
                    virtual_network_gateway1=network.VirtualNetworkGatewayArgs(id=self.gateway.id),
                    local_network_gateway2=network.LocalNetworkGatewayArgs(id=other.id),
                    shared_key=connection.shared_key,
                    enable_bgp=connection.bgp_asn is not None,
                    ipsec_policies=[_ipsec()],
                    use_policy_based_traffic_selectors=False,
                    dpd_timeout_seconds=45,
                    ingress_nat_rules=rules or None,
                    tags=args.tags,
                    opts=pulumi.ResourceOptions(parent=self),
                )
            )
        return made


def _nat_name(key: str, number: int) -> str:
    return f"{key}-{number + 1}"


def _nat_rules(args: VpnGatewayArgs) -> list[network.VirtualNetworkGatewayNatRuleArgs]:
    """Static translation of the other side's ranges; ingress means that the source of what comes in is translated."""
    return [
        network.VirtualNetworkGatewayNatRuleArgs(
            name=_nat_name(key, i),
            type="Static",
            mode="IngressSnat",
            internal_mappings=[network.VpnNatRuleMappingArgs(address_space=translation.real)],
            external_mappings=[network.VpnNatRuleMappingArgs(address_space=translation.seen_as)],
        )
        for key, connection in args.connections.items()
        for i, translation in enumerate(connection.translations)
    ]
