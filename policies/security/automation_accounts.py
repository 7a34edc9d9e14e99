"""Automation accounts, their variables, webhooks and runbooks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from kade.policies.kit import Example, Resource, Result, not_evaluated, rule
from kade.policies.security.pinned import moves

ACCOUNT = "azure-native:automation:AutomationAccount"
VARIABLE = "azure-native:automation:Variable"
WEBHOOK = "azure-native:automation:Webhook"
RUNBOOK = "azure-native:automation:Runbook"
SETTING = "azure-native:monitor:DiagnosticSetting"

_YEAR = timedelta(days=365)
_PLATFORM = ("joblogs", "jobstreams", "dscnodestatus")


@rule(
    "kade-automation-managed-identity",
    "Automation accounts have a managed identity",
    severity="medium",
    types=[ACCOUNT],
    measures=["5.16.02", "8.24.02"],
    nis2="21(2)(i)",
    psrule=["Azure.Automation.ManagedIdentity"],
    remediation="Set identity.type to SystemAssigned or UserAssigned; Azure retired Run As accounts in September 2023.",
    absent="Azure gives it none",
    passes=[{"identity": {"type": "SystemAssigned"}}],
    fails=[{}, {"identity": {"type": "None"}}],
)
def managed_identity(account: Resource) -> Result:
    if account.is_("identity.type", "None", default="None"):
        return "identity.type names no managed identity"
    return None


@rule(
    "kade-automation-encrypted-variables",
    "Variables of automation accounts are encrypted",
    severity="high",
    types=[VARIABLE],
    measures=["U.05.2", "8.24.02"],
    nis2="21(2)(h)",
    psrule=["Azure.Automation.EncryptVariables"],
    checkov=["CKV_AZURE_73"],
    remediation="Make the variable anew with isEncrypted true; it cannot be changed afterwards.",
    why="Everyone who may read the account sees the value of a variable that is not encrypted.",
    absent="Azure does not encrypt it",
    passes=[{"isEncrypted": True}],
    fails=[{"isEncrypted": False}, {}],
)
def encrypted_variables(variable: Resource) -> Result:
    if not variable.flag("isEncrypted", default=False):
        return "isEncrypted is not true"
    return None


@rule(
    "kade-automation-webhook-lifetime",
    "Webhooks of runbooks end within a year",
    severity="medium",
    types=[WEBHOOK],
    measures=["5.18.02", "8.24.02"],
    nis2="21(2)(i)",
    psrule=["Azure.Automation.WebHookExpiry"],
    remediation="Set expiryTime to at most a year after the webhook is made, and renew it then.",
    why="The address of a webhook is all that it takes to start the runbook.",
    absent="Azure takes one year",
    passes=[{}, {"creationTime": "2026-01-05T09:00:00+00:00", "expiryTime": "2026-12-31T09:00:00Z"}],
    fails=[
        {"creationTime": "2026-01-05T09:00:00.123+00:00", "expiryTime": "2030-01-05T09:00:00+00:00"},
        {"expiryTime": "2099-01-01T00:00:00+00:00"},
    ],
)
def webhook_lifetime(webhook: Resource) -> Result:
    if not webhook.has("expiryTime"):
        return None
    ends = _moment(webhook.text("expiryTime"))
    made = _moment(webhook.text("creationTime")) if webhook.has("creationTime") else datetime.now(ends.tzinfo)
    if ends - made > _YEAR:
        return f"expiryTime is {ends:%Y-%m-%d}, more than a year after it is made"
    return None


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        not_evaluated("a time that is not written as Azure writes it")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@rule(
    "kade-automation-runbook-pinned",
    "Runbooks come from a fixed version of their script",
    severity="medium",
    types=[RUNBOOK],
    measures=["8.19.01", "8.32.01"],
    nis2="21(2)(d)",
    psrule=["Azure.Automation.RunbookPinned"],
    remediation="Name a commit in publishContentLink.uri, in place of a branch or tag.",
    why="Whoever can push to the branch otherwise runs what they like, with the rights of the account.",
    passes=[
        {"publishContentLink": {"uri": "https://example.org/runbook.ps1"}},
        {"publishContentLink": {"uri": "https://raw.githubusercontent.com/o/r/" + "0a" * 20 + "/a.ps1"}},
        {},
    ],
    fails=[{"publishContentLink": {"uri": "https://raw.githubusercontent.com/o/r/refs/heads/main/a.ps1"}}],
)
def runbook_pinned(runbook: Resource) -> Result:
    for place in ("publishContentLink.uri", "draft.draftContentLink.uri"):
        if moves(runbook.text(place)):
            yield f"{place} follows a branch or tag on GitHub"


def _sent(account: Resource) -> Iterator[str]:
    """What diagnostic settings send: categories and groups of logs, and metrics, in lower case."""
    for setting in account.children(SETTING):
        for kind in ("logs", "metrics"):
            for log in setting.items(kind):
                if log.flag("enabled", default=True):
                    yield log.word("category") or log.word("categoryGroup")


@rule(
    "kade-automation-audit-logs",
    "Automation accounts send their audit log to Log Analytics",
    severity="medium",
    types=[ACCOUNT],
    measures=["8.15.01", "U.15.1", "8.18.02"],
    nis2="21(2)(b)",
    psrule=["Azure.Automation.AuditLogs"],
    remediation="Add a diagnostic setting that sends the category AuditEvent or the group audit.",
    absent="Azure keeps no audit log",
    joins=True,
    passes=[
        Example({}, children=[Example({"logs": [{"category": "AuditEvent", "enabled": True}]}, type=SETTING)]),
        Example({}, children=[Example({"logs": [{"categoryGroup": "allLogs"}]}, type=SETTING)]),
    ],
    fails=[{}, Example({}, children=[Example({"logs": [{"category": "JobLogs"}]}, type=SETTING)])],
)
def audit_logs(account: Resource) -> Result:
    if not set(_sent(account)) & {"auditevent", "audit", "alllogs"}:
        return "no diagnostic setting sends AuditEvent, audit or allLogs"
    return None


@rule(
    "kade-automation-job-logs",
    "Automation accounts send what their jobs write to Log Analytics",
    severity="low",
    types=[ACCOUNT],
    measures=["8.15.01", "8.18.02"],
    nis2="21(2)(b)",
    psrule=["Azure.Automation.PlatformLogs"],
    remediation="Add a diagnostic setting that sends JobLogs, JobStreams, DscNodeStatus and AllMetrics.",
    absent="Azure keeps the output of a job for a month, in the account only",
    joins=True,
    passes=[
        Example(
            {},
            children=[
                Example(
                    {
                        "logs": [{"category": c} for c in ("JobLogs", "JobStreams", "DscNodeStatus")],
                        "metrics": [{"category": "AllMetrics"}],
                    },
                    type=SETTING,
                )
            ],
        ),
        Example(
            {},
            children=[
                Example({"logs": [{"categoryGroup": "allLogs"}], "metrics": [{"category": "AllMetrics"}]}, type=SETTING)
            ],
        ),
    ],
    fails=[{}, Example({}, children=[Example({"logs": [{"categoryGroup": "audit"}]}, type=SETTING)])],
)
def job_logs(account: Resource) -> Result:
    sent = set(_sent(account))
    missing = [] if "alllogs" in sent else [name for name in _PLATFORM if name not in sent]
    missing += [] if "allmetrics" in sent else ["allmetrics"]
    if missing:
        return f"no diagnostic setting sends {', '.join(missing)}"
    return None


@rule(
    "kade-automation-no-keys",
    "Hybrid workers and agents log in to automation accounts through Entra ID",
    severity="medium",
    types=[ACCOUNT],
    measures=["5.16.02", "5.17.01"],
    nis2="21(2)(j)",
    remediation="Set disableLocalAuth to true.",
    why="The keys of an account are shared by all who ever used them, and register any machine as a worker.",
    absent="Azure accepts the keys of the account",
    passes=[{"disableLocalAuth": True}],
    fails=[{"disableLocalAuth": False}, {}],
)
def no_keys(account: Resource) -> Result:
    if not account.flag("disableLocalAuth", default=False):
        return "disableLocalAuth is not true"
    return None


@rule(
    "kade-automation-private",
    "Automation accounts are reached over private endpoints only",
    severity="low",
    types=[ACCOUNT],
    measures=["8.22.01", "U.12.1"],
    nis2="21(2)(e)",
    remediation="Set publicNetworkAccess to false, and add private endpoints for Webhook and DSCAndHybridWorker.",
    absent="Azure answers everyone",
    passes=[{"publicNetworkAccess": False}],
    fails=[{"publicNetworkAccess": True}, {}],
)
def private(account: Resource) -> Result:
    if account.flag("publicNetworkAccess", default=True):
        return "publicNetworkAccess is not false"
    return None
