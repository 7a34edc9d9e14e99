"""Alerts on metrics, by the type of what is watched: one resource, or all of a type in a subscription."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import monitor

from kade.components.arguments import ArgumentError, normalise
from kade.components.naming import Naming
from kade.facts.monitoring import MetricRule, metric_rules, watched_together


@dataclass
class WatchedArgs:
    """What is watched."""

    type: str
    """The ARM type (``Microsoft.KeyVault/vaults``); `kade.facts.monitoring.metric_rules` has its alerts."""
    scope: pulumi.Input[str]
    """The id of one resource, or ``/subscriptions/…`` for all of the type in it, where one rule can watch them."""
    region: str = ""
    """The region of all of them; only with a subscription."""


@dataclass
class MetricAlertsArgs:
    """Arguments of `MetricAlerts`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    watched: Mapping[str, WatchedArgs]
    """What is watched, by a short key, which becomes a part of the names."""
    action_groups: Mapping[str, Sequence[pulumi.Input[str]]]
    """The ids of action groups by severity: ``0`` (critical) to ``4``. Alerts that nobody hears of are not made."""
    thresholds: Mapping[str, float] = field(default_factory=dict)
    """Thresholds that differ, by ``<type>/<alert>`` (``Microsoft.KeyVault/vaults/latency``)."""
    tags: Mapping[str, str] = field(default_factory=dict)


class MetricAlerts(pulumi.ComponentResource):
    """The alerts of each type, for whoever hears of their severity."""

    def __init__(
        self,
        name: str,
        args: MetricAlertsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(MetricAlertsArgs, args)
        super().__init__("kade:index:MetricAlerts", name, None, opts)
        self.alerts: dict[str, monitor.MetricAlert] = {}
        for key, watched in args.watched.items():
            if watched.region and watched.type not in watched_together():
                raise ArgumentError(f"{name}: {key!r}: one rule cannot watch all {watched.type}; give a resource's id")
            for rule in metric_rules(watched.type):
                if args.action_groups.get(str(rule.severity)):
                    self.alerts[f"{key}-{rule.key}"] = self._alert(name, key, watched, rule, args)
        self.register_outputs({})

    def _alert(
        self, name: str, key: str, watched: WatchedArgs, rule: MetricRule, args: MetricAlertsArgs
    ) -> monitor.MetricAlert:
        criterion = monitor.MetricCriteriaArgs(
            criterion_type="StaticThresholdCriterion",
            name=rule.key,
            metric_name=rule.metric,
            metric_namespace=rule.type,
            operator=rule.operator,
            threshold=args.thresholds.get(f"{rule.type}/{rule.key}", rule.threshold),
            time_aggregation=rule.aggregation,
        )
        return monitor.MetricAlert(
            f"{name}-{key}-{rule.key}",
            resource_group_name=args.resource_group_name,
            rule_name=args.names.of("metric_alert", f"{key}-{rule.key}"),
            location="global",
            description=rule.title,
            enabled=True,
            severity=rule.severity,
            scopes=[watched.scope],
            target_resource_type=rule.type,
            target_resource_region=watched.region or None,
            evaluation_frequency=f"PT{rule.every}M",
            window_size=f"PT{rule.window}M",
            auto_mitigate=True,
            criteria=monitor.MetricAlertMultipleResourceMultipleMetricCriteriaArgs(
                odata_type="Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria", all_of=[criterion]
            ),
            actions=[
                monitor.MetricAlertActionArgs(action_group_id=id_) for id_ in args.action_groups[str(rule.severity)]
            ],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
