"""Kubernetes Service: secrets, policy, threat detection, logs, upgrades and availability of a cluster."""

from __future__ import annotations

from collections.abc import Iterator

from kade.policies.kit import Example, Resource, Result, rule
from kade.policies.security.aks import CLUSTER, addon

SETTING = "azure-native:monitor:DiagnosticSetting"
WINDOW = "azure-native:containerservice:MaintenanceConfiguration"
SECRETS = "azureKeyvaultSecretsProvider"


@rule(
    "kade-aks-secrets-from-vault",
    "Clusters take their secrets from a key vault",
    severity="low",
    types=[CLUSTER],
    measures=["8.24.02", "8.03.01"],
    nis2="21(2)(h)",
    psrule=["Azure.AKS.SecretStore"],
    remediation="Enable addonProfiles.azureKeyvaultSecretsProvider.",
    absent="Azure keeps secrets in the cluster only",
    passes=[{"addonProfiles": {SECRETS: {"enabled": True}}}],
    fails=[{"addonProfiles": {SECRETS: {"enabled": False}}}, {}],
)
def secrets_from_vault(cluster: Resource) -> Result:
    if not addon(cluster, SECRETS):
        return f"addonProfiles.{SECRETS} is not enabled"
    return None


@rule(
    "kade-aks-secret-rotation",
    "Clusters take over renewed secrets from their key vault",
    severity="low",
    types=[CLUSTER],
    measures=["8.24.02"],
    nis2="21(2)(h)",
    psrule=["Azure.AKS.SecretStoreRotation"],
    checkov=["CKV_AZURE_172"],
    remediation='Set addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation to "true".',
    absent="Azure reads a secret once",
    passes=[{"addonProfiles": {SECRETS: {"enabled": True, "config": {"enableSecretRotation": "true"}}}}],
    fails=[
        {"addonProfiles": {SECRETS: {"enabled": True, "config": {"enableSecretRotation": "false"}}}},
        {"addonProfiles": {SECRETS: {"enabled": True}}},
        {},
    ],
)
def secret_rotation(cluster: Resource) -> Result:
    for name, profile in cluster.entries("addonProfiles"):
        if name.lower() == SECRETS.lower() and profile.flag("config.enableSecretRotation", default=False):
            return None
    return f"addonProfiles.{SECRETS}.config.enableSecretRotation is not true"


@rule(
    "kade-aks-policy-addon",
    "Azure Policy watches what runs in clusters",
    severity="medium",
    types=[CLUSTER],
    measures=["8.27.01", "8.08.04"],
    nis2="21(2)(e)",
    psrule=["Azure.AKS.AzurePolicyAddOn"],
    checkov=["CKV_AZURE_116"],
    remediation="Enable addonProfiles.azurepolicy.",
    absent="Azure leaves it off",
    passes=[{"addonProfiles": {"azurePolicy": {"enabled": True}}}],
    fails=[{"addonProfiles": {"azurepolicy": {"enabled": False}}}, {}],
)
def policy_addon(cluster: Resource) -> Result:
    if not addon(cluster, "azurepolicy"):
        return "addonProfiles.azurepolicy is not enabled"
    return None


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


@rule(
    "kade-aks-automatic-upgrade",
    "Clusters take upgrades of Kubernetes by themselves",
    severity="medium",
    types=[CLUSTER],
    measures=["8.08.01"],
    nis2="21(2)(e)",
    psrule=["Azure.AKS.AutoUpgrade"],
    checkov=["CKV_AZURE_171"],
    remediation="Set autoUpgradeProfile.upgradeChannel to patch or stable.",
    absent="Azure upgrades nothing",
    passes=[{"autoUpgradeProfile": {"upgradeChannel": "stable"}}],
    fails=[{"autoUpgradeProfile": {"upgradeChannel": "none"}}, {}],
)
def automatic_upgrade(cluster: Resource) -> Result:
    if cluster.is_("autoUpgradeProfile.upgradeChannel", "none", default="none"):
        return "autoUpgradeProfile.upgradeChannel names no channel"
    return None


@rule(
    "kade-aks-node-upgrade",
    "The nodes of clusters take security fixes by themselves",
    severity="medium",
    types=[CLUSTER],
    measures=["8.08.01"],
    nis2="21(2)(e)",
    psrule=["Azure.AKS.NodeAutoUpgrade"],
    remediation="Set autoUpgradeProfile.nodeOSUpgradeChannel to SecurityPatch or NodeImage.",
    absent="older API versions leave the nodes as they are",
    passes=[{"autoUpgradeProfile": {"nodeOSUpgradeChannel": "NodeImage"}}],
    fails=[{"autoUpgradeProfile": {"nodeOSUpgradeChannel": "None"}}, {}],
)
def node_upgrade(cluster: Resource) -> Result:
    if cluster.is_("autoUpgradeProfile.nodeOSUpgradeChannel", "None", "Unmanaged", default="None"):
        return "autoUpgradeProfile.nodeOSUpgradeChannel names no channel"
    return None


@rule(
    "kade-aks-maintenance-window",
    "Clusters are upgraded at a time that was chosen",
    severity="low",
    types=[CLUSTER],
    measures=["8.32.01"],
    nis2="21(2)(c)",
    psrule=["Azure.AKS.MaintenanceWindow"],
    remediation="Add the maintenance configurations aksManagedAutoUpgradeSchedule and aksManagedNodeOSUpgradeSchedule.",
    absent="Azure picks the moment",
    joins=True,
    passes=[
        Example(
            {"autoUpgradeProfile": {"upgradeChannel": "stable"}},
            children=[
                Example({"configName": "aksManagedAutoUpgradeSchedule"}, type=WINDOW),
                Example({"configName": "aksManagedNodeOSUpgradeSchedule"}, type=WINDOW),
            ],
        )
    ],
    fails=[
        {},
        Example({}, children=[Example({"configName": "aksManagedAutoUpgradeSchedule"}, type=WINDOW)]),
    ],
)
def maintenance_window(cluster: Resource) -> Result:
    found = {window.word("configName", window.name.rsplit("/", 1)[-1].lower()) for window in cluster.children(WINDOW)}
    for wanted in ("aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"):
        if wanted.lower() not in found:
            return f"no maintenance configuration {wanted} stands in it"
    return None


@rule(
    "kade-aks-uptime",
    "Clusters are of the tier with a guarantee of being up",
    severity="low",
    types=[CLUSTER],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.AKS.UptimeSLA"],
    checkov=["CKV_AZURE_170"],
    remediation="Set sku.tier to Standard or Premium.",
    absent="Azure takes the tier Free",
    passes=[{"sku": {"name": "Base", "tier": "Standard"}}, {"sku": {"tier": "Premium"}}],
    fails=[{"sku": {"tier": "Free"}}, {}],
)
def uptime(cluster: Resource) -> Result:
    if not cluster.is_("sku.tier", "Standard", "Premium"):
        return f"sku.tier is {cluster.text('sku.tier', 'absent')}"
    return None


@rule(
    "kade-aks-standard-load-balancer",
    "Clusters use a Standard load balancer",
    severity="low",
    types=[CLUSTER],
    measures=["8.13.02", "8.22.01"],
    nis2="21(2)(c)",
    psrule=["Azure.AKS.StandardLB"],
    remediation="Make a new cluster with networkProfile.loadBalancerSku standard; it cannot be changed afterwards.",
    why="Azure retired the Basic load balancer on 30 September 2025.",
    absent="Azure takes standard",
    passes=[{"networkProfile": {"loadBalancerSku": "standard"}}, {}],
    fails=[{"networkProfile": {"loadBalancerSku": "Basic"}}],
)
def standard_load_balancer(cluster: Resource) -> Result:
    if cluster.is_("networkProfile.loadBalancerSku", "basic"):
        return "networkProfile.loadBalancerSku is basic"
    return None
