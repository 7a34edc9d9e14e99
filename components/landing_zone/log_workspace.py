"""A Log Analytics workspace: how long what is kept, who may read, and Microsoft Sentinel on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import monitor, operationalinsights, securityinsights

from kade.components.arguments import ArgumentError, normalise
from kade.components.naming import Naming
from kade.facts.monitoring import log_tables

# Retention of a table in search, in days, that Azure takes (Microsoft Learn, "Manage data retention", 2026).
SEARCHED = range(4, 731)
IN_ALL = range(4, 4384)


@dataclass
class RetentionArgs:
    """How long logs of one purpose are kept."""

    interactive_days: int
    """Days that they can be searched, 4 to 730."""
    total_days: int
    """Days in all, the archive included, to 4383 (twelve years)."""


@dataclass
class LogWorkspaceArgs:
    """Arguments of `LogWorkspace`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    workload: str = "logs"
    """What the workspace is for: a part of its name."""
    retention: Mapping[str, RetentionArgs] = field(default_factory=dict)
    """Retention by purpose (`kade.facts.monitoring.log_tables`); a purpose that is not here keeps the default."""
    default_days: int = 183
    """Days that everything else is kept, 30 to 730; half a year as BIO2 8.18.02 asks for the use of system tools."""
    daily_quota_gb: float | None = None
    """Gigabytes a day at which collection stops; none for no end. Never on a workspace for security."""
    sentinel: bool = False
    name: str = ""
    """A literal name."""
    tags: Mapping[str, str] = field(default_factory=dict)


class LogWorkspace(pulumi.ComponentResource):
    """A workspace that only Entra identities can write to and read from, with its tables' retention.

    Who may read a resource may read its logs here; who may read the workspace may read all of them.
    """

    id: pulumi.Output[str]
    name: pulumi.Output[str]
    customer_id: pulumi.Output[str]
    """The workspace id that agents know it by."""

    def __init__(
        self,
        name: str,
        args: LogWorkspaceArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(LogWorkspaceArgs, args)
        _check(name, args)
        super().__init__("kade:index:LogWorkspace", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.workspace = operationalinsights.Workspace(
            f"{name}-workspace",
            resource_group_name=args.resource_group_name,
            workspace_name=args.name or args.names.of("log_analytics_workspace", args.workload),
            location=args.location,
            sku=operationalinsights.WorkspaceSkuArgs(name="PerGB2018"),
            retention_in_days=args.default_days,
            workspace_capping=(
                operationalinsights.WorkspaceCappingArgs(daily_quota_gb=args.daily_quota_gb)
                if args.daily_quota_gb is not None
                else None
            ),
            features=operationalinsights.WorkspaceFeaturesArgs(
                disable_local_auth=True, enable_log_access_using_only_resource_permissions=True
            ),
            public_network_access_for_ingestion="Enabled",
            public_network_access_for_query="Enabled",
            tags=args.tags,
            opts=child,
        )
        self.id = self.workspace.id
        self.name = self.workspace.name
        self.customer_id = self.workspace.customer_id
        self.sentinel = self._sentinel(name, args, child) if args.sentinel else None
        self.tables = self._tables(name, args, child)
        # Who reads the logs is itself logged, in the table LAQueryLogs.
        self.queries = monitor.DiagnosticSetting(
            f"{name}-queries",
            resource_uri=self.id,
            name="to-workspace",
            workspace_id=self.id,
            logs=[monitor.DiagnosticsLogSettingsArgs(category_group="allLogs", enabled=True)],
            metrics=[monitor.DiagnosticsMetricSettingsArgs(category="AllMetrics", enabled=True)],
            opts=child,
        )
        self.register_outputs({"id": self.id, "name": self.name, "customerId": self.customer_id})

    def _sentinel(
        self, name: str, args: LogWorkspaceArgs, child: pulumi.ResourceOptions
    ) -> securityinsights.SentinelOnboardingState:
        return securityinsights.SentinelOnboardingState(
            f"{name}-sentinel",
            resource_group_name=args.resource_group_name,
            workspace_name=self.workspace.name,
            sentinel_onboarding_state_name="default",
            customer_managed_key=False,
            opts=child,
        )

    def _tables(
        self, name: str, args: LogWorkspaceArgs, child: pulumi.ResourceOptions
    ) -> dict[str, operationalinsights.Table]:
        waits = pulumi.ResourceOptions(depends_on=[self.sentinel] if self.sentinel is not None else [])
        return {
            table: operationalinsights.Table(
                f"{name}-{table}",
                resource_group_name=args.resource_group_name,
                workspace_name=self.workspace.name,
                table_name=table,
                plan=operationalinsights.TablePlanEnum.ANALYTICS,
                retention_in_days=kept.interactive_days,
                total_retention_in_days=kept.total_days,
                opts=pulumi.ResourceOptions.merge(child, waits),
            )
            for purpose, kept in args.retention.items()
            for table in log_tables(purpose, sentinel=args.sentinel)
        }


def _check(name: str, args: LogWorkspaceArgs) -> None:
    if not 30 <= args.default_days <= 730:
        raise ArgumentError(f"{name}: default_days is {args.default_days}; a workspace keeps logs 30 to 730 days")
    for purpose, kept in args.retention.items():
        if kept.interactive_days not in SEARCHED or kept.total_days not in IN_ALL:
            raise ArgumentError(f"{name}: retention of {purpose}: 4 to 730 days in search, and to 4383 in all")
        if kept.total_days < kept.interactive_days:
            raise ArgumentError(
                f"{name}: retention of {purpose}: {kept.total_days} days in all is less than the "
                f"{kept.interactive_days} days in search"
            )
    if args.sentinel and args.daily_quota_gb is not None:
        raise ArgumentError(f"{name}: a daily quota would blind Sentinel; leave daily_quota_gb out, or Sentinel off")
