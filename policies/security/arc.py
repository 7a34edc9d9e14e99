"""Kubernetes clusters elsewhere that are connected through Azure Arc."""

from __future__ import annotations

from kade.policies.kit import Example, Resource, Result, rule

CLUSTER = "azure-native:kubernetes:ConnectedCluster"
EXTENSION = "azure-native:kubernetesconfiguration:Extension"
DEFENDER = "microsoft.azuredefender.kubernetes"


@rule(
    "kade-arc-kubernetes-defender",
    "Defender watches connected clusters",
    severity="medium",
    types=[CLUSTER],
    measures=["8.21.02", "8.08.04"],
    nis2="21(2)(b)",
    psrule=["Azure.Arc.Kubernetes.Defender"],
    remediation="Add an extension of the type microsoft.azuredefender.kubernetes to the cluster.",
    absent="nothing watches it",
    joins=True,
    passes=[Example({}, children=[Example({"extensionType": DEFENDER}, type=EXTENSION)])],
    fails=[{}, Example({}, children=[Example({"extensionType": "microsoft.flux"}, type=EXTENSION)])],
)
def kubernetes_defender(cluster: Resource) -> Result:
    if not any(extension.is_("extensionType", DEFENDER) for extension in cluster.children(EXTENSION)):
        return f"no extension {DEFENDER} stands in it"
    return None


@rule(
    "kade-arc-kubernetes-entra-login",
    "Rights in connected clusters are given as roles of Azure",
    severity="medium",
    types=[CLUSTER],
    measures=["5.15.01", "5.18.02"],
    nis2="21(2)(i)",
    remediation="Set aadProfile.enableAzureRBAC to true.",
    absent="rights stand in the cluster, where no review of Azure sees them",
    passes=[{"aadProfile": {"enableAzureRBAC": True}}],
    fails=[{}, {"aadProfile": {"enableAzureRBAC": False}}],
)
def kubernetes_entra_login(cluster: Resource) -> Result:
    if not cluster.flag("aadProfile.enableAzureRBAC", default=False):
        return "aadProfile.enableAzureRBAC is not true"
    return None
