"""Workspaces of Azure Databricks."""

from __future__ import annotations

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.security.database_firewall import is_closed

WORKSPACE = "azure-native:databricks:Workspace"

_NO_IP_BY_DEFAULT = "2024-05-01"
"""From this API version a workspace has secure cluster connectivity where it says nothing (its release notes)."""


@rule(
    "kade-databricks-no-public-access",
    "Databricks workspaces cannot be reached from the internet",
    severity="high",
    types=[WORKSPACE],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    psrule=["Azure.Databricks.PublicAccess"],
    checkov=["CKV_AZURE_158"],
    remediation="Set publicNetworkAccess to Disabled, with private endpoints for browser and back end.",
    absent="Azure allows public access",
    passes=[{"publicNetworkAccess": "Disabled"}],
    fails=[{"publicNetworkAccess": "Enabled"}, {}],
)
def no_public_access(workspace: Resource) -> Result:
    if not is_closed(workspace):
        return "publicNetworkAccess is not Disabled"
    return None


@rule(
    "kade-databricks-no-public-addresses",
    "Machines of Databricks clusters have no address on the internet",
    severity="high",
    types=[WORKSPACE],
    measures=["8.22.01", "U.12.1"],
    nis2="21(2)(e)",
    psrule=["Azure.Databricks.SecureConnectivity"],
    remediation="Set parameters.enableNoPublicIp.value to true.",
    absent="Azure gives each machine a public address before API version 2024-05-01, and none from that version",
    passes=[
        {"parameters": {"enableNoPublicIp": {"value": True}}},
        Example({}, api_version="2024-05-01"),
    ],
    fails=[
        {"parameters": {"enableNoPublicIp": {"value": False}}},
        {"parameters": {}},
        Example({}, api_version="2023-02-01"),
    ],
)
def no_public_addresses(workspace: Resource) -> Result:
    default = workspace.api_version >= _NO_IP_BY_DEFAULT
    if not workspace.flag("parameters.enableNoPublicIp.value", default=default):
        return "parameters.enableNoPublicIp.value is not true"
    return None


@rule(
    "kade-databricks-own-network",
    "Databricks clusters run in a network of your own",
    severity="medium",
    types=[WORKSPACE],
    measures=["8.22.01", "8.21.02"],
    nis2="21(2)(e)",
    remediation="At creation, set parameters.customVirtualNetworkId and the names of both subnets.",
    why="In the network that Databricks makes, traffic passes neither your firewall nor your routes.",
    absent="Databricks makes a network that is not yours to manage",
    passes=[{"parameters": {"customVirtualNetworkId": {"value": "/subscriptions/s/virtualNetworks/v"}}}],
    fails=[{"parameters": {}}, {}],
    not_applicable=[{"computeMode": "Serverless"}],
)
def own_network(workspace: Resource) -> Result:
    if workspace.is_("computeMode", "Serverless"):
        not_applicable("a serverless workspace has no network")
    if not workspace.refers("parameters.customVirtualNetworkId.value"):
        return "parameters.customVirtualNetworkId is not set"
    return None


@rule(
    "kade-databricks-premium",
    "Databricks workspaces are of the tier that has access control",
    severity="medium",
    types=[WORKSPACE],
    measures=["5.15.01", "8.03.02"],
    nis2="21(2)(i)",
    remediation="Set sku.name to premium.",
    why="Standard gives everybody in the workspace all rights, and keeps no audit log.",
    passes=[{"sku": {"name": "premium"}}],
    fails=[{"sku": {"name": "standard"}}, {}],
    not_applicable=[{"sku": {"name": "trial"}}],
)
def premium(workspace: Resource) -> Result:
    if workspace.is_("sku.name", "trial"):
        not_applicable("a trial is of the tier premium, and another rule reports it")
    if not workspace.is_("sku.name", "premium"):
        return f"sku.name is {workspace.text('sku.name', 'not set')}"
    return None


@rule(
    "kade-databricks-no-trial",
    "Databricks workspaces are no trials",
    severity="low",
    types=[WORKSPACE],
    measures=["5.22.01", "8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.Databricks.SKU"],
    remediation="Set sku.name to premium.",
    why="A trial ends after two weeks.",
    passes=[{"sku": {"name": "premium"}}, {"sku": {"name": "standard"}}],
    fails=[{"sku": {"name": "trial"}}],
)
def no_trial(workspace: Resource) -> Result:
    if workspace.is_("sku.name", "trial"):
        return "sku.name is trial"
    return None


@rule(
    "kade-databricks-infrastructure-encryption",
    "The storage of Databricks workspaces is encrypted twice",
    severity="low",
    types=[WORKSPACE],
    measures=["U.05.2"],
    nis2="21(2)(h)",
    remediation="Set parameters.requireInfrastructureEncryption.value to true; that can be done at creation only.",
    absent="Azure encrypts once",
    passes=[{"parameters": {"requireInfrastructureEncryption": {"value": True}}}],
    fails=[{"parameters": {"requireInfrastructureEncryption": {"value": False}}}, {}],
)
def infrastructure_encryption(workspace: Resource) -> Result:
    if not workspace.flag("parameters.requireInfrastructureEncryption.value", default=False):
        return "parameters.requireInfrastructureEncryption.value is not true"
    return None


@rule(
    "kade-databricks-customer-key",
    "The storage of Databricks workspaces is encrypted with a key of your own",
    severity="low",
    types=[WORKSPACE],
    measures=["U.11.3", "U.05.2"],
    nis2="21(2)(h)",
    checkov=["CKV2_AZURE_48"],
    remediation="Set parameters.prepareEncryption.value to true and parameters.encryption.value.keySource to "
    "Microsoft.Keyvault, with KeyName, keyversion and keyvaulturi; for classified information.",
    absent="Azure uses a key of its own",
    passes=[{"parameters": {"encryption": {"value": {"keySource": "Microsoft.Keyvault", "keyName": "dbfs"}}}}],
    fails=[{"parameters": {"encryption": {"value": {"keySource": "Default"}}}}, {}],
)
def customer_key(workspace: Resource) -> Result:
    if not workspace.is_("parameters.encryption.value.keySource", "Microsoft.Keyvault"):
        return "parameters.encryption.value.keySource is not Microsoft.Keyvault"
    return None
