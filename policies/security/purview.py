"""Accounts of Microsoft Purview, which know what data there is and where."""

from __future__ import annotations

from kade.policies.kit import Resource, Result, rule
from kade.policies.security.database_firewall import is_closed

ACCOUNT = "azure-native:purview:Account"


@rule(
    "kade-purview-no-public-access",
    "Purview accounts cannot be reached from the internet",
    severity="medium",
    types=[ACCOUNT],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    remediation="Set publicNetworkAccess to Disabled, with private endpoints for account and portal.",
    why="The catalogue tells an attacker where the valuable data is.",
    absent="Azure allows public access",
    passes=[{"publicNetworkAccess": "Disabled"}],
    fails=[{"publicNetworkAccess": "Enabled"}, {}],
)
def no_public_access(account: Resource) -> Result:
    if not is_closed(account):
        return "publicNetworkAccess is not Disabled"
    return None


@rule(
    "kade-purview-managed-resources-private",
    "Storage and event hub that Purview manages cannot be reached from the internet",
    severity="medium",
    types=[ACCOUNT],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    remediation="Set managedResourcesPublicNetworkAccess to Disabled.",
    absent="Azure allows public access to them",
    passes=[{"managedResourcesPublicNetworkAccess": "Disabled"}],
    fails=[{"managedResourcesPublicNetworkAccess": "Enabled"}, {}],
)
def managed_resources_private(account: Resource) -> Result:
    if not is_closed(account, "managedResourcesPublicNetworkAccess"):
        return "managedResourcesPublicNetworkAccess is not Disabled"
    return None
