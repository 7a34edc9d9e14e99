"""App Service plans, environments and static web apps."""

from __future__ import annotations

from typing import Final

from kade.policies.kit import Resource, Result, not_applicable, rule
from kade.policies.security.zones import needs_zones

PLAN = "azure-native:web:AppServicePlan"
ENVIRONMENT = "azure-native:web:AppServiceEnvironment"
STATIC_SITE = "azure-native:web:StaticSite"

_TIERS: Final = {"f": "free", "d": "shared", "b": "basic", "s": "standard", "p": "premium", "i": "isolated"}
_BY_USE: Final = {"y1": "dynamic", "fc1": "flexconsumption"} | {
    f"{family}{size}": tier
    for family, tier in (("ep", "elasticpremium"), ("ws", "workflowstandard"))
    for size in (1, 2, 3)
}


def _tier(plan: Resource) -> str:
    """The tier, also where only the name of the SKU is given: ``b1`` is basic. ``premiumv3`` counts as premium."""
    name = plan.word("sku.name")
    known_by_name = _BY_USE.get(name) or _TIERS.get(name[:1], "")
    tier = plan.word("sku.tier", known_by_name)
    return next((known for known in ("premium", "isolated") if tier.startswith(known)), tier)


@rule(
    "kade-app-service-plan-instances",
    "App Service plans run at least two instances",
    severity="low",
    types=[PLAN],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.AppService.PlanInstanceCount"],
    remediation="Set sku.capacity to 2 or more.",
    why="With one, every restart and every fault of its machine is an outage.",
    absent="Azure runs one",
    passes=[{"sku": {"name": "P1v3", "capacity": 2}}],
    fails=[{"sku": {"name": "P1v3", "capacity": 1}}, {"sku": {"name": "S1", "tier": "Standard"}}],
    not_applicable=[{"sku": {"name": "Y1"}}, {"sku": {"name": "EP1", "tier": "ElasticPremium"}}],
)
def plan_instances(plan: Resource) -> Result:
    if _tier(plan) in ("dynamic", "flexconsumption", "elasticpremium", "workflowstandard"):
        not_applicable("Azure scales this tier by itself")
    if (count := plan.number("sku.capacity", 1)) < 2:
        return f"sku.capacity is {count:g}"
    return None


@rule(
    "kade-app-service-plan-tier",
    "App Service plans are of a tier for production",
    severity="low",
    types=[PLAN],
    measures=["8.13.02", "8.22.01"],
    nis2="21(2)(c)",
    psrule=["Azure.AppService.MinPlan"],
    checkov=["CKV_AZURE_211"],
    remediation="Choose a sku of the tier Standard or better, as P0v3.",
    why="Free, shared and basic plans have no slots and no autoscale, and the first two share their machines.",
    absent="Azure makes a free plan",
    passes=[{"sku": {"name": "P1v3"}}, {"sku": {"name": "S1", "tier": "Standard"}}, {"sku": {"name": "EP1"}}],
    fails=[{"sku": {"name": "B1", "tier": "Basic"}}, {"sku": {"name": "F1"}}, {"sku": {"tier": "Shared"}}, {}],
    not_applicable=[{"sku": {"name": "Y1", "tier": "Dynamic"}}],
)
def plan_tier(plan: Resource) -> Result:
    tier = _tier(plan)
    if tier in ("dynamic", "flexconsumption"):
        not_applicable("paid by use")
    if tier in ("", "free", "shared", "basic"):
        return f"the tier is {tier or 'absent'}"
    return None


@rule(
    "kade-app-service-plan-zones",
    "App Service plans are spread over availability zones",
    severity="low",
    types=[PLAN],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.AppService.AvailabilityZone"],
    checkov=["CKV_AZURE_225"],
    remediation="Set zoneRedundant to true, on a tier that can: PremiumV2 or newer, or elastic premium.",
    absent="Azure keeps all instances in one zone",
    passes=[{"sku": {"name": "P1v3"}, "location": "westeurope", "zoneRedundant": True}],
    fails=[{"sku": {"name": "P1v3"}, "location": "westeurope"}, {"sku": {"name": "S1"}, "zoneRedundant": False}],
    not_applicable=[{"sku": {"name": "B1", "tier": "Basic"}}, {"sku": {"name": "P1v3"}, "location": "westus"}],
)
def plan_zones(plan: Resource) -> Result:
    needs_zones(plan)
    if _tier(plan) in ("free", "shared", "basic", "dynamic"):
        not_applicable("this tier knows no zones")
    if not plan.flag("zoneRedundant", default=False):
        return "zoneRedundant is not true"
    return None


@rule(
    "kade-app-service-environment-version",
    "App Service Environments are of version 3",
    severity="high",
    types=[ENVIRONMENT],
    measures=["8.08.01"],
    nis2="21(2)(e)",
    psrule=["Azure.ASE.MigrateV3"],
    remediation="Migrate to App Service Environment v3: set kind to ASEV3.",
    why="Versions 1 and 2 were retired on 31 August 2024: no support, and no more fixes.",
    absent="Azure makes a version 1 or 2",
    passes=[{"kind": "ASEV3"}],
    fails=[{"kind": "ASEV2"}, {}],
)
def environment_version(environment: Resource) -> Result:
    if not environment.is_("kind", "ASEV3"):
        return f"kind is {environment.text('kind', 'absent')}"
    return None


@rule(
    "kade-app-service-environment-zones",
    "App Service Environments are spread over availability zones",
    severity="low",
    types=[ENVIRONMENT],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.ASE.AvailabilityZone"],
    checkov=["CKV_AZURE_231"],
    remediation="Make a new environment with zoneRedundant true; it cannot be changed afterwards.",
    absent="Azure keeps it in one zone",
    passes=[{"location": "westeurope", "zoneRedundant": True}],
    fails=[{"location": "westeurope", "zoneRedundant": False}, {"location": "westeurope"}],
    not_applicable=[{"location": "westus"}, {"location": "westeurope", "dedicatedHostCount": 2}],
)
def environment_zones(environment: Resource) -> Result:
    needs_zones(environment)
    if environment.number("dedicatedHostCount", 0) > 0:
        not_applicable("dedicated hosts cannot be spread")
    if not environment.flag("zoneRedundant", default=False):
        return "zoneRedundant is not true"
    return None


@rule(
    "kade-app-service-environment-internal-encryption",
    "App Service Environments encrypt their internal traffic",
    severity="medium",
    types=[ENVIRONMENT],
    measures=["8.21.04", "8.24.04"],
    nis2="21(2)(h)",
    remediation="Add to clusterSettings the name InternalEncryption with the value true.",
    absent="Azure encrypts up to the front ends only",
    passes=[{"clusterSettings": [{"name": "InternalEncryption", "value": "true"}]}],
    fails=[{}, {"clusterSettings": [{"name": "InternalEncryption", "value": "false"}]}],
)
def environment_internal_encryption(environment: Resource) -> Result:
    for setting in environment.items("clusterSettings"):
        if setting.is_("name", "InternalEncryption") and setting.flag("value", default=False):
            return None
    return "clusterSettings does not set InternalEncryption to true"


@rule(
    "kade-static-site-tier",
    "Static web apps are of the tier Standard",
    severity="low",
    types=[STATIC_SITE],
    measures=["8.22.01", "8.13.02"],
    nis2="21(2)(c)",
    remediation="Set sku.name and sku.tier to Standard.",
    why="The free tier has no guarantee of being up, no private endpoints and no login of our own.",
    absent="Azure takes the free tier",
    passes=[{"sku": {"name": "Standard", "tier": "Standard"}}],
    fails=[{"sku": {"name": "Free"}}, {}],
)
def static_site_tier(site: Resource) -> Result:
    if not site.is_("sku.name", "Standard", "Dedicated", default=site.word("sku.tier", "Free")):
        return f"sku.name is {site.text('sku.name', 'absent')}"
    return None
