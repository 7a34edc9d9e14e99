"""Accounts of Azure AI services (Cognitive Services, Azure OpenAI, Foundry) and their model deployments."""

from __future__ import annotations

from kade.policies.kit import Resource, Result, not_applicable, rule
from kade.policies.security.database_firewall import is_closed

ACCOUNT = "azure-native:cognitiveservices:Account"
DEPLOYMENT = "azure-native:cognitiveservices:Deployment"


@rule(
    "kade-ai-services-no-public-access",
    "AI services cannot be reached from the internet",
    severity="high",
    types=[ACCOUNT],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    psrule=["Azure.AI.PrivateEndpoints"],
    checkov=["CKV_AZURE_134"],
    remediation="Set properties.publicNetworkAccess to Disabled, and connect through a private endpoint.",
    absent="Azure allows public access",
    passes=[{"properties": {"publicNetworkAccess": "Disabled"}}],
    fails=[{"properties": {"publicNetworkAccess": "Enabled"}}, {"properties": {}}],
)
def no_public_access(account: Resource) -> Result:
    if not is_closed(account):
        return "properties.publicNetworkAccess is not Disabled"
    return None


@rule(
    "kade-ai-services-restricted-network",
    "AI services answer named networks only",
    severity="high",
    types=[ACCOUNT],
    measures=["8.22.01", "U.07.1"],
    nis2="21(2)(e)",
    psrule=["Azure.AI.PublicAccess"],
    remediation="Set properties.networkAcls.defaultAction to Deny, or properties.publicNetworkAccess to Disabled.",
    why="Otherwise a key that leaks is enough, from anywhere.",
    absent="Azure lets every address in",
    passes=[
        {"properties": {"publicNetworkAccess": "Disabled"}},
        {"properties": {"networkAcls": {"defaultAction": "Deny"}}},
    ],
    fails=[{"properties": {"networkAcls": {"defaultAction": "Allow"}}}, {"properties": {}}],
)
def restricted_network(account: Resource) -> Result:
    if is_closed(account) or account.is_("networkAcls.defaultAction", "Deny"):
        return None
    return "properties.networkAcls.defaultAction is not Deny"


@rule(
    "kade-ai-services-no-keys",
    "AI services accept identities of Entra ID only",
    severity="high",
    types=[ACCOUNT],
    measures=["5.16.02", "5.15.01"],
    nis2="21(2)(i)",
    psrule=["Azure.AI.DisableLocalAuth"],
    checkov=["CKV_AZURE_236"],
    remediation="Set properties.disableLocalAuth to true, and give applications the role Cognitive Services User.",
    why="A key works for whoever holds it, without a trace of who that is.",
    absent="Azure accepts keys",
    passes=[{"properties": {"disableLocalAuth": True}}],
    fails=[{"properties": {"disableLocalAuth": False}}, {"properties": {}}],
)
def no_keys(account: Resource) -> Result:
    if not account.flag("disableLocalAuth", default=False):
        return "properties.disableLocalAuth is not true"
    return None


@rule(
    "kade-ai-services-identity",
    "AI services have a managed identity",
    severity="low",
    types=[ACCOUNT],
    measures=["5.16.02"],
    nis2="21(2)(i)",
    checkov=["CKV_AZURE_238"],
    remediation="Set identity.type to SystemAssigned or UserAssigned.",
    why="Without one the service cannot use a key of your own, nor read from other services without a secret.",
    absent="Azure gives no identity",
    passes=[{"identity": {"type": "SystemAssigned"}}, {"identity": {"type": "SystemAssigned, UserAssigned"}}],
    fails=[{"kind": "OpenAI"}, {"identity": {"type": "None"}}],
    not_applicable=[{"kind": "TextAnalytics"}],
)
def managed_identity(account: Resource) -> Result:
    if account.is_("kind", "TextAnalytics"):
        not_applicable("a language service has a rule of its own")
    if account.word("identity.type", "none") == "none":
        return "identity.type is not set"
    return None


@rule(
    "kade-ai-services-language-identity",
    "Language services read their documents with a managed identity",
    severity="medium",
    types=[ACCOUNT],
    measures=["5.16.02", "5.15.01"],
    nis2="21(2)(i)",
    psrule=["Azure.AI.ManagedIdentity"],
    remediation="Set identity.type to SystemAssigned or UserAssigned.",
    why="The documents to learn from stand in a storage account, which it otherwise reads with a key.",
    absent="Azure gives no identity",
    passes=[{"kind": "TextAnalytics", "identity": {"type": "SystemAssigned"}}],
    fails=[{"kind": "TextAnalytics"}, {"kind": "TextAnalytics", "identity": {"type": "None"}}],
    not_applicable=[{"kind": "OpenAI"}],
)
def language_identity(account: Resource) -> Result:
    if not account.is_("kind", "TextAnalytics"):
        not_applicable("only for language services (kind TextAnalytics)")
    if account.word("identity.type", "none") == "none":
        return "identity.type is not set"
    return None


@rule(
    "kade-ai-services-outbound-restricted",
    "AI services connect only to names that are allowed",
    severity="low",
    types=[ACCOUNT],
    measures=["8.22.01", "8.21.02"],
    nis2="21(2)(e)",
    remediation="Set properties.restrictOutboundNetworkAccess to true, with the names needed in allowedFqdnList.",
    why="A prompt or a document can otherwise make the service fetch, or send, data anywhere.",
    absent="Azure lets the service connect to any name",
    passes=[{"properties": {"restrictOutboundNetworkAccess": True}}],
    fails=[{"properties": {"restrictOutboundNetworkAccess": False}}, {"properties": {}}],
)
def outbound_restricted(account: Resource) -> Result:
    if not account.flag("restrictOutboundNetworkAccess", default=False):
        return "properties.restrictOutboundNetworkAccess is not true"
    return None


@rule(
    "kade-ai-services-model-upgrades",
    "Models are upgraded before Azure ends them",
    severity="low",
    types=[DEPLOYMENT],
    measures=["8.32.01", "5.22.01"],
    nis2="21(2)(e)",
    remediation="Set properties.versionUpgradeOption to OnceCurrentVersionExpired, and test the next version before.",
    why="With NoAutoUpgrade the deployment stops working on the day its version ends.",
    absent="Azure upgrades when it has a new default",
    passes=[{"properties": {"versionUpgradeOption": "OnceCurrentVersionExpired"}}, {"properties": {}}],
    fails=[{"properties": {"versionUpgradeOption": "NoAutoUpgrade"}}],
    not_applicable=[{"properties": {"model": {"format": "Cohere"}, "versionUpgradeOption": "NoAutoUpgrade"}}],
)
def model_upgrades(deployment: Resource) -> Result:
    if not deployment.is_("model.format", "OpenAI", default="OpenAI"):
        not_applicable("is a model of another maker, with other rules for its versions")
    if deployment.is_("versionUpgradeOption", "NoAutoUpgrade"):
        return "properties.versionUpgradeOption is NoAutoUpgrade"
    return None
