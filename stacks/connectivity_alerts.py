"""Alerts on the metrics of what a hub has: firewall, tunnels, lines. Those of other types stand with the platform."""

from __future__ import annotations

import pulumi

from kade.components.landing_zone.metric_alerts import MetricAlerts, MetricAlertsArgs, WatchedArgs
from kade.components.network.vpn import VpnGateway
from kade.estate.network import Hub
from kade.stacks.connectivity_context import Context
from kade.stacks.connectivity_topology import HubFacts
from kade.stacks.references import found_in

FIREWALL = "Microsoft.Network/azureFirewalls"
GATEWAY = "Microsoft.Network/virtualNetworkGateways"
LINE = "Microsoft.Network/expressRouteCircuits"


def make_alerts(context: Context, hubs: dict[str, HubFacts]) -> None:
    """The alerts of every hub that is ours, for the action groups that the platform has made."""
    estate = context.estate
    logging = estate.logging
    if not context.production or not logging.alerts or not logging.action_groups:
        return
    made = context.output("platform", "actionGroups")
    groups = {
        str(severity): [
            found_in(made, key) for key, group in logging.action_groups.items() if severity in group.severity
        ]
        for severity in range(5)
    }
    subscription = estate.network.subscription
    for key, facts in hubs.items():
        watched = _watched(context, estate.network.hubs[key], facts) if facts.ours else {}
        if watched:
            args = MetricAlertsArgs(
                names=context.names(facts.region),
                resource_group_name=facts.group,
                watched=watched,
                action_groups=groups,
                tags=context.tags(subscription),
            )
            MetricAlerts(f"hub-{key}-alerts", args, pulumi.ResourceOptions(provider=context.provider(subscription)))


def _watched(context: Context, hub: Hub, facts: HubFacts) -> dict[str, WatchedArgs]:
    """What is watched in a hub. A line of somebody else's subscription is watched there."""
    found: dict[str, WatchedArgs] = {}
    if facts.firewall_id is not None:
        found["firewall"] = WatchedArgs(FIREWALL, facts.firewall_id)
    for gateway in facts.gateways:
        if isinstance(gateway, VpnGateway):
            found["vpn"] = WatchedArgs(GATEWAY, gateway.id)
    ours = f"/subscriptions/{context.estate.subscriptions[context.estate.network.subscription].id}/"
    for name, line in (hub.expressroute.circuits if hub.expressroute is not None else {}).items():
        if line.id and line.id.lower().startswith(ours.lower()):
            found[f"line-{name}"] = WatchedArgs(LINE, line.id)
    return found
