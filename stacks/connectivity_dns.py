"""Private DNS of the estate: zones for private endpoints, linked to who answers names."""

from __future__ import annotations

import pulumi

from kade.components.network.private_dns import PrivateDns, PrivateDnsArgs
from kade.components.network.spoke import Spoke
from kade.stacks.connectivity_context import Context
from kade.stacks.connectivity_topology import HubFacts

# What the platform itself reaches over private endpoints: key vaults, blobs, and files.
ALWAYS = ("key_vault", "storage_blob", "storage_file")


def make_private_dns(context: Context, hubs: dict[str, HubFacts], spokes: dict[str, Spoke]) -> PrivateDns | None:
    """Make the zones in production, where they are ours.

    They are linked to the hubs. Where a hub answers no names (no resolver, and a firewall without DNS proxy), spokes
    ask Azure, and each of them needs the link itself.
    """
    estate = context.estate
    item = estate.network.private_dns
    if not context.production or item.ownership != "managed":
        return None
    region = estate.regions.primary
    subscription = estate.network.subscription
    links: dict[str, pulumi.Input[str]] = {
        f"hub-{k}": hub.id for k, hub in hubs.items() if hub.ours and hub.id is not None
    }
    if not any(hub.name_servers for hub in hubs.values()):
        links |= {f"spoke-{key}": spoke.id for key, spoke in spokes.items()}
    args = PrivateDnsArgs(
        resource_group_name=context.group(subscription, region, "private-dns").name,
        regions=sorted({hub.region for hub in hubs.values()}),
        links=links,
        services=None if item.zones == "all" else _used(context),
        tags=context.tags(subscription),
    )
    return PrivateDns("private-dns", args, pulumi.ResourceOptions(provider=context.provider(subscription)))


def _used(context: Context) -> list[str]:
    """Services whose zones are made: those of the platform and those that the file names."""
    return list(dict.fromkeys([*ALWAYS, *context.estate.network.private_dns.services]))
