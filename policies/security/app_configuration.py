"""App Configuration stores."""

from __future__ import annotations

import re

from kade.policies.kit import Example, Resource, Result, rule
from kade.policies.security.diagnostics import SETTING

STORE = "azure-native:appconfiguration:ConfigurationStore"
KEY_VALUE = "azure-native:appconfiguration:KeyValue"
REPLICA = "azure-native:appconfiguration:Replica"

# Values that are secrets by their form: keys of storage and messaging, passwords in connection strings, tokens.
_SECRET = re.compile(
    r"(AccountKey|SharedAccessKey|Password|Pwd|client_?secret)\s*=\s*\S+"
    r"|\bsig=[\w%+/]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY",
    re.IGNORECASE,
)


@rule(
    "kade-app-configuration-no-keys",
    "App Configuration lets in identities, not keys",
    severity="medium",
    types=[STORE],
    measures=["5.16.02", "5.17.01"],
    nis2="21(2)(i)",
    psrule=["Azure.AppConfig.DisableLocalAuth"],
    checkov=["CKV_AZURE_184"],
    remediation="Set disableLocalAuth to true.",
    absent="Azure lets keys in",
    passes=[{"disableLocalAuth": True}],
    fails=[{"disableLocalAuth": False}, {}],
)
def no_keys(store: Resource) -> Result:
    return None if store.flag("disableLocalAuth", default=False) else "disableLocalAuth is not true"


@rule(
    "kade-app-configuration-public-access",
    "App Configuration refuses connections from the internet",
    severity="high",
    types=[STORE],
    measures=["8.22.01", "5.15.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_185"],
    remediation="Set publicNetworkAccess to Disabled, and use a private endpoint.",
    absent="Azure lets the internet in until a private endpoint is made",
    passes=[{"publicNetworkAccess": "Disabled"}],
    fails=[{"publicNetworkAccess": "Enabled"}, {}],
)
def public_access(store: Resource) -> Result:
    return "publicNetworkAccess is not Disabled" if store.flag("publicNetworkAccess", default=True) else None


@rule(
    "kade-app-configuration-purge-protection",
    "A deleted App Configuration store can be restored",
    severity="medium",
    types=[STORE],
    measures=["8.13.01"],
    nis2="21(2)(c)",
    psrule=["Azure.AppConfig.PurgeProtect"],
    checkov=["CKV_AZURE_187"],
    remediation="Set enablePurgeProtection to true, with sku Standard or Premium. It can never be undone.",
    absent="Azure lets it be purged",
    passes=[{"enablePurgeProtection": True}],
    fails=[{"enablePurgeProtection": False}, {}],
)
def purge_protection(store: Resource) -> Result:
    return None if store.flag("enablePurgeProtection", default=False) else "enablePurgeProtection is not true"


@rule(
    "kade-app-configuration-tier",
    "App Configuration has a tier with a service level",
    severity="low",
    types=[STORE],
    measures=["8.13.02"],
    psrule=["Azure.AppConfig.SKU"],
    checkov=["CKV_AZURE_188"],
    remediation="Set sku.name to Standard or Premium.",
    passes=[{"sku": {"name": "Standard"}}, {"sku": {"name": "Premium"}}],
    fails=[{"sku": {"name": "Free"}}, {"sku": {"name": "Developer"}}],
)
def tier(store: Resource) -> Result:
    if store.is_("sku.name", "Free", "Developer"):
        return f"sku {store.text('sku.name')} has no service level"
    return None


@rule(
    "kade-app-configuration-own-key",
    "App Configuration is encrypted with a key of the municipality's own",
    severity="low",
    types=[STORE],
    measures=["U.05.2", "U.11.3"],
    nis2="21(2)(h)",
    checkov=["CKV_AZURE_186"],
    remediation="Set encryption.keyVaultProperties.keyIdentifier.",
    absent="Azure encrypts with keys of its own",
    passes=[{"encryption": {"keyVaultProperties": {"keyIdentifier": "https://kv.vault.azure.net/keys/config"}}}],
    fails=[{}],
)
def own_key(store: Resource) -> Result:
    return (
        None if store.refers("encryption.keyVaultProperties.keyIdentifier") else "encryption names no key of your own"
    )


@rule(
    "kade-app-configuration-replica",
    "App Configuration has a copy in a second region",
    severity="low",
    types=[STORE],
    measures=["8.13.03"],
    nis2="21(2)(c)",
    psrule=["Azure.AppConfig.GeoReplica"],
    remediation="Add a replica in a second region that the residency rule allows.",
    joins=True,
    passes=[Example({}, children=[Example({"location": "germanywestcentral"}, type=REPLICA)])],
    fails=[{}],
)
def replica(store: Resource) -> Result:
    return None if store.children(REPLICA) else "it has no replica"


@rule(
    "kade-app-configuration-audit-logs",
    "App Configuration sends its audit log somewhere",
    severity="low",
    types=[STORE],
    measures=["8.15.01", "U.15.1"],
    nis2="21(2)(b)",
    psrule=["Azure.AppConfig.AuditLogs"],
    remediation="Add a diagnostic setting that sends the category group audit to the Log Analytics workspace.",
    absent="Azure keeps no audit log of a store",
    joins=True,
    passes=[
        Example({}, children=[Example({"logs": [{"categoryGroup": "audit", "enabled": True}]}, type=SETTING)]),
        Example({}, children=[Example({"logs": [{"category": "Audit", "enabled": True}]}, type=SETTING)]),
    ],
    fails=[{}, Example({}, children=[Example({"logs": [{"categoryGroup": "audit", "enabled": False}]}, type=SETTING)])],
)
def audit_logs(store: Resource) -> Result:
    for setting in store.children(SETTING):
        for log in setting.items("logs"):
            audits = log.is_("category", "Audit") or log.is_("categoryGroup", "audit", "allLogs")
            if audits and log.flag("enabled", default=True):
                return None
    return "no diagnostic setting sends Audit, audit or allLogs anywhere"


@rule(
    "kade-app-configuration-no-secrets",
    "No key value holds a secret",
    severity="high",
    types=[KEY_VALUE],
    measures=["8.15.02", "U.11.3"],
    nis2="21(2)(h)",
    psrule=["Azure.AppConfig.SecretLeak"],
    remediation="Put the secret in Key Vault, and refer to it with content type keyvaultref.",
    passes=[{"value": "blauw"}, {"value": '{"uri":"https://kv.vault.azure.net/secrets/s"}'}],
    fails=[{"value": "Server=db;User=app;Password=geheim"}, {"value": "AccountName=st;AccountKey=abc=="}],
)
def no_secrets(pair: Resource) -> Result:
    return "its value has the form of a secret" if _SECRET.search(pair.text("value")) else None
