"""What belongs to a cluster: pools of workers, volumes that many share, metrics, logs, and when it is maintained."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_azure_native import containerservice, managedidentity, monitor, storage

from kade.components.landing_zone.roles import assign_role
from kade.components.protection import Protection
from kade.components.workload.place import DataArgs, PlaceArgs
from kade.components.workload.private_endpoint import private_endpoint
from kade.components.workload.store import lock, make_account

# Microsoft Learn, "Monitor AKS": the categories that say who did what, without every question that is asked.
WEEKS = ("every", "first", "second", "third", "fourth", "last")
AUDIT = ("kube-audit-admin", "guard", "kube-apiserver", "cluster-autoscaler")


def pools(
    wanted: Mapping[str, Any], place: PlaceArgs, subnet: pulumi.Input[str], os: str
) -> list[containerservice.ManagedClusterAgentPoolProfileArgs]:
    """Pools by name; each of ``wanted`` has ``size``, ``minimum`` and ``maximum``. The first is the system's."""
    alone = len(wanted) == 1
    return [
        containerservice.ManagedClusterAgentPoolProfileArgs(
            name=key,
            mode="System" if number == 0 else "User",
            node_taints=["CriticalAddonsOnly=true:NoSchedule"] if number == 0 and not alone else None,
            type="VirtualMachineScaleSets",
            vm_size=pool.size,
            os_type="Linux",
            os_sku=os,
            os_disk_type="Ephemeral",
            count=pool.minimum,
            enable_auto_scaling=True,
            min_count=pool.minimum,
            max_count=pool.maximum,
            max_pods=110,
            availability_zones=list(place.zones) or None,
            enable_node_public_ip=False,
            enable_encryption_at_host=True,
            vnet_subnet_id=subnet,
            upgrade_settings=containerservice.AgentPoolUpgradeSettingsArgs(max_surge="33%"),
        )
        for number, (key, pool) in enumerate(wanted.items())
    ]


def make_shared_volumes(
    parent: pulumi.Resource,
    name: str,
    place: PlaceArgs,
    data: DataArgs,
    found: Protection,
    identity: managedidentity.UserAssignedIdentity,
) -> storage.StorageAccount:
    """An account for volumes that many pods read and write. Over NFS, so that no account key is needed."""
    here = pulumi.ResourceOptions(parent=parent)
    account = make_account(parent, f"{name}-volumes", place, data, found, part="v", premium_files=True)
    storage.FileServiceProperties(
        f"{name}-volumes-service",
        resource_group_name=place.resource_group_name,
        account_name=account.name,
        file_services_name="default",
        share_delete_retention_policy=storage.DeleteRetentionPolicyArgs(
            enabled=True, days=max(7, found.soft_delete_days)
        ),
        opts=here,
    )
    private_endpoint(parent, f"{name}-volumes", place, "volumes", account.id, "storage_file")
    assign_role(
        f"{name}-volumes-use",
        scope=account.id,
        role="Storage Account Contributor",
        principal_id=identity.principal_id,
        principal_type="ServicePrincipal",
        key=f"{place.workload}-cluster",
        description="Makes a share for each volume",
        opts=here,
    )
    lock(parent, f"{name}-volumes", account.id, found, data)
    return account


def make_metrics(
    parent: pulumi.Resource, name: str, place: PlaceArgs, cluster: containerservice.ManagedCluster
) -> monitor.AzureMonitorWorkspace:
    """Managed Prometheus: a workspace, and the rule by which the cluster sends to it."""
    here = pulumi.ResourceOptions(parent=parent)
    common = {"resource_group_name": place.resource_group_name, "location": place.location, "tags": place.tags}
    workspace = monitor.AzureMonitorWorkspace(
        f"{name}-metrics",
        azure_monitor_workspace_name=f"amw-{place.workload}",
        public_network_access="Disabled",
        **common,
        opts=here,
    )
    endpoint = monitor.DataCollectionEndpoint(
        f"{name}-metrics-endpoint",
        data_collection_endpoint_name=place.name("data_collection_endpoint", "meten"),
        kind="Linux",
        network_acls=monitor.DataCollectionEndpointNetworkAclsArgs(public_network_access="Disabled"),
        **common,
        opts=here,
    )
    stream = "Microsoft-PrometheusMetrics"
    rule = monitor.DataCollectionRule(
        f"{name}-metrics-rule",
        data_collection_rule_name=place.name("data_collection_rule", "meten"),
        kind="Linux",
        data_collection_endpoint_id=endpoint.id,
        data_sources=monitor.DataCollectionRuleDataSourcesArgs(
            prometheus_forwarder=[monitor.PrometheusForwarderDataSourceArgs(name="prometheus", streams=[stream])]
        ),
        destinations=monitor.DataCollectionRuleDestinationsArgs(
            monitoring_accounts=[
                monitor.MonitoringAccountDestinationArgs(name="meten", account_resource_id=workspace.id)
            ]
        ),
        data_flows=[monitor.DataFlowArgs(streams=[stream], destinations=["meten"])],
        **common,
        opts=here,
    )
    _associate(parent, f"{name}-metrics", cluster, "meten", rule)
    return workspace


def send_container_logs(
    parent: pulumi.Resource, name: str, place: PlaceArgs, cluster: containerservice.ManagedCluster
) -> None:
    """What containers write, and who did what at the API server."""
    stream = "Microsoft-ContainerInsights-Group-Default"
    rule = monitor.DataCollectionRule(
        f"{name}-logs-rule",
        resource_group_name=place.resource_group_name,
        location=place.location,
        data_collection_rule_name=place.name("data_collection_rule", "logs"),
        kind="Linux",
        data_sources=monitor.DataCollectionRuleDataSourcesArgs(
            extensions=[
                monitor.ExtensionDataSourceArgs(
                    name="containers",
                    extension_name="ContainerInsights",
                    streams=[stream],
                    extension_settings={"dataCollectionSettings": {"interval": "1m", "enableContainerLogV2": True}},
                )
            ]
        ),
        destinations=monitor.DataCollectionRuleDestinationsArgs(
            log_analytics=[
                monitor.LogAnalyticsDestinationArgs(name="werkruimte", workspace_resource_id=place.workspace_id)
            ]
        ),
        data_flows=[monitor.DataFlowArgs(streams=[stream], destinations=["werkruimte"])],
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    _associate(parent, f"{name}-logs", cluster, "logs", rule)
    monitor.DiagnosticSetting(
        f"{name}-audit",
        resource_uri=cluster.id,
        name="to-workspace",
        workspace_id=place.workspace_id,
        log_analytics_destination_type="Dedicated",
        logs=[monitor.DiagnosticsLogSettingsArgs(category=category, enabled=True) for category in AUDIT],
        metrics=[monitor.DiagnosticsMetricSettingsArgs(category="AllMetrics", enabled=True)],
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _associate(
    parent: pulumi.Resource,
    name: str,
    cluster: containerservice.ManagedCluster,
    what: str,
    rule: monitor.DataCollectionRule,
) -> None:
    monitor.DataCollectionRuleAssociation(
        f"{name}-association",
        association_name=what,
        resource_uri=cluster.id,
        data_collection_rule_id=rule.id,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def keep_maintained(
    parent: pulumi.Resource,
    name: str,
    place: PlaceArgs,
    cluster: containerservice.ManagedCluster,
    day: str,
    start: str,
    week: str,
) -> None:
    """Upgrades of Kubernetes and of the nodes' images at one time, every week or in one of `WEEKS` of the month."""
    cs = containerservice
    schedule = (
        cs.ScheduleArgs(weekly=cs.WeeklyScheduleArgs(interval_weeks=1, day_of_week=day))
        if week == "every"
        else cs.ScheduleArgs(
            relative_monthly=cs.RelativeMonthlyScheduleArgs(
                interval_months=1, day_of_week=day, week_index=week.capitalize()
            )
        )
    )
    window = containerservice.MaintenanceWindowArgs(
        duration_hours=4,
        start_time=start,
        utc_offset="+01:00",
        schedule=schedule,
    )
    for part, config in (("version", "aksManagedAutoUpgradeSchedule"), ("nodes", "aksManagedNodeOSUpgradeSchedule")):
        containerservice.MaintenanceConfiguration(
            f"{name}-upgrades-{part}",
            resource_group_name=place.resource_group_name,
            resource_name_=cluster.name,
            config_name=config,
            maintenance_window=window,
            opts=pulumi.ResourceOptions(parent=parent),
        )
