"""The network interface of a machine: a private address, and none that can be reached from outside."""

import pulumi
from pulumi_azure_native import network

from kade.components.workload.place import PlaceArgs


def interface_of(
    parent: pulumi.Resource, name: str, place: PlaceArgs, part: str, subnet_id: pulumi.Input[str]
) -> network.NetworkInterface:
    """An interface in a subnet, named after its part."""
    return network.NetworkInterface(
        f"{name}-interface",
        resource_group_name=place.resource_group_name,
        network_interface_name=place.name("network_interface", part),
        location=place.location,
        enable_accelerated_networking=True,
        ip_configurations=[
            network.NetworkInterfaceIPConfigurationArgs(
                name="primary", subnet=network.SubnetArgs(id=subnet_id), private_ip_allocation_method="Dynamic"
            )
        ],
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
