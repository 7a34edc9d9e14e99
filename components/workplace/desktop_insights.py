"""What Azure Virtual Desktop Insights reads of the hosts: counters and events, by one rule for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import monitor

from kade.components.arguments import normalise
from kade.components.workload.place import PlaceArgs

PREFIX = "microsoft-avdi-"
"""What the workbook knows its rule by (Microsoft Learn, "Azure Virtual Desktop Insights", 2026)."""
_DESTINATION = "workspace"
# The same page lists the counters and events that the workbook shows.
_COUNTERS: dict[int, Sequence[str]] = {
    30: (
        r"\LogicalDisk(C:)\Avg. Disk Queue Length",
        r"\LogicalDisk(C:)\Current Disk Queue Length",
        r"\Memory\Available Mbytes",
        r"\Memory\Page Faults/sec",
        r"\Memory\Pages/sec",
        r"\Memory\% Committed Bytes In Use",
        r"\PhysicalDisk(*)\Avg. Disk Queue Length",
        r"\PhysicalDisk(*)\Avg. Disk sec/Read",
        r"\PhysicalDisk(*)\Avg. Disk sec/Transfer",
        r"\PhysicalDisk(*)\Avg. Disk sec/Write",
        r"\Processor Information(_Total)\% Processor Time",
        r"\User Input Delay per Process(*)\Max Input Delay",
        r"\User Input Delay per Session(*)\Max Input Delay",
        r"\RemoteFX Network(*)\Current TCP RTT",
        r"\RemoteFX Network(*)\Current UDP Bandwidth",
    ),
    60: (
        r"\LogicalDisk(C:)\% Free Space",
        r"\LogicalDisk(C:)\Avg. Disk sec/Transfer",
        r"\Terminal Services(*)\Active Sessions",
        r"\Terminal Services(*)\Inactive Sessions",
        r"\Terminal Services(*)\Total Sessions",
    ),
}
_LEVELS = "!*[System[(Level=2 or Level=3 or Level=4 or Level=0)]]"
_LOGS = (
    "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Admin",
    "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
    "Microsoft-FSLogix-Apps/Operational",
    "Microsoft-FSLogix-Apps/Admin",
)


@dataclass
class DesktopInsightsArgs:
    """Arguments of `DesktopInsights`."""

    place: PlaceArgs
    """Its workspace takes what the hosts send."""


class DesktopInsights(pulumi.ComponentResource):
    """A data collection rule that the workbook of Azure Virtual Desktop recognises."""

    rule_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: DesktopInsightsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(DesktopInsightsArgs, args)
        super().__init__("kade:index:DesktopInsights", name, None, opts)
        place = args.place
        self.rule = monitor.DataCollectionRule(
            f"{name}-rule",
            resource_group_name=place.resource_group_name,
            data_collection_rule_name=f"{PREFIX}{place.location}-{place.names.environment}",
            location=place.location,
            kind="Windows",
            description="Counters and events of session hosts, for Azure Virtual Desktop Insights",
            data_sources=monitor.DataCollectionRuleDataSourcesArgs(
                performance_counters=[
                    monitor.PerfCounterDataSourceArgs(
                        name=f"every-{seconds}-seconds",
                        streams=["Microsoft-Perf"],
                        sampling_frequency_in_seconds=seconds,
                        counter_specifiers=list(counters),
                    )
                    for seconds, counters in _COUNTERS.items()
                ],
                windows_event_logs=[
                    monitor.WindowsEventLogDataSourceArgs(
                        name="events", streams=["Microsoft-Event"], x_path_queries=[f"{log}{_LEVELS}" for log in _LOGS]
                    )
                ],
            ),
            destinations=monitor.DataCollectionRuleDestinationsArgs(
                log_analytics=[
                    monitor.LogAnalyticsDestinationArgs(name=_DESTINATION, workspace_resource_id=place.workspace_id)
                ]
            ),
            data_flows=[
                monitor.DataFlowArgs(streams=[stream], destinations=[_DESTINATION])
                for stream in ("Microsoft-Perf", "Microsoft-Event")
            ],
            tags=place.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.rule_id = self.rule.id
        self.register_outputs({"ruleId": self.rule_id})
