"""Private DNS zones for private endpoints, linked to the hub, which answers names for every spoke."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import privatedns

from kade.components.arguments import normalise
from kade.facts.private_link import private_link_zones


def zone_names(regions: Sequence[str], services: Sequence[str] | None = None) -> list[str]:
    """The zones of the services (None: of all) for some regions, each once.

    Raises `kade.facts.UnknownFactError` for an unknown service or region, and for a region whose geo code is not known
    where a service needs it.
    """
    return list(dict.fromkeys(z.name for region in regions for z in private_link_zones(region, services)))


@dataclass
class PrivateDnsArgs:
    """Arguments of `PrivateDns`."""

    resource_group_name: pulumi.Input[str]
    zones: Sequence[str]
    """Names of the zones; `zone_names` gives those of services and regions."""
    links: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Virtual networks by key that resolve the zones: the hubs, if the spokes ask a resolver or firewall there."""
    existing: bool = False
    """The zones stand already in that resource group; only links are made."""
    tags: Mapping[str, str] = field(default_factory=dict)


class PrivateDns(pulumi.ComponentResource):
    """Private DNS zones with their links to virtual networks."""

    zone_ids: pulumi.Output[Mapping[str, str]]

    def __init__(self, name: str, args: PrivateDnsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make them."""
        args = normalise(PrivateDnsArgs, args)
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
            for zone in ([] if args.existing else args.zones)
        }
        self.links = [
            privatedns.VirtualNetworkLink(
                f"{name}-{zone}-{key}",
                resource_group_name=args.resource_group_name,
                private_zone_name=self.zones[zone].name if zone in self.zones else zone,
                virtual_network_link_name=key,
                location="global",
                registration_enabled=False,
                # A name that only the public zone has is asked there: a partner's storage account stays reachable.
                resolution_policy="NxDomainRedirect",
                virtual_network=privatedns.SubResourceArgs(id=network),
                tags=args.tags,
                opts=here,
            )
            for zone in args.zones
            for key, network in args.links.items()
        ]
        self.zone_ids = pulumi.Output.all(**{zone: made.id for zone, made in self.zones.items()})
        self.register_outputs({"zoneIds": self.zone_ids})
