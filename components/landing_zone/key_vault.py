"""A key vault that nobody reaches from outside, and keys in it that renew themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import keyvault, monitor

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.access import AccessArgs, give_access
from kade.components.naming import Naming


@dataclass
class VaultKeyArgs:
    """A key. It is RSA, in hardware where the vault is premium."""

    rotation_days: int = 365
    """Days after which a new version is made, 28 at least. The old one keeps working for what it has encrypted."""
    size: int = 3072
    """Bits: 3072 or 4096. NCSC counts 2048 as no longer good enough for what has to last."""


@dataclass
class KeyVaultArgs:
    """Arguments of `KeyVault`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    tenant_id: str
    workload: str = "platform"
    """What the vault is for: a part of its name."""
    premium: bool = True
    """Keys in hardware (FIPS 140-3 level 3)."""
    retention_days: int = 90
    """Days that a deleted vault, key or secret can be brought back, 7 to 90."""
    keys: Mapping[str, VaultKeyArgs] = field(default_factory=dict)
    """Keys by name."""
    access: Mapping[str, AccessArgs] = field(default_factory=dict)
    """Roles on the vault, by a short key."""
    workspace_id: pulumi.Input[str] | None = None
    """The workspace that takes its logs: who has used what."""
    name: str = ""
    """A literal name."""
    tags: Mapping[str, str] = field(default_factory=dict)


class KeyVault(pulumi.ComponentResource):
    """A key vault with roles in place of access policies, without public access, that cannot be purged.

    It is reached over a private endpoint, which belongs to the network that it is reached from. Keys are made through
    Azure Resource Manager, so a pipeline outside the network can make them.
    """

    id: pulumi.Output[str]
    name: pulumi.Output[str]
    uri: pulumi.Output[str]
    key_ids: pulumi.Output[Mapping[str, str]]
    """The addresses of keys without a version, so that who uses one follows its renewal."""

    def __init__(
        self,
        name: str,
        args: KeyVaultArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(KeyVaultArgs, args)
        if not 7 <= args.retention_days <= 90:
            raise ArgumentError(f"{name}: retention_days is {args.retention_days}; Azure takes 7 to 90, for good")
        super().__init__("kade:index:KeyVault", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        sku = keyvault.SkuName.PREMIUM if args.premium else keyvault.SkuName.STANDARD
        self.vault = keyvault.Vault(
            f"{name}-vault",
            resource_group_name=args.resource_group_name,
            vault_name=args.name or args.names.of("key_vault", args.workload),
            location=args.location,
            properties=keyvault.VaultPropertiesArgs(
                tenant_id=args.tenant_id,
                sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=sku),
                enable_rbac_authorization=True,
                enable_soft_delete=True,
                enable_purge_protection=True,
                soft_delete_retention_in_days=args.retention_days,
                public_network_access="Disabled",
                # Disk encryption and backup come from Azure's own addresses, and need the bypass.
                network_acls=keyvault.NetworkRuleSetArgs(bypass="AzureServices", default_action="Deny"),
            ),
            tags=args.tags,
            opts=child,
        )
        self.id = self.vault.id
        self.name = self.vault.name
        self.uri = self.vault.properties.apply(lambda p: p.vault_uri or "")
        self.keys = {key: self._key(name, key, item, args) for key, item in args.keys.items()}
        self.access = give_access(f"{name}-access", self.id, args.access, child)
        self.logs = self._logs(name, args, child)
        self.key_ids = pulumi.Output.all(**{key: made.key_uri for key, made in self.keys.items()})
        self.register_outputs({"id": self.id, "name": self.name, "uri": self.uri, "keyIds": self.key_ids})

    def _key(self, name: str, key: str, item: VaultKeyArgs, args: KeyVaultArgs) -> keyvault.Key:
        if item.rotation_days < 28:
            raise ArgumentError(
                f"{name}: key {key!r}: a key is renewed after 28 days at least, not {item.rotation_days}"
            )
        renew = keyvault.LifetimeActionArgs(
            action=keyvault.ActionArgs(type=keyvault.KeyRotationPolicyActionType.ROTATE),
            trigger=keyvault.TriggerArgs(time_after_create=f"P{item.rotation_days}D"),
        )
        warn = keyvault.LifetimeActionArgs(
            action=keyvault.ActionArgs(type=keyvault.KeyRotationPolicyActionType.NOTIFY),
            trigger=keyvault.TriggerArgs(time_before_expiry="P30D"),
        )
        return keyvault.Key(
            f"{name}-key-{key}",
            resource_group_name=args.resource_group_name,
            vault_name=self.vault.name,
            key_name=key,
            properties=keyvault.KeyPropertiesArgs(
                kty=keyvault.JsonWebKeyType.RS_A_HSM if args.premium else keyvault.JsonWebKeyType.RSA,
                key_size=item.size,
                key_ops=["wrapKey", "unwrapKey"],
                attributes=keyvault.KeyAttributesArgs(enabled=True),
                rotation_policy=keyvault.RotationPolicyArgs(
                    # Two months in which both versions are there, for who is slow to follow.
                    attributes=keyvault.KeyRotationPolicyAttributesArgs(expiry_time=f"P{item.rotation_days + 60}D"),
                    lifetime_actions=[renew, warn],
                ),
            ),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _logs(self, name: str, args: KeyVaultArgs, child: pulumi.ResourceOptions) -> monitor.DiagnosticSetting | None:
        if args.workspace_id is None:
            return None
        return monitor.DiagnosticSetting(
            f"{name}-logs",
            resource_uri=self.id,
            name="to-workspace",
            workspace_id=args.workspace_id,
            log_analytics_destination_type="Dedicated",
            logs=[monitor.DiagnosticsLogSettingsArgs(category_group="allLogs", enabled=True)],
            metrics=[monitor.DiagnosticsMetricSettingsArgs(category="AllMetrics", enabled=True)],
            opts=child,
        )
