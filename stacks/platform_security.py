"""The platform's key vault, the vaults for backup with their guard, and who may use them."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_azure_native import dataprotection

from kade.components.landing_zone.backup import BackupVaults, BackupVaultsArgs
from kade.components.landing_zone.backup_policy import BackupClassArgs
from kade.components.landing_zone.disk_encryption import DiskEncryption, DiskEncryptionArgs
from kade.components.landing_zone.key_vault import KeyVault, KeyVaultArgs, VaultKeyArgs
from kade.components.landing_zone.policy_assignments import (
    PolicyAssignmentArgs,
    PolicyAssignments,
    PolicyAssignmentsArgs,
)
from kade.components.landing_zone.subscription import Subscription
from kade.estate import Estate
from kade.estate.governance import PolicyAssignment as Change
from kade.estate.residency import ORDER, classification_of
from kade.facts import pair_of
from kade.facts.policy_library import backup_policy
from kade.stacks.common import StackError, names_of, tags_of, tenant_of
from kade.stacks.platform_management import Management, resource_group

PLATFORM_KEY = "platform-data"
UNPROTECTED = "backup"  # a machine with this tag, and the value `none`, is not backed up by policy


def make_vault(
    estate: Estate, environment: str, subscriptions: dict[str, Subscription], management: Management
) -> dict[str, Any]:
    """The key vault of the platform, or the one that stands; what later layers read of it."""
    item = estate.security.vault
    if item.ownership != "managed":
        return {"keyVaultId": item.id, "keyVaultName": item.id.rsplit("/", 1)[-1] if item.id else None, "keyIds": {}}
    key = estate.security.subscription
    home = _home(subscriptions, key, "security.subscription")
    settings = estate.security.key_vaults
    keys = {} if settings.customer_managed_from == "never" else {PLATFORM_KEY: VaultKeyArgs(settings.rotation_days)}
    region = estate.regions.primary
    made = KeyVault(
        "key-vault",
        KeyVaultArgs(
            names=names_of(estate, environment, region),
            resource_group_name=resource_group(estate, environment, key, home, "keys").name,
            location=region,
            tenant_id=tenant_of(estate, key),
            premium=settings.sku == "premium",
            retention_days=settings.purge_protection_days,
            keys=keys,
            workspace_id=management.security_workspace_id,
            name=item.name or "",
            tags=tags_of(estate, environment, key),
        ),
        pulumi.ResourceOptions(provider=home.provider),
    )
    return {"keyVaultId": made.id, "keyVaultName": made.name, "keyVaultUri": made.uri, "keyIds": made.key_ids}


def make_encryption(
    estate: Estate, environment: str, subscriptions: dict[str, Subscription], vault: dict[str, Any]
) -> dict[str, Any]:
    """A disk encryption set in each subscription that holds data for which the estate wants keys of its own.

    A set serves disks of its own subscription only; its key is the platform's. Nothing where the vault is not ours.
    """
    if estate.security.vault.ownership != "managed":
        return {}
    region = estate.regions.primary
    found: dict[str, Any] = {}
    for key in _with_own_keys(estate, subscriptions):
        args = DiskEncryptionArgs(
            names=names_of(estate, estate.subscriptions[key].environment or environment, region),
            resource_group_name=resource_group(estate, environment, key, subscriptions[key], "encryption").name,
            location=region,
            vault_id=vault["keyVaultId"],
            key_uri=vault["keyIds"].apply(lambda keys: keys[PLATFORM_KEY]),
            tags=tags_of(estate, environment, key),
        )
        made = DiskEncryption(f"{key}-disks", args, pulumi.ResourceOptions(provider=subscriptions[key].provider))
        found[key] = {"setId": made.set_id, "identityId": made.identity_id}
    return found


def _with_own_keys(estate: Estate, subscriptions: dict[str, Subscription]) -> list[str]:
    """Subscriptions of environments with real data, where something holds data from the class that asks for a key."""
    wanted = estate.security.key_vaults.customer_managed_from
    if wanted == "never":
        return []
    holding = [*estate.applications.values(), *estate.services.values()]
    spokes = {i.spoke for i in holding if ORDER.index(classification_of(list(i.data))) >= ORDER.index(wanted)}
    found = {
        subscription
        for name, spoke in estate.network.spokes.items()
        for environment, subscription in spoke.subscriptions.items()
        if name in spokes and estate.environments[environment].data == "production"
    }
    return [key for key in subscriptions if key in found]


def make_backup(
    estate: Estate, environment: str, subscriptions: dict[str, Subscription], management: Management
) -> dict[str, Any]:
    """Vaults in every subscription that has machines: Azure backs up a machine only into one of its own subscription.

    StackError where a geo-redundant vault would copy to a region that the residency rule does not allow.
    """
    if estate.backup.redundancy == "geo":
        _check_pair(estate)
    guard = _guard(estate, environment, subscriptions) if estate.backup.multi_user else None
    classes = {
        key: BackupClassArgs(c.rpo_hours, c.at, c.daily, c.weekly, c.monthly, c.yearly)
        for key, c in estate.backup.classes.items()
    }
    region = estate.regions.primary
    found: dict[str, Any] = {}
    by_policy: dict[str, PolicyAssignmentArgs] = {}
    for key in _with_machines(estate, subscriptions):
        platform = key == estate.logging.subscription
        if platform and estate.backup.vault.ownership != "managed":
            found[key] = {"recoveryVaultId": estate.backup.vault.id}
            continue
        group = resource_group(estate, environment, key, subscriptions[key], "backup")
        args = BackupVaultsArgs(
            names=names_of(estate, estate.subscriptions[key].environment or environment, region),
            resource_group_name=group.name,
            location=region,
            classes=classes,
            workload=f"{key}-backup" if not platform else "backup",
            redundancy=estate.backup.redundancy,
            immutability=estate.backup.immutability,
            soft_delete_days=estate.backup.soft_delete_days,
            resource_guard_id=guard.id if guard is not None else None,
            workspace_id=management.workspace_id,
            name=(estate.backup.vault.name or "") if platform else "",
            tags=tags_of(estate, environment, key),
        )
        made = BackupVaults(f"{key}-backup", args, pulumi.ResourceOptions(provider=subscriptions[key].provider))
        found[key] = {
            "recoveryVaultId": made.recovery_vault_id,
            "recoveryVaultName": made.recovery_vault_name,
            "resourceGroup": group.name,
            "backupVaultId": made.backup_vault_id,
            "policyIds": made.policy_ids,
        }
        by_policy[key] = _by_policy(estate, key, subscriptions[key], made)
    if by_policy:
        assigned = PolicyAssignmentsArgs(
            location=region, assignments=by_policy, assigned_by=estate.organisation.display_name
        )
        PolicyAssignments("backup-policy", assigned)
    return found


def _by_policy(estate: Estate, key: str, subscription: Subscription, made: BackupVaults) -> PolicyAssignmentArgs:
    """Machines that nobody has given a class get the environment's, or the longest kept; a tag leaves one out."""
    item = backup_policy()
    environment = estate.subscriptions[key].environment
    named = estate.environments[environment].backup_class if environment else None
    chosen = named or max(estate.backup.classes, key=lambda name: estate.backup.classes[name].daily)
    return PolicyAssignmentArgs(
        name=item.name,
        scope=subscription.scope,
        definition=item.definition_id,
        display_name=item.title,
        description=f"Backs up every machine without the tag {UNPROTECTED}, as class {chosen}, into the vault here.",
        parameters={
            "vaultLocation": estate.regions.primary,
            "backupPolicyId": made.policies[chosen].id,
            "exclusionTagName": UNPROTECTED,
            "exclusionTagValue": ["none"],
        },
        enforce=estate.policy.assignments.get(item.name, Change()).enforcement == "Default",
        roles=list(item.roles),
    )


def _with_machines(estate: Estate, subscriptions: dict[str, Subscription]) -> list[str]:
    """The platform's own, those of an environment, and the one for domain controllers where they are ours."""
    directory = estate.identity.active_directory
    ours = {estate.logging.subscription}
    if directory is not None and directory.ownership == "managed" and estate.identity.subscription:
        ours.add(estate.identity.subscription)
    ours |= {key for key, item in estate.subscriptions.items() if item.environment and not item.decommissioned}
    return [key for key in subscriptions if key in ours]


def _guard(estate: Estate, environment: str, subscriptions: dict[str, Subscription]) -> dataprotection.ResourceGuard:
    """The guard stands with security, so that who manages backup has no rights on it."""
    key = estate.security.subscription
    home = _home(subscriptions, key, "security.subscription")
    region = estate.regions.primary
    return dataprotection.ResourceGuard(
        "backup-guard",
        resource_group_name=resource_group(estate, environment, key, home, "guard").name,
        resource_guards_name=names_of(estate, environment, region).of("resource_guard", "backup"),
        location=region,
        properties=dataprotection.ResourceGuardArgs(),
        tags=tags_of(estate, environment, key),
        opts=pulumi.ResourceOptions(provider=home.provider),
    )


def _check_pair(estate: Estate) -> None:
    region = estate.regions.primary
    pair = pair_of(region)
    allowed = estate.residency.allowed
    if pair is None or pair.name not in allowed:
        where = pair.name if pair is not None else "nowhere: it has no pair"
        raise StackError(
            f"backup.redundancy: geo copies from {region} to {where}, and the residency rule allows "
            f"{', '.join(allowed)}; take zone"
        )


def _home(subscriptions: dict[str, Subscription], key: str, field: str) -> Subscription:
    if key not in subscriptions:
        raise StackError(f"{field}: {key!r} is not there to be used: it is external, or has no id yet")
    return subscriptions[key]
