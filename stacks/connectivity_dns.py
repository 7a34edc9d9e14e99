"""Names inside the estate: zones for private endpoints, linked to who answers, and policies on what may be asked."""

from __future__ import annotations

import pulumi

from kade.components.network.dns_policy import DnsPolicy, DnsPolicyArgs
from kade.components.network.private_dns import PrivateDns, PrivateDnsArgs, zone_names
from kade.components.network.spoke import Spoke
from kade.estate import Estate
from kade.stacks.connectivity_context import Context
from kade.stacks.connectivity_services import used_services
from kade.stacks.connectivity_topology import HubFacts, hub_of


def make_private_dns(context: Context, hubs: dict[str, HubFacts], spokes: dict[str, Spoke]) -> PrivateDns | None:
    """Make the zones in production, where they are ours, and the links that this environment needs.

    Zones are linked to the hubs that answer names. Spokes of a hub that does not (no resolver, and no firewall with a
    DNS proxy) ask Azure, and each of them needs the links itself.
    """
    estate = context.estate
    item = estate.network.private_dns
    links: dict[str, pulumi.Input[str]] = {}
    if context.production:
        links |= {f"hub-{k}": h.id for k, h in hubs.items() if h.ours and h.name_servers and h.id is not None}
    links |= {f"spoke-{k}-{context.environment}": s.id for k, s in spokes.items() if asks_azure(estate, hubs, k)}
    if item.ownership != "managed":
        _say_external(links)
        return None
    if not context.production and not links:
        return None
    subscription = estate.network.subscription
    region = estate.regions.primary
    if context.production:
        group: pulumi.Input[str] = context.group(subscription, region, "private-dns").name
    else:
        group = context.output("connectivity", "privateDnsGroup")
    args = PrivateDnsArgs(
        resource_group_name=group,
        zones=_zones(estate),
        links=links,
        existing=not context.production,
        tags=context.tags(subscription),
    )
    made = PrivateDns("private-dns", args, pulumi.ResourceOptions(provider=context.provider(subscription)))
    if context.production:
        pulumi.export("privateDnsGroup", group)
    return made


def existing_zone_ids(estate: Estate) -> dict[str, str]:
    """The ids of zones that stand already, by name, from the resource group that holds them; else nothing."""
    item = estate.network.private_dns
    if item.ownership != "existing" or item.id is None:
        return {}
    base = f"{item.id.rstrip('/')}/providers/Microsoft.Network/privateDnsZones"
    return {zone: f"{base}/{zone}" for zone in _zones(estate)}


def _zones(estate: Estate) -> list[str]:
    return zone_names(sorted({hub.region for hub in estate.network.hubs.values()}), wanted_services(estate))


def wanted_services(estate: Estate) -> list[str] | None:
    """Services whose zones are made: None for all, else those that the estate uses and those that the file names."""
    item = estate.network.private_dns
    return None if item.zones == "all" else list(dict.fromkeys([*used_services(estate), *item.services]))


def asks_azure(estate: Estate, hubs: dict[str, HubFacts], spoke: str) -> bool:
    """Whether a spoke has nobody in a hub to ask for names."""
    return not estate.network.spokes[spoke].peered or not hubs[hub_of(estate, spoke)].name_servers


def make_dns_policies(context: Context, hubs: dict[str, HubFacts], spokes: dict[str, Spoke]) -> list[DnsPolicy]:
    """A policy in each region on every network that this environment makes; none where the estate wants none.

    Spokes too, although they ask a hub: whoever asks Azure past it finds the same policy.
    """
    estate = context.estate
    item = estate.network.dns_policy
    if item is None:
        return []
    networks: dict[str, dict[str, pulumi.Input[str]]] = {}
    if context.production:
        for key, hub in hubs.items():
            if hub.ours and hub.id is not None:
                networks.setdefault(hub.region, {})[f"hub-{key}"] = hub.id
    for key, spoke in spokes.items():
        region = estate.network.spokes[key].region or estate.regions.primary
        networks.setdefault(region, {})[f"spoke-{key}"] = spoke.id
    subscription = estate.network.subscription
    return [
        DnsPolicy(
            f"dns-policy-{region}",
            DnsPolicyArgs(
                names=context.names(region),
                resource_group_name=context.group(subscription, region, "network").name,
                location=region,
                networks=found,
                block=item.block,
                workspace_id=context.workspace(),
                tags=context.tags(subscription),
            ),
            pulumi.ResourceOptions(provider=context.provider(subscription)),
        )
        for region, found in networks.items()
    ]


def _say_external(links: dict[str, pulumi.Input[str]]) -> None:
    pulumi.log.info(f"private DNS is not ours to change; its owner has to link: {', '.join(links) or 'nothing'}")
