"""Peerings: one side of one, and both sides between two hubs."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import network

from kade.components.arguments import normalise
from kade.components.naming import Naming
from kade.components.network.ranges import AddressError, Labelled, overlaps, parse_range


@dataclass
class PeerArgs:
    """One of two networks that are peered."""

    key: str
    """A short name, for names of resources and messages."""
    names: Naming
    resource_group_name: pulumi.Input[str]
    network_id: pulumi.Input[str]
    network_name: pulumi.Input[str]
    address_space: Sequence[str]


@dataclass
class HubPeeringArgs:
    """Arguments of `HubPeering`."""

    one: PeerArgs
    other: PeerArgs


class HubPeering(pulumi.ComponentResource):
    """Two hubs, peered both ways. Neither uses the other's gateway: each region has its own way out."""

    def __init__(self, name: str, args: HubPeeringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make both sides. Raises `AddressError` where the two overlap."""
        args = normalise(HubPeeringArgs, args)
        refuse_overlap(
            (f"hub {args.one.key}", args.one.address_space), (f"hub {args.other.key}", args.other.address_space)
        )
        super().__init__("kade:index:HubPeering", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        self.sides = [
            peering(f"{name}-from-{near.key}", near, far, f"{near.key}-to-{far.key}", here)
            for near, far in ((args.one, args.other), (args.other, args.one))
        ]
        self.register_outputs({})


def peering(
    name: str,
    near: PeerArgs,
    far: PeerArgs,
    workload: str,
    opts: pulumi.ResourceOptions,
    *,
    gives_gateway: bool = False,
    uses_gateway: bool = False,
) -> network.VirtualNetworkPeering:
    """One side, on ``near``. It follows a change of the other side's ranges."""
    return network.VirtualNetworkPeering(
        name,
        resource_group_name=near.resource_group_name,
        virtual_network_name=near.network_name,
        virtual_network_peering_name=near.names.of("peering", workload),
        remote_virtual_network=network.SubResourceArgs(id=far.network_id),
        remote_address_space=network.AddressSpaceArgs(address_prefixes=list(far.address_space)),
        allow_gateway_transit=gives_gateway,
        use_remote_gateways=uses_gateway,
        allow_virtual_network_access=True,
        allow_forwarded_traffic=True,  # what the firewall passes on has another source than its network
        sync_remote_address_space="true",
        opts=opts,
    )


def refuse_overlap(one: tuple[str, Sequence[str]], other: tuple[str, Sequence[str]]) -> None:
    """Azure refuses a peering of networks that overlap, but only when both stand."""
    ranges = [Labelled(label, parse_range(r, "address_space")) for label, space in (one, other) for r in space]
    for a, b in overlaps(ranges):
        raise AddressError(f"{a.label} ({a.range}) and {b.label} ({b.range}) overlap, so they cannot be peered")
