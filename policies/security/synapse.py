"""Workspaces of Azure Synapse Analytics, their SQL and Spark pools."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.security.database_firewall import (
    ANY,
    LAST,
    is_closed,
    let_in,
    open_to_azure,
    open_to_internet,
    rules_of,
)

WORKSPACE = "azure-native:synapse:Workspace"
FIREWALL = "azure-native:synapse:IpFirewallRule"
ASSESSMENT = "azure-native:synapse:WorkspaceManagedSqlServerVulnerabilityAssessment"
ENCRYPTION = "azure-native:synapse:SqlPoolTransparentDataEncryption"
SPARK = "azure-native:synapse:BigDataPool"


_let_in = partial(let_in, FIREWALL)


@rule(
    "kade-synapse-no-public-access",
    "Synapse workspaces cannot be reached from the internet",
    severity="high",
    types=[WORKSPACE],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    remediation="Set publicNetworkAccess to Disabled, and connect through private endpoints and a private link hub.",
    absent="Azure allows public access",
    passes=[{"publicNetworkAccess": "Disabled"}],
    fails=[{"publicNetworkAccess": "Enabled"}, {}],
)
def no_public_access(workspace: Resource) -> Result:
    if not is_closed(workspace):
        return "publicNetworkAccess is not Disabled"
    return None


@rule(
    "kade-synapse-firewall",
    "Firewall rules of Synapse workspaces let neither the internet nor all of Azure in",
    severity="critical",
    types=[WORKSPACE, FIREWALL],
    measures=["8.22.01", "U.07.1"],
    nis2="21(2)(e)",
    remediation="Remove the firewall rule, and name the addresses that may connect or use private endpoints.",
    joins=True,
    passes=[Example({}, children=[_let_in("185.3.2.10", "185.3.2.10")]), {}],
    fails=[
        _let_in(ANY, LAST),
        Example({}, children=[_let_in(ANY, ANY, "azure")]),
        Example({}, children=[_let_in(ANY, LAST, "allowAll")]),
    ],
    not_applicable=[{"publicNetworkAccess": "Disabled"}],
)
def firewall(workspace: Resource) -> Iterator[str]:
    rules = rules_of(workspace, FIREWALL)
    yield from open_to_internet(rules)
    yield from open_to_azure(rules)


@rule(
    "kade-synapse-managed-network",
    "Synapse workspaces run in a managed network",
    severity="medium",
    types=[WORKSPACE],
    measures=["8.22.01", "U.07.1"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_58"],
    remediation="Set managedVirtualNetwork to default; that can be done at creation only.",
    absent="Azure runs Spark in a network that is shared",
    passes=[{"managedVirtualNetwork": "default"}],
    fails=[{"managedVirtualNetwork": ""}, {}],
)
def managed_network(workspace: Resource) -> Result:
    if not workspace.is_("managedVirtualNetwork", "default"):
        return "managedVirtualNetwork is not default"
    return None


@rule(
    "kade-synapse-data-exfiltration",
    "Synapse workspaces send data to approved places only",
    severity="medium",
    types=[WORKSPACE],
    measures=["8.22.01", "8.21.02"],
    nis2="21(2)(e)",
    remediation="Set managedVirtualNetworkSettings.preventDataExfiltration to true; that can be done at creation only.",
    absent="Azure lets code in the workspace connect to any tenant",
    passes=[{"managedVirtualNetworkSettings": {"preventDataExfiltration": True}}],
    fails=[{"managedVirtualNetworkSettings": {"preventDataExfiltration": False}}, {}],
)
def data_exfiltration(workspace: Resource) -> Result:
    if not workspace.flag("managedVirtualNetworkSettings.preventDataExfiltration", default=False):
        return "managedVirtualNetworkSettings.preventDataExfiltration is not true"
    return None


@rule(
    "kade-synapse-entra-only",
    "SQL pools of Synapse accept logins of Entra ID only",
    severity="high",
    types=[WORKSPACE],
    measures=["5.17.01", "5.16.02"],
    nis2="21(2)(i)",
    remediation="Set azureADOnlyAuthentication to true.",
    why="Passwords in SQL stay when people leave, and stand in connection strings.",
    absent="Azure accepts SQL logins as well",
    passes=[{"azureADOnlyAuthentication": True}],
    fails=[{"azureADOnlyAuthentication": False}, {}],
)
def entra_only(workspace: Resource) -> Result:
    if not workspace.flag("azureADOnlyAuthentication", default=False):
        return "azureADOnlyAuthentication is not true"
    return None


@rule(
    "kade-synapse-customer-key",
    "Synapse workspaces are encrypted with a key of your own",
    severity="low",
    types=[WORKSPACE],
    measures=["U.11.3", "U.05.2"],
    nis2="21(2)(h)",
    checkov=["CKV_AZURE_240"],
    remediation="Set encryption.cmk.key to a key in your vault; for classified information, and only at creation.",
    absent="Azure uses a key of its own",
    passes=[{"encryption": {"cmk": {"key": {"name": "default", "keyVaultUrl": "https://kv/keys/synapse"}}}}],
    fails=[{"encryption": {}}, {}],
)
def customer_key(workspace: Resource) -> Result:
    if not workspace.refers("encryption.cmk.key"):
        return "encryption.cmk.key is not set"
    return None


@rule(
    "kade-synapse-vulnerability-assessment",
    "SQL pools of Synapse are scanned for vulnerabilities again and again",
    severity="medium",
    types=[ASSESSMENT],
    measures=["8.08.04"],
    nis2="21(2)(e)",
    checkov=["CKV2_AZURE_46"],
    remediation="Set recurringScans.isEnabled to true.",
    absent="Azure scans only when somebody asks",
    passes=[{"recurringScans": {"isEnabled": True}}],
    fails=[{"recurringScans": {"isEnabled": False}}, {}],
)
def vulnerability_assessment(assessment: Resource) -> Result:
    if not assessment.flag("recurringScans.isEnabled", default=False):
        return "recurringScans.isEnabled is not true"
    return None


@rule(
    "kade-synapse-encryption-at-rest",
    "SQL pools of Synapse are encrypted at rest",
    severity="high",
    types=[ENCRYPTION],
    measures=["U.05.2", "8.24.04"],
    nis2="21(2)(h)",
    remediation="Set status to Enabled.",
    absent="Azure does not encrypt the pool, unless the workspace has a key of its own",
    passes=[{"status": "Enabled"}],
    fails=[{"status": "Disabled"}, {}],
)
def encryption_at_rest(setting: Resource) -> Result:
    if not setting.flag("status", default=False):
        return "status is not Enabled"
    return None


@rule(
    "kade-synapse-isolated-compute",
    "Spark pools of the largest size run on machines of their own",
    severity="low",
    types=[SPARK],
    measures=["8.03.01", "U.07.1"],
    nis2="21(2)(e)",
    remediation="Set isComputeIsolationEnabled to true; that can be done at creation only.",
    absent="Azure shares the physical machines with others",
    passes=[{"nodeSize": "XXXLarge", "isComputeIsolationEnabled": True}],
    fails=[{"nodeSize": "XXXLarge", "isComputeIsolationEnabled": False}, {"nodeSize": "XXXLarge"}],
    not_applicable=[{"nodeSize": "Medium"}],
)
def isolated_compute(pool: Resource) -> Result:
    if not pool.is_("nodeSize", "XXXLarge"):
        not_applicable("Azure isolates the size XXXLarge only")
    if not pool.flag("isComputeIsolationEnabled", default=False):
        return "isComputeIsolationEnabled is not true"
    return None
