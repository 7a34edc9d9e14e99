"""Log Analytics, Application Insights, alerts, action groups and the activity log."""

from __future__ import annotations

from typing import Final

from kade.policies.kit import Resource, Result, rule

WORKSPACE = "azure-native:operationalinsights:Workspace"
COMPONENT = "azure-native:applicationinsights:Component"
METRIC_ALERT = "azure-native:monitor:MetricAlert"
ACTION_GROUP = "azure-native:monitor:ActionGroup"
ACTIVITY_LOG = "azure-native:monitor:SubscriptionDiagnosticSetting"

_RECEIVERS: Final = (
    "armRoleReceivers",
    "automationRunbookReceivers",
    "azureAppPushReceivers",
    "azureFunctionReceivers",
    "emailReceivers",
    "eventHubReceivers",
    "incidentReceivers",
    "itsmReceivers",
    "logicAppReceivers",
    "smsReceivers",
    "voiceReceivers",
    "webhookReceivers",
)
_ACTIVITIES: Final = ("administrative", "security", "policy", "alert")


@rule(
    "kade-log-analytics-retention",
    "Log Analytics keeps logs for at least half a year",
    severity="medium",
    types=[WORKSPACE],
    measures=["8.15.04", "8.18.02"],
    nis2="21(2)(b)",
    remediation="Set retentionInDays to 180 or more, or configure another number of days after a weighing of risks.",
    absent="Azure keeps them for 30 days",
    config={"days": {"type": "integer", "minimum": 30, "default": 180}},
    passes=[{"retentionInDays": 180}, {"retentionInDays": 730}],
    fails=[{"retentionInDays": 90}, {}],
)
def retention(workspace: Resource) -> Result:
    wanted = workspace.config["days"]
    if (days := workspace.number("retentionInDays", 30)) < wanted:
        return f"retentionInDays is {days:g}; at least {wanted} are needed"
    return None


@rule(
    "kade-log-analytics-no-keys",
    "Log Analytics takes logs from identities only",
    severity="medium",
    types=[WORKSPACE],
    measures=["8.15.05", "5.16.02"],
    nis2="21(2)(i)",
    remediation="Set features.disableLocalAuth to true; first move what sends with the key of the workspace.",
    why="Whoever has the key of the workspace can write false lines in its logs.",
    absent="Azure accepts the key",
    passes=[{"features": {"disableLocalAuth": True}}],
    fails=[{}, {"features": {"disableLocalAuth": False}}],
)
def workspace_no_keys(workspace: Resource) -> Result:
    if not workspace.flag("features.disableLocalAuth", default=False):
        return "features.disableLocalAuth is not true"
    return None


@rule(
    "kade-log-analytics-private",
    "Log Analytics is queried over private endpoints only",
    severity="low",
    types=[WORKSPACE],
    measures=["8.22.01", "8.15.05"],
    nis2="21(2)(e)",
    remediation="Set publicNetworkAccessForQuery and publicNetworkAccessForIngestion to Disabled, with a private link "
    "scope.",
    absent="Azure answers everyone with the right role",
    passes=[{"publicNetworkAccessForQuery": "Disabled", "publicNetworkAccessForIngestion": "Disabled"}],
    fails=[{}, {"publicNetworkAccessForQuery": "Disabled"}],
)
def workspace_private(workspace: Resource) -> Result:
    for name in ("publicNetworkAccessForQuery", "publicNetworkAccessForIngestion"):
        if workspace.flag(name, default=True):
            yield f"{name} is not Disabled"


@rule(
    "kade-app-insights-workspace",
    "Application Insights keeps its data in a workspace",
    severity="medium",
    types=[COMPONENT],
    measures=["8.15.03", "8.15.04"],
    nis2="21(2)(b)",
    psrule=["Azure.AppInsights.Workspace"],
    remediation="Set workspaceResourceId, and ingestionMode to LogAnalytics.",
    why="Azure retired Application Insights without a workspace on 29 February 2024.",
    absent="older API versions make one without a workspace",
    passes=[{"workspaceResourceId": "/subscriptions/s/workspaces/log"}],
    fails=[{}, {"ingestionMode": "ApplicationInsights"}],
)
def component_workspace(component: Resource) -> Result:
    if not component.refers("workspaceResourceId"):
        return "workspaceResourceId is not set"
    return None


@rule(
    "kade-app-insights-no-keys",
    "Application Insights takes data from identities only",
    severity="medium",
    types=[COMPONENT],
    measures=["8.15.05", "5.16.02"],
    nis2="21(2)(i)",
    psrule=["Azure.AppInsights.LocalAuth"],
    remediation="Set disableLocalAuth to true, and give apps the role Monitoring Metrics Publisher.",
    why="The instrumentation key stands in the source of many web pages; whoever has it writes in the data.",
    absent="Azure accepts the key",
    passes=[{"disableLocalAuth": True}],
    fails=[{}, {"disableLocalAuth": False}],
)
def component_no_keys(component: Resource) -> Result:
    if not component.flag("disableLocalAuth", default=False):
        return "disableLocalAuth is not true"
    return None


@rule(
    "kade-app-insights-masked-addresses",
    "Application Insights does not keep the addresses of visitors",
    severity="medium",
    types=[COMPONENT],
    measures=["8.15.02", "8.03.02"],
    remediation="Set disableIpMasking to false, or leave it out.",
    why="The address of a visitor is personal data that measurements seldom need.",
    absent="Azure blanks them",
    passes=[{"disableIpMasking": False}, {}],
    fails=[{"disableIpMasking": True}],
)
def masked_addresses(component: Resource) -> Result:
    if component.flag("disableIpMasking", default=False):
        return "disableIpMasking is true"
    return None


@rule(
    "kade-alert-resolves",
    "Alerts on metrics end by themselves",
    severity="low",
    types=[METRIC_ALERT],
    measures=["8.16.02"],
    psrule=["Azure.Alert.MetricAutoMitigate"],
    remediation="Set autoMitigate to true.",
    why="An alert that somebody must close by hand is soon closed unread, and it costs more.",
    absent="Azure ends it",
    passes=[{"autoMitigate": True}, {}],
    fails=[{"autoMitigate": False}],
)
def alert_resolves(alert: Resource) -> Result:
    if not alert.flag("autoMitigate", default=True):
        return "autoMitigate is false"
    return None


@rule(
    "kade-action-group-receivers",
    "Action groups reach somebody",
    severity="medium",
    types=[ACTION_GROUP],
    measures=["8.16.02", "5.26.02"],
    nis2="21(2)(b)",
    remediation="Add a receiver, as emailReceivers or armRoleReceivers, and set enabled to true.",
    why="An alert that nobody receives is noticed by nobody.",
    absent="Azure tells nobody",
    passes=[{"enabled": True, "emailReceivers": [{"name": "soc", "emailAddress": "soc@lindewaard.example"}]}],
    fails=[{"enabled": True}, {"enabled": False, "emailReceivers": [{"name": "soc"}]}],
)
def receivers(group: Resource) -> Result:
    if not group.flag("enabled", default=True):
        return "enabled is false"
    if not any(group.has(name) for name in _RECEIVERS):
        return "it has no receivers"
    return None


@rule(
    "kade-action-group-https",
    "Action groups call webhooks over HTTPS",
    severity="medium",
    types=[ACTION_GROUP],
    measures=["8.21.04"],
    nis2="21(2)(h)",
    remediation="Give every one of webhookReceivers a serviceUri that starts with https://.",
    passes=[{"webhookReceivers": [{"name": "itsm", "serviceUri": "https://itsm.example/alert"}]}, {}],
    fails=[{"webhookReceivers": [{"name": "itsm", "serviceUri": "http://itsm.example/alert"}]}],
)
def webhooks_https(group: Resource) -> Result:
    for receiver in group.items("webhookReceivers"):
        if receiver.word("serviceUri").startswith("http://"):
            yield f"webhook {receiver.text('name', 'without a name')} is called over HTTP"


@rule(
    "kade-activity-log-kept",
    "The activity log of subscriptions is kept",
    severity="medium",
    types=[ACTIVITY_LOG],
    measures=["8.15.01", "5.18.01", "8.18.02"],
    nis2="21(2)(b)",
    remediation="Send the categories Administrative, Security, Policy and Alert to the Log Analytics workspace.",
    why="It holds who changed what in Azure; Azure itself keeps it for 90 days.",
    passes=[
        {"logs": [{"category": name, "enabled": True} for name in ("Administrative", "Security", "Policy", "Alert")]},
        {"logs": [{"categoryGroup": "allLogs", "enabled": True}]},
    ],
    fails=[{"logs": [{"category": "Administrative", "enabled": True}]}, {}],
)
def activity_log_kept(setting: Resource) -> Result:
    sent = {
        log.word("category") or log.word("categoryGroup")
        for log in setting.items("logs")
        if log.flag("enabled", default=True)
    }
    missing = [] if "alllogs" in sent else [name for name in _ACTIVITIES if name not in sent]
    return f"logs does not send {', '.join(missing)}" if missing else None
