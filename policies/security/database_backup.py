"""Backups of PostgreSQL, MySQL and MariaDB servers: a second place, and a period."""

from __future__ import annotations

from kade.policies.kit import Example, Resource, Result, not_applicable, rule

POSTGRESQL = "azure-native:dbforpostgresql:Server"
MYSQL = "azure-native:dbformysql:Server"
SINGLE = (
    "azure-native:dbforpostgresql:SingleServer",
    "azure-native:dbformysql:SingleServer",
    "azure-native:dbformariadb:Server",
)
PROTECTED = "azure-native:dataprotection:BackupInstance"


@rule(
    "kade-database-backup-elsewhere",
    "Backups of PostgreSQL, MySQL and MariaDB servers stand in a second place",
    severity="low",
    types=[POSTGRESQL, MYSQL, *SINGLE],
    measures=["8.13.03", "8.13.01"],
    nis2="21(2)(c)",
    psrule=[
        "Azure.PostgreSQL.GeoRedundantBackup",
        "Azure.MySQL.GeoRedundantBackup",
        "Azure.MariaDB.GeoRedundantBackup",
    ],
    checkov=["CKV_AZURE_94", "CKV_AZURE_102", "CKV_AZURE_129"],
    remediation="Where residency allows the paired region, set backup.geoRedundantBackup to Enabled, at creation. "
    "Where it does not, protect the server from a backup vault with zone-redundant storage (BackupInstance).",
    why="Who can delete the server can delete its own backups with it, and a fire takes both.",
    absent="Azure keeps backups with the server",
    deviations=[
        "Azure.PostgreSQL.GeoRedundantBackup: accepts the paired region only; where residency forbids it, ours "
        "accepts a backup vault that protects the server (so too for MySQL and MariaDB)."
    ],
    joins=True,
    passes=[
        {"backup": {"geoRedundantBackup": "Enabled"}},
        Example({"properties": {"storageProfile": {"geoRedundantBackup": "Enabled"}}}, type=SINGLE[0]),
        Example({}, related=[Example({"backupInstanceName": "psql"}, type=PROTECTED)]),
    ],
    fails=[{"backup": {"geoRedundantBackup": "Disabled"}}, {}, Example({"properties": {}}, type=SINGLE[1])],
    not_applicable=[Example({"sku": {"tier": "Basic"}, "properties": {}}, type=SINGLE[2])],
)
def backup_elsewhere(server: Resource) -> Result:
    if server.type in SINGLE and server.is_("sku.tier", "Basic"):
        not_applicable("Basic has no geo-redundant backup")
    path = "storageProfile.geoRedundantBackup" if server.type in SINGLE else "backup.geoRedundantBackup"
    if server.flag(path, default=False) or server.related(PROTECTED):
        return None
    return f"{path} is not Enabled, and no backup vault protects the server"


@rule(
    "kade-database-restore-period",
    "PostgreSQL and MySQL servers can be restored to any moment of at least a week",
    severity="medium",
    types=[POSTGRESQL, MYSQL],
    measures=["8.13.01", "8.13.02"],
    nis2="21(2)(c)",
    remediation="Set backup.backupRetentionDays to 7 or more; 35 is the most.",
    absent="Azure keeps seven days",
    passes=[{"backup": {"backupRetentionDays": 35}}, {}],
    fails=[{"backup": {"backupRetentionDays": 1}}],
)
def restore_period(server: Resource) -> Result:
    days = server.number("backup.backupRetentionDays", 7)
    if days < 7:
        return f"backup.backupRetentionDays is {days:g}; at least 7 are needed"
    return None
