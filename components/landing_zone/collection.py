"""What machines send: one data collection rule for all of them, and the identity that their agents sign in with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import managedidentity, monitor

from kade.components.arguments import normalise
from kade.components.naming import Naming

_DESTINATION = "workspace"
# Microsoft Learn, "Collect events and performance data with Azure Monitor Agent": what an attack or a fault leaves.
_EVENTS = (
    "System!*[System[(Level=1 or Level=2 or Level=3)]]",
    "Application!*[System[(Level=1 or Level=2 or Level=3)]]",
    "Microsoft-Windows-PowerShell/Operational!*[System[(EventID=4104)]]",
)
# Signing in and out, accounts and groups changed, processes started, the log cleared.
_SECURITY_EVENTS = (
    "Security!*[System[(EventID=1102 or EventID=4624 or EventID=4625 or EventID=4634 or EventID=4648)]]",
    "Security!*[System[(EventID=4672 or EventID=4688 or EventID=4698 or EventID=4719 or EventID=4740)]]",
    "Security!*[System[(EventID=4720 or EventID=4722 or EventID=4724 or EventID=4726 or EventID=4728)]]",
    "Security!*[System[(EventID=4732 or EventID=4738 or EventID=4756 or EventID=4767)]]",
)


@dataclass
class CollectionArgs:
    """Arguments of `Collection`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    workspace_id: pulumi.Input[str]
    security_events: bool = False
    """Collect the security log of Windows too; its table is there once Sentinel is on the workspace."""
    tags: Mapping[str, str] = field(default_factory=dict)


class Collection(pulumi.ComponentResource):
    """A rule for performance, events and syslog of machines, and the identity of Azure Monitor Agent."""

    rule_id: pulumi.Output[str]
    identity_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: CollectionArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(CollectionArgs, args)
        super().__init__("kade:index:Collection", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        streams = ["Microsoft-InsightsMetrics", "Microsoft-Event", "Microsoft-Syslog"]
        if args.security_events:
            streams.append("Microsoft-SecurityEvent")
        self.rule = monitor.DataCollectionRule(
            f"{name}-rule",
            resource_group_name=args.resource_group_name,
            data_collection_rule_name=args.names.of("data_collection_rule", "machines"),
            location=args.location,
            description="Performance, events and syslog of every machine",
            data_sources=_sources(security_events=args.security_events),
            destinations=monitor.DataCollectionRuleDestinationsArgs(
                log_analytics=[
                    monitor.LogAnalyticsDestinationArgs(name=_DESTINATION, workspace_resource_id=args.workspace_id)
                ]
            ),
            data_flows=[monitor.DataFlowArgs(streams=[s], destinations=[_DESTINATION]) for s in streams],
            tags=args.tags,
            opts=child,
        )
        self.identity = managedidentity.UserAssignedIdentity(
            f"{name}-identity",
            resource_group_name=args.resource_group_name,
            resource_name_=args.names.of("user_assigned_identity", "monitor-agent"),
            location=args.location,
            tags=args.tags,
            opts=child,
        )
        self.rule_id = self.rule.id
        self.identity_id = self.identity.id
        self.register_outputs({"ruleId": self.rule_id, "identityId": self.identity_id})


def _sources(*, security_events: bool) -> monitor.DataCollectionRuleDataSourcesArgs:
    events = [
        monitor.WindowsEventLogDataSourceArgs(
            name="windows-events", streams=["Microsoft-Event"], x_path_queries=list(_EVENTS)
        )
    ]
    if security_events:
        events.append(
            monitor.WindowsEventLogDataSourceArgs(
                name="windows-security", streams=["Microsoft-SecurityEvent"], x_path_queries=list(_SECURITY_EVENTS)
            )
        )
    return monitor.DataCollectionRuleDataSourcesArgs(
        performance_counters=[
            monitor.PerfCounterDataSourceArgs(
                name="performance",
                streams=["Microsoft-InsightsMetrics"],
                counter_specifiers=["\\VmInsights\\DetailedMetrics"],
                sampling_frequency_in_seconds=60,
            )
        ],
        windows_event_logs=events,
        syslog=[
            monitor.SyslogDataSourceArgs(
                name="syslog-security",
                streams=["Microsoft-Syslog"],
                facility_names=["auth", "authpriv", "cron", "daemon", "kern"],
                log_levels=["Notice", "Warning", "Error", "Critical", "Alert", "Emergency"],
            ),
        ],
    )
