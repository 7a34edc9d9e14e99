"""The checks of the Haven standard: what a plan answers, and what only its compliancy checker can tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kade.facts.data import read


@dataclass(frozen=True)
class ClusterFacts:
    """What a plan says of a cluster."""

    zones: int
    """Availability zones that workers are spread over."""
    workers: int
    """Workers that always run."""
    tier: str
    """Free, Standard or Premium; the last two have a guarantee for the control plane."""
    os: str
    """The operating system of nodes, as Azure calls it."""
    private: bool
    rbac: bool
    no_local_accounts: bool
    shared_volumes: bool
    """Whether there is storage for volumes that many read and write."""
    certificate_rotation: bool
    """Whether certificates that a key vault renews are taken over."""
    logs: bool
    metrics: bool


@dataclass(frozen=True)
class HavenAnswer:
    """One check. ``holds`` is None where a plan cannot tell."""

    check: str
    title: str
    holds: bool | None
    why: str


def cluster_facts(cluster: Mapping[str, Any]) -> ClusterFacts:
    """What a planned cluster says; ``cluster`` holds the arguments of azure-native's ManagedCluster by their names."""
    found = [pool for pool in cluster.get("agent_pool_profiles") or [] if pool]
    addons = cluster.get("addon_profiles") or {}
    rotation = _at(addons, "azureKeyvaultSecretsProvider", "config", "enableSecretRotation")
    return ClusterFacts(
        # The pool with the fewest zones decides: what stands in it alone is gone with its zone.
        zones=min((len(set(_at(pool, "availability_zones") or [])) for pool in found), default=0),
        workers=sum(_at(pool, "min_count" if _at(pool, "enable_auto_scaling") else "count") or 0 for pool in found),
        tier=_at(cluster, "sku", "tier") or "Free",
        os=", ".join(sorted({_at(pool, "os_sku") or "Ubuntu" for pool in found})),
        private=_at(cluster, "api_server_access_profile", "enable_private_cluster") is True,
        rbac=cluster.get("enable_rbac") is True,
        no_local_accounts=cluster.get("disable_local_accounts") is True,
        # Azure's default is that the driver is there.
        shared_volumes=_at(cluster, "storage_profile", "file_csi_driver", "enabled") is not False,
        certificate_rotation=rotation == "true",
        logs=_at(addons, "omsagent", "enabled") is True,
        metrics=_at(cluster, "azure_monitor_profile", "metrics", "enabled") is True,
    )


def _at(value: Any, *path: str) -> Any:
    """A value inside of others, mappings or azure-native's arguments; None where one on the way is not there."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
    return value


def haven_answers(facts: ClusterFacts) -> list[HavenAnswer]:
    """All checks in the order of the standard. Source: ``kade/facts/haven_checks.json``."""
    found = _answers(facts)
    checker = read("haven_checks")["checker"]
    answers: list[HavenAnswer] = []
    for key, check in read("haven_checks")["checks"].items():
        if "plan" in check:
            holds, why = found[check["plan"]]
            answers.append(HavenAnswer(key, check["title"], holds, why))
        else:
            why = f"not evaluated from a plan: {check['why']}; run the Haven compliancy checker ({checker})"
            answers.append(HavenAnswer(key, check["title"], None, why))
    return answers


def _answers(facts: ClusterFacts) -> Mapping[str, tuple[bool, str]]:
    managed = "the control plane is managed by Azure over zones, which Haven counts as highly available"
    return {
        "zones": (facts.zones > 1, f"workers are spread over {facts.zones} zones"),
        "control_plane": (facts.tier in ("Standard", "Premium"), f"tier {facts.tier}: {managed} with a guarantee"),
        "workers": (facts.workers >= 3, f"{facts.workers} workers always run"),
        "hardened_nodes": (facts.os == "Ubuntu", f"nodes run {facts.os}, which has AppArmor on if it is Ubuntu"),
        "private": (facts.private, "the API server has a private address" if facts.private else "it has a public one"),
        "rbac": (facts.rbac, "rights are given by role, to accounts of Entra ID"),
        "no_local_accounts": (facts.no_local_accounts, "there are no local accounts, and so no passwords"),
        "shared_volumes": (facts.shared_volumes, "Azure Files over NFS, with the driver in the cluster"),
        "certificate_rotation": (facts.certificate_rotation, "renewed certificates are taken over from the key vault"),
        "logs": (facts.logs, "Container Insights sends what containers write to the workspace"),
        "metrics": (facts.metrics, "Azure runs the metrics server in every cluster, and Prometheus is managed"),
    }
