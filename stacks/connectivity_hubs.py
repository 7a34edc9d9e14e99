"""Hubs: the network, and what is configured to stand in it. Production makes them; other environments read them."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pulumi
from pulumi_azure_native import network

from kade.components.network.bastion import Bastion, BastionArgs
from kade.components.network.firewall import Firewall, FirewallArgs
from kade.components.network.hub import HubNetwork, HubNetworkArgs
from kade.components.network.peering import HubPeering, HubPeeringArgs, PeerArgs
from kade.components.network.plan import PlannedNetwork
from kade.components.network.resolver import DnsResolver, DnsResolverArgs
from kade.components.network.rules import Route
from kade.components.network.vpn import VpnGateway
from kade.estate import Estate
from kade.estate.network import Hub
from kade.facts.ddos import ddos_price
from kade.stacks.connectivity_addresses import hub_network, spoke_network
from kade.stacks.connectivity_context import Context
from kade.stacks.connectivity_flows import seen_ranges
from kade.stacks.connectivity_gateways import make_gateways
from kade.stacks.connectivity_rules import firewall_groups, inside_ranges, public_inside
from kade.stacks.connectivity_topology import HubFacts, hub_facts, hub_of, resolver_ip
from kade.stacks.references import found_in


def all_hub_facts(context: Context) -> dict[str, HubFacts]:
    """Every hub, in every environment; those that production made with the outputs of its stack."""
    estate = context.estate
    found = {k: hub_facts(estate, k, context.plan.networks.get(hub_network(k))) for k in estate.network.hubs}
    if not context.production:
        made = context.output("connectivity", "hubs")
        for key, facts in found.items():
            if facts.ours:
                facts.id = found_in(made, key, "id")
                facts.name = found_in(made, key, "name")
                facts.group = found_in(made, key, "resourceGroup")
    return found


def make_hubs(context: Context, facts: dict[str, HubFacts]) -> dict[str, HubNetwork]:
    """Make every hub that is ours, fill in its facts, and return the networks by key."""
    made: dict[str, HubNetwork] = {}
    plan = _ddos_plan(context)
    if plan is not None:
        context.ddos_plan_id = plan.id
        pulumi.export("ddosPlanId", plan.id)
    for key, hub in context.estate.network.hubs.items():
        if hub.ownership == "managed":
            made[key] = _make(context, key, hub, facts)
    _mesh(context, {key: facts[key] for key in made})
    return made


def _mesh(context: Context, facts: dict[str, HubFacts]) -> None:
    """Every hub of ours is peered with every other."""
    opts = pulumi.ResourceOptions(provider=context.provider(context.estate.network.subscription))
    for one, other in combinations(facts.values(), 2):
        sides = [
            PeerArgs(hub.key, context.names(hub.region), hub.group, _made(hub), hub.name, hub.address_space)
            for hub in (one, other)
        ]
        HubPeering(f"hubs-{one.key}-{other.key}", HubPeeringArgs(*sides), opts)


def _made(hub: HubFacts) -> pulumi.Input[str]:
    assert hub.id is not None  # noqa: S101  # it was just made
    return hub.id


def _make(context: Context, key: str, hub: Hub, hubs: dict[str, HubFacts]) -> HubNetwork:
    estate = context.estate
    facts = hubs[key]
    subscription = estate.network.subscription
    planned = context.plan.networks[hub_network(key)]
    group = context.group(subscription, hub.region, "network")
    names = context.names(hub.region)
    tags = context.tags(subscription)
    opts = pulumi.ResourceOptions(provider=context.provider(subscription))
    workspace = context.workspace()
    address_mode = {"ip": "Enabled", "plan": "VirtualNetworkInherited", "none": ""}[estate.network.ddos]
    others = _other_spokes(context, hubs, key) if facts.firewall_ip else {}
    made = HubNetwork(
        f"hub-{key}",
        HubNetworkArgs(
            names=names,
            resource_group_name=group.name,
            location=hub.region,
            address_space=planned.address_space,
            subnets={name: str(range_) for name, range_ in planned.subnets.items()},
            spoke_prefixes=_spokes_of(context, key) | {n: r.prefix for n, r in others.items()},
            other_hubs=others,
            inside_ranges=_clients(estate),
            bastion_clients=_bastion_clients(estate, hub),
            nat_gateway=hub.nat_gateway,
            zones=context.zones(hub.region),
            ddos_mode=address_mode,
            ddos_plan_id=context.ddos_plan_id,
            flow_logs=context.flow_logs.args(hub.region),
            workspace_id=workspace,
            name=hub.name or "",
            tags=tags,
        ),
        opts,
    )
    facts.id, facts.name, facts.group = made.id, made.name, group.name
    common: dict[str, Any] = {
        "names": names,
        "resource_group_name": group.name,
        "location": hub.region,
        "zones": context.zones(hub.region),
        "ddos_mode": address_mode,
        "workspace_id": workspace,
        "tags": tags,
    }
    if hub.firewall is not None:
        firewall = Firewall(f"hub-{key}-firewall", _firewall(context, hub, planned, made, common), opts)
        facts.firewall_policy = firewall.policy_name
        facts.firewall_id = firewall.id
    if hub.bastion is not None:
        bastion = BastionArgs(**common, subnet_id=made.subnet_id("AzureBastionSubnet"), sku=hub.bastion.sku)
        Bastion(f"hub-{key}-bastion", bastion, opts)
    facts.gateways = make_gateways(context, key, hub, made, common)
    facts.vpn_addresses = [a.ip_address for g in facts.gateways if isinstance(g, VpnGateway) for a in g.addresses]
    if hub.resolver is not None:
        DnsResolver(f"hub-{key}-resolver", _resolver(hub, planned, made, common), opts)
    return made


def _spokes_of(context: Context, key: str) -> dict[str, str]:
    """The range of every spoke of a hub, in all environments: the gateway must know the way to each."""
    estate = context.estate
    found: dict[str, str] = {}
    for name, spoke in estate.network.spokes.items():
        for environment in spoke.subscriptions if spoke.peered else ():
            planned = context.plan.networks.get(spoke_network(name, environment))
            if planned is not None and hub_of(estate, name) == key:
                found[spoke_network(name, environment)] = str(planned.range)
    return found


def _other_spokes(context: Context, hubs: dict[str, HubFacts], key: str) -> dict[str, Route]:
    """The way from one hub's firewall to the spokes of the others: over the firewall there, where there is one."""
    return {
        name: Route(f"to-{name}", prefix, "VirtualAppliance", other.firewall_ip)
        for other in hubs.values()
        if other.key != key and other.ours and other.firewall_ip
        for name, prefix in _spokes_of(context, other.key).items()
    }


def _bastion_clients(estate: Estate, hub: Hub) -> list[str]:
    """Who the estate names, else the public addresses of our own places; where none is known, the whole internet."""
    if hub.bastion is not None and hub.bastion.clients:
        return list(hub.bastion.clients)
    known = [f"{address}/32" for site in estate.network.sites.values() for address in site.public_addresses]
    return known or ["Internet"]


def _clients(estate: Estate) -> list[str]:
    """Who may ask the resolver: Azure's ranges and the sites."""
    return [*inside_ranges(estate), *(r for site in estate.network.sites.values() for r in seen_ranges(site))]


def _firewall(
    context: Context, hub: Hub, planned: PlannedNetwork, made: HubNetwork, common: dict[str, Any]
) -> FirewallArgs:
    item = hub.firewall
    assert item is not None  # noqa: S101  # the caller asks only then
    proxy = item.dns_proxy and item.sku != "Basic"
    resolver = resolver_ip(planned)
    return FirewallArgs(
        **common,
        subnet_id=made.subnet_id("AzureFirewallSubnet"),
        management_subnet_id=made.subnet_id("AzureFirewallManagementSubnet") if item.sku == "Basic" else None,
        private_ip=made.firewall_ip,
        tier=item.sku,
        groups=firewall_groups(context.estate, context.plan),
        private_ranges=public_inside(context.estate),
        dns_servers=[resolver] if proxy and resolver else [],
        dns_proxy=proxy,
        threat_intelligence=item.threat_intelligence,
        intrusion_detection=item.intrusion_detection,
        public_addresses=item.public_addresses,
    )


def _resolver(hub: Hub, planned: PlannedNetwork, made: HubNetwork, common: dict[str, Any]) -> DnsResolverArgs:
    item = hub.resolver
    assert item is not None  # noqa: S101  # the caller asks only then
    return DnsResolverArgs(
        names=common["names"],
        resource_group_name=common["resource_group_name"],
        location=common["location"],
        network_id=made.id,
        inbound_subnet_id=made.subnet_id("resolver-inbound") if item.inbound else None,
        inbound_ip=resolver_ip(planned),
        outbound_subnet_id=made.subnet_id("resolver-outbound") if item.forward else None,
        forward=item.forward,
        tags=common["tags"],
    )


def _ddos_plan(context: Context) -> network.DdosProtectionPlan | None:
    """A protection plan; one protects every network of the tenant. What protection costs is said, whichever it is."""
    estate = context.estate
    if estate.network.ddos != "none":
        pulumi.log.info(f"network.ddos: {ddos_price(estate.network.ddos, _public_addresses(estate))}")
    if estate.network.ddos != "plan":
        return None
    region = estate.regions.primary
    subscription = estate.network.subscription
    return network.DdosProtectionPlan(
        "ddos-plan",
        resource_group_name=context.group(subscription, region, "network").name,
        ddos_protection_plan_name=context.names(region).of("ddos_plan", "network"),
        location=region,
        tags=context.tags(subscription),
        opts=pulumi.ResourceOptions(provider=context.provider(subscription)),
    )


def _public_addresses(estate: Estate) -> int:
    """How many public addresses the hubs and the ways in have."""
    count = 0
    for hub in estate.network.hubs.values():
        if hub.ownership == "managed":
            wall = hub.firewall
            count += (wall.public_addresses + (wall.sku == "Basic") if wall else 0) + hub.nat_gateway
            count += (1 + hub.vpn.active_active if hub.vpn else 0) + (hub.expressroute is not None)
            count += hub.bastion is not None
    ways_in = estate.network.ingress.values()
    return count + sum(1 + estate.network.spokes[item.spoke].ipv6 for item in ways_in)
