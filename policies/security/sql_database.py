"""Databases and elastic pools of Azure SQL: encryption, recovery, zones and maintenance."""

from __future__ import annotations

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.security.zones import needs_zones

DATABASE = "azure-native:sql:Database"
POOL = "azure-native:sql:ElasticPool"
ENCRYPTION = "azure-native:sql:TransparentDataEncryption"
SHORT_TERM = "azure-native:sql:BackupShortTermRetentionPolicy"
LONG_TERM = "azure-native:sql:LongTermRetentionPolicy"
RETENTIONS = (LONG_TERM, "azure-native:sql:BackupLongTermRetentionPolicy")

_WINDOW = "/subscriptions/s/providers/Microsoft.Maintenance/publicMaintenanceConfigurations/"


def not_master(database: Resource) -> None:
    """Leave the rule for `master`, which Azure keeps itself."""
    if database.name.rpartition("/")[2].lower() == "master" or database.is_("databaseName", "master"):
        not_applicable("Azure keeps master itself")


@rule(
    "kade-sql-encryption-at-rest",
    "SQL databases are encrypted at rest",
    severity="critical",
    types=[DATABASE, ENCRYPTION],
    measures=["U.05.2", "8.24.04"],
    nis2="21(2)(h)",
    psrule=["Azure.SQL.TDE"],
    remediation="Set state of transparentDataEncryption to Enabled, or leave the child out.",
    absent="Azure encrypts every database made since 2017, so no child counts as encrypted",
    deviations=[
        "Azure.SQL.TDE: fails a database without a transparentDataEncryption child; Azure encrypts such a database by "
        "default since 2017, so ours passes it and fails only one where encryption is switched off."
    ],
    joins=True,
    passes=[
        {},
        Example({}, children=[Example({"state": "Enabled"}, type=ENCRYPTION)]),
        Example({"state": "Enabled"}, type=ENCRYPTION),
    ],
    fails=[
        Example({}, children=[Example({"state": "Disabled"}, type=ENCRYPTION)]),
        Example({"state": "Disabled"}, type=ENCRYPTION),
    ],
    not_applicable=[Example({}, name="master")],
)
def encryption_at_rest(database: Resource) -> Result:
    if database.type == ENCRYPTION:
        settings = [database]
    else:
        not_master(database)
        settings = database.children(ENCRYPTION)
    for setting in settings:
        if not setting.flag("state", default=setting.flag("status", default=True)):
            return "transparentDataEncryption is switched off"
    return None


@rule(
    "kade-sql-maintenance-window",
    "Azure maintains SQL databases in a window that was chosen",
    severity="low",
    types=[DATABASE, POOL],
    measures=["8.32.01"],
    nis2="21(2)(c)",
    psrule=["Azure.SQL.MaintenanceWindow"],
    remediation="Set maintenanceConfigurationId to a public maintenance configuration, as SQL_WestEurope_DB_1.",
    absent="Azure maintains from 17:00 to 08:00 local time on any day",
    passes=[
        {"maintenanceConfigurationId": _WINDOW + "SQL_WestEurope_DB_1"},
        Example({"maintenanceConfigurationId": _WINDOW + "SQL_WestEurope_DB_2"}, type=POOL),
    ],
    fails=[{"maintenanceConfigurationId": _WINDOW + "SQL_Default"}, {}, Example({}, type=POOL)],
    not_applicable=[
        Example({}, name="master"),
        {"elasticPoolId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/a/elasticPools/p"},
    ],
)
def maintenance_window(database: Resource) -> Result:
    not_master(database)
    if database.type == DATABASE and database.refers("elasticPoolId"):
        not_applicable("the elastic pool has the window")
    if not database.refers("maintenanceConfigurationId"):
        return "maintenanceConfigurationId is not set"
    if database.word("maintenanceConfigurationId").endswith("/sql_default"):
        return "maintenanceConfigurationId is SQL_Default, which is any day"
    return None


@rule(
    "kade-sql-zone-redundant",
    "SQL databases survive the loss of an availability zone",
    severity="low",
    types=[DATABASE],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    checkov=["CKV_AZURE_229"],
    remediation="Set zoneRedundant to true, on a tier that has it.",
    absent="Azure keeps all copies in one zone",
    passes=[{"zoneRedundant": True}],
    fails=[{"zoneRedundant": False}, {}],
    not_applicable=[
        Example({}, name="master"),
        {"zoneRedundant": False, "location": "francesouth"},
        {"elasticPoolId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/a/elasticPools/p"},
    ],
)
def zone_redundant(database: Resource) -> Result:
    not_master(database)
    if database.refers("elasticPoolId"):
        not_applicable("the elastic pool decides")
    if database.flag("zoneRedundant", default=False):
        return None
    needs_zones(database)
    return "zoneRedundant is not true"


@rule(
    "kade-sql-restore-period",
    "SQL databases can be restored to any moment of at least a week",
    severity="medium",
    types=[SHORT_TERM],
    measures=["8.13.01", "8.13.02"],
    nis2="21(2)(c)",
    remediation="Set retentionDays to 7 or more.",
    absent="Azure keeps seven days",
    passes=[{"retentionDays": 14}, {}],
    fails=[{"retentionDays": 3}],
)
def restore_period(policy: Resource) -> Result:
    days = policy.number("retentionDays", 7)
    if days < 7:
        return f"retentionDays is {days:g}; at least 7 are needed"
    return None


@rule(
    "kade-sql-long-term-backup",
    "SQL databases keep backups for longer than the restore period",
    severity="low",
    types=[DATABASE],
    measures=["8.13.01", "5.33.01"],
    nis2="21(2)(c)",
    remediation="Add a LongTermRetentionPolicy with weeklyRetention (P5W), monthlyRetention or yearlyRetention.",
    why="Ransomware that is found after a month has made every shorter backup useless.",
    absent="Azure keeps backups for the restore period only, at most 35 days",
    joins=True,
    passes=[Example({}, children=[Example({"weeklyRetention": "P5W"}, type=LONG_TERM)])],
    fails=[{}, Example({}, children=[Example({"weeklyRetention": "PT0S"}, type=LONG_TERM)])],
    not_applicable=[Example({}, name="master")],
)
def long_term_backup(database: Resource) -> Result:
    not_master(database)
    for policy in database.children(*RETENTIONS):
        for period in ("weeklyRetention", "monthlyRetention", "yearlyRetention"):
            if policy.word(period, "pt0s") not in ("", "pt0s"):
                return None
    return "no LongTermRetentionPolicy keeps a weekly, monthly or yearly backup"


@rule(
    "kade-sql-database-key-rotation",
    "SQL databases that have their own key renew it",
    severity="medium",
    types=[DATABASE],
    measures=["U.11.3", "8.24.02"],
    nis2="21(2)(h)",
    remediation="Set encryptionProtectorAutoRotation to true.",
    absent="the database keeps the version of the key that it was made with",
    passes=[{"encryptionProtector": "https://kv.vault.azure.net/keys/sql/1", "encryptionProtectorAutoRotation": True}],
    fails=[{"encryptionProtector": "https://kv.vault.azure.net/keys/sql/1"}],
    not_applicable=[{}],
)
def key_rotation(database: Resource) -> Result:
    if not database.refers("encryptionProtector"):
        not_applicable("the database has no key of its own")
    if not database.flag("encryptionProtectorAutoRotation", default=False):
        return "encryptionProtectorAutoRotation is not true"
    return None
