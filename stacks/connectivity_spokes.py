"""Spokes of one environment: their networks, rules and routes, and the peering with their hub."""

from __future__ import annotations

import pulumi

from kade.components.network.segments import Matrix
from kade.components.network.spoke import PeeringArgs, Spoke, SpokeArgs, SpokeSubnetArgs
from kade.estate.segments import Spoke as EstateSpoke
from kade.stacks.connectivity_addresses import spoke_network
from kade.stacks.connectivity_context import Context
from kade.stacks.connectivity_flows import matrix_of
from kade.stacks.connectivity_subnets import subnet_rules
from kade.stacks.connectivity_topology import HubFacts, hub_of


def make_spokes(context: Context, hubs: dict[str, HubFacts]) -> dict[str, Spoke]:
    """Make every spoke that is ours and that this environment has; returns them by key."""
    made: dict[str, Spoke] = {}
    for key, spoke in context.estate.network.spokes.items():
        if context.environment in spoke.subscriptions and spoke.ownership == "managed":
            hub = hubs[hub_of(context.estate, key)] if spoke.peered else None
            made[key] = _make(context, key, spoke, hub)
    return made


def _make(context: Context, key: str, spoke: EstateSpoke, hub: HubFacts | None) -> Spoke:
    estate = context.estate
    subscription = spoke.subscriptions[context.environment]
    region = spoke.region or estate.regions.primary
    group = context.group(subscription, region, key)
    servers = hub.name_servers if hub is not None else ()
    matrix = matrix_of(estate, context.environment, context.plan)
    planned = context.plan.networks[spoke_network(key, context.environment)]
    args = SpokeArgs(
        names=context.names(region),
        workload=key,
        resource_group_name=group.name,
        location=region,
        address_space=planned.address_space,
        subnets=_subnets(context, key, spoke, matrix, hub),
        dns_servers=servers,
        peering=_peering(key, hub) if hub is not None else None,
        flow_logs=context.flow_logs.args(region),
        workspace_id=context.workspace(),
        ddos_plan_id=context.ddos_plan_id,
        name=spoke.name or "",
        tags=context.tags(subscription),
    )
    gateways = hub.gateways if hub is not None else []
    opts = pulumi.ResourceOptions(provider=context.provider(subscription))
    # A peering may use the hub's gateway only when it stands.
    hub_opts = pulumi.ResourceOptions(provider=context.provider(estate.network.subscription))
    return Spoke(f"spoke-{key}", args, opts, hub_opts=hub_opts, gateways=gateways)


def _subnets(
    context: Context, key: str, spoke: EstateSpoke, matrix: Matrix, hub: HubFacts | None
) -> dict[str, SpokeSubnetArgs]:
    planned = context.plan.networks[spoke_network(key, context.environment)]
    firewall = hub.firewall_ip if hub is not None else ""
    found: dict[str, SpokeSubnetArgs] = {}
    for name, subnet in spoke.subnets.items():
        rules, routes = subnet_rules(context.estate, matrix, key, name, planned, firewall)
        found[name] = SpokeSubnetArgs(
            prefixes=planned.prefixes(name),
            rules=rules,
            routes=routes,
            delegation=subnet.delegation or "",
            service_endpoints=subnet.service_endpoints,
            name=subnet.name or "",
        )
    return found


def _peering(key: str, hub: HubFacts) -> PeeringArgs | None:
    if hub.id is None:
        pulumi.log.warn(
            f"spoke {key} is not peered: hub {hub.key} is external and its id is not given; ask its owner for it, and "
            f"for a peering back with gateway transit and forwarded traffic allowed"
        )
        return None
    if not hub.ours:
        pulumi.log.warn(f"spoke {key}: the owner of hub {hub.key} has to make its side of the peering")
    return PeeringArgs(
        hub_id=hub.id,
        hub_name=hub.name,
        hub_resource_group_name=hub.group,
        hub_address_space=hub.address_space,
        use_gateway=hub.has_gateway and hub.ours,
        both_ways=hub.ours,
    )
