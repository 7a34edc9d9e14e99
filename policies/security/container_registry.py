"""Container Registry: who may pull and push images, and what becomes of them."""

from __future__ import annotations

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.security.zones import needs_zones

REGISTRY = "azure-native:containerregistry:Registry"
REPLICATION = "azure-native:containerregistry:Replication"
PREMIUM = {"name": "Premium"}


def only_premium(registry: Resource, what: str) -> None:
    """Leave the rule for a registry of a tier that does not know what the rule asks."""
    if registry.is_("sku.name", "Basic", "Standard"):
        not_applicable(f"only Premium has {what}")


@rule(
    "kade-registry-no-admin",
    "Registries have no shared administrator",
    severity="high",
    types=[REGISTRY],
    measures=["5.16.02", "5.17.01"],
    nis2="21(2)(i)",
    psrule=["Azure.ACR.AdminUser"],
    checkov=["CKV_AZURE_137"],
    remediation="Set adminUserEnabled to false, and give roles as AcrPull and AcrPush to identities.",
    absent="Azure leaves it off",
    passes=[{"adminUserEnabled": False}, {}],
    fails=[{"adminUserEnabled": True}],
    remediate=lambda _: {"adminUserEnabled": False},
)
def no_admin(registry: Resource) -> Result:
    if registry.flag("adminUserEnabled", default=False):
        return "adminUserEnabled is true"
    return None


@rule(
    "kade-registry-no-anonymous-pull",
    "Nobody pulls images without logging in",
    severity="high",
    types=[REGISTRY],
    measures=["8.03.01", "5.15.01"],
    nis2="21(2)(i)",
    psrule=["Azure.ACR.AnonymousAccess"],
    checkov=["CKV_AZURE_138"],
    remediation="Set anonymousPullEnabled to false.",
    absent="Azure asks everyone to log in",
    passes=[{"sku": PREMIUM, "anonymousPullEnabled": False}, {"sku": {"name": "Standard"}}],
    fails=[{"sku": {"name": "Standard"}, "anonymousPullEnabled": True}],
    not_applicable=[{"sku": {"name": "Basic"}, "anonymousPullEnabled": True}],
)
def no_anonymous_pull(registry: Resource) -> Result:
    if not registry.is_("sku.name", "Standard", "Premium"):
        not_applicable("only Standard and Premium know anonymous pulls")
    if registry.flag("anonymousPullEnabled", default=False):
        return "anonymousPullEnabled is true"
    return None


@rule(
    "kade-registry-firewall",
    "Registries are closed to unknown networks",
    severity="medium",
    types=[REGISTRY],
    measures=["8.22.01", "U.12.1"],
    nis2="21(2)(e)",
    psrule=["Azure.ACR.Firewall"],
    remediation="Set publicNetworkAccess to Disabled with a private endpoint, or networkRuleSet.defaultAction to Deny.",
    absent="Azure answers everyone",
    passes=[
        {"sku": PREMIUM, "publicNetworkAccess": "Disabled"},
        {"sku": PREMIUM, "networkRuleSet": {"defaultAction": "deny"}},
    ],
    fails=[{"sku": PREMIUM}, {"sku": PREMIUM, "networkRuleSet": {"defaultAction": "Allow"}}],
    not_applicable=[{"sku": {"name": "Standard"}}],
)
def firewall(registry: Resource) -> Result:
    only_premium(registry, "a firewall")
    if not registry.flag("publicNetworkAccess", default=True):
        return None
    if not registry.is_("networkRuleSet.defaultAction", "Deny"):
        return "publicNetworkAccess is not Disabled and networkRuleSet.defaultAction is not Deny"
    return None


@rule(
    "kade-registry-private",
    "Registries are reached over private endpoints only",
    severity="low",
    types=[REGISTRY],
    measures=["8.22.01", "U.12.1"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_139"],
    remediation="Set publicNetworkAccess to Disabled on a Premium registry, and add a private endpoint.",
    absent="Azure gives it a public address",
    passes=[{"sku": PREMIUM, "publicNetworkAccess": "Disabled"}],
    fails=[{"sku": PREMIUM}, {"sku": {"name": "Basic"}, "publicNetworkAccess": "Enabled"}],
)
def private(registry: Resource) -> Result:
    if registry.flag("publicNetworkAccess", default=True):
        return "publicNetworkAccess is not Disabled"
    return None


@rule(
    "kade-registry-tier",
    "Registries are of a tier for production",
    severity="low",
    types=[REGISTRY],
    measures=["8.13.02"],
    psrule=["Azure.ACR.MinSku"],
    remediation="Set sku.name to Premium, or to Standard where no private endpoint is needed.",
    absent="Azure asks for one",
    passes=[{"sku": PREMIUM}, {"sku": {"name": "Standard"}}],
    fails=[{"sku": {"name": "Basic"}}, {}],
)
def tier(registry: Resource) -> Result:
    if not registry.is_("sku.name", "Standard", "Premium"):
        return f"sku.name is {registry.text('sku.name', 'absent')}"
    return None


@rule(
    "kade-registry-quarantine",
    "New images wait in quarantine until they were scanned",
    severity="low",
    types=[REGISTRY],
    measures=["8.07.04", "8.08.04"],
    nis2="21(2)(e)",
    psrule=["Azure.ACR.Quarantine"],
    checkov=["CKV_AZURE_166"],
    remediation="Set policies.quarantinePolicy.status to enabled, and let the scanner release images.",
    absent="Azure hands out every image at once",
    passes=[{"policies": {"quarantinePolicy": {"status": "enabled"}}}],
    fails=[{"policies": {"quarantinePolicy": {"status": "disabled"}}}, {}],
)
def quarantine(registry: Resource) -> Result:
    if not registry.flag("policies.quarantinePolicy.status", default=False):
        return "policies.quarantinePolicy.status is not enabled"
    return None


@rule(
    "kade-registry-retention",
    "Registries clear out manifests that no tag points at",
    severity="low",
    types=[REGISTRY],
    measures=["5.33.01", "8.08.01"],
    psrule=["Azure.ACR.Retention"],
    checkov=["CKV_AZURE_167"],
    remediation="Set policies.retentionPolicy.status to enabled, or use policies.softDeletePolicy, which excludes it.",
    absent="Azure keeps them for ever",
    passes=[
        {"sku": PREMIUM, "policies": {"retentionPolicy": {"status": "enabled", "days": 30}}},
        {"sku": PREMIUM, "policies": {"softDeletePolicy": {"status": "enabled"}}},
    ],
    fails=[{"sku": PREMIUM, "policies": {"retentionPolicy": {"status": "disabled"}}}, {"sku": PREMIUM}],
    not_applicable=[{"sku": {"name": "Basic"}}],
)
def retention(registry: Resource) -> Result:
    only_premium(registry, "a retention policy")
    for name in ("retentionPolicy", "softDeletePolicy"):
        if registry.flag(f"policies.{name}.status", default=False):
            return None
    return "policies.retentionPolicy.status is not enabled"


@rule(
    "kade-registry-export",
    "Images cannot be exported from a registry past its network",
    severity="medium",
    types=[REGISTRY],
    measures=["8.03.01", "U.07.1"],
    nis2="21(2)(i)",
    remediation="Set policies.exportPolicy.status to disabled.",
    why="Otherwise whoever may read the registry copies its images to a registry of their own.",
    absent="Azure allows it",
    passes=[{"publicNetworkAccess": "Disabled", "policies": {"exportPolicy": {"status": "disabled"}}}],
    fails=[{"publicNetworkAccess": "Disabled"}],
    not_applicable=[{"publicNetworkAccess": "Enabled"}],
)
def export(registry: Resource) -> Result:
    if registry.flag("publicNetworkAccess", default=True):
        not_applicable("Azure only knows it where publicNetworkAccess is Disabled")
    if registry.flag("policies.exportPolicy.status", default=True):
        return "policies.exportPolicy.status is not disabled"
    return None


@rule(
    "kade-registry-data-endpoints",
    "Registries have data endpoints of their own",
    severity="low",
    types=[REGISTRY],
    measures=["8.22.01", "U.07.1"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_237"],
    remediation="Set dataEndpointEnabled to true on a Premium registry.",
    why="Firewall rules then name this registry in place of *.blob.core.windows.net, where anyone can put data.",
    absent="Azure hands out layers from shared addresses",
    passes=[{"sku": PREMIUM, "dataEndpointEnabled": True}],
    fails=[{"sku": PREMIUM}, {"dataEndpointEnabled": False}],
    not_applicable=[{"sku": {"name": "Standard"}}],
)
def data_endpoints(registry: Resource) -> Result:
    only_premium(registry, "data endpoints of its own")
    if not registry.flag("dataEndpointEnabled", default=False):
        return "dataEndpointEnabled is not true"
    return None


@rule(
    "kade-registry-zones",
    "Registries and their replicas are spread over availability zones",
    severity="low",
    types=[REGISTRY, REPLICATION],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    checkov=["CKV_AZURE_233"],
    remediation="Set zoneRedundancy to Enabled on a Premium registry.",
    absent="older registries stand in one zone",
    passes=[
        {"sku": PREMIUM, "zoneRedundancy": "Enabled", "location": "westeurope"},
        Example({"zoneRedundancy": "Enabled"}, type=REPLICATION),
    ],
    fails=[
        {"sku": PREMIUM, "location": "westeurope"},
        Example({"zoneRedundancy": "Disabled"}, type=REPLICATION),
    ],
    not_applicable=[{"sku": {"name": "Basic"}}, {"sku": PREMIUM, "location": "westus"}],
)
def zones(registry: Resource) -> Result:
    needs_zones(registry)
    if registry.type == REGISTRY:
        only_premium(registry, "zones of its own choice")
    if not registry.flag("zoneRedundancy", default=False):
        return "zoneRedundancy is not Enabled"
    return None
