"""Azure AI Search."""

from __future__ import annotations

from kade.policies.kit import Resource, Result, rule
from kade.policies.security.database_firewall import is_closed

SERVICE = "azure-native:search:Service"


@rule(
    "kade-search-no-public-access",
    "AI Search cannot be reached from the internet",
    severity="high",
    types=[SERVICE],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    remediation="Set publicNetworkAccess to disabled, and connect through a private endpoint.",
    absent="Azure allows public access",
    passes=[{"publicNetworkAccess": "disabled"}],
    fails=[{"publicNetworkAccess": "enabled"}, {}],
)
def no_public_access(service: Resource) -> Result:
    if not is_closed(service):
        return "publicNetworkAccess is not disabled"
    return None


@rule(
    "kade-search-no-keys",
    "AI Search accepts identities of Entra ID only",
    severity="medium",
    types=[SERVICE],
    measures=["5.16.02", "5.15.01"],
    nis2="21(2)(i)",
    remediation="Set disableLocalAuth to true, and give applications the role Search Index Data Reader.",
    why="A key works for whoever holds it, without a trace of who that is.",
    absent="Azure accepts keys",
    passes=[{"disableLocalAuth": True}],
    fails=[{"disableLocalAuth": False}, {}],
)
def no_keys(service: Resource) -> Result:
    if not service.flag("disableLocalAuth", default=False):
        return "disableLocalAuth is not true"
    return None


@rule(
    "kade-search-identity",
    "AI Search has a managed identity",
    severity="low",
    types=[SERVICE],
    measures=["5.16.02"],
    nis2="21(2)(i)",
    psrule=["Azure.Search.ManagedIdentity"],
    remediation="Set identity.type to SystemAssigned or UserAssigned.",
    why="Without one, an indexer reads its source with a key or a connection string.",
    absent="Azure gives no identity",
    passes=[{"identity": {"type": "SystemAssigned"}}],
    fails=[{}, {"identity": {"type": "None"}}],
)
def managed_identity(service: Resource) -> Result:
    if service.word("identity.type", "none") == "none":
        return "identity.type is not set"
    return None


@rule(
    "kade-search-tier",
    "AI Search has a tier of its own",
    severity="low",
    types=[SERVICE],
    measures=["8.13.02", "U.07.1"],
    nis2="21(2)(c)",
    psrule=["Azure.Search.SKU"],
    remediation="Set sku.name to basic or higher; a service cannot change tier, so make it anew.",
    why="The free tier shares its machines, and has no private endpoint.",
    passes=[{"sku": {"name": "basic"}}, {"sku": {"name": "standard"}}],
    fails=[{"sku": {"name": "free"}}],
)
def tier(service: Resource) -> Result:
    if service.is_("sku.name", "free", default="free"):
        return f"sku.name is {service.text('sku.name', 'not set')}"
    return None


@rule(
    "kade-search-query-replicas",
    "AI Search has two replicas, which Azure guarantees queries for",
    severity="low",
    types=[SERVICE],
    measures=["8.13.02", "5.22.01"],
    nis2="21(2)(c)",
    psrule=["Azure.Search.QuerySLA"],
    checkov=["CKV_AZURE_209"],
    remediation="Set replicaCount to 2 or more.",
    absent="Azure runs one replica",
    passes=[{"replicaCount": 2}],
    fails=[{"replicaCount": 1}, {}],
)
def query_replicas(service: Resource) -> Result:
    count = service.number("replicaCount", 1)
    if count < 2:
        return f"replicaCount is {count:g}"
    return None


@rule(
    "kade-search-index-replicas",
    "AI Search has three replicas, which Azure guarantees updates of an index for",
    severity="low",
    types=[SERVICE],
    measures=["8.13.02", "5.22.01"],
    nis2="21(2)(c)",
    psrule=["Azure.Search.IndexSLA"],
    checkov=["CKV_AZURE_208"],
    remediation="Set replicaCount to 3 or more, where indexes have to be up to date all the time.",
    absent="Azure runs one replica",
    passes=[{"replicaCount": 3}],
    fails=[{"replicaCount": 2}, {}],
)
def index_replicas(service: Resource) -> Result:
    count = service.number("replicaCount", 1)
    if count < 3:
        return f"replicaCount is {count:g}"
    return None
