"""Container Instances."""

from __future__ import annotations

import re
from typing import Final

from kade.policies.kit import Node, Resource, Result, rule

GROUP = "azure-native:containerinstance:ContainerGroup"

_SECRET_NAME: Final = re.compile(r"password|passwd|secret|token|api_?key|access_?key|connection_?string|sas_?url")


@rule(
    "kade-container-instances-no-public-address",
    "Container groups have no public address",
    severity="high",
    types=[GROUP],
    measures=["8.22.01", "U.12.1"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_245"],
    remediation="Set ipAddress.type to Private, with a subnet in subnetIds.",
    absent="Azure gives it none",
    passes=[{"ipAddress": {"type": "Private"}}, {}],
    fails=[{"ipAddress": {"type": "Public", "ports": [{"port": 80}]}}],
)
def no_public_address(group: Resource) -> Result:
    if group.is_("ipAddress.type", "Public"):
        return "ipAddress.type is Public"
    return None


@rule(
    "kade-container-instances-network",
    "Container groups stand in a virtual network",
    severity="medium",
    types=[GROUP],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_98"],
    remediation="Name a delegated subnet in subnetIds.",
    absent="Azure puts it in a network of its own, which reaches the whole internet",
    passes=[{"subnetIds": [{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/subnet"}]}],
    fails=[{}, {"subnetIds": []}],
)
def network(group: Resource) -> Result:
    if not group.has("subnetIds"):
        return "subnetIds is not set"
    return None


@rule(
    "kade-container-instances-managed-identity",
    "Container groups have a managed identity",
    severity="medium",
    types=[GROUP],
    measures=["5.16.02", "8.24.02"],
    nis2="21(2)(i)",
    checkov=["CKV2_AZURE_28"],
    remediation="Set identity.type to UserAssigned or SystemAssigned, and give it roles in place of keys.",
    absent="Azure gives it none",
    passes=[{"identity": {"type": "UserAssigned"}}],
    fails=[{}, {"identity": {"type": "None"}}],
)
def managed_identity(group: Resource) -> Result:
    if group.is_("identity.type", "None", default="None"):
        return "identity.type names no managed identity"
    return None


@rule(
    "kade-container-instances-secret-variables",
    "Secrets in container groups are not shown to whoever reads them",
    severity="high",
    types=[GROUP],
    measures=["8.15.02", "8.24.02"],
    nis2="21(2)(h)",
    remediation="Give the variable its value in secureValue, in place of value; better: read it from a vault.",
    why="Everyone who may read the group sees the values of its variables, in the portal and in its history.",
    absent="the group has no such variables",
    passes=[
        {"containers": [{"name": "a", "environmentVariables": [{"name": "DB_PASSWORD", "secureValue": "hidden"}]}]},
        {"containers": [{"name": "a", "environmentVariables": [{"name": "LANGUAGE", "value": "nl"}]}]},
        {},
    ],
    fails=[{"containers": [{"name": "a", "environmentVariables": [{"name": "DB_PASSWORD", "value": "shown"}]}]}],
)
def secret_variables(group: Resource) -> Result:
    for container in (*group.items("containers"), *group.items("initContainers")):
        for variable in container.items("environmentVariables"):
            if _is_shown(variable):
                yield f"container {container.text('name', 'without a name')} shows {variable.text('name')} in value"


def _is_shown(variable: Node) -> bool:
    return bool(_SECRET_NAME.search(variable.word("name"))) and variable.refers("value")
