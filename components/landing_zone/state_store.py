"""Where Pulumi keeps the state of everything: a storage account that passes each point of ``kade backend check``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import authorization, monitor, storage

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.access import AccessArgs, give_access
from kade.components.naming import Naming


@dataclass
class StateStoreArgs:
    """Arguments of `StateStore`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    workspace_id: pulumi.Input[str]
    """The workspace that takes its logs: who read and wrote which state."""
    container: str = "state"
    """The container; the backend is then ``azblob://state?storage_account=…``."""
    access: Mapping[str, AccessArgs] = field(default_factory=dict)
    """Who deploys, by a short key; the role is ``Storage Blob Data Contributor``, and only they read it."""
    allowed_ranges: Sequence[str] = ()
    """Public addresses and ranges that are let in (a pipeline's, an office's). Without any it is reached only through
    a private endpoint."""
    retention_days: int = 90
    """Days that a deleted or overwritten state can be brought back, 30 to 365."""
    copies_in_pair: bool = False
    """Copies also in the region's pair: only where the residency rule allows that region."""
    name: str = ""
    """A literal name."""
    tags: Mapping[str, str] = field(default_factory=dict)


class StateStore(pulumi.ComponentResource):
    """A storage account without keys, with versions, a lock and a log, whose container holds Pulumi's state."""

    id: pulumi.Output[str]
    name: pulumi.Output[str]
    backend: pulumi.Output[str]
    """The URL for ``pulumi login`` and ``PULUMI_BACKEND_URL``."""

    def __init__(
        self,
        name: str,
        args: StateStoreArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(StateStoreArgs, args)
        if not 30 <= args.retention_days <= 365:
            raise ArgumentError(f"{name}: retention_days is {args.retention_days}; 30 to 365")
        super().__init__("kade:index:StateStore", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.account = self._account(name, args, child)
        held = {"enabled": True, "days": args.retention_days}
        self.service = storage.BlobServiceProperties(
            f"{name}-blobs",
            resource_group_name=args.resource_group_name,
            account_name=self.account.name,
            blob_services_name="default",
            is_versioning_enabled=True,
            change_feed=storage.ChangeFeedArgs(enabled=True, retention_in_days=args.retention_days),
            delete_retention_policy=storage.DeleteRetentionPolicyArgs(**held),
            container_delete_retention_policy=storage.DeleteRetentionPolicyArgs(**held),
            opts=child,
        )
        self.container = storage.BlobContainer(
            f"{name}-container",
            resource_group_name=args.resource_group_name,
            account_name=self.account.name,
            container_name=args.container,
            public_access=storage.PublicAccess.NONE,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.service]),
        )
        self.logs = monitor.DiagnosticSetting(
            f"{name}-logs",
            resource_uri=self.service.id,
            name="to-workspace",
            workspace_id=args.workspace_id,
            logs=[monitor.DiagnosticsLogSettingsArgs(category_group="allLogs", enabled=True)],
            metrics=[monitor.DiagnosticsMetricSettingsArgs(category="Transaction", enabled=True)],
            opts=child,
        )
        self.access = give_access(f"{name}-access", self.container.id, args.access, child)
        self.lock = authorization.ManagementLockByScope(
            f"{name}-lock",
            scope=self.account.id,
            lock_name="niet-verwijderen",
            level="CanNotDelete",
            notes="Holds the state of every stack.",
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.container, self.logs]),
        )
        self.id, self.name = self.account.id, self.account.name
        self.backend = self.account.name.apply(lambda account: f"azblob://{args.container}?storage_account={account}")
        self.register_outputs({"id": self.id, "name": self.name, "backend": self.backend})

    def _account(self, name: str, args: StateStoreArgs, child: pulumi.ResourceOptions) -> storage.StorageAccount:
        return storage.StorageAccount(
            f"{name}-account",
            resource_group_name=args.resource_group_name,
            account_name=args.name or args.names.of("storage_account", "state"),
            location=args.location,
            kind=storage.Kind.STORAGE_V2,
            sku=storage.SkuArgs(name="Standard_GZRS" if args.copies_in_pair else "Standard_ZRS"),
            access_tier=storage.AccessTier.HOT,
            enable_https_traffic_only=True,
            minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
            allow_blob_public_access=False,
            allow_cross_tenant_replication=False,
            allowed_copy_scope=storage.AllowedCopyScope.AAD,
            allow_shared_key_access=False,
            default_to_o_auth_authentication=True,
            is_local_user_enabled=False,
            public_network_access="Enabled" if args.allowed_ranges else "Disabled",
            network_rule_set=storage.NetworkRuleSetArgs(
                default_action=storage.DefaultAction.DENY,
                bypass=storage.Bypass.AZURE_SERVICES,
                ip_rules=[storage.IPRuleArgs(i_p_address_or_range=text) for text in args.allowed_ranges],
            ),
            encryption=storage.EncryptionArgs(
                key_source=storage.KeySource.MICROSOFT_STORAGE,
                require_infrastructure_encryption=True,
                services=storage.EncryptionServicesArgs(
                    blob=storage.EncryptionServiceArgs(enabled=True, key_type=storage.KeyType.ACCOUNT)
                ),
            ),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=child.parent, protect=True),
        )
