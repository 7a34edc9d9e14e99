"""Defender for Cloud: its plans, one rule for each, and who is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kade.policies.kit import Resource, Result, not_applicable, rule
from kade.policies.kit.rules import Rule

PRICING = "azure-native:security:Pricing"
CONTACT = "azure-native:security:SecurityContact"


@dataclass(frozen=True)
class Plan:
    """A plan as the API names it, what it watches, and the rules of other tools that ask for it."""

    name: str
    slug: str
    watches: str
    psrule: str = ""
    checkov: str = ""


# Names: Microsoft Learn, REST API Microsoft.Security/pricings 2024-01-01, seen 2026-11-25.
PLANS: Final = (
    Plan("VirtualMachines", "servers", "servers", "Azure.Defender.Servers", "CKV_AZURE_55"),
    Plan("Containers", "containers", "containers", "Azure.Defender.Containers", "CKV_AZURE_85"),
    Plan("AppServices", "app-service", "apps", "Azure.Defender.AppServices", "CKV_AZURE_61"),
    Plan("StorageAccounts", "storage", "storage accounts", "Azure.Defender.Storage", "CKV_AZURE_84"),
    Plan("SqlServers", "sql", "Azure SQL", "Azure.Defender.SQL", "CKV_AZURE_69"),
    Plan("SqlServerVirtualMachines", "sql-machines", "SQL on machines", "Azure.Defender.SQLOnVM", "CKV_AZURE_79"),
    Plan("OpenSourceRelationalDatabases", "databases", "open-source databases", "Azure.Defender.OssRdb"),
    Plan("CosmosDbs", "cosmos", "Cosmos DB", "Azure.Defender.CosmosDb"),
    Plan("KeyVaults", "key-vault", "key vaults", "Azure.Defender.KeyVault", "CKV_AZURE_87"),
    Plan("Arm", "resource-manager", "the management of Azure", "Azure.Defender.Arm", "CKV_AZURE_234"),
    Plan("Api", "api", "APIs", "Azure.Defender.Api"),
    Plan("CloudPosture", "posture", "the posture of the subscription", "Azure.Defender.Cspm"),
    Plan("AI", "ai", "AI services"),
)
# Taken up in other plans; a subscription may still hold them at Free.
_OLD: Final = ("dns", "kubernetesservice", "containerregistry")


def _plan(pricing: Resource) -> str:
    return pricing.word("pricingName", pricing.name.rsplit("/", 1)[-1].lower())


def _off(pricing: Resource) -> Result:
    if not pricing.is_("pricingTier", "Standard", default="Free"):
        return f"pricingTier is {pricing.text('pricingTier', 'absent')}"
    return None


def _rule_for(plan: Plan) -> Rule:
    def check(pricing: Resource) -> Result:
        if _plan(pricing) != plan.name.lower():
            not_applicable(f"not the plan {plan.name}")
        return _off(pricing)

    return rule(
        f"kade-defender-{plan.slug}",
        f"Defender watches {plan.watches}",
        severity="medium",
        types=[PRICING],
        measures=["8.21.02", "8.08.04"],
        nis2="21(2)(b)",
        psrule=[plan.psrule] if plan.psrule else [],
        checkov=[plan.checkov] if plan.checkov else [],
        remediation=f"Set pricingTier of the plan {plan.name} to Standard.",
        absent="Azure leaves the plan at Free",
        passes=[{"pricingName": plan.name, "pricingTier": "Standard"}],
        fails=[{"pricingName": plan.name, "pricingTier": "Free"}, {"pricingName": plan.name.lower()}],
        not_applicable=[{"pricingName": "Other", "pricingTier": "Free"}],
    )(check)


EACH_PLAN: Final = tuple(_rule_for(plan) for plan in PLANS)


@rule(
    "kade-defender-other-plans",
    "A plan of Defender that a stack names is switched on",
    severity="low",
    types=[PRICING],
    measures=["8.21.02"],
    nis2="21(2)(b)",
    checkov=["CKV_AZURE_19", *(plan.checkov for plan in PLANS if plan.checkov), "CKV_AZURE_86"],
    remediation="Set pricingTier to Standard.",
    absent="Azure leaves the plan at Free",
    passes=[{"pricingName": "Discovery", "pricingTier": "Standard"}],
    fails=[{"pricingName": "Discovery", "pricingTier": "Free"}],
    not_applicable=[
        {"pricingName": "VirtualMachines", "pricingTier": "Free"},
        {"pricingName": "Dns", "pricingTier": "Free"},
    ],
)
def other_plans(pricing: Resource) -> Result:
    name = _plan(pricing)
    if name in _OLD or any(name == plan.name.lower() for plan in PLANS):
        not_applicable("a plan with a rule of its own, or one that is no longer sold")
    return _off(pricing)


def _extension(pricing: Resource, plan: str, name: str) -> Result:
    if _plan(pricing) != plan.lower():
        not_applicable(f"not the plan {plan}")
    for extension in pricing.items("extensions"):
        if extension.is_("name", name) and extension.flag("isEnabled", default=False):
            return None
    return f"the extension {name} is not enabled"


@rule(
    "kade-defender-malware-scan",
    "Defender scans what is put in storage for malware",
    severity="medium",
    types=[PRICING],
    measures=["8.07.04"],
    nis2="21(2)(e)",
    psrule=["Azure.Defender.Storage.MalwareScan"],
    remediation="Add the extension OnUploadMalwareScanning to the plan StorageAccounts, with isEnabled True.",
    absent="Azure scans nothing",
    passes=[
        {"pricingName": "StorageAccounts", "extensions": [{"name": "OnUploadMalwareScanning", "isEnabled": "True"}]}
    ],
    fails=[
        {"pricingName": "StorageAccounts", "pricingTier": "Standard"},
        {"pricingName": "StorageAccounts", "extensions": [{"name": "OnUploadMalwareScanning", "isEnabled": "False"}]},
    ],
    not_applicable=[{"pricingName": "KeyVaults"}],
)
def malware_scan(pricing: Resource) -> Result:
    return _extension(pricing, "StorageAccounts", "OnUploadMalwareScanning")


@rule(
    "kade-defender-sensitive-data",
    "Defender finds sensitive data in storage",
    severity="low",
    types=[PRICING],
    measures=["5.12.01", "5.09.01"],
    nis2="21(2)(i)",
    psrule=["Azure.Defender.Storage.DataScan"],
    remediation="Add the extension SensitiveDataDiscovery to the plan StorageAccounts, with isEnabled True.",
    absent="Azure looks for none",
    passes=[
        {"pricingName": "StorageAccounts", "extensions": [{"name": "SensitiveDataDiscovery", "isEnabled": "True"}]}
    ],
    fails=[
        {"pricingName": "StorageAccounts", "pricingTier": "Standard"},
        {"pricingName": "StorageAccounts", "extensions": [{"name": "SensitiveDataDiscovery", "isEnabled": "False"}]},
    ],
    not_applicable=[{"pricingName": "Arm"}],
)
def sensitive_data(pricing: Resource) -> Result:
    return _extension(pricing, "StorageAccounts", "SensitiveDataDiscovery")


@rule(
    "kade-defender-contact",
    "Defender knows whom to tell",
    severity="medium",
    types=[CONTACT],
    measures=["5.26.02", "8.16.02"],
    nis2="21(2)(b)",
    psrule=["Azure.DefenderCloud.Contact"],
    remediation="Set emails to the address of the team that handles incidents.",
    absent="Azure tells the owners of the subscription only",
    passes=[{"emails": "soc@lindewaard.example"}],
    fails=[{}, {"emails": ""}],
)
def contact(contact: Resource) -> Result:
    if not contact.has("emails"):
        return "emails is not set"
    return None


@rule(
    "kade-defender-contact-owners",
    "Defender tells the owners of a subscription as well",
    severity="low",
    types=[CONTACT],
    measures=["5.26.02"],
    nis2="21(2)(b)",
    checkov=["CKV_AZURE_22"],
    remediation="Set notificationsByRole.state to On, with the role Owner.",
    absent="Azure tells them",
    passes=[{"emails": "soc@x.example", "notificationsByRole": {"state": "On", "roles": ["Owner"]}}, {}],
    fails=[{"notificationsByRole": {"state": "Off"}}],
)
def contact_owners(contact: Resource) -> Result:
    if contact.is_("notificationsByRole.state", "Off"):
        return "notificationsByRole.state is Off"
    return None


@rule(
    "kade-defender-contact-alerts",
    "Defender sends a mail for every alert that is serious",
    severity="medium",
    types=[CONTACT],
    measures=["8.16.02"],
    nis2="21(2)(b)",
    remediation="Add the source Alert to notificationsSources, with minimalSeverity High, Medium or Low.",
    absent="Azure sends mail for alerts of a high severity",
    passes=[{"notificationsSources": [{"sourceType": "Alert", "minimalSeverity": "Medium"}]}, {}],
    fails=[
        {"isEnabled": False},
        {"notificationsSources": [{"sourceType": "AttackPath", "minimalRiskLevel": "Critical"}]},
    ],
)
def contact_alerts(contact: Resource) -> Result:
    if not contact.flag("isEnabled", default=True):
        return "isEnabled is false"
    sources = list(contact.items("notificationsSources"))
    if sources and not any(source.is_("sourceType", "Alert") for source in sources):
        return "notificationsSources has no source Alert"
    return None
