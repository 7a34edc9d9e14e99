"""Private endpoints of what the platform has made: it comes before any network, so they come with the spokes."""

from __future__ import annotations

import pulumi

from kade.components.network.private_dns import PrivateDns
from kade.components.network.spoke import Spoke
from kade.components.workload.place import PlaceArgs
from kade.components.workload.private_endpoint import private_endpoint
from kade.estate import Estate
from kade.stacks.common import StackError
from kade.stacks.connectivity_context import Context


def make_endpoints(context: Context, spokes: dict[str, Spoke], zones: PrivateDns | None) -> None:
    """The endpoint of the platform's key vault, in production, where both the vault and a subnet for it are ours."""
    estate = context.estate
    found = endpoint_subnet(estate)
    if not context.production or estate.security.vault.ownership != "managed" or found is None:
        return
    spoke, subnet = found
    if spoke not in spokes:
        return
    subscription = estate.network.spokes[spoke].subscriptions[context.environment]
    region = estate.network.spokes[spoke].region or estate.regions.primary
    place = PlaceArgs(
        names=context.names(region),
        resource_group_name=spokes[spoke].resource_group_name,
        location=region,
        workload="platform",
        endpoint_subnet_id=spokes[spoke].subnet_ids.apply(lambda ids: ids[subnet]),
        dns_zone_ids=_by_name(zones),
        tags=context.tags(subscription),
    )
    vault = context.output("platform", "keyVaultId")
    private_endpoint(spokes[spoke], "platform-vault", place, "kluis", vault, "key_vault")


def endpoint_subnet(estate: Estate) -> tuple[str, str] | None:
    """The spoke of production and its subnet for private endpoints: the spoke that `security.endpoint_spoke` names, or
    the first that has such a subnet; None where none has. StackError where the named one has none.
    """
    named = estate.security.endpoint_spoke
    for name, spoke in estate.network.spokes.items():
        if estate.production not in spoke.subscriptions or (named and name != named):
            continue
        for key, subnet in spoke.subnets.items():
            if estate.network.segments[subnet.segment or key].private_endpoints:
                return name, key
    if named:
        raise StackError(
            f"security.endpoint_spoke: {named!r} has no subnet of a segment with `private_endpoints` in "
            f"{estate.production}; name another spoke, or give it one"
        )
    return None


def _by_name(zones: PrivateDns | None) -> dict[str, pulumi.Input[str]]:
    """The zones by name: their names are known before their ids are."""
    return {name: zone.id for name, zone in zones.zones.items()} if zones is not None else {}
