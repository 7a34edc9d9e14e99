"""Disks of machines, and the set by which they are encrypted with a key of our own."""

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import compute

from kade.components.protection import Protection
from kade.components.workload.place import OwnKeyArgs, PlaceArgs


def encryption_set(
    parent: pulumi.Resource, name: str, place: PlaceArgs, key: OwnKeyArgs | None, found: Protection
) -> compute.DiskEncryptionSet | None:
    """The set that disks name; None where Microsoft's keys do."""
    if key is None:
        return None
    both = found.double_encryption
    return compute.DiskEncryptionSet(
        f"{name}-encryption",
        resource_group_name=place.resource_group_name,
        disk_encryption_set_name=place.name("disk_encryption_set"),
        location=place.location,
        encryption_type="EncryptionAtRestWithPlatformAndCustomerKeys" if both else "EncryptionAtRestWithCustomerKey",
        rotation_to_latest_key_version_enabled=True,
        identity=compute.EncryptionSetIdentityArgs(type="UserAssigned", user_assigned_identities=[key.identity_id]),
        active_key=compute.KeyForDiskEncryptionSetArgs(
            key_url=key.key_uri, source_vault=compute.SourceVaultArgs(id=key.vault_id)
        ),
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def make_data_disk(
    name: str,
    place: PlaceArgs,
    part: str,
    size_gb: int,
    zones: Sequence[str] | None,
    keys: compute.DiskEncryptionSet | None,
    opts: pulumi.ResourceOptions,
) -> compute.Disk:
    """An empty disk that only our own networks may export."""
    encryption = (
        compute.EncryptionArgs(type=keys.encryption_type, disk_encryption_set_id=keys.id)
        if keys is not None
        else compute.EncryptionArgs(type="EncryptionAtRestWithPlatformKey")
    )
    return compute.Disk(
        name,
        resource_group_name=place.resource_group_name,
        disk_name=place.name("disk", part),
        location=place.location,
        zones=zones,
        sku=compute.DiskSkuArgs(name="Premium_LRS"),
        disk_size_gb=size_gb,
        creation_data=compute.CreationDataArgs(create_option="Empty"),
        encryption=encryption,
        network_access_policy="DenyAll",
        public_network_access="Disabled",
        tags=place.tags,
        opts=opts,
    )
