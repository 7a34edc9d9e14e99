"""Key vaults: who can reach them, what may be done in them, and how long keys and secrets last."""

from __future__ import annotations

from typing import Final

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.kit.addresses import is_anywhere

VAULT = "azure-native:keyvault:Vault"
KEY = "azure-native:keyvault:Key"
SECRET = "azure-native:keyvault:Secret"  # noqa: S105 - the name of a type
HSM = "azure-native:keyvault:ManagedHsm"

_EVERYTHING: Final = ("all", "purge")


@rule(
    "kade-key-vault-firewall",
    "Key vaults refuse connections from the internet",
    severity="high",
    types=[VAULT],
    measures=["8.22.01", "5.15.01"],
    nis2="21(2)(e)",
    psrule=["Azure.KeyVault.Firewall"],
    checkov=["CKV_AZURE_109"],
    remediation="Set publicNetworkAccess to Disabled and use a private endpoint, or networkAcls.defaultAction to Deny.",
    absent="Azure lets the internet in",
    passes=[{"publicNetworkAccess": "Disabled"}, {"networkAcls": {"defaultAction": "Deny"}}],
    fails=[
        {},
        {"networkAcls": {"defaultAction": "Allow"}},
        {"networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "0.0.0.0/0"}]}},
    ],
)
def firewall(vault: Resource) -> Result:
    if not vault.flag("publicNetworkAccess", default=True):
        return None
    if not vault.is_("networkAcls.defaultAction", "Deny", default="Allow"):
        return "publicNetworkAccess is not Disabled, and networkAcls.defaultAction is not Deny"
    if any(is_anywhere(one.word("value")) for one in vault.items("networkAcls.ipRules")):
        return "networkAcls.ipRules let every address in"
    return None


@rule(
    "kade-key-vault-public-access",
    "Key vaults are reached by a private endpoint only",
    severity="low",
    types=[VAULT],
    measures=["8.22.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_189"],
    remediation="Set publicNetworkAccess to Disabled, and make a private endpoint.",
    absent="Azure lets the internet in",
    passes=[{"publicNetworkAccess": "Disabled"}],
    fails=[{"publicNetworkAccess": "Enabled"}, {}],
)
def public_access(vault: Resource) -> Result:
    return "publicNetworkAccess is not Disabled" if vault.flag("publicNetworkAccess", default=True) else None


@rule(
    "kade-key-vault-least-privilege",
    "No access policy allows everything, or purging",
    severity="medium",
    types=[VAULT],
    measures=["5.18.01", "8.02.01"],
    nis2="21(2)(i)",
    psrule=["Azure.KeyVault.AccessPolicy"],
    remediation="Name the permissions that are needed, or better use roles (enableRbacAuthorization).",
    passes=[{"accessPolicies": [{"objectId": "app", "permissions": {"secrets": ["Get", "List"]}}]}, {}],
    fails=[
        {"accessPolicies": [{"objectId": "app", "permissions": {"keys": ["All"]}}]},
        {"accessPolicies": [{"objectId": "app", "permissions": {"secrets": ["get", "purge"]}}]},
    ],
)
def least_privilege(vault: Resource) -> Result:
    for policy in vault.items("accessPolicies"):
        granted = policy.words(*(f"permissions.{kind}" for kind in ("keys", "secrets", "certificates", "storage")))
        wide = [each for each in _EVERYTHING if each in granted]
        if wide:
            yield f"the access policy of {policy.text('objectId')} grants {' and '.join(wide)}"


@rule(
    "kade-key-vault-soft-delete",
    "Deleted vaults and what is in them can be restored",
    severity="medium",
    types=[VAULT],
    measures=["8.13.01"],
    nis2="21(2)(c)",
    psrule=["Azure.KeyVault.SoftDelete"],
    checkov=["CKV_AZURE_111"],
    remediation="Leave enableSoftDelete out, or set it to true.",
    absent="Azure keeps them ninety days, since 2020 always",
    passes=[{"enableSoftDelete": True}, {}],
    fails=[{"enableSoftDelete": False}],
)
def soft_delete(vault: Resource) -> Result:
    return None if vault.flag("enableSoftDelete", default=True) else "enableSoftDelete is false"


@rule(
    "kade-key-vault-key-rotation",
    "Keys are renewed by themselves",
    severity="low",
    types=[KEY],
    measures=["8.24.02", "U.11.3"],
    nis2="21(2)(h)",
    psrule=["Azure.KeyVault.AutoRotationPolicy"],
    remediation="Set rotationPolicy.lifetimeActions with action.type rotate.",
    passes=[{"rotationPolicy": {"lifetimeActions": [{"action": {"type": "Rotate"}}]}}],
    fails=[{}, {"rotationPolicy": {"lifetimeActions": [{"action": {"type": "notify"}}]}}],
    not_applicable=[{"attributes": {"enabled": False}}],
)
def key_rotation(key: Resource) -> Result:
    if not key.flag("attributes.enabled", default=True):
        not_applicable("the key is off")
    for action in key.items("rotationPolicy.lifetimeActions"):
        if action.is_("action.type", "Rotate"):
            return None
    return "rotationPolicy has no action that rotates"


@rule(
    "kade-key-vault-key-expiry",
    "Keys have an end date",
    severity="low",
    types=[KEY],
    measures=["8.24.02"],
    nis2="21(2)(h)",
    checkov=["CKV_AZURE_40"],
    remediation="Set attributes.expires (seconds since 1970).",
    passes=[{"attributes": {"expires": 1900000000}}],
    fails=[{}, {"attributes": {"enabled": True}}],
)
def key_expiry(key: Resource) -> Result:
    return None if key.refers("attributes.expires") else "attributes.expires is not set"


@rule(
    "kade-key-vault-secret-expiry",
    "Secrets have an end date",
    severity="low",
    types=[SECRET],
    measures=["5.17.01", "8.24.02"],
    nis2="21(2)(i)",
    checkov=["CKV_AZURE_41"],
    remediation="Set attributes.expires (seconds since 1970).",
    passes=[{"attributes": {"expires": 1900000000}}, {"attributes": {"exp": 1900000000}}],
    fails=[{}],
)
def secret_expiry(secret: Resource) -> Result:
    if secret.refers("attributes.expires") or secret.refers("attributes.exp"):
        return None
    return "attributes.expires is not set"


@rule(
    "kade-key-vault-secret-content-type",
    "Secrets say what they are",
    severity="low",
    types=[SECRET],
    measures=["8.24.02"],
    checkov=["CKV_AZURE_114"],
    remediation="Set contentType to what the secret opens.",
    passes=[{"contentType": "wachtwoord van de koppeling met de BRP"}],
    fails=[{}, {"contentType": ""}],
)
def secret_content_type(secret: Resource) -> Result:
    return None if secret.has("contentType") else "contentType is not set"


@rule(
    "kade-key-vault-hsm-keys",
    "Keys are kept in hardware",
    severity="low",
    types=[KEY],
    measures=["8.24.04", "U.11.3"],
    nis2="21(2)(h)",
    checkov=["CKV_AZURE_112"],
    remediation="Set kty to RSA-HSM or EC-HSM, in a vault of sku premium.",
    passes=[{"kty": "RSA-HSM"}, {"kty": "EC-HSM"}],
    fails=[{"kty": "RSA"}, {}],
)
def hsm_keys(key: Resource) -> Result:
    return None if key.is_("kty", "RSA-HSM", "EC-HSM", "oct-HSM") else f"kty is {key.text('kty', 'absent')}"


@rule(
    "kade-key-vault-key-size",
    "Keys are long enough",
    severity="medium",
    types=[KEY],
    measures=["8.24.04"],
    nis2="21(2)(h)",
    remediation="Set keySize to 3072 or more for RSA, and curveName to P-256 or better for EC.",
    why="NCSC asks for 3,072 bits for what has to stay secret after 2028.",
    absent="Azure makes RSA keys of 2,048 bits",
    passes=[{"kty": "RSA", "keySize": 4096}, {"kty": "EC", "curveName": "P-384"}],
    fails=[{"kty": "RSA", "keySize": 2048}, {"kty": "RSA"}],
)
def key_size(key: Resource) -> Result:
    if not key.word("kty").startswith("rsa"):
        return None
    bits = key.number("keySize", 2048.0)
    return None if bits >= 3072 else f"keySize is {bits:g}"


@rule(
    "kade-managed-hsm-purge-protection",
    "A managed HSM cannot be purged",
    severity="high",
    types=[HSM],
    measures=["8.13.01", "U.11.3"],
    nis2="21(2)(c)",
    remediation="Set enablePurgeProtection to true. It can never be undone.",
    absent="Azure lets it be purged",
    passes=[Example({"enablePurgeProtection": True}, type=HSM)],
    fails=[{}, {"enablePurgeProtection": False}],
)
def hsm_purge_protection(hsm: Resource) -> Result:
    return None if hsm.flag("enablePurgeProtection", default=False) else "enablePurgeProtection is not true"
