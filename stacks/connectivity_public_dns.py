"""Public DNS zones that are ours; of the others, what their owner has to put in."""

from __future__ import annotations

import pulumi

from kade.components.network.public_dns import PublicDnsZone, PublicDnsZoneArgs
from kade.estate import Estate
from kade.estate.dns import PublicZone
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
        group = context.group(subscription, estate.regions.primary, "public-dns").name
        args = zone_args(estate, zone, group)
        args.tags = context.tags(subscription)
        opts = pulumi.ResourceOptions(provider=context.provider(subscription))
        made[key] = PublicDnsZone(f"public-dns-{key}", args, opts)
    return made


def zone_args(estate: Estate, zone: PublicZone, group: pulumi.Input[str]) -> PublicDnsZoneArgs:
    """What a zone is made from, or what its owner is asked for."""
    return PublicDnsZoneArgs(
        resource_group_name=group,
        domain=zone.domain,
        dnssec=zone.dnssec,
        certificate_authorities=zone.certificate_authorities,
        report_to=zone.reports_to or estate.security.contact.emails[0],
        mail=zone.mail,
        mail_servers=zone.mail_servers,
        dkim=zone.dkim,
        dane=zone.dane,
        mta_sts_id=zone.mta_sts.policy_id if zone.mta_sts else "",
        mta_sts_host=zone.mta_sts.host if zone.mta_sts else "",
    )
