"""The node pools of Kubernetes Service, inside their cluster and as resources of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kade.policies.kit import Node, Resource, Result, rule, sift
from kade.policies.kit.rules import Example
from kade.policies.security.aks import CLUSTER
from kade.policies.security.zones import needs_zones

POOL = "azure-native:containerservice:AgentPool"
TYPES = [CLUSTER, POOL]


def pools(resource: Resource) -> Iterator[Node]:
    """The pools that stand inside a cluster, or the pool itself. A pool below its cluster is judged by itself."""
    if resource.type == POOL:
        yield resource
    else:
        yield from resource.items("agentPoolProfiles")


def _each(resource: Resource, wrong: Callable[[Node], bool], what: str) -> Iterator[str]:
    own = resource.name.rsplit("/", 1)[-1] if resource.type == POOL else "without a name"
    for pool in sift(pools(resource), wrong):
        yield f"pool {pool.text('name', own)}: {what}"


@rule(
    "kade-aks-host-encryption",
    "The disks and caches of nodes are encrypted on their host",
    severity="medium",
    types=TYPES,
    measures=["U.05.2", "8.24.04"],
    nis2="21(2)(h)",
    checkov=["CKV_AZURE_227"],
    remediation="Set enableEncryptionAtHost of each pool to true.",
    absent="Azure leaves temporary disks and caches as they are",
    passes=[
        {"agentPoolProfiles": [{"name": "system", "enableEncryptionAtHost": True}]},
        Example({"enableEncryptionAtHost": True}, type=POOL),
    ],
    fails=[{"agentPoolProfiles": [{"name": "system"}]}, Example({}, type=POOL)],
)
def host_encryption(cluster: Resource) -> Result:
    return _each(
        cluster, lambda p: not p.flag("enableEncryptionAtHost", default=False), "enableEncryptionAtHost is not true"
    )


@rule(
    "kade-aks-no-node-addresses",
    "Nodes have no public addresses",
    severity="high",
    types=TYPES,
    measures=["8.22.01", "8.20.02"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_143"],
    remediation="Set enableNodePublicIP of each pool to false.",
    absent="Azure gives them none",
    passes=[{"agentPoolProfiles": [{"name": "system"}]}, Example({"enableNodePublicIP": False}, type=POOL)],
    fails=[
        {"agentPoolProfiles": [{"name": "system", "enableNodePublicIP": True}]},
        Example({"enableNodePublicIP": True}, type=POOL),
    ],
)
def no_node_addresses(cluster: Resource) -> Result:
    return _each(cluster, lambda p: p.flag("enableNodePublicIP", default=False), "enableNodePublicIP is true")


@rule(
    "kade-aks-ephemeral-disks",
    "Nodes keep their operating system on the host",
    severity="low",
    types=TYPES,
    measures=["8.27.01"],
    psrule=["Azure.AKS.EphemeralOSDisk"],
    remediation="Set osDiskType of each pool to Ephemeral, or leave it out.",
    why="A node that is made anew then holds nothing of before, and starts faster.",
    absent="Azure takes Ephemeral where the size of the machine allows it",
    passes=[
        {"agentPoolProfiles": [{"name": "system", "osDiskType": "Ephemeral"}, {"name": "user"}]},
        Example({"osDiskType": "ephemeral"}, type=POOL),
    ],
    fails=[
        {"agentPoolProfiles": [{"name": "system", "osDiskType": "Managed"}]},
        Example({"osDiskType": "Managed"}, type=POOL),
    ],
)
def ephemeral_disks(cluster: Resource) -> Result:
    return _each(cluster, lambda p: p.is_("osDiskType", "Managed"), "osDiskType is Managed")


@rule(
    "kade-aks-scale-sets",
    "Pools are scale sets",
    severity="low",
    types=TYPES,
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.AKS.PoolScaleSet"],
    checkov=["CKV_AZURE_169"],
    remediation="Make a new pool with type VirtualMachineScaleSets.",
    why="Availability sets were retired in AKS on 30 September 2025: no zones, no autoscale, no upgrades.",
    absent="Azure makes a scale set",
    passes=[{"agentPoolProfiles": [{"name": "system", "type": "VirtualMachineScaleSets"}, {"name": "user"}]}],
    fails=[
        {"agentPoolProfiles": [{"name": "system", "type": "AvailabilitySet"}]},
        Example({"type": "AvailabilitySet"}, type=POOL),
    ],
)
def scale_sets(cluster: Resource) -> Result:
    return _each(cluster, lambda p: p.is_("type", "AvailabilitySet"), "type is AvailabilitySet")


@rule(
    "kade-aks-pods-a-node",
    "Nodes have room for at least 50 pods",
    severity="low",
    types=TYPES,
    measures=["8.13.02"],
    psrule=["Azure.AKS.NodeMinPods"],
    checkov=["CKV_AZURE_168"],
    remediation="Make a new pool with maxPods 50 or more.",
    why="Azure's own agents take a good part of the default of 30 of Azure CNI.",
    absent="Azure takes 30 with Azure CNI",
    passes=[{"agentPoolProfiles": [{"name": "system", "maxPods": 110}]}, Example({"maxPods": 50}, type=POOL)],
    fails=[
        {"agentPoolProfiles": [{"name": "system", "maxPods": 30}]},
        {"agentPoolProfiles": [{"name": "system"}]},
        Example({"maxPods": 20}, type=POOL),
    ],
)
def pods_a_node(cluster: Resource) -> Result:
    return _each(cluster, lambda p: p.number("maxPods", 30) < 50, "maxPods is below 50")


@rule(
    "kade-aks-pool-zones",
    "Pools are spread over availability zones",
    severity="low",
    types=TYPES,
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.AKS.AvailabilityZone"],
    remediation='Make a new pool with availabilityZones ["1", "2", "3"].',
    absent="Azure keeps all nodes in one zone",
    passes=[
        {"location": "westeurope", "agentPoolProfiles": [{"name": "system", "availabilityZones": ["1", "2", "3"]}]},
    ],
    fails=[
        {"location": "westeurope", "agentPoolProfiles": [{"name": "system", "availabilityZones": []}]},
        {"agentPoolProfiles": [{"name": "system"}]},
    ],
    not_applicable=[{"location": "westus", "agentPoolProfiles": [{"name": "system"}]}],
)
def pool_zones(cluster: Resource) -> Result:
    needs_zones(cluster)
    return _each(cluster, lambda p: not p.texts("availabilityZones"), "availabilityZones is empty")


@rule(
    "kade-aks-autoscale",
    "Pools grow and shrink with what they carry",
    severity="low",
    types=TYPES,
    measures=["8.13.02"],
    psrule=["Azure.AKS.AutoScaling"],
    remediation="Set enableAutoScaling of each pool to true, with minCount and maxCount.",
    absent="Azure keeps the number of nodes as it is",
    passes=[{"agentPoolProfiles": [{"name": "system", "enableAutoScaling": True}]}],
    fails=[{"agentPoolProfiles": [{"name": "system"}]}, Example({"enableAutoScaling": False}, type=POOL)],
)
def autoscale(cluster: Resource) -> Result:
    return _each(cluster, lambda p: not p.flag("enableAutoScaling", default=False), "enableAutoScaling is not true")


def _nodes(pool: Node) -> float:
    automatic = pool.flag("enableAutoScaling", default=False)
    return pool.number("minCount" if automatic else "count", 1)


@rule(
    "kade-aks-system-pool-size",
    "Clusters have at least three system nodes",
    severity="low",
    types=[CLUSTER],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.AKS.MinNodeCount"],
    remediation="Set count of the system pools, or minCount where they scale, to three together.",
    why="With fewer, one node that falls out takes DNS and the metrics of the cluster along.",
    absent="Azure makes one",
    passes=[
        {"agentPoolProfiles": [{"name": "system", "mode": "System", "count": 3}]},
        {"agentPoolProfiles": [{"name": "s", "count": 2}, {"name": "t", "enableAutoScaling": True, "minCount": 1}]},
    ],
    fails=[
        {"agentPoolProfiles": [{"name": "system", "mode": "System", "count": 1}, {"name": "u", "mode": "User"}]},
        {"agentPoolProfiles": [{"name": "system", "enableAutoScaling": True, "minCount": 1, "count": 3}]},
    ],
)
def system_pool_size(cluster: Resource) -> Result:
    count = sum(_nodes(pool) for pool in pools(cluster) if pool.is_("mode", "System", default="System"))
    if count < 3:
        return f"the system pools together hold {count:g} nodes at least"
    return None


@rule(
    "kade-aks-system-pool-taint",
    "System nodes carry the system's own pods only",
    severity="low",
    types=TYPES,
    measures=["8.22.01", "8.13.02"],
    checkov=["CKV_AZURE_232"],
    remediation='Set nodeTaints of the system pools to ["CriticalAddonsOnly=true:NoSchedule"].',
    absent="Azure runs all pods on them",
    passes=[
        {"agentPoolProfiles": [{"name": "s", "mode": "System", "nodeTaints": ["CriticalAddonsOnly=true:NoSchedule"]}]},
        Example({"mode": "User"}, type=POOL),
    ],
    fails=[
        {"agentPoolProfiles": [{"name": "system", "mode": "System"}]},
        Example({"mode": "System"}, type=POOL),
    ],
)
def system_pool_taint(cluster: Resource) -> Result:
    return _each(cluster, _shared_system_pool, "nodeTaints lacks CriticalAddonsOnly=true:NoSchedule")


def _shared_system_pool(pool: Node) -> bool:
    return pool.is_("mode", "System") and "criticaladdonsonly=true:noschedule" not in pool.words("nodeTaints")
