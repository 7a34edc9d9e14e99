"""Workspaces of Azure Machine Learning and AI Foundry hubs, their computes and endpoints."""

from __future__ import annotations

import re

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.security.database_firewall import is_closed

WORKSPACE = "azure-native:machinelearningservices:Workspace"
COMPUTE = "azure-native:machinelearningservices:Compute"
ENDPOINT = "azure-native:machinelearningservices:OnlineEndpoint"
REGISTRY = "azure-native:machinelearningservices:Registry"

_OWN_MACHINES = ("AmlCompute", "ComputeInstance")
_NO_TIME = re.compile(r"PT?0*[SMHD]?", re.IGNORECASE)


def not_project(workspace: Resource) -> None:
    """Leave the rule for a project, which takes its network and key from its hub."""
    if workspace.refers("hubResourceId"):
        not_applicable("a project follows its hub")


@rule(
    "kade-machine-learning-no-public-access",
    "Machine Learning workspaces cannot be reached from the internet",
    severity="high",
    types=[WORKSPACE],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    psrule=["Azure.ML.PublicAccess"],
    remediation="Set publicNetworkAccess to Disabled and allowPublicAccessWhenBehindVnet to false.",
    absent="Azure allows public access",
    passes=[
        {"publicNetworkAccess": "Disabled"},
        {"publicNetworkAccess": "Disabled", "allowPublicAccessWhenBehindVnet": False},
    ],
    fails=[
        {"publicNetworkAccess": "Enabled"},
        {"publicNetworkAccess": "Disabled", "allowPublicAccessWhenBehindVnet": True},
        {},
    ],
    not_applicable=[{"hubResourceId": "/subscriptions/s/workspaces/hub"}],
)
def no_public_access(workspace: Resource) -> Result:
    not_project(workspace)
    if not is_closed(workspace):
        return "publicNetworkAccess is not Disabled"
    if workspace.flag("allowPublicAccessWhenBehindVnet", default=False):
        return "allowPublicAccessWhenBehindVnet is true"
    return None


@rule(
    "kade-machine-learning-user-assigned-identity",
    "Machine Learning workspaces use an identity that outlives them",
    severity="low",
    types=[WORKSPACE],
    measures=["5.16.02", "8.02.01"],
    nis2="21(2)(i)",
    psrule=["Azure.ML.UserManagedIdentity"],
    remediation="Set identity.type to UserAssigned and primaryUserAssignedIdentity to its id.",
    why="Rights of an identity that was made beforehand can be reviewed, and given before the workspace exists.",
    absent="Azure makes an identity with rights of Azure's choosing",
    passes=[{"identity": {"type": "UserAssigned"}, "primaryUserAssignedIdentity": "/subscriptions/s/id-ml"}],
    fails=[{"identity": {"type": "SystemAssigned"}}, {}],
    not_applicable=[{"hubResourceId": "/subscriptions/s/workspaces/hub"}],
)
def user_assigned_identity(workspace: Resource) -> Result:
    not_project(workspace)
    if "userassigned" not in workspace.word("identity.type").replace(" ", "").split(","):
        return f"identity.type is {workspace.text('identity.type', 'not set')}"
    return None


@rule(
    "kade-machine-learning-managed-network",
    "Machine Learning workspaces connect to approved places only",
    severity="medium",
    types=[WORKSPACE],
    measures=["8.22.01", "8.21.02"],
    nis2="21(2)(e)",
    remediation="Set managedNetwork.isolationMode to AllowOnlyApprovedOutbound, with an outboundRule for each place.",
    why="Whoever runs a notebook can otherwise send data to any address.",
    absent="Azure isolates nothing",
    passes=[{"managedNetwork": {"isolationMode": "AllowOnlyApprovedOutbound"}}],
    fails=[{"managedNetwork": {"isolationMode": "AllowInternetOutbound"}}, {}],
    not_applicable=[{"hubResourceId": "/subscriptions/s/workspaces/hub"}],
)
def managed_network(workspace: Resource) -> Result:
    not_project(workspace)
    if not workspace.is_("managedNetwork.isolationMode", "AllowOnlyApprovedOutbound"):
        return f"managedNetwork.isolationMode is {workspace.text('managedNetwork.isolationMode', 'not set')}"
    return None


@rule(
    "kade-machine-learning-private-outbound",
    "Machine Learning workspaces reach data through private endpoints",
    severity="low",
    types=[WORKSPACE],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_243"],
    remediation="Add to managedNetwork.outboundRules one of the type PrivateEndpoint for each source of data.",
    absent="the workspace reaches data over public endpoints",
    passes=[
        {"managedNetwork": {"outboundRules": {"lake": {"type": "PrivateEndpoint"}, "tag": {"type": "ServiceTag"}}}}
    ],
    fails=[{"managedNetwork": {"outboundRules": {"tag": {"type": "ServiceTag"}}}}, {}],
    not_applicable=[{"hubResourceId": "/subscriptions/s/workspaces/hub"}],
)
def private_outbound(workspace: Resource) -> Result:
    not_project(workspace)
    rules = workspace.entries("managedNetwork.outboundRules")
    if not any(outbound.is_("type", "PrivateEndpoint") for _, outbound in rules):
        return "managedNetwork.outboundRules has none of the type PrivateEndpoint"
    return None


@rule(
    "kade-machine-learning-compute-in-network",
    "Machines of Machine Learning stand in a network",
    severity="high",
    types=[COMPUTE],
    measures=["8.22.01", "U.12.1"],
    nis2="21(2)(e)",
    psrule=["Azure.ML.ComputeVnet"],
    remediation="Set properties.properties.subnet.id, or give the workspace a managed network.",
    absent="Azure gives the machine a public address",
    joins=True,
    passes=[{"properties": {"computeType": "AmlCompute", "properties": {"subnet": {"id": "/subscriptions/s/ml"}}}}],
    fails=[{"properties": {"computeType": "ComputeInstance", "properties": {"vmSize": "Standard_D2"}}}],
    not_applicable=[{"properties": {"computeType": "Databricks"}}],
)
def compute_in_network(compute: Resource) -> Result:
    _own_machine(compute)
    if compute.refers("properties.properties.subnet.id"):
        return None
    workspace = compute.parent()
    if workspace and workspace.word("managedNetwork.isolationMode", "disabled") != "disabled":
        return None
    return "properties.properties.subnet.id is not set, and the workspace has no managed network that is known of"


@rule(
    "kade-machine-learning-compute-no-local-login",
    "Machines of Machine Learning accept identities of Entra ID only",
    severity="high",
    types=[COMPUTE],
    measures=["5.16.02", "5.17.01"],
    nis2="21(2)(i)",
    psrule=["Azure.ML.DisableLocalAuth"],
    remediation="Set properties.disableLocalAuth to true.",
    absent="Azure allows SSH with a key of its own",
    passes=[{"properties": {"computeType": "ComputeInstance", "disableLocalAuth": True}}],
    fails=[
        {"properties": {"computeType": "ComputeInstance", "disableLocalAuth": False}},
        {"properties": {"computeType": "AmlCompute"}},
    ],
    not_applicable=[{"properties": {"computeType": "Databricks"}}],
)
def compute_no_local_login(compute: Resource) -> Result:
    _own_machine(compute)
    if not compute.flag("properties.disableLocalAuth", default=False):
        return "properties.disableLocalAuth is not true"
    return None


@rule(
    "kade-machine-learning-compute-shuts-down",
    "Machines of Machine Learning shut down when nobody uses them",
    severity="low",
    types=[COMPUTE],
    measures=["8.27.01"],
    psrule=["Azure.ML.ComputeIdleShutdown"],
    remediation="Set properties.properties.idleTimeBeforeShutdown, as PT1H.",
    why="A machine that is forgotten costs money, and is not patched while it runs.",
    absent="Azure leaves it running",
    passes=[{"properties": {"computeType": "ComputeInstance", "properties": {"idleTimeBeforeShutdown": "PT1H"}}}],
    fails=[{"properties": {"computeType": "ComputeInstance", "properties": {}}}],
    not_applicable=[{"properties": {"computeType": "AmlCompute"}}],
)
def compute_shuts_down(compute: Resource) -> Result:
    if not compute.is_("properties.computeType", "ComputeInstance"):
        not_applicable("a cluster scales down by itself")
    if _NO_TIME.fullmatch(compute.text("properties.properties.idleTimeBeforeShutdown", "P")):
        return "properties.properties.idleTimeBeforeShutdown is not set"
    return None


def _own_machine(compute: Resource) -> None:
    if not compute.is_("properties.computeType", *_OWN_MACHINES):
        not_applicable("these machines belong to another service")


@rule(
    "kade-machine-learning-endpoint-no-public-access",
    "Endpoints of Machine Learning cannot be reached from the internet",
    severity="high",
    types=[ENDPOINT, REGISTRY],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    remediation="Set publicNetworkAccess to Disabled (of an endpoint: properties.publicNetworkAccess).",
    absent="Azure allows public access",
    passes=[
        {"properties": {"publicNetworkAccess": "Disabled"}},
        Example({"publicNetworkAccess": "Disabled"}, type=REGISTRY),
    ],
    fails=[{"properties": {"publicNetworkAccess": "Enabled"}}, Example({}, type=REGISTRY)],
)
def endpoint_no_public_access(endpoint: Resource) -> Result:
    if not is_closed(endpoint):
        return "publicNetworkAccess is not Disabled"
    return None


@rule(
    "kade-machine-learning-endpoint-entra-login",
    "Endpoints of Machine Learning ask for a token of Entra ID",
    severity="medium",
    types=[ENDPOINT],
    measures=["5.16.02", "5.15.01"],
    nis2="21(2)(i)",
    remediation="Set properties.authMode to AADToken.",
    why="A key works for ever, from anywhere, for anybody.",
    passes=[{"properties": {"authMode": "AADToken"}}],
    fails=[{"properties": {"authMode": "Key"}}, {"properties": {"authMode": "AMLToken"}}],
)
def endpoint_entra_login(endpoint: Resource) -> Result:
    if not endpoint.is_("properties.authMode", "AADToken"):
        return f"properties.authMode is {endpoint.text('properties.authMode', 'not set')}"
    return None
