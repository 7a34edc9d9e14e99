"""Recovery Services vaults and Backup vaults."""

from __future__ import annotations

from kade.policies.kit import Resource, Result, rule

RECOVERY = "azure-native:recoveryservices:Vault"
BACKUP = "azure-native:dataprotection:BackupVault"

_IMMUTABLE = {"properties": {"securitySettings": {"immutabilitySettings": {"state": "Unlocked"}}}}
_CHANGEABLE = {"properties": {"securitySettings": {"immutabilitySettings": {"state": "Disabled"}}}}
_WHY = "Ransomware destroys the backups first; an immutable vault keeps every recovery point until it ends."


@rule(
    "kade-recovery-vault-immutable",
    "Backups in a Recovery Services vault cannot be destroyed before they end",
    severity="high",
    types=[RECOVERY],
    measures=["8.13.01"],
    nis2="21(2)(c)",
    psrule=["Azure.RSV.Immutable"],
    remediation="Set securitySettings.immutabilitySettings.state to Unlocked, and to Locked once the periods are "
    "certain: that can never be undone.",
    why=_WHY,
    absent="Azure lets backups be deleted",
    passes=[_IMMUTABLE, {"properties": {"securitySettings": {"immutabilitySettings": {"state": "Locked"}}}}],
    fails=[_CHANGEABLE, {}],
)
def recovery_immutable(vault: Resource) -> Result:
    return _immutable(vault)


@rule(
    "kade-backup-vault-immutable",
    "Backups in a Backup vault cannot be destroyed before they end",
    severity="high",
    types=[BACKUP],
    measures=["8.13.01"],
    nis2="21(2)(c)",
    psrule=["Azure.BV.Immutable"],
    remediation="Set securitySettings.immutabilitySettings.state to Unlocked, and to Locked once the periods are "
    "certain: that can never be undone.",
    why=_WHY,
    absent="Azure lets backups be deleted",
    passes=[_IMMUTABLE],
    fails=[_CHANGEABLE, {}],
)
def backup_immutable(vault: Resource) -> Result:
    return _immutable(vault)


def _immutable(vault: Resource) -> Result:
    place = "securitySettings.immutabilitySettings.state"
    if not vault.is_(place, "Locked", "Unlocked"):
        return f"{place} is {vault.text(place, 'absent')}"
    return None


@rule(
    "kade-backup-soft-delete",
    "Deleted backups can be restored for at least two weeks",
    severity="high",
    types=[RECOVERY, BACKUP],
    measures=["8.13.01"],
    nis2="21(2)(c)",
    remediation="Set state (softDeleteState in a Recovery Services vault) of securitySettings.softDeleteSettings to "
    "AlwaysOn, with 14 days or more.",
    absent="Azure keeps them for 14 days, until somebody switches it off",
    passes=[
        {"properties": {"securitySettings": {"softDeleteSettings": {"softDeleteState": "AlwaysON"}}}},
        {},
    ],
    fails=[
        {"properties": {"securitySettings": {"softDeleteSettings": {"softDeleteState": "Disabled"}}}},
        {"properties": {"securitySettings": {"softDeleteSettings": {"softDeleteRetentionPeriodInDays": 7}}}},
    ],
)
def soft_delete(vault: Resource) -> Result:
    settings = vault.node("securitySettings.softDeleteSettings")
    state, days = ("softDeleteState", "softDeleteRetentionPeriodInDays")
    if vault.type == BACKUP:
        state, days = ("state", "retentionDurationInDays")
    if settings.is_(state, "Disabled", "Off"):
        return f"{settings.at(state)} is {settings.text(state)}"
    if (kept := settings.number(days, 14)) < 14:
        return f"{settings.at(days)} is {kept:g}"
    return None


@rule(
    "kade-backup-two-people",
    "One person alone cannot switch off the protection of backups",
    severity="medium",
    types=[RECOVERY, BACKUP],
    measures=["8.13.01", "5.18.01"],
    nis2="21(2)(i)",
    remediation="Link a Resource Guard of another subscription or tenant: resourceGuardOperationRequests, or a "
    "resource guard proxy in the vault.",
    why="An administrator whose account is stolen can otherwise shorten the retention and stop the backups.",
    absent="one person can",
    joins=True,
    passes=[{"properties": {"resourceGuardOperationRequests": ["/subscriptions/s/resourceGuards/g"]}}],
    fails=[{}],
)
def two_people(vault: Resource) -> Result:
    proxies = vault.children(
        "azure-native:recoveryservices:ResourceGuardProxy", "azure-native:dataprotection:DppResourceGuardProxy"
    )
    if not proxies and not vault.texts("resourceGuardOperationRequests"):
        return "no Resource Guard is linked"
    return None


@rule(
    "kade-backup-alerts",
    "Backups that fail raise an alert",
    severity="medium",
    types=[RECOVERY, BACKUP],
    measures=["8.13.01", "8.13.04"],
    nis2="21(2)(c)",
    remediation="Set monitoringSettings.azureMonitorAlertSettings.alertsForAllJobFailures to Enabled, or leave it out.",
    absent="Azure raises them",
    passes=[
        {"properties": {"monitoringSettings": {"azureMonitorAlertSettings": {"alertsForAllJobFailures": "Enabled"}}}},
        {},
    ],
    fails=[
        {"properties": {"monitoringSettings": {"azureMonitorAlertSettings": {"alertsForAllJobFailures": "Disabled"}}}}
    ],
)
def alerts(vault: Resource) -> Result:
    place = "monitoringSettings.azureMonitorAlertSettings.alertsForAllJobFailures"
    if vault.is_(place, "Disabled"):
        return f"{place} is Disabled"
    return None


@rule(
    "kade-recovery-vault-private",
    "Recovery Services vaults are reached over private endpoints only",
    severity="low",
    types=[RECOVERY],
    measures=["8.22.01", "U.12.1"],
    nis2="21(2)(e)",
    remediation="Set publicNetworkAccess to Disabled, and add a private endpoint before anything is protected.",
    absent="Azure answers everyone",
    passes=[{"properties": {"publicNetworkAccess": "Disabled"}}],
    fails=[{}, {"properties": {"publicNetworkAccess": "Enabled"}}],
)
def recovery_private(vault: Resource) -> Result:
    if vault.flag("publicNetworkAccess", default=True):
        return "publicNetworkAccess is not Disabled"
    return None
