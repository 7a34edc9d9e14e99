"""What every machine has, a server or a session host: a private address only, and a start that can be trusted."""

import pulumi
from pulumi_azure_native import compute, network

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


def trusted() -> compute.SecurityProfileArgs:
    """Only signed boot code, keys in a virtual TPM, and disks and caches encrypted at the host."""
    return compute.SecurityProfileArgs(
        encryption_at_host=True,
        security_type="TrustedLaunch",
        uefi_settings=compute.UefiSettingsArgs(secure_boot_enabled=True, v_tpm_enabled=True),
    )
