"""A storage account as the table of protection wants it: closed, without keys, copied by classification."""

import pulumi
from pulumi_azure_native import authorization, storage

from kade.components.landing_zone.access import give_access
from kade.components.network.diagnostics import send_logs
from kade.components.protection import Protection
from kade.components.workload.place import DataArgs, PlaceArgs, access_of, held


def make_account(
    parent: pulumi.Resource,
    name: str,
    place: PlaceArgs,
    data: DataArgs,
    found: Protection,
    *,
    part: str,
    premium_files: bool = False,
    files: bool = False,
    cool: bool = False,
    lake: bool = False,
    sftp: bool = False,
) -> storage.StorageAccount:
    """A storage account. ``premium_files`` makes one that holds file shares and nothing else.

    ``lake`` gives its blobs folders with rights of their own, and ``sftp`` lets local users in with an SSH key.
    """
    key = data.key if found.customer_managed_key else None
    sku = f"Premium_{'ZRS' if found.redundancy != 'local' else 'LRS'}" if premium_files else found.storage_sku
    return storage.StorageAccount(
        f"{name}-account",
        resource_group_name=place.resource_group_name,
        account_name=place.short_name("storage_account", part),
        location=place.location,
        kind="FileStorage" if premium_files else "StorageV2",
        sku=storage.SkuArgs(name=sku),
        access_tier=None if premium_files else "Cool" if cool else "Hot",
        enable_https_traffic_only=True,
        # Folders with rights of their own; SFTP asks them too. Neither can be taken away from an account later.
        is_hns_enabled=True if lake or sftp else None,
        is_sftp_enabled=True if sftp else None,
        is_local_user_enabled=True if sftp else None,
        minimum_tls_version=f"TLS{found.minimum_tls.replace('.', '_')}",
        allow_blob_public_access=False,
        allow_cross_tenant_replication=False,
        allowed_copy_scope=found.copy_scope,
        allow_shared_key_access=found.shared_keys,
        default_to_o_auth_authentication=True,
        public_network_access="Enabled" if found.public_access else "Disabled",
        network_rule_set=storage.NetworkRuleSetArgs(default_action="Deny", bypass="AzureServices"),
        # People reach a share with the accounts of the directory on site, which Entra ID knows too.
        azure_files_identity_based_authentication=(
            storage.AzureFilesIdentityBasedAuthenticationArgs(directory_service_options="AADKERB") if files else None
        ),
        identity=storage.IdentityArgs(type="UserAssigned", user_assigned_identities=[key.identity_id]) if key else None,
        encryption=storage.EncryptionArgs(
            key_source="Microsoft.Keyvault" if key else "Microsoft.Storage",
            key_vault_properties=(
                storage.KeyVaultPropertiesArgs(
                    key_name=key.key_name,
                    key_vault_uri=key.vault_uri,
                )
                if key
                else None
            ),
            encryption_identity=(
                storage.EncryptionIdentityArgs(encryption_user_assigned_identity=key.identity_id) if key else None
            ),
            require_infrastructure_encryption=found.double_encryption,
            services=storage.EncryptionServicesArgs(
                blob=storage.EncryptionServiceArgs(enabled=True, key_type="Account"),
                file=storage.EncryptionServiceArgs(enabled=True, key_type="Account"),
            ),
        ),
        tags=place.tags,
        opts=held(parent, data),
    )


def keep_deleted(
    parent: pulumi.Resource, name: str, place: PlaceArgs, account: storage.StorageAccount, found: Protection
) -> storage.BlobServiceProperties:
    """Deleted blobs and containers can be brought back for as long as the table says, a week at least."""
    keep = storage.DeleteRetentionPolicyArgs(enabled=True, days=max(7, found.soft_delete_days))
    return storage.BlobServiceProperties(
        name,
        resource_group_name=place.resource_group_name,
        account_name=account.name,
        blob_services_name="default",
        delete_retention_policy=keep,
        container_delete_retention_policy=keep,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def log_account(
    parent: pulumi.Resource, name: str, account: storage.StorageAccount, place: PlaceArgs, service: str
) -> None:
    """Who read and wrote what, of the ``service`` blob or file."""
    resource = pulumi.Output.concat(account.id, f"/{service}Services/default")
    send_logs(parent, f"{name}-logs", resource, place.workspace_id)


def let_in(
    parent: pulumi.Resource, name: str, resource: pulumi.Output[str], data: DataArgs, role: str, found: Protection
) -> None:
    """The role on a store for those that work with its data."""
    give_access(f"{name}-access", resource, access_of(data, found, role), pulumi.ResourceOptions(parent=parent))


def lock(
    parent: pulumi.Resource, name: str, resource: pulumi.Output[str], found: Protection, data: DataArgs
) -> authorization.ManagementLockByScope | None:
    """A lock against deleting the store, where the table asks for one and nobody has accepted that it goes."""
    if not found.lock or data.may_be_deleted:
        return None
    return authorization.ManagementLockByScope(
        f"{name}-lock",
        scope=resource,
        lock_name="niet-verwijderen",
        level="CanNotDelete",
        notes="Holds the store, and no record in it: what has to be erased can be erased.",
        opts=pulumi.ResourceOptions(parent=parent),
    )
