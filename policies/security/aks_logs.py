"""Kubernetes Service: threat detection and logs of a cluster."""

from __future__ import annotations

from collections.abc import Iterator

from kade.policies.kit import Example, Resource, Result, rule
from kade.policies.security.aks import CLUSTER, addon

SETTING = "azure-native:monitor:DiagnosticSetting"


@rule(
    "kade-aks-defender",
    "Defender watches clusters",
    severity="medium",
    types=[CLUSTER],
    measures=["8.21.02", "8.08.04"],
    nis2="21(2)(b)",
    psrule=["Azure.AKS.DefenderProfile"],
    remediation="Set securityProfile.defender.securityMonitoring.enabled to true, with the workspace beside it.",
    absent="Azure leaves it off",
    passes=[{"securityProfile": {"defender": {"securityMonitoring": {"enabled": True}}}}],
    fails=[{"securityProfile": {"defender": {"securityMonitoring": {"enabled": False}}}}, {}],
)
def defender(cluster: Resource) -> Result:
    if not cluster.flag("securityProfile.defender.securityMonitoring.enabled", default=False):
        return "securityProfile.defender.securityMonitoring.enabled is not true"
    return None


@rule(
    "kade-aks-container-insights",
    "Clusters send what their containers write to Log Analytics",
    severity="medium",
    types=[CLUSTER],
    measures=["8.15.01", "U.15.1"],
    nis2="21(2)(b)",
    psrule=["Azure.AKS.ContainerInsights"],
    checkov=["CKV_AZURE_4"],
    remediation="Enable addonProfiles.omsagent, with logAnalyticsWorkspaceResourceID in its config.",
    absent="Azure keeps none of it",
    passes=[{"addonProfiles": {"omsAgent": {"enabled": True}}}],
    fails=[{"addonProfiles": {"omsagent": {"enabled": False}}}, {}],
)
def container_insights(cluster: Resource) -> Result:
    if not addon(cluster, "omsagent"):
        return "addonProfiles.omsagent is not enabled"
    return None


def _sent(cluster: Resource) -> Iterator[str]:
    """The categories of logs that diagnostic settings send somewhere, in lower case."""
    for setting in cluster.children(SETTING):
        for log in setting.items("logs"):
            if log.flag("enabled", default=True):
                yield log.word("category") or log.word("categoryGroup")


@rule(
    "kade-aks-audit-logs",
    "Clusters send their audit log to Log Analytics",
    severity="medium",
    types=[CLUSTER],
    measures=["8.15.01", "U.15.1", "5.18.01"],
    nis2="21(2)(b)",
    psrule=["Azure.AKS.AuditLogs"],
    remediation="Add a diagnostic setting with kube-audit-admin (or kube-audit) and guard.",
    why="Without it nobody can tell afterwards who changed what in the cluster.",
    absent="Azure keeps no audit log",
    joins=True,
    passes=[
        Example(
            {}, children=[Example({"logs": [{"category": "kube-audit-admin"}, {"category": "guard"}]}, type=SETTING)]
        ),
        Example({}, children=[Example({"logs": [{"categoryGroup": "allLogs"}]}, type=SETTING)]),
    ],
    fails=[{}, Example({}, children=[Example({"logs": [{"category": "kube-audit"}]}, type=SETTING)])],
)
def audit_logs(cluster: Resource) -> Result:
    sent = set(_sent(cluster))
    if not (sent & {"alllogs", "audit"} or (sent & {"kube-audit", "kube-audit-admin"} and "guard" in sent)):
        return "no diagnostic setting sends kube-audit-admin and guard"
    return None


@rule(
    "kade-aks-audit-log-volume",
    "Clusters log changes only, not every question",
    severity="low",
    types=[CLUSTER],
    measures=["8.15.04"],
    psrule=["Azure.AKS.AuditAdmin"],
    remediation="Send kube-audit-admin in place of kube-audit.",
    why="kube-audit also holds every get and list: many times the volume, and the cost, for little more evidence.",
    joins=True,
    passes=[Example({}, children=[Example({"logs": [{"category": "kube-audit-admin"}]}, type=SETTING)]), {}],
    fails=[Example({}, children=[Example({"logs": [{"category": "kube-audit", "enabled": True}]}, type=SETTING)])],
)
def audit_log_volume(cluster: Resource) -> Result:
    if "kube-audit" in set(_sent(cluster)):
        return "a diagnostic setting sends kube-audit"
    return None
