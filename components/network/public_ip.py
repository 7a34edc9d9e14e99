"""A public address: Standard, static, in zones where the region has them."""

from typing import Any

import pulumi
from pulumi_azure_native import network


def public_ip(
    parent: pulumi.Resource, name: str, args: Any, part: str, ddos: str | None = None
) -> network.PublicIPAddress:
    """A public address for something of ``args`` (its names, resource group, location, zones and tags).

    ``ddos`` is ``Enabled`` for protection per address, ``VirtualNetworkInherited`` where a plan protects the network.
    """
    mode = ddos or getattr(args, "ddos_mode", None)
    return network.PublicIPAddress(
        name,
        resource_group_name=args.resource_group_name,
        public_ip_address_name=args.names.of("public_ip", part),
        location=args.location,
        public_ip_allocation_method="Static",
        public_ip_address_version="IPv4",
        sku=network.PublicIPAddressSkuArgs(name="Standard", tier="Regional"),
        ddos_settings=network.DdosSettingsArgs(protection_mode=mode) if mode else None,
        zones=list(args.zones) or None,
        tags=args.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
