"""Kubernetes Service: who can reach the cluster, and who may do what in it."""

from __future__ import annotations

from kade.policies.kit import Resource, Result, not_applicable, rule

CLUSTER = "azure-native:containerservice:ManagedCluster"


def addon(cluster: Resource, name: str) -> bool:
    """Whether an addon (``azurepolicy``, in any letter case) is switched on; Azure leaves all of them off."""
    return any(
        profile.flag("enabled", default=False)
        for key, profile in cluster.entries("addonProfiles")
        if key.lower() == name.lower()
    )


def is_private(cluster: Resource) -> bool:
    """Whether its API server has a private address only."""
    return cluster.flag("apiServerAccessProfile.enablePrivateCluster", default=False)


@rule(
    "kade-aks-no-local-accounts",
    "Clusters have no accounts outside Entra ID",
    severity="high",
    types=[CLUSTER],
    measures=["5.16.02", "5.17.01"],
    nis2="21(2)(i)",
    psrule=["Azure.AKS.LocalAccounts"],
    checkov=["CKV_AZURE_141"],
    remediation="Set disableLocalAccounts to true, with aadProfile in place.",
    why="The local account is one shared certificate with all rights, without a second factor and without a name.",
    absent="Azure makes the local account",
    passes=[{"disableLocalAccounts": True}],
    fails=[{"disableLocalAccounts": False}, {}],
)
def no_local_accounts(cluster: Resource) -> Result:
    if not cluster.flag("disableLocalAccounts", default=False):
        return "disableLocalAccounts is not true"
    return None


@rule(
    "kade-aks-kubernetes-rbac",
    "Clusters check rights by role",
    severity="high",
    types=[CLUSTER],
    measures=["5.15.01", "8.02.01"],
    nis2="21(2)(i)",
    psrule=["Azure.AKS.UseRBAC"],
    checkov=["CKV_AZURE_5"],
    remediation="Make a new cluster with enableRBAC true; it cannot be changed afterwards.",
    why="Without it, everything that runs in the cluster may do everything.",
    absent="older API versions make a cluster without it",
    passes=[{"enableRBAC": True}],
    fails=[{"enableRBAC": False}, {}],
)
def kubernetes_rbac(cluster: Resource) -> Result:
    if not cluster.flag("enableRBAC", default=False):
        return "enableRBAC is not true"
    return None


@rule(
    "kade-aks-entra-login",
    "People log in to clusters through Entra ID",
    severity="high",
    types=[CLUSTER],
    measures=["5.17.01", "5.16.02"],
    nis2="21(2)(j)",
    psrule=["Azure.AKS.ManagedAAD"],
    remediation="Set aadProfile.managed to true.",
    absent="Azure knows the local account only",
    passes=[{"aadProfile": {"managed": True}}],
    fails=[{}, {"aadProfile": {"clientAppID": "app"}}],
)
def entra_login(cluster: Resource) -> Result:
    if not cluster.flag("aadProfile.managed", default=False):
        return "aadProfile.managed is not true"
    return None


@rule(
    "kade-aks-azure-rbac",
    "Rights in clusters are given as roles of Azure",
    severity="medium",
    types=[CLUSTER],
    measures=["5.15.01", "8.02.01", "5.18.02"],
    nis2="21(2)(i)",
    psrule=["Azure.AKS.AzureRBAC"],
    remediation="Set aadProfile.enableAzureRBAC to true.",
    why="Rights that stand inside a cluster are seen by no review of Azure's role assignments.",
    absent="Azure leaves rights to the cluster",
    passes=[{"aadProfile": {"managed": True, "enableAzureRBAC": True}}],
    fails=[{"aadProfile": {"managed": True}}, {}],
)
def azure_rbac(cluster: Resource) -> Result:
    if not cluster.flag("aadProfile.enableAzureRBAC", default=False):
        return "aadProfile.enableAzureRBAC is not true"
    return None


@rule(
    "kade-aks-authorized-addresses",
    "The API server of clusters cannot be reached from the whole internet",
    severity="high",
    types=[CLUSTER],
    measures=["8.20.02", "8.22.01"],
    nis2="21(2)(e)",
    psrule=["Azure.AKS.AuthorizedIPs"],
    checkov=["CKV_AZURE_6"],
    remediation="Set apiServerAccessProfile.enablePrivateCluster to true, or name the addresses of administrators in "
    "authorizedIPRanges.",
    absent="Azure lets every address try",
    passes=[
        {"apiServerAccessProfile": {"enablePrivateCluster": True}},
        {"apiServerAccessProfile": {"authorizedIPRanges": ["203.0.113.0/28"]}},
    ],
    fails=[{}, {"apiServerAccessProfile": {"authorizedIPRanges": []}}],
)
def authorized_addresses(cluster: Resource) -> Result:
    if not is_private(cluster) and not cluster.words("apiServerAccessProfile.authorizedIPRanges"):
        return "the cluster is not private and apiServerAccessProfile.authorizedIPRanges is empty"
    return None


@rule(
    "kade-aks-private",
    "The API server of clusters has a private address",
    severity="medium",
    types=[CLUSTER],
    measures=["8.20.02", "8.22.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_115"],
    remediation="Set apiServerAccessProfile.enablePrivateCluster to true.",
    absent="Azure gives it a public address",
    passes=[{"apiServerAccessProfile": {"enablePrivateCluster": True}}],
    fails=[{}, {"apiServerAccessProfile": {"enablePrivateCluster": False}}],
)
def private(cluster: Resource) -> Result:
    if not is_private(cluster):
        return "apiServerAccessProfile.enablePrivateCluster is not true"
    return None


@rule(
    "kade-aks-no-run-command",
    "Nobody runs commands in a private cluster past its network",
    severity="medium",
    types=[CLUSTER],
    measures=["8.18.01", "8.20.02"],
    nis2="21(2)(i)",
    remediation="Set apiServerAccessProfile.disableRunCommand to true.",
    why="`az aks command invoke` reaches the cluster through Azure, also for who cannot reach its network.",
    absent="Azure allows it",
    passes=[{"apiServerAccessProfile": {"enablePrivateCluster": True, "disableRunCommand": True}}],
    fails=[{"apiServerAccessProfile": {"enablePrivateCluster": True}}],
    not_applicable=[{}],
)
def no_run_command(cluster: Resource) -> Result:
    if not is_private(cluster):
        not_applicable("the cluster is not private")
    if not cluster.flag("apiServerAccessProfile.disableRunCommand", default=False):
        return "apiServerAccessProfile.disableRunCommand is not true"
    return None


@rule(
    "kade-aks-network-policy",
    "Clusters can close the network between their pods",
    severity="medium",
    types=[CLUSTER],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    psrule=["Azure.AKS.NetworkPolicy"],
    checkov=["CKV_AZURE_7"],
    remediation="Set networkProfile.networkPolicy to cilium, azure or calico.",
    absent="Azure lets every pod reach every other",
    passes=[{"networkProfile": {"networkPolicy": "azure"}}, {"networkProfile": {"networkPolicy": "cilium"}}],
    fails=[{"networkProfile": {"networkPlugin": "azure"}}, {"networkProfile": {"networkPolicy": "none"}}, {}],
)
def network_policy(cluster: Resource) -> Result:
    if cluster.is_("networkProfile.networkPolicy", "none", default="none"):
        return "networkProfile.networkPolicy is not set"
    return None


@rule(
    "kade-aks-managed-identity",
    "Clusters have a managed identity",
    severity="medium",
    types=[CLUSTER],
    measures=["5.16.02", "8.24.02"],
    nis2="21(2)(i)",
    psrule=["Azure.AKS.ManagedIdentity"],
    remediation="Set identity.type to SystemAssigned or UserAssigned, in place of servicePrincipalProfile.",
    why="The secret of a service principal ends one day, and with it the cluster; until then it can leak.",
    absent="Azure wants a service principal",
    passes=[{"identity": {"type": "UserAssigned"}}, {"identity": {"type": "SystemAssigned"}}],
    fails=[{"servicePrincipalProfile": {"clientId": "app"}}, {"identity": {"type": "None"}}],
)
def managed_identity(cluster: Resource) -> Result:
    if cluster.is_("identity.type", "None", default="None"):
        return "identity.type names no managed identity"
    return None


@rule(
    "kade-aks-workload-identity",
    "Workloads in clusters can log in to Azure without secrets",
    severity="low",
    types=[CLUSTER],
    measures=["5.16.02", "8.24.02"],
    nis2="21(2)(i)",
    remediation="Set oidcIssuerProfile.enabled and securityProfile.workloadIdentity.enabled to true.",
    absent="Azure gives workloads no identity of their own",
    passes=[{"oidcIssuerProfile": {"enabled": True}, "securityProfile": {"workloadIdentity": {"enabled": True}}}],
    fails=[{}, {"oidcIssuerProfile": {"enabled": True}}],
)
def workload_identity(cluster: Resource) -> Result:
    for name in ("oidcIssuerProfile.enabled", "securityProfile.workloadIdentity.enabled"):
        if not cluster.flag(name, default=False):
            return f"{name} is not true"
    return None


@rule(
    "kade-aks-no-http-routing",
    "Clusters do without the addon for plain HTTP routing",
    severity="medium",
    types=[CLUSTER],
    measures=["8.27.01", "8.08.01"],
    nis2="21(2)(e)",
    psrule=["Azure.AKS.HttpAppRouting"],
    checkov=["CKV_AZURE_246"],
    remediation="Leave addonProfiles.httpApplicationRouting out; use the application routing addon or a gateway.",
    why="Azure retired the addon in March 2025, and it was never meant for production.",
    absent="Azure leaves it off",
    passes=[{"addonProfiles": {"httpApplicationRouting": {"enabled": False}}}, {}],
    fails=[{"addonProfiles": {"httpapplicationrouting": {"enabled": True}}}],
)
def no_http_routing(cluster: Resource) -> Result:
    if addon(cluster, "httpApplicationRouting"):
        return "addonProfiles.httpApplicationRouting is enabled"
    return None


@rule(
    "kade-aks-no-dashboard",
    "Clusters do without the old Kubernetes dashboard",
    severity="high",
    types=[CLUSTER],
    measures=["8.20.02", "8.08.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_8"],
    remediation="Leave addonProfiles.kubeDashboard out.",
    why="Whoever reached it ruled the cluster; it is no longer maintained.",
    absent="Azure leaves it off since Kubernetes 1.19",
    passes=[{"addonProfiles": {"kubeDashboard": {"enabled": False}}}, {}],
    fails=[{"addonProfiles": {"kubeDashboard": {"enabled": True}}}],
)
def no_dashboard(cluster: Resource) -> Result:
    if addon(cluster, "kubeDashboard"):
        return "addonProfiles.kubeDashboard is enabled"
    return None
