"""Public DNS zones that are ours; of the others, what their owner has to put in."""

from __future__ import annotations

import pulumi

from kade.components.network.public_dns import PublicDnsZone, PublicDnsZoneArgs
from kade.stacks.connectivity_context import Context


def make_public_dns(context: Context) -> dict[str, PublicDnsZone]:
    """Make the managed zones in production. The DS record is for the zone above, which is never ours."""
    estate = context.estate
    made: dict[str, PublicDnsZone] = {}
    if not context.production:
        return made
    subscription = estate.network.subscription
    for key, zone in estate.network.public_dns.items():
        if zone.ownership != "managed":
            continue
        args = PublicDnsZoneArgs(
            resource_group_name=context.group(subscription, estate.regions.primary, "public-dns").name,
            domain=zone.domain,
            dnssec=zone.dnssec,
            certificate_authorities=zone.certificate_authorities,
            report_to=estate.security.contact.emails[0],
            mail=zone.mail,
            tags=context.tags(subscription),
        )
        opts = pulumi.ResourceOptions(provider=context.provider(subscription))
        made[key] = PublicDnsZone(f"public-dns-{key}", args, opts)
    return made
