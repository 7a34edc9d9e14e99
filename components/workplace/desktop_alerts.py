"""Alerts on the workplace: pools that fill up, hosts that are not well, sign-ins that fail, shares that fill up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import monitor

from kade.components.arguments import normalise
from kade.components.workload.place import PlaceArgs

FULL = 90
"""Percentage of a pool's sessions, or of a share, above which somebody is told."""
ATTEMPTS = 10
"""Failed sign-ins of one person in an hour above which somebody is told."""
# The applications that people sign in to for a desktop: the service, and Windows Cloud Login (Microsoft Learn,
# "Enforce Microsoft Entra multifactor authentication for Azure Virtual Desktop").
SIGN_IN_APPLICATIONS = ("9cdead84-a844-4324-93f2-b2e6bb768d07", "270efc09-cd0d-444b-a71f-39af4910ec45")


@dataclass
class WatchedPoolArgs:
    """A pool, and the sessions that it carries."""

    pool_name: pulumi.Input[str]
    capacity: int
    """Sessions of all its hosts."""


@dataclass
class DesktopAlertsArgs:
    """Arguments of `DesktopAlerts`."""

    place: PlaceArgs
    """Its workspace is what is asked."""
    pools: Mapping[str, WatchedPoolArgs]
    """Shared pools by a short key."""
    shares: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Storage accounts of profiles by a short key, with the size of the share in `share_gb`."""
    share_gb: Mapping[str, int] = field(default_factory=dict)
    action_group_ids: Sequence[pulumi.Input[str]] = ()
    """Who hears of it."""


class DesktopAlerts(pulumi.ComponentResource):
    """Log and metric alerts. A query on a table that is not filled yet is no error."""

    def __init__(
        self,
        name: str,
        args: DesktopAlertsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(DesktopAlertsArgs, args)
        super().__init__("kade:index:DesktopAlerts", name, None, opts)
        self._args = args
        self.alerts: dict[str, pulumi.CustomResource] = {}
        for key, pool in args.pools.items():
            if pool.capacity:
                self._query(name, f"full-{key}", f"{key}: over {FULL}% of its sessions are in use", 2, _full(pool))
        self._query(name, "no-host", "Somebody could not be given a host", 1, pulumi.Output.from_input(_NO_HOST))
        self._query(name, "hosts", "Hosts are not well, and take no sessions", 2, pulumi.Output.from_input(_ILL))
        failed = f"Somebody failed to sign in {ATTEMPTS} times in an hour"
        self._query(name, "sign-ins", failed, 1, pulumi.Output.from_input(_FAILED))
        self._query(name, "profiles", "Profiles cannot be opened", 2, pulumi.Output.from_input(_PROFILES))
        for key, account in args.shares.items():
            self._share(name, key, account)
        self.register_outputs({})

    def _query(self, name: str, key: str, what: str, severity: int, query: pulumi.Output[str]) -> None:
        args, place = self._args, self._args.place
        self.alerts[key] = monitor.ScheduledQueryRule(
            f"{name}-{key}",
            resource_group_name=place.resource_group_name,
            rule_name=place.name("scheduled_query_rule", key),
            location=place.location,
            display_name=what,
            description=what,
            kind="LogAlert",
            severity=severity,
            enabled=True,
            evaluation_frequency="PT15M",
            window_size="PT1H",
            scopes=[place.workspace_id] if place.workspace_id is not None else [],
            skip_query_validation=True,
            auto_mitigate=True,
            criteria=monitor.ScheduledQueryRuleCriteriaArgs(
                all_of=[
                    monitor.ConditionArgs(
                        query=query,
                        time_aggregation="Count",
                        operator="GreaterThan",
                        threshold=0,
                        failing_periods=monitor.ConditionFailingPeriodsArgs(
                            number_of_evaluation_periods=1, min_failing_periods_to_alert=1
                        ),
                    )
                ]
            ),
            actions=monitor.ActionsArgs(action_groups=list(args.action_group_ids)),
            tags=place.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _share(self, name: str, key: str, account: pulumi.Input[str]) -> None:
        args, place = self._args, self._args.place
        self.alerts[f"share-{key}"] = monitor.MetricAlert(
            f"{name}-share-{key}",
            resource_group_name=place.resource_group_name,
            rule_name=place.name("metric_alert", f"share-{key}"),
            location="global",
            description=f"The profiles of {key} take over {FULL}% of their share",
            severity=2,
            enabled=True,
            evaluation_frequency="PT1H",
            window_size="PT1H",
            scopes=[pulumi.Output.concat(account, "/fileServices/default")],
            auto_mitigate=True,
            criteria=monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
                odata_type="Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
                all_of=[
                    monitor.MetricCriteriaArgs(
                        name="full",
                        criterion_type="StaticThresholdCriterion",
                        metric_namespace="Microsoft.Storage/storageAccounts/fileServices",
                        metric_name="FileCapacity",
                        time_aggregation="Average",
                        operator="GreaterThan",
                        threshold=float(args.share_gb[key] * FULL // 100) * 2**30,
                    )
                ],
            ),
            actions=[monitor.MetricAlertActionArgs(action_group_id=group) for group in args.action_group_ids],
            tags=place.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _full(pool: WatchedPoolArgs) -> pulumi.Output[str]:
    """Sessions that have begun in half a day and not ended, of one pool."""
    return pulumi.Output.from_input(pool.pool_name).apply(
        lambda name: (
            "WVDConnections\n"
            "| where TimeGenerated > ago(12h)\n"
            f'| where _ResourceId has "/hostpools/{name.lower()}"\n'
            "| summarize arg_max(TimeGenerated, State) by CorrelationId\n"
            '| where State == "Connected"\n'
            "| summarize sessions = count()\n"
            f"| where sessions > {pool.capacity * FULL // 100}"
        )
    )


# Sources of tables, columns and codes: Microsoft Learn, "WVDConnections", "WVDErrors", "WVDAgentHealthStatus", "Event".
_NO_HOST = 'WVDErrors\n| where CodeSymbolic in ("ConnectionFailedNoHealthyRdshAvailable", "NoAllocatableSessionHost")'
_ILL = """WVDAgentHealthStatus
| summarize arg_max(TimeGenerated, Status) by SessionHostName
| where Status in ("Unavailable", "NeedsAssistance", "UpgradeFailed", "DomainTrustRelationshipLost")"""
_FAILED = (
    "union isfuzzy=true\n"
    f"(SigninLogs | where AppId in ({', '.join(repr(app) for app in SIGN_IN_APPLICATIONS)}) "
    'and ResultType !in ("0", "50125", "50140") | project TimeGenerated, person = UserPrincipalName),\n'
    '(WVDErrors | where CodeSymbolic has_any ("Logon", "Password", "Auth") '
    "| project TimeGenerated, person = UserName)\n"
    "| summarize attempts = count() by person\n"
    f"| where attempts >= {ATTEMPTS}"
)
_PROFILES = """Event
| where EventLog == "Microsoft-FSLogix-Apps/Operational" and EventLevelName == "Error\""""
