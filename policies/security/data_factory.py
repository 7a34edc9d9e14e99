"""Azure Data Factory: factories and their integration runtimes."""

from __future__ import annotations

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.security.database_firewall import is_closed

FACTORY = "azure-native:datafactory:Factory"
RUNTIME = "azure-native:datafactory:IntegrationRuntime"
FIRST_VERSION = "arm:microsoft.datafactory/datafactories"


@rule(
    "kade-data-factory-no-public-access",
    "Data factories cannot be reached from the internet",
    severity="medium",
    types=[FACTORY],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_104"],
    remediation="Set publicNetworkAccess to Disabled, with private endpoints for dataFactory and portal.",
    absent="Azure lets integration runtimes connect over the internet",
    passes=[{"publicNetworkAccess": "Disabled"}],
    fails=[{"publicNetworkAccess": "Enabled"}, {}],
)
def no_public_access(factory: Resource) -> Result:
    if not is_closed(factory):
        return "publicNetworkAccess is not Disabled"
    return None


@rule(
    "kade-data-factory-version-control",
    "Pipelines of data factories stand in a repository",
    severity="low",
    types=[FACTORY],
    measures=["8.32.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_103"],
    remediation="Set repoConfiguration of the factory for development, and exempt those that are published to.",
    absent="changes are made live, and nobody can see who made them",
    passes=[{"repoConfiguration": {"type": "FactoryGitHubConfiguration", "repositoryName": "pijplijnen"}}],
    fails=[{}],
)
def version_control(factory: Resource) -> Result:
    if not factory.refers("repoConfiguration.type"):
        return "repoConfiguration is not set"
    return None


@rule(
    "kade-data-factory-identity",
    "Data factories have a managed identity",
    severity="low",
    types=[FACTORY],
    measures=["5.16.02"],
    nis2="21(2)(i)",
    remediation="Set identity.type to SystemAssigned or UserAssigned.",
    why="Without one, each linked service needs a password or key.",
    absent="Azure gives no identity",
    passes=[{"identity": {"type": "SystemAssigned"}}],
    fails=[{}],
)
def managed_identity(factory: Resource) -> Result:
    if factory.word("identity.type", "none") == "none":
        return "identity.type is not set"
    return None


@rule(
    "kade-data-factory-managed-network",
    "Integration runtimes of Azure run in a managed network",
    severity="medium",
    types=[RUNTIME],
    measures=["8.22.01", "U.07.1"],
    nis2="21(2)(e)",
    remediation="Set properties.managedVirtualNetwork, and reach data through managed private endpoints.",
    absent="the runtime connects from addresses that all customers share",
    passes=[
        {
            "properties": {
                "type": "Managed",
                "managedVirtualNetwork": {"referenceName": "default", "type": "ManagedVirtualNetworkReference"},
            }
        }
    ],
    fails=[{"properties": {"type": "Managed"}}],
    not_applicable=[
        {"properties": {"type": "SelfHosted"}},
        {"properties": {"type": "Managed", "ssisProperties": {"edition": "Standard"}}},
    ],
)
def managed_network(runtime: Resource) -> Result:
    properties = runtime.node("properties")
    if not properties.is_("type", "Managed"):
        not_applicable("a runtime of your own stands in your network")
    if properties.refers("ssisProperties"):
        not_applicable("a runtime for SSIS stands in a network of its own")
    if not properties.refers("managedVirtualNetwork"):
        return "properties.managedVirtualNetwork is not set"
    return None


@rule(
    "kade-data-factory-version",
    "Data factories are of the second version",
    severity="low",
    types=[FACTORY, FIRST_VERSION],
    measures=["8.08.01", "5.22.01"],
    nis2="21(2)(e)",
    psrule=["Azure.DataFactory.Version"],
    remediation="Make the pipelines anew in a Factory, which is of the second version.",
    why="Azure develops the first version no further; it has no managed identity, private endpoint or managed network.",
    passes=[{}],
    fails=[Example({}, type=FIRST_VERSION)],
)
def second_version(factory: Resource) -> Result:
    if factory.type == FIRST_VERSION:
        return "this is a factory of the first version"
    return None
