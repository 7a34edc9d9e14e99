"""Kubernetes Service: secrets, policy, upgrades and availability of a cluster."""

from __future__ import annotations

from kade.policies.kit import Example, Resource, Result, rule
from kade.policies.security.aks import CLUSTER, addon

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
