"""Logs, collection, and alerts of the platform: from the estate to the components."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_azure_native import resources

from kade.components.landing_zone.alerts import AlertReceivers, AlertReceiversArgs, HealthAlerts, HealthAlertsArgs
from kade.components.landing_zone.collection import Collection, CollectionArgs
from kade.components.landing_zone.detection import Detection, DetectionArgs
from kade.components.landing_zone.log_workspace import LogWorkspace, LogWorkspaceArgs, RetentionArgs
from kade.components.landing_zone.metric_alerts import MetricAlerts, MetricAlertsArgs, WatchedArgs
from kade.components.landing_zone.subscription import Subscription
from kade.estate import Estate
from kade.estate.base import Owned
from kade.facts.monitoring import watched_together
from kade.stacks.common import StackError, names_of, tags_of

VAULTS = "Microsoft.KeyVault/vaults"  # what a subscription of the platform has to watch; others may have every type


@dataclass
class Management:
    """What the rest of the platform and later layers need of it."""

    workspace_id: pulumi.Input[str] | None
    security_workspace_id: pulumi.Input[str] | None
    collection: Collection | None = None
    receivers: AlertReceivers | None = None
    groups: dict[tuple[str, str], resources.ResourceGroup] = field(default_factory=dict)

    def outputs(self) -> dict[str, Any]:
        """For later layers."""
        return {
            "workspaceId": self.workspace_id,
            "securityWorkspaceId": self.security_workspace_id,
            "collectionRuleId": self.collection.rule_id if self.collection is not None else None,
            "agentIdentityId": self.collection.identity_id if self.collection is not None else None,
            "actionGroups": self.receivers.ids if self.receivers is not None else {},
        }


def make_management(estate: Estate, environment: str, subscriptions: dict[str, Subscription]) -> Management:
    """Make the workspaces and what sends to them."""
    return _Maker(estate, environment, subscriptions).make()


def resource_group(
    estate: Estate, environment: str, key: str, subscription: Subscription, workload: str
) -> resources.ResourceGroup:
    """A resource group of the platform in a subscription, in the primary region."""
    region = estate.regions.primary
    return resources.ResourceGroup(
        f"{key}-{workload}-group",
        resource_group_name=names_of(estate, environment, region).of("resource_group", f"{key}-{workload}"),
        location=region,
        tags=tags_of(estate, environment, key),
        opts=pulumi.ResourceOptions(provider=subscription.provider, depends_on=[subscription.placement]),
    )


class _Maker:
    """One run: the same region, names and tags for everything."""

    def __init__(self, estate: Estate, environment: str, subscriptions: dict[str, Subscription]) -> None:
        key = estate.logging.subscription
        if key not in subscriptions:
            raise StackError(f"logging.subscription: {key!r} is not there to be used: it is external, or has no id yet")
        self.estate = estate
        self.environment = environment
        self.subscriptions = subscriptions
        self.region = estate.regions.primary
        self.names = names_of(estate, environment, self.region)
        self.home = subscriptions[key]
        self.key = key
        self.tags = tags_of(estate, environment, key)
        self.opts = pulumi.ResourceOptions(provider=self.home.provider)
        self.group = resource_group(estate, environment, key, self.home, "logs")
        self.made: dict[str, LogWorkspace] = {}

    def make(self) -> Management:
        logging = self.estate.logging
        sentinel_apart = logging.security_workspace is not None
        main = self._workspace("logs", logging.workspace, sentinel=logging.sentinel and not sentinel_apart)
        security = (
            self._workspace("security-logs", logging.security_workspace, sentinel=logging.sentinel)
            if logging.security_workspace is not None
            else main
        )
        made = Management(main, security)
        if main is not None:
            made.collection = self._collection(main, sentinel=logging.sentinel and not sentinel_apart)
        if logging.action_groups:
            made.receivers = self._receivers()
        if security is not None and logging.diagnostics:
            for subscription in self.subscriptions.values():
                subscription.send_activity_log(security)
        for workspace in self.made.values():
            if workspace.sentinel is not None:
                self._detection(workspace)
        if logging.alerts and made.receivers is not None:
            self._alerts(made.receivers)
        return made

    def _workspace(self, workload: str, item: Owned, *, sentinel: bool) -> pulumi.Input[str] | None:
        """The id of a workspace that stands, or of the one that is made; None for one that nothing is known of."""
        if item.ownership != "managed":
            return item.id
        logging = self.estate.logging
        args = LogWorkspaceArgs(
            names=self.names,
            resource_group_name=self.group.name,
            location=self.region,
            workload=workload,
            retention={p: RetentionArgs(r.interactive_days, r.total_days) for p, r in logging.retention.items()},
            default_days=max(30, logging.retention["system_tools"].interactive_days),
            daily_quota_gb=None if sentinel or workload == "security-logs" else logging.daily_quota_gb,
            sentinel=sentinel,
            name=item.name or "",
            tags=self.tags,
        )
        opts = self.opts
        if item.id:
            raise StackError(
                f"logging: taking over the workspace {item.id} is not offered yet; say ownership: existing"
            )
        self.made[workload] = LogWorkspace(workload, args, opts)
        return self.made[workload].id

    def _detection(self, workspace: LogWorkspace) -> None:
        """Rules on the activity log, which has to come in first: a rule on a table that is not there is refused."""
        logs = [made.activity_log for made in self.subscriptions.values() if made.activity_log is not None]
        args = DetectionArgs(self.group.name, workspace.name)
        waits = pulumi.ResourceOptions(depends_on=[workspace, *logs])
        Detection("detection", args, pulumi.ResourceOptions.merge(self.opts, waits))

    def _collection(self, workspace: pulumi.Input[str], *, sentinel: bool) -> Collection:
        args = CollectionArgs(
            names=self.names,
            resource_group_name=self.group.name,
            location=self.region,
            workspace_id=workspace,
            security_events=sentinel,
            tags=self.tags,
        )
        return Collection("collection", args, self.opts)

    def _receivers(self) -> AlertReceivers:
        groups = {key: group.emails for key, group in self.estate.logging.action_groups.items()}
        args = AlertReceiversArgs(self.names, self.group.name, groups, tags=self.tags)
        return AlertReceivers("receivers", args, self.opts)

    def _alerts(self, receivers: AlertReceivers) -> None:
        """Alerts stand in every subscription: an activity log is watched from inside it, and so are metrics."""
        by_severity = {
            str(severity): [
                receivers.groups[k].id for k, g in self.estate.logging.action_groups.items() if severity in g.severity
            ]
            for severity in range(5)
        }
        for key, subscription in self.subscriptions.items():
            item = self.estate.subscriptions[key]
            if item.decommissioned or not any(by_severity.values()):
                continue
            group = resource_group(self.estate, self.environment, key, subscription, "alerts")
            tags = tags_of(self.estate, self.environment, key)
            opts = pulumi.ResourceOptions(provider=subscription.provider)
            if wanted := by_severity["1"]:
                health = HealthAlertsArgs(self.names, group.name, subscription.scope, wanted, tags=tags)
                HealthAlerts(f"{key}-alerts", health, opts)
            applications = item.environment is not None or key == self.estate.identity.subscription
            watched = {
                type_.rsplit("/", 1)[-1].lower(): WatchedArgs(type_, subscription.scope, self.region)
                for type_ in (watched_together() if applications else (VAULTS,))
            }
            metrics = MetricAlertsArgs(self.names, group.name, watched, by_severity, tags=tags)
            MetricAlerts(f"{key}-metrics", metrics, opts)
