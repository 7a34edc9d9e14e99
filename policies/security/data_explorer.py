"""Clusters of Azure Data Explorer (Kusto)."""

from __future__ import annotations

from kade.policies.kit import Resource, Result, rule
from kade.policies.security.database_firewall import is_closed
from kade.policies.security.zones import needs_zones

CLUSTER = "azure-native:kusto:Cluster"


@rule(
    "kade-data-explorer-disk-encryption",
    "Data Explorer clusters encrypt the disks of their machines",
    severity="medium",
    types=[CLUSTER],
    measures=["U.05.2", "8.24.04"],
    nis2="21(2)(h)",
    psrule=["Azure.ADX.DiskEncryption"],
    checkov=["CKV_AZURE_74"],
    remediation="Set enableDiskEncryption to true.",
    why="The cache on the machines' own disks holds the data that was last asked for.",
    absent="Azure encrypts the storage, not the machines' disks",
    passes=[{"enableDiskEncryption": True}],
    fails=[{"enableDiskEncryption": False}, {}],
    remediate=lambda _: {"enableDiskEncryption": True},
)
def disk_encryption(cluster: Resource) -> Result:
    if not cluster.flag("enableDiskEncryption", default=False):
        return "enableDiskEncryption is not true"
    return None


@rule(
    "kade-data-explorer-double-encryption",
    "Data Explorer clusters encrypt their storage twice",
    severity="low",
    types=[CLUSTER],
    measures=["U.05.2"],
    nis2="21(2)(h)",
    checkov=["CKV_AZURE_75"],
    remediation="Set enableDoubleEncryption to true; that can be done at creation only.",
    absent="Azure encrypts once",
    passes=[{"enableDoubleEncryption": True}],
    fails=[{"enableDoubleEncryption": False}, {}],
)
def double_encryption(cluster: Resource) -> Result:
    if not cluster.flag("enableDoubleEncryption", default=False):
        return "enableDoubleEncryption is not true"
    return None


@rule(
    "kade-data-explorer-identity",
    "Data Explorer clusters have a managed identity",
    severity="low",
    types=[CLUSTER],
    measures=["5.16.02"],
    nis2="21(2)(i)",
    psrule=["Azure.ADX.ManagedIdentity"],
    remediation="Set identity.type to SystemAssigned or UserAssigned.",
    why="Without one, connections to event hubs and storage need a key.",
    absent="Azure gives no identity",
    passes=[{"identity": {"type": "SystemAssigned"}}, {"identity": {"type": "UserAssigned"}}],
    fails=[{}, {"identity": {"type": "None"}}],
)
def managed_identity(cluster: Resource) -> Result:
    if cluster.word("identity.type", "none") == "none":
        return "identity.type is not set"
    return None


@rule(
    "kade-data-explorer-no-public-access",
    "Data Explorer clusters cannot be reached from the internet",
    severity="high",
    types=[CLUSTER],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    psrule=["Azure.ADX.PublicAccess"],
    remediation="Set publicNetworkAccess to Disabled, and connect through a private endpoint.",
    absent="Azure allows public access",
    passes=[{"publicNetworkAccess": "Disabled"}],
    fails=[{"publicNetworkAccess": "Enabled"}, {}],
)
def no_public_access(cluster: Resource) -> Result:
    if not is_closed(cluster):
        return "publicNetworkAccess is not Disabled"
    return None


@rule(
    "kade-data-explorer-own-tenant-only",
    "Data Explorer clusters accept no users of every other tenant",
    severity="critical",
    types=[CLUSTER],
    measures=["5.15.01", "U.07.1"],
    nis2="21(2)(i)",
    remediation="Name the tenants in trustedExternalTenants that need access, or leave it out.",
    absent="Azure accepts users of your own tenant only",
    passes=[{"trustedExternalTenants": [{"value": "11111111-1111-1111-1111-111111111111"}]}, {}],
    fails=[{"trustedExternalTenants": [{"value": "*"}]}],
)
def own_tenant_only(cluster: Resource) -> Result:
    if any(tenant.is_("value", "*") for tenant in cluster.items("trustedExternalTenants")):
        return "trustedExternalTenants has *, which is every tenant"
    return None


@rule(
    "kade-data-explorer-outbound-restricted",
    "Data Explorer clusters connect only to names that are allowed",
    severity="low",
    types=[CLUSTER],
    measures=["8.22.01", "8.21.02"],
    nis2="21(2)(e)",
    remediation="Set restrictOutboundNetworkAccess to Enabled, and name in allowedFqdnList what is needed.",
    why="Whoever may run a query can otherwise send data to any address.",
    absent="Azure lets the cluster connect to any name",
    passes=[{"restrictOutboundNetworkAccess": "Enabled"}],
    fails=[{"restrictOutboundNetworkAccess": "Disabled"}, {}],
)
def outbound_restricted(cluster: Resource) -> Result:
    if not cluster.flag("restrictOutboundNetworkAccess", default=False):
        return "restrictOutboundNetworkAccess is not Enabled"
    return None


@rule(
    "kade-data-explorer-service-level",
    "Data Explorer clusters have a service level",
    severity="low",
    types=[CLUSTER],
    measures=["8.13.02", "5.22.01"],
    nis2="21(2)(c)",
    psrule=["Azure.ADX.SLA"],
    remediation="Set sku.tier to Standard, with a sku.name that is not for development.",
    passes=[{"sku": {"name": "Standard_E8ads_v5", "tier": "Standard"}}],
    fails=[{"sku": {"name": "Dev(No SLA)_Standard_E2a_v4", "tier": "Basic"}}],
)
def service_level(cluster: Resource) -> Result:
    if not cluster.is_("sku.tier", "Standard"):
        return f"sku.tier is {cluster.text('sku.tier', 'not set')}"
    if cluster.word("sku.name").startswith("dev"):
        return f"sku.name is {cluster.text('sku.name')}, which is for development"
    return None


@rule(
    "kade-data-explorer-zones",
    "Data Explorer clusters survive the loss of an availability zone",
    severity="low",
    types=[CLUSTER],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    remediation="Set zones to 1, 2 and 3.",
    absent="Azure keeps the machines in one zone",
    passes=[{"location": "westeurope", "zones": ["1", "2", "3"]}],
    fails=[{"location": "westeurope"}, {"location": "West Europe", "zones": ["1"]}],
    not_applicable=[{"location": "ukwest"}],
)
def zones(cluster: Resource) -> Result:
    if len(cluster.words("zones")) > 1:
        return None
    needs_zones(cluster)
    return "zones has fewer than two"
