"""Disks under a key of our own: the set that disks of one subscription and region name, and who may use the key."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import compute, managedidentity

from kade.components.arguments import normalise
from kade.components.landing_zone.roles import assign_role
from kade.components.naming import Naming

USE = "Key Vault Crypto Service Encryption User"


@dataclass
class DiskEncryptionArgs:
    """Arguments of `DiskEncryption`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    """In the subscription of the disks: a set serves no other."""
    location: str
    vault_id: pulumi.Input[str]
    """The key vault, which may stand in another subscription of the tenant."""
    key_uri: pulumi.Input[str]
    """The key's address without a version, so that its renewals are followed."""
    workload: str = "disks"
    tags: Mapping[str, str] = field(default_factory=dict)


class DiskEncryption(pulumi.ComponentResource):
    """An identity that may use a key and nothing else, and a disk encryption set that does."""

    set_id: pulumi.Output[str]
    identity_id: pulumi.Output[str]
    """Storage accounts and databases of the subscription take the key by the same identity."""

    def __init__(
        self,
        name: str,
        args: DiskEncryptionArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(DiskEncryptionArgs, args)
        super().__init__("kade:index:DiskEncryption", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        identity_name = args.names.of("user_assigned_identity", f"{args.workload}-key")
        self.identity = managedidentity.UserAssignedIdentity(
            f"{name}-identity",
            resource_group_name=args.resource_group_name,
            resource_name_=identity_name,
            location=args.location,
            tags=args.tags,
            opts=child,
        )
        self.use = assign_role(
            f"{name}-use",
            scope=args.vault_id,
            role=USE,
            principal_id=self.identity.principal_id,
            principal_type="ServicePrincipal",
            description="Wraps the keys with which disks are encrypted",
            key=pulumi.Output.concat(args.resource_group_name, "/", identity_name),
            opts=child,
        )
        self.set = compute.DiskEncryptionSet(
            f"{name}-set",
            resource_group_name=args.resource_group_name,
            disk_encryption_set_name=args.names.of("disk_encryption_set", args.workload),
            location=args.location,
            encryption_type="EncryptionAtRestWithCustomerKey",
            rotation_to_latest_key_version_enabled=True,
            identity=compute.EncryptionSetIdentityArgs(
                type="UserAssigned", user_assigned_identities=[self.identity.id]
            ),
            active_key=compute.KeyForDiskEncryptionSetArgs(
                key_url=args.key_uri, source_vault=compute.SourceVaultArgs(id=args.vault_id)
            ),
            tags=args.tags,
            # Without the role the set cannot reach its key, and Azure refuses it.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.use]),
        )
        self.set_id = self.set.id
        self.identity_id = self.identity.id
        self.register_outputs({"setId": self.set_id, "identityId": self.identity_id})
