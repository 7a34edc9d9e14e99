"""A public address: Standard, static, in zones where the region has them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import pulumi
from pulumi_azure_native import network

from kade.components.naming import Naming


class HasAddresses(Protocol):
    """Arguments of a component that has public addresses."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    zones: Sequence[str]
    ddos_mode: str
    tags: Mapping[str, str]


def public_ip(
    parent: pulumi.Resource, name: str, args: HasAddresses, part: str, version: str = "IPv4"
) -> network.PublicIPAddress:
    """A public address for a component; ``part`` goes into its name."""
    return network.PublicIPAddress(
        name,
        resource_group_name=args.resource_group_name,
        public_ip_address_name=args.names.of("public_ip", part),
        location=args.location,
        public_ip_allocation_method="Static",
        public_ip_address_version=version,
        sku=network.PublicIPAddressSkuArgs(name="Standard", tier="Regional"),
        ddos_settings=network.DdosSettingsArgs(protection_mode=args.ddos_mode) if args.ddos_mode else None,
        zones=list(args.zones) or None,
        tags=args.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
