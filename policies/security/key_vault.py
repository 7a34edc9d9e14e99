"""Key vaults, their keys, secrets and certificates."""

from __future__ import annotations

from kade.policies.kit import Resource, Result, rule

VAULT = "azure-native:keyvault:Vault"


@rule(
    "kade-key-vault-purge-protection",
    "Key vaults cannot be purged before their retention ends",
    severity="high",
    types=[VAULT],
    measures=["8.13.01", "U.11.3"],
    nis2="21(2)(c)",
    psrule=["Azure.KeyVault.PurgeProtect"],
    checkov=["CKV_AZURE_110"],
    remediation="Set enablePurgeProtection to true. It can never be undone.",
    why="Whoever may delete a vault can otherwise destroy its keys, and with them all that they encrypt.",
    absent="Azure allows purging",
    passes=[{"properties": {"enablePurgeProtection": True}}],
    fails=[{"properties": {"enablePurgeProtection": False}}, {"properties": {}}],
)
def purge_protection(vault: Resource) -> Result:
    if not vault.flag("enablePurgeProtection", default=False):
        return "enablePurgeProtection is not true"
    return None


@rule(
    "kade-key-vault-rbac",
    "Access to key vaults is given by roles",
    severity="medium",
    types=[VAULT],
    measures=["5.15.01", "8.02.01"],
    nis2="21(2)(i)",
    psrule=["Azure.KeyVault.RBAC"],
    remediation="Set enableRbacAuthorization to true, and give roles in place of access policies.",
    why="Access policies stand outside role assignments, so a review of rights does not see them.",
    absent="Azure uses access policies",
    passes=[{"properties": {"enableRbacAuthorization": True}}],
    fails=[{"properties": {"enableRbacAuthorization": False}}, {"properties": {"accessPolicies": []}}],
)
def rbac(vault: Resource) -> Result:
    if not vault.flag("enableRbacAuthorization", default=False):
        return "enableRbacAuthorization is not true"
    return None
