"""Accounts of Azure Cosmos DB: who can reach them, and who may log in."""

from __future__ import annotations

from collections.abc import Iterator

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.security.database_firewall import ANY, is_closed
from kade.policies.security.defender_cover import PRICING, covered_by_plan

ACCOUNT = "azure-native:cosmosdb:DatabaseAccount"
THREAT_PROTECTION = "azure-native:security:AdvancedThreatProtection"


def is_nosql(account: Resource) -> bool:
    """Whether the account speaks the NoSQL API alone: not MongoDB, Cassandra, Gremlin or tables."""
    others = {"enablecassandra", "enablegremlin", "enabletable", "enablemongo"}
    return account.is_("kind", "GlobalDocumentDB", default="GlobalDocumentDB") and not others & capabilities(account)


def capabilities(account: Resource) -> set[str]:
    """The names of an account's capabilities in lower case; an API other than NoSQL and MongoDB is one."""
    return {capability.word("name") for capability in account.items("capabilities")}


@rule(
    "kade-cosmos-minimum-tls",
    "Cosmos DB accounts refuse TLS below 1.2",
    severity="high",
    types=[ACCOUNT],
    measures=["8.24.04", "8.21.04"],
    nis2="21(2)(h)",
    psrule=["Azure.Cosmos.MinTLS"],
    remediation="Set minimalTlsVersion to Tls12.",
    why="NCSC counts TLS 1.0 and 1.1 as insufficient; one old client may then lower the connection of all.",
    absent="an account made before 1.2 became the default keeps accepting TLS 1.0, so absent counts as that",
    passes=[{"minimalTlsVersion": "Tls12"}],
    fails=[{"minimalTlsVersion": "Tls11"}, {"minimalTlsVersion": "Tls"}, {}],
    remediate=lambda _: {"minimalTlsVersion": "Tls12"},
)
def minimum_tls(account: Resource) -> Result:
    if account.tls("minimalTlsVersion", default=1.0) < 1.2:
        return f"minimalTlsVersion is {account.text('minimalTlsVersion', 'absent, which may allow TLS 1.0')}"
    return None


@rule(
    "kade-cosmos-no-public-access",
    "Cosmos DB accounts cannot be reached from the internet",
    severity="high",
    types=[ACCOUNT],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    psrule=["Azure.Cosmos.PublicAccess"],
    checkov=["CKV_AZURE_101"],
    remediation="Set publicNetworkAccess to Disabled, and connect through a private endpoint.",
    absent="Azure allows public access",
    passes=[{"publicNetworkAccess": "Disabled"}, {"publicNetworkAccess": "SecuredByPerimeter"}],
    fails=[{"publicNetworkAccess": "Enabled"}, {}],
)
def no_public_access(account: Resource) -> Result:
    if not is_closed(account):
        return "publicNetworkAccess is not Disabled"
    return None


@rule(
    "kade-cosmos-restricted-network",
    "Cosmos DB accounts with public access name the addresses or subnets that may connect",
    severity="critical",
    types=[ACCOUNT],
    measures=["8.22.01", "U.07.1"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_99"],
    remediation="Set publicNetworkAccess to Disabled, or name addresses in ipRules or subnets in virtualNetworkRules.",
    why="An account without rules answers the whole internet, with a key as its only lock.",
    absent="Azure lets every address in",
    passes=[
        {"publicNetworkAccess": "Disabled"},
        {"ipRules": [{"ipAddressOrRange": "185.3.2.10"}]},
        {"isVirtualNetworkFilterEnabled": True, "virtualNetworkRules": [{"id": "/subscriptions/s/subnets/web"}]},
    ],
    fails=[{}, {"publicNetworkAccess": "Enabled", "ipRules": []}, {"ipRules": [{"ipAddressOrRange": ANY}]}],
)
def restricted_network(account: Resource) -> Iterator[str]:
    if is_closed(account):
        return
    addresses = [entry.word("ipAddressOrRange") for entry in account.items("ipRules")]
    for address in addresses:
        if address == ANY:
            yield f"ipRules has {ANY}, which lets every Azure datacenter in, of any customer"
        elif address.endswith("/0"):
            yield f"ipRules has {address}, which lets the whole internet in"
    subnets = account.flag("isVirtualNetworkFilterEnabled", default=False) and account.refers("virtualNetworkRules")
    if not addresses and not subnets:
        yield "ipRules and virtualNetworkRules are empty, so every address may connect"


@rule(
    "kade-cosmos-no-keys",
    "Cosmos DB accounts for NoSQL accept identities of Entra ID only",
    severity="high",
    types=[ACCOUNT],
    measures=["5.16.02", "5.15.01"],
    nis2="21(2)(i)",
    psrule=["Azure.Cosmos.NoSQLLocalAuth"],
    checkov=["CKV_AZURE_140"],
    remediation="Set disableLocalAuth to true, and give applications a SqlResourceSqlRoleAssignment.",
    why="A key gives everything in the account to whoever holds it, without a trace of who that is.",
    absent="Azure accepts keys",
    passes=[{"kind": "GlobalDocumentDB", "disableLocalAuth": True}],
    fails=[{"kind": "GlobalDocumentDB", "disableLocalAuth": False}, {}],
    not_applicable=[{"kind": "MongoDB"}, {"capabilities": [{"name": "EnableCassandra"}]}],
)
def no_keys(account: Resource) -> Result:
    if not is_nosql(account):
        not_applicable("this API has no logins of Entra ID")
    if not account.flag("disableLocalAuth", default=False):
        return "disableLocalAuth is not true"
    return None


@rule(
    "kade-cosmos-no-key-changes",
    "Keys of a Cosmos DB account cannot change its databases, containers or throughput",
    severity="medium",
    types=[ACCOUNT],
    measures=["8.02.01", "8.32.01"],
    nis2="21(2)(i)",
    psrule=["Azure.Cosmos.DisableMetadataWrite"],
    checkov=["CKV_AZURE_132"],
    remediation="Set disableKeyBasedMetadataWriteAccess to true.",
    absent="Azure lets a key delete a database",
    passes=[{"disableKeyBasedMetadataWriteAccess": True}],
    fails=[{"disableKeyBasedMetadataWriteAccess": False}, {}],
)
def no_key_changes(account: Resource) -> Result:
    if not account.flag("disableKeyBasedMetadataWriteAccess", default=False):
        return "disableKeyBasedMetadataWriteAccess is not true"
    return None


@rule(
    "kade-cosmos-customer-key",
    "Cosmos DB accounts are encrypted with a key of your own",
    severity="low",
    types=[ACCOUNT],
    measures=["U.11.3", "U.05.2"],
    nis2="21(2)(h)",
    checkov=["CKV_AZURE_100"],
    remediation="Set keyVaultKeyUri to a key in your vault; it is for classified information, and only at creation.",
    absent="Azure uses a key of its own",
    passes=[{"keyVaultKeyUri": "https://kv.vault.azure.net/keys/cosmos"}],
    fails=[{}],
)
def customer_key(account: Resource) -> Result:
    if not account.refers("keyVaultKeyUri"):
        return "keyVaultKeyUri is not set"
    return None


@rule(
    "kade-cosmos-defender",
    "Defender watches Cosmos DB accounts",
    severity="medium",
    types=[ACCOUNT],
    measures=["8.16.02", "8.21.02"],
    nis2="21(2)(b)",
    psrule=["Azure.Cosmos.DefenderCloud"],
    remediation="Set pricingTier of the plan CosmosDbs to Standard for the subscription, or add an "
    "AdvancedThreatProtection with isEnabled true.",
    absent="Azure raises no alerts, unless the subscription has the plan",
    joins=True,
    passes=[
        Example({}, children=[Example({"isEnabled": True}, type=THREAT_PROTECTION)]),
        Example({}, related=[Example({"pricingName": "CosmosDbs", "pricingTier": "Standard"}, type=PRICING)]),
    ],
    fails=[{}, Example({}, children=[Example({"isEnabled": False}, type=THREAT_PROTECTION)])],
    not_applicable=[{"kind": "MongoDB"}],
)
def defender(account: Resource) -> Result:
    if not is_nosql(account):
        not_applicable("Defender watches the NoSQL API only")
    if any(setting.flag("isEnabled", default=False) for setting in account.children(THREAT_PROTECTION)):
        return None
    if covered_by_plan(account, "CosmosDbs"):
        return None
    return "no AdvancedThreatProtection with isEnabled stands in it, and no plan for CosmosDbs beside it"
