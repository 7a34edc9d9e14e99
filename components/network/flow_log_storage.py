"""The storage account for flow logs: one in each region that has networks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import storage

from kade.components.arguments import normalise
from kade.components.naming import Naming


@dataclass
class FlowLogStorageArgs:
    """Arguments of `FlowLogStorage`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    sku: str = "Standard_ZRS"
    """Copies over zones of the region; Standard_LRS where the region has none. Never to another region."""
    name: str = ""
    """A literal name."""
    tags: Mapping[str, str] = field(default_factory=dict)


class FlowLogStorage(pulumi.ComponentResource):
    """A storage account that only Azure's own flow log service reaches: no public access, no keys."""

    id: pulumi.Output[str]

    def __init__(self, name: str, args: FlowLogStorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it."""
        args = normalise(FlowLogStorageArgs, args)
        super().__init__("kade:index:FlowLogStorage", name, None, opts)
        self.account = storage.StorageAccount(
            f"{name}-account",
            resource_group_name=args.resource_group_name,
            account_name=args.name or args.names.of("storage_account", "flow"),
            location=args.location,
            kind="StorageV2",
            sku=storage.SkuArgs(name=args.sku),
            access_tier=storage.AccessTier.COOL,
            enable_https_traffic_only=True,
            minimum_tls_version="TLS1_2",
            allow_blob_public_access=False,
            allow_cross_tenant_replication=False,
            allow_shared_key_access=False,
            default_to_o_auth_authentication=True,
            public_network_access="Enabled",  # closed by the rules below; Disabled would shut the service itself out
            network_rule_set=storage.NetworkRuleSetArgs(
                default_action=storage.DefaultAction.DENY, bypass="AzureServices"
            ),
            encryption=storage.EncryptionArgs(
                key_source="Microsoft.Storage",
                require_infrastructure_encryption=True,
                services=storage.EncryptionServicesArgs(
                    blob=storage.EncryptionServiceArgs(enabled=True, key_type="Account"),
                    file=storage.EncryptionServiceArgs(enabled=True, key_type="Account"),
                ),
            ),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.protection = storage.BlobServiceProperties(
            f"{name}-blobs",
            resource_group_name=args.resource_group_name,
            account_name=self.account.name,
            blob_services_name="default",
            delete_retention_policy=storage.DeleteRetentionPolicyArgs(enabled=True, days=30),
            container_delete_retention_policy=storage.DeleteRetentionPolicyArgs(enabled=True, days=30),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.id = self.account.id
        self.register_outputs({"id": self.id})
