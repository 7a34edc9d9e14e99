"""Who hears of an alert, and the alerts that every subscription has: on the health of Azure's services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import monitor

from kade.components.arguments import ArgumentError, normalise
from kade.components.naming import Naming

SHORT = 12  # characters of an action group's short name, which stands in a text message


@dataclass
class AlertReceiversArgs:
    """Arguments of `AlertReceivers`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    groups: Mapping[str, Sequence[str]]
    """Addresses of teams, by a short key of twelve characters at most or that are cut at twelve."""
    location: str = "Global"
    """Where messages are handled: Global, or a region that has it."""
    tags: Mapping[str, str] = field(default_factory=dict)


class AlertReceivers(pulumi.ComponentResource):
    """Action groups: teams that get a message."""

    ids: pulumi.Output[Mapping[str, str]]
    """The id of every group, by its key."""

    def __init__(
        self,
        name: str,
        args: AlertReceiversArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(AlertReceiversArgs, args)
        super().__init__("kade:index:AlertReceivers", name, None, opts)
        shorts: dict[str, str] = {}
        for key, emails in args.groups.items():
            short = key[:SHORT]
            if short in shorts:
                raise ArgumentError(f"{name}: {key!r} and {shorts[short]!r} have the same first {SHORT} characters")
            if not emails:
                raise ArgumentError(f"{name}: {key!r} has no address")
            shorts[short] = key
        self.groups = {
            key: monitor.ActionGroup(
                f"{name}-{key}",
                resource_group_name=args.resource_group_name,
                action_group_name=args.names.of("action_group", key),
                group_short_name=key[:SHORT],
                location=args.location,
                enabled=True,
                email_receivers=[
                    monitor.MicrosoftCommonEmailReceiverArgs(
                        name=address.partition("@")[0], email_address=address, use_common_alert_schema=True
                    )
                    for address in emails
                ],
                tags=args.tags,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for key, emails in args.groups.items()
        }
        self.ids = pulumi.Output.all(**{key: group.id for key, group in self.groups.items()})
        self.register_outputs({"ids": self.ids})


@dataclass
class HealthAlertsArgs:
    """Arguments of `HealthAlerts`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    """A resource group in the subscription itself: an alert on its activity log can stand nowhere else."""
    scope: pulumi.Input[str]
    """The subscription, ``/subscriptions/…``."""
    action_group_ids: Sequence[pulumi.Input[str]]
    resource_types: Sequence[str] = ()
    """Also tell of the health of resources of these types; none for of all types."""
    tags: Mapping[str, str] = field(default_factory=dict)


# Operations that nobody does by accident: they are told of at once (Azure Monitor Baseline Alerts, 2026).
OPERATIONS = (
    "Microsoft.KeyVault/vaults/delete",
    "Microsoft.OperationalInsights/workspaces/delete",
    "Microsoft.Authorization/locks/delete",
    "Microsoft.Authorization/policyAssignments/delete",
    "Microsoft.Network/azureFirewalls/delete",
    "Microsoft.RecoveryServices/vaults/delete",
)


class HealthAlerts(pulumi.ComponentResource):
    """Alerts of one subscription on service health, resource health, and operations that matter."""

    def __init__(
        self,
        name: str,
        args: HealthAlertsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(HealthAlertsArgs, args)
        super().__init__("kade:index:HealthAlerts", name, None, opts)
        self.alerts: dict[str, monitor.ActivityLogAlert] = {}
        service = _all({"category": "ServiceHealth"})
        self._alert(name, "service-health", "A service of Azure has a fault, changes or ends", service, args)
        health = [
            *_all({"category": "ResourceHealth"}),
            _any("properties.currentHealthStatus", ["Degraded", "Unavailable"]),
        ]
        if args.resource_types:
            health.append(_any("resourceType", args.resource_types))
        self._alert(name, "resource-health", "A resource of ours is not well", health, args)
        done = [*_all({"category": "Administrative", "status": "Succeeded"}), _any("operationName", OPERATIONS)]
        self._alert(name, "operations", "Something has been deleted that protects the rest", done, args)
        self.register_outputs({})

    def _alert(
        self,
        name: str,
        key: str,
        what: str,
        conditions: Sequence[monitor.AlertRuleAnyOfOrLeafConditionArgs],
        args: HealthAlertsArgs,
    ) -> None:
        self.alerts[key] = monitor.ActivityLogAlert(
            f"{name}-{key}",
            resource_group_name=args.resource_group_name,
            activity_log_alert_name=args.names.of("activity_log_alert", key),
            location="Global",
            description=what,
            enabled=True,
            scopes=[args.scope],
            condition=monitor.AlertRuleAllOfConditionArgs(all_of=list(conditions)),
            actions=monitor.ActionListArgs(
                action_groups=[monitor.ActionGroupArgs(action_group_id=i) for i in args.action_group_ids]
            ),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _all(wanted: Mapping[str, str]) -> list[monitor.AlertRuleAnyOfOrLeafConditionArgs]:
    return [monitor.AlertRuleAnyOfOrLeafConditionArgs(field=f, equals=v) for f, v in wanted.items()]


def _any(field_name: str, values: Sequence[str]) -> monitor.AlertRuleAnyOfOrLeafConditionArgs:
    leaves = [monitor.AlertRuleLeafConditionArgs(field=field_name, equals=v) for v in values]
    return monitor.AlertRuleAnyOfOrLeafConditionArgs(any_of=leaves)
