"""Batch accounts."""

from __future__ import annotations

from kade.policies.kit import Resource, Result, rule

ACCOUNT = "azure-native:batch:BatchAccount"


@rule(
    "kade-batch-own-key",
    "Batch accounts are encrypted with a key of our own, or keep their secrets in our vault",
    severity="low",
    types=[ACCOUNT],
    measures=["U.11.3", "U.05.2"],
    nis2="21(2)(h)",
    checkov=["CKV_AZURE_76"],
    remediation="Set keyVaultReference, or encryption.keySource to Microsoft.KeyVault.",
    absent="Azure encrypts with a key of Microsoft",
    passes=[
        {"keyVaultReference": {"id": "/subscriptions/s/vaults/kv", "url": "https://kv.vault.azure.net"}},
        {"encryption": {"keySource": "Microsoft.KeyVault"}},
    ],
    fails=[{}, {"encryption": {"keySource": "Microsoft.Batch"}}],
)
def own_key(account: Resource) -> Result:
    if not account.refers("keyVaultReference.id") and not account.is_("encryption.keySource", "Microsoft.KeyVault"):
        return "keyVaultReference is not set"
    return None


@rule(
    "kade-batch-private",
    "Batch accounts are reached over private endpoints only",
    severity="medium",
    types=[ACCOUNT],
    measures=["8.22.01", "U.12.1"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_248"],
    remediation="Set publicNetworkAccess to Disabled, and add private endpoints.",
    absent="Azure answers everyone",
    passes=[
        {"publicNetworkAccess": "Disabled"},
        {"publicNetworkAccess": "SecuredByPerimeter"},
    ],
    fails=[{}, {"publicNetworkAccess": "Enabled"}],
)
def private(account: Resource) -> Result:
    if account.is_("publicNetworkAccess", "Enabled", default="Enabled"):
        return "publicNetworkAccess is not Disabled"
    return None


@rule(
    "kade-batch-no-keys",
    "Batch accounts accept logins of Entra ID only",
    severity="medium",
    types=[ACCOUNT],
    measures=["5.16.02", "5.17.01"],
    nis2="21(2)(j)",
    remediation='Set allowedAuthenticationModes to ["AAD"].',
    absent="Azure accepts the keys of the account too",
    passes=[
        {"allowedAuthenticationModes": ["AAD"]},
        {"allowedAuthenticationModes": ["AAD", "TaskAuthenticationToken"]},
    ],
    fails=[{}, {"allowedAuthenticationModes": ["AAD", "SharedKey"]}],
)
def no_keys(account: Resource) -> Result:
    modes = account.words("allowedAuthenticationModes")
    if not modes or "sharedkey" in modes:
        return "allowedAuthenticationModes lets SharedKey in"
    return None
