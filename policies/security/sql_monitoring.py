"""What watches over Azure SQL: auditing, Defender, vulnerability assessment, and the server's own key."""

from __future__ import annotations

from collections.abc import Iterator

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.security.defender_cover import PRICING, covered_by_plan
from kade.policies.security.sql_server import SERVER

AUDITING = ("azure-native:sql:ServerBlobAuditingPolicy", "azure-native:sql:ExtendedServerBlobAuditingPolicy")
ALERTS = "azure-native:sql:ServerSecurityAlertPolicy"
DATABASE_ALERTS = (
    "azure-native:sql:DatabaseSecurityAlertPolicy",
    "azure-native:sql:DatabaseThreatDetectionPolicy",
)
# Defender has two forms on a server: the alert policy, and advanced threat protection, without a type in azure-native.
THREAT_PROTECTION = "arm:microsoft.sql/servers/advancedthreatprotectionsettings"
CLASSIC_ASSESSMENT = "azure-native:sql:ServerVulnerabilityAssessment"
ASSESSMENT = "azure-native:sql:SqlVulnerabilityAssessmentsSetting"
PROTECTOR = "azure-native:sql:EncryptionProtector"


def _auditing(**props: object) -> Example:
    return Example({"state": "Enabled", "isAzureMonitorTargetEnabled": True, **props}, type=AUDITING[0])


@rule(
    "kade-sql-auditing",
    "SQL servers record who did what",
    severity="medium",
    types=[SERVER],
    measures=["8.15.01", "U.15.1"],
    nis2="21(2)(b)",
    psrule=["Azure.SQL.Auditing"],
    checkov=["CKV_AZURE_23"],
    remediation="Add a ServerBlobAuditingPolicy with state Enabled, to Azure Monitor or a storage account.",
    absent="Azure keeps no audit log",
    joins=True,
    passes=[Example({}, children=[_auditing()])],
    fails=[{}, Example({}, children=[_auditing(state="Disabled")])],
)
def auditing(server: Resource) -> Result:
    policies = server.children(*AUDITING)
    if not policies:
        return "no auditing policy stands in it"
    if not any(policy.flag("state", default=False) for policy in policies):
        return "state of its auditing policy is not Enabled"
    return None


@rule(
    "kade-sql-audit-retention",
    "Audit logs of SQL servers in storage are kept for more than 90 days",
    severity="medium",
    types=list(AUDITING),
    measures=["8.15.04", "8.18.02"],
    nis2="21(2)(b)",
    checkov=["CKV_AZURE_24"],
    remediation="Set retentionDays to 180 (BIO2 asks half a year for system tools), or to 0: they then stay for ever.",
    absent="Azure keeps them for ever",
    passes=[
        {"state": "Enabled", "storageEndpoint": "https://stlog.blob.core.windows.net", "retentionDays": 180},
        {"state": "Enabled", "storageEndpoint": "https://stlog.blob.core.windows.net"},
    ],
    fails=[{"state": "Enabled", "storageEndpoint": "https://stlog.blob.core.windows.net", "retentionDays": 30}],
    not_applicable=[{"state": "Enabled", "isAzureMonitorTargetEnabled": True}, {"state": "Disabled"}],
)
def audit_retention(policy: Resource) -> Result:
    if not policy.flag("state", default=False):
        not_applicable("auditing is off, which another rule reports")
    if not policy.refers("storageEndpoint"):
        not_applicable("the logs go to a workspace, which has a retention of its own")
    days = policy.number("retentionDays", 0)
    if 0 < days <= 90:
        return f"retentionDays is {days:g}; more than 90 are needed"
    return None


@rule(
    "kade-sql-defender",
    "Defender watches SQL servers",
    severity="medium",
    types=[SERVER],
    measures=["8.16.02", "8.21.02"],
    nis2="21(2)(b)",
    psrule=["Azure.SQL.DefenderCloud"],
    remediation="Set pricingTier of the plan SqlServers to Standard for the subscription, or add a "
    "ServerSecurityAlertPolicy with state Enabled.",
    absent="Azure raises no alerts, unless the subscription has the plan",
    joins=True,
    passes=[
        Example({}, children=[Example({"state": "Enabled"}, type=ALERTS)]),
        Example({}, children=[Example({"state": "Enabled"}, type=THREAT_PROTECTION)]),
        Example({}, related=[Example({"pricingName": "SqlServers", "pricingTier": "Standard"}, type=PRICING)]),
    ],
    fails=[{}, Example({}, children=[Example({"state": "Disabled"}, type=ALERTS)])],
)
def defender(server: Resource) -> Result:
    if any(policy.flag("state", default=False) for policy in server.children(ALERTS, THREAT_PROTECTION)):
        return None
    if covered_by_plan(server, "SqlServers"):
        return None
    return "no ServerSecurityAlertPolicy with state Enabled stands in it, and no plan for SqlServers beside it"


@rule(
    "kade-sql-no-alert-disabled",
    "No kind of attack on SQL is left out of the alerts",
    severity="medium",
    types=[ALERTS, *DATABASE_ALERTS],
    measures=["8.16.02"],
    nis2="21(2)(b)",
    checkov=["CKV_AZURE_25"],
    remediation="Empty disabledAlerts.",
    absent="Azure alerts on every kind",
    passes=[{"state": "Enabled", "disabledAlerts": [""]}, {"state": "Enabled"}],
    fails=[{"state": "Enabled", "disabledAlerts": ["Sql_Injection"]}],
    not_applicable=[{"state": "Disabled"}],
)
def no_alert_disabled(policy: Resource) -> Iterator[str]:
    _enabled(policy)
    for alert in policy.texts("disabledAlerts"):
        for kind in alert.split(";"):
            if kind:
                yield f"disabledAlerts has {kind}"


@rule(
    "kade-sql-alert-recipients",
    "Somebody receives the alerts on SQL",
    severity="low",
    types=[ALERTS, *DATABASE_ALERTS],
    measures=["8.16.02"],
    nis2="21(2)(b)",
    checkov=["CKV_AZURE_26"],
    remediation="Set emailAddresses to the address of those who watch.",
    absent="alerts stand in Defender only",
    passes=[{"state": "Enabled", "emailAddresses": ["soc@lindewaard.example"]}],
    fails=[{"state": "Enabled", "emailAddresses": [""]}, {"state": "Enabled"}],
    not_applicable=[{"state": "Disabled"}],
)
def alert_recipients(policy: Resource) -> Result:
    _enabled(policy)
    if not policy.words("emailAddresses"):
        return "emailAddresses is empty"
    return None


def _enabled(policy: Resource) -> None:
    if not policy.flag("state", default=False):
        not_applicable("the policy is off, which another rule reports")


@rule(
    "kade-sql-vulnerability-assessment",
    "SQL servers are scanned for vulnerabilities",
    severity="medium",
    types=[SERVER],
    measures=["8.08.04"],
    nis2="21(2)(e)",
    psrule=["Azure.SQL.VAScan"],
    remediation="Add a SqlVulnerabilityAssessmentsSetting with state Enabled.",
    absent="Azure does not scan",
    joins=True,
    passes=[
        Example({}, children=[Example({"state": "Enabled"}, type=ASSESSMENT)]),
        Example({}, children=[Example({"recurringScans": {"isEnabled": True}}, type=CLASSIC_ASSESSMENT)]),
    ],
    fails=[
        {},
        Example({}, children=[Example({"state": "Disabled"}, type=ASSESSMENT)]),
        Example({}, children=[Example({"recurringScans": {"isEnabled": False}}, type=CLASSIC_ASSESSMENT)]),
    ],
)
def vulnerability_assessment(server: Resource) -> Result:
    if any(setting.flag("state", default=False) for setting in server.children(ASSESSMENT)):
        return None
    if any(scan.flag("recurringScans.isEnabled", default=False) for scan in server.children(CLASSIC_ASSESSMENT)):
        return None
    return "no vulnerability assessment with recurring scans stands in it"


@rule(
    "kade-sql-key-rotation",
    "SQL servers that have their own key renew it",
    severity="medium",
    types=[PROTECTOR],
    measures=["U.11.3", "8.24.02"],
    nis2="21(2)(h)",
    remediation="Set autoRotationEnabled to true.",
    absent="the server keeps the version of the key that it was given",
    passes=[{"serverKeyType": "AzureKeyVault", "autoRotationEnabled": True}],
    fails=[{"serverKeyType": "AzureKeyVault"}],
    not_applicable=[{"serverKeyType": "ServiceManaged"}],
)
def key_rotation(protector: Resource) -> Result:
    if not protector.is_("serverKeyType", "AzureKeyVault"):
        not_applicable("Azure renews its own key")
    if not protector.flag("autoRotationEnabled", default=False):
        return "autoRotationEnabled is not true"
    return None
