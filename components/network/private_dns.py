"""Private DNS zones for private endpoints, linked to the hub, which answers names for every spoke."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import privatedns

from kade.components.arguments import normalise
from kade.facts.private_link import private_link_zones


@dataclass
class PrivateDnsArgs:
    """Arguments of `PrivateDns`."""

    resource_group_name: pulumi.Input[str]
    regions: Sequence[str]
    """Regions, for the zones that carry a region's name or geo code."""
    links: Mapping[str, pulumi.Input[str]]
    """Virtual networks by key that resolve the zones: the hubs, if the spokes ask a resolver or firewall there."""
    services: Sequence[str] | None = None
    """Services (`kade.facts.private_link.services`); None for all of them."""
    tags: Mapping[str, str] = field(default_factory=dict)


class PrivateDns(pulumi.ComponentResource):
    """One zone for each private link name of the chosen services, with its links.

    A region whose geo code is not known is an error where a service needs it, never a guess.
    """

    zone_ids: pulumi.Output[Mapping[str, str]]

    def __init__(self, name: str, args: PrivateDnsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make them. Raises `kade.facts.UnknownFactError` for an unknown service, region or geo code."""
        args = normalise(PrivateDnsArgs, args)
        found = {z.name: None for region in args.regions for z in private_link_zones(region, args.services)}
        super().__init__("kade:index:PrivateDns", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        self.zones = {
            zone: privatedns.PrivateZone(
                f"{name}-{zone}",
                resource_group_name=args.resource_group_name,
                private_zone_name=zone,
                location="global",
                tags=args.tags,
                opts=here,
            )
            for zone in found
        }
        self.links = [
            privatedns.VirtualNetworkLink(
                f"{name}-{zone}-{key}",
                resource_group_name=args.resource_group_name,
                private_zone_name=made.name,
                virtual_network_link_name=key,
                location="global",
                registration_enabled=False,
                # A name that only the public zone has is asked there: a partner's storage account stays reachable.
                resolution_policy="NxDomainRedirect",
                virtual_network=privatedns.SubResourceArgs(id=network),
                tags=args.tags,
                opts=here,
            )
            for zone, made in self.zones.items()
            for key, network in args.links.items()
        ]
        self.zone_ids = pulumi.Output.all(**{zone: made.id for zone, made in self.zones.items()})
        self.register_outputs({"zoneIds": self.zone_ids})
