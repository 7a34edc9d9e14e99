"""A cluster by the Haven standard: AKS over zones, private, with roles of Entra ID, closed between its pods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_azure_native import containerservice

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.access import AccessArgs, give_access
from kade.components.landing_zone.roles import assign_role
from kade.components.services.haven import HavenAnswer, cluster_facts, haven_answers
from kade.components.services.kubernetes_parts import (
    WEEKS,
    keep_maintained,
    make_shared_volumes,
    pools,
    send_container_logs,
)
from kade.components.services.kubernetes_parts import make_metrics as make_cluster_metrics
from kade.components.workload.disks import encryption_set
from kade.components.workload.identity import identity_of
from kade.components.workload.place import DataArgs, PlaceArgs, protection

OS = "Ubuntu"


@dataclass
class PoolArgs:
    """Workers of one size."""

    size: str = "Standard_D4ds_v5"
    """A size with a local disk large enough for the operating system."""
    minimum: int = 3
    """Workers that always run."""
    maximum: int = 6


@dataclass
class KubernetesArgs:
    """Arguments of `Kubernetes`."""

    place: PlaceArgs
    data: DataArgs
    subnet_id: pulumi.Input[str]
    """The subnet of the workers; its routes lead out over a firewall."""
    tenant_id: str
    admin_groups: Sequence[str]
    """Object ids of the groups that administer it; they activate the role when they need it."""
    version: str = "1.35"
    """The version to begin with; Azure upgrades it within the channel ``stable``."""
    pools: Mapping[str, PoolArgs] = field(default_factory=lambda: {"werk": PoolArgs()})
    """Pools by name, at most twelve letters and digits. The first is the system's, and with more than one only that."""
    private_zone_id: pulumi.Input[str] = ""
    """The private DNS zone ``privatelink.<region>.azmk8s.io``; empty lets Azure make one that only its spoke knows."""
    pod_range: str = "192.168.0.0/16"
    """Addresses of pods, seen nowhere else."""
    service_range: str = "172.30.0.0/16"
    """Addresses of services, seen nowhere else."""
    maintenance_day: str = "Sunday"
    maintenance_start: str = "03:00"
    """Dutch winter time; upgrades begin then, and take four hours at most."""
    maintenance_week: str = "every"
    """every, or first, second, third, fourth or last of the month."""


class Kubernetes(pulumi.ComponentResource):
    """The cluster with its identity, shared volumes, logs, metrics and maintenance.

    Its control plane is Azure's, over zones, with a guarantee: Haven counts it as highly available, and Azure shows no
    three masters. ``haven`` says which checks of the standard the plan answers.
    """

    id: pulumi.Output[str]
    name: pulumi.Output[str]
    resource_group_name: pulumi.Output[str]
    oidc_issuer_url: pulumi.Output[str]

    def __init__(self, name: str, args: KubernetesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. Raises `ArgumentError` for under three workers over zones, and without workspace or admin_groups."""
        args = normalise(KubernetesArgs, args)
        found = protection(name, args.data, args.place.zones)
        _check(name, args)
        super().__init__("kade:index:Kubernetes", name, None, opts)
        place, here = args.place, pulumi.ResourceOptions(parent=self)
        self.identity = identity_of(self, name, place, "cluster")
        rights = {"network": (args.subnet_id, "Network Contributor", "Puts workers and balancers into its subnet")}
        if args.private_zone_id:
            rights["names"] = (args.private_zone_id, "Private DNS Zone Contributor", "Registers its API server")
        roles = [
            assign_role(
                f"{name}-{key}",
                scope=scope,
                role=role,
                principal_id=self.identity.principal_id,
                principal_type="ServicePrincipal",
                key=f"{place.workload}-cluster",
                description=why,
                opts=here,
            )
            for key, (scope, role, why) in rights.items()
        ]
        key = args.data.key if found.customer_managed_key else None
        self.encryption = encryption_set(self, name, place, key, found)
        planned = self._planned(args)
        self.haven: list[HavenAnswer] = haven_answers(cluster_facts(planned))
        self.cluster = containerservice.ManagedCluster(
            f"{name}-cluster",
            **planned,
            opts=pulumi.ResourceOptions(parent=self, protect=not args.data.may_be_deleted, depends_on=roles),
        )
        self.volumes = make_shared_volumes(self, name, place, args.data, found, self.identity)
        self.metrics = make_cluster_metrics(self, name, place, self.cluster)
        send_container_logs(self, name, place, self.cluster)
        window = (args.maintenance_day, args.maintenance_start, args.maintenance_week)
        keep_maintained(self, name, place, self.cluster, *window)
        admins = {
            f"admins-{number}": AccessArgs(
                group, "Azure Kubernetes Service RBAC Cluster Admin", eligible=True, reason="Administers the cluster"
            )
            for number, group in enumerate(args.admin_groups)
        }
        give_access(f"{name}-access", self.cluster.id, admins, here)
        self.id = self.cluster.id
        self.name = self.cluster.name
        self.resource_group_name = pulumi.Output.from_input(place.resource_group_name)
        self.oidc_issuer_url = self.cluster.oidc_issuer_profile.apply(lambda p: p.issuer_url if p else "")
        self.register_outputs(
            {
                "id": self.id,
                "name": self.name,
                "resourceGroupName": self.resource_group_name,
                "oidcIssuerUrl": self.oidc_issuer_url,
            }
        )

    def _planned(self, args: KubernetesArgs) -> dict[str, Any]:
        """The arguments of the cluster, which the checks of Haven look at too."""
        cs, place = containerservice, args.place
        workspace = place.workspace_id or ""
        return {
            "resource_group_name": place.resource_group_name,
            "resource_name_": place.name("kubernetes_cluster"),
            "location": place.location,
            "node_resource_group": place.name("resource_group", "werkers"),
            "sku": cs.ManagedClusterSKUArgs(name="Base", tier="Standard"),
            "kubernetes_version": args.version,
            "dns_prefix": place.workload,
            "identity": cs.ManagedClusterIdentityArgs(
                type=cs.ResourceIdentityType.USER_ASSIGNED, user_assigned_identities=[self.identity.id]
            ),
            "enable_rbac": True,
            "disable_local_accounts": True,
            "aad_profile": cs.ManagedClusterAADProfileArgs(
                managed=True,
                enable_azure_rbac=True,
                tenant_id=args.tenant_id,
                admin_group_object_ids=list(args.admin_groups),
            ),
            "api_server_access_profile": cs.ManagedClusterAPIServerAccessProfileArgs(
                enable_private_cluster=True,
                enable_private_cluster_public_fqdn=False,
                private_dns_zone=args.private_zone_id or "system",
                disable_run_command=True,
            ),
            "network_profile": cs.ContainerServiceNetworkProfileArgs(
                network_plugin="azure",
                network_plugin_mode="overlay",
                network_dataplane="cilium",
                network_policy="cilium",
                load_balancer_sku="standard",
                outbound_type="userDefinedRouting",
                pod_cidr=args.pod_range,
                service_cidr=args.service_range,
                dns_service_ip=f"{args.service_range.rsplit('.', 1)[0]}.10",
            ),
            "agent_pool_profiles": pools(args.pools, place, args.subnet_id, OS),
            "auto_upgrade_profile": cs.ManagedClusterAutoUpgradeProfileArgs(
                upgrade_channel="stable", node_os_upgrade_channel="NodeImage"
            ),
            "disk_encryption_set_id": self.encryption.id if self.encryption is not None else None,
            "storage_profile": cs.ManagedClusterStorageProfileArgs(
                disk_csi_driver=cs.ManagedClusterStorageProfileDiskCSIDriverArgs(enabled=True),
                file_csi_driver=cs.ManagedClusterStorageProfileFileCSIDriverArgs(enabled=True),
                snapshot_controller=cs.ManagedClusterStorageProfileSnapshotControllerArgs(enabled=True),
            ),
            "oidc_issuer_profile": cs.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
            "security_profile": cs.ManagedClusterSecurityProfileArgs(
                workload_identity=cs.ManagedClusterSecurityProfileWorkloadIdentityArgs(enabled=True),
                image_cleaner=cs.ManagedClusterSecurityProfileImageCleanerArgs(enabled=True, interval_hours=168),
                defender=cs.ManagedClusterSecurityProfileDefenderArgs(
                    log_analytics_workspace_resource_id=workspace,
                    security_monitoring=cs.ManagedClusterSecurityProfileDefenderSecurityMonitoringArgs(enabled=True),
                ),
            ),
            "azure_monitor_profile": cs.ManagedClusterAzureMonitorProfileArgs(
                metrics=cs.ManagedClusterAzureMonitorProfileMetricsArgs(enabled=True)
            ),
            "addon_profiles": {
                "omsagent": cs.ManagedClusterAddonProfileArgs(
                    enabled=True, config={"logAnalyticsWorkspaceResourceID": workspace, "useAADAuth": "true"}
                ),
                "azurepolicy": cs.ManagedClusterAddonProfileArgs(enabled=True),
                # A certificate that the key vault has renewed is taken over within two minutes.
                "azureKeyvaultSecretsProvider": cs.ManagedClusterAddonProfileArgs(
                    enabled=True, config={"enableSecretRotation": "true", "rotationPollInterval": "2m"}
                ),
            },
            "tags": place.tags,
        }


def _check(name: str, args: KubernetesArgs) -> None:
    workers = sum(pool.minimum for pool in args.pools.values())
    if args.place.zones and workers < 3:
        raise ArgumentError(f"{name}: pools: {workers} workers always run; over zones there are three at least")
    for key, pool in args.pools.items():
        if not (key.isalnum() and key.islower() and len(key) <= 12):
            raise ArgumentError(f"{name}: pools: {key!r}; a pool's name is at most twelve small letters and digits")
        if pool.maximum < pool.minimum:
            raise ArgumentError(f"{name}: pools: {key}: maximum {pool.maximum} is less than minimum {pool.minimum}")
    if args.maintenance_week not in WEEKS:
        raise ArgumentError(f"{name}: maintenance_week is {args.maintenance_week!r}; one of {', '.join(WEEKS)}")
    if args.place.workspace_id is None:
        raise ArgumentError(f"{name}: place.workspace_id is missing; a cluster without logs is none by Haven")
    if not args.admin_groups:
        raise ArgumentError(f"{name}: admin_groups is empty; without local accounts nobody could administer it")
