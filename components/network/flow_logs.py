"""Flow logs of a virtual network, with traffic analytics."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import network


@dataclass
class FlowLogArgs:
    """Where flow logs go. The network watcher stands in the network's own subscription and region."""

    storage_id: pulumi.Input[str]
    """The storage account, in the region of the network."""
    workspace_id: pulumi.Input[str]
    """The resource id of the Log Analytics workspace for traffic analytics."""
    workspace_region: str
    watcher_name: str
    watcher_resource_group_name: pulumi.Input[str] = "NetworkWatcherRG"
    """Where the network watcher is; Azure makes it by itself in NetworkWatcherRG."""
    retention_days: int = 90
    interval_minutes: int = 60
    """How often traffic analytics works: 10 or 60 minutes."""


def flow_log(
    parent: pulumi.Resource,
    name: str,
    target: network.VirtualNetwork,
    args: FlowLogArgs | None,
    location: str,
    tags: Mapping[str, str],
) -> network.FlowLog | None:
    """A flow log of the whole network; None where none was asked for."""
    if args is None:
        return None
    analytics = network.TrafficAnalyticsConfigurationPropertiesArgs(
        enabled=True,
        workspace_resource_id=args.workspace_id,
        workspace_region=args.workspace_region,
        traffic_analytics_interval=args.interval_minutes,
    )
    return network.FlowLog(
        name,
        resource_group_name=args.watcher_resource_group_name,
        network_watcher_name=args.watcher_name,
        flow_log_name=target.name.apply(lambda made: f"fl-{made}"),
        location=location,
        target_resource_id=target.id,
        storage_id=args.storage_id,
        enabled=True,
        format=network.FlowLogFormatParametersArgs(type="JSON", version=2),
        retention_policy=network.RetentionPolicyParametersArgs(days=args.retention_days, enabled=True),
        flow_analytics_configuration=network.TrafficAnalyticsPropertiesArgs(
            network_watcher_flow_analytics_configuration=analytics
        ),
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
