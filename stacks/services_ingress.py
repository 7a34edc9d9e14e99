"""The way in from the internet: the gateway, its certificates, and the public names of what is behind it.

It is a stack of its own, after the services that it leads to: their names on the network are known only when they
stand, and a change of one of them then touches the gateway in one place that a reviewer can see.
"""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_azure_native import dns, managedidentity, resources

from kade.components.network.ingress import Ingress, IngressArgs, IngressHostArgs
from kade.components.services.certificate_vault import CertificateVault, CertificateVaultArgs
from kade.components.workload.place import PlaceArgs
from kade.estate import Estate
from kade.estate.network import Ingress as Record
from kade.estate.network import PublicZone
from kade.estate.services import DigitalService
from kade.stacks.common import StackError, tags_of, tenant_of
from kade.stacks.layer_context import LayerContext

TTL = 3600
KINDS = {"organisation_validated": "an organisation-validated", "domain_validated": "a domain-validated"}


def make_ingress(estate: Estate, environment: str, key: str) -> dict[str, Any]:
    """Make it; its public address. StackError without a subnet for it."""
    return _Maker(estate, environment, key).make()


class _Maker(LayerContext):
    def __init__(self, estate: Estate, environment: str, key: str) -> None:
        super().__init__(estate, environment)
        self.key = key
        self.item: Record = estate.network.ingress[key]
        self.spoke = estate.network.spokes[self.item.spoke]
        self.region = self.spoke.region or estate.regions.primary
        self.subscription = self.spoke.subscriptions[environment]
        self.opts = self.options(self.subscription)
        self.services = {
            name: service
            for name, service in estate.services.items()
            if isinstance(service, DigitalService)
            and service.ingress == key
            and environment in estate.environments_of(service)
        }

    def make(self) -> dict[str, Any]:
        place = self._place()
        identity = managedidentity.UserAssignedIdentity(
            f"{self.key}-identity",
            resource_group_name=place.resource_group_name,
            resource_name_=place.name("user_assigned_identity"),
            location=self.region,
            tags=place.tags,
            opts=self.opts,
        )
        settings = self.estate.security.key_vaults
        vault = CertificateVaultArgs(
            place=place,
            tenant_id=tenant_of(self.estate, self.subscription),
            readers={"gateway": identity.principal_id},
            action_group_ids=self.action_groups(1),
            premium=settings.sku == "premium",
            retention_days=settings.purge_protection_days,
        )
        certificates = CertificateVault(f"{self.key}-vault", vault, self.opts)
        shown = {name: service for name, service in self.services.items() if service.published}
        self._say(shown)
        exported: dict[str, Any] = {"certificateVaultId": certificates.id, "certificateVaultUri": certificates.uri}
        if not shown:
            return exported
        gateway = self._gateway(place, identity, certificates, shown)
        self._names(gateway, shown)
        return {**exported, "gatewayId": gateway.id, "address": gateway.address}

    def _place(self) -> PlaceArgs:
        names, tags = self.names(self.region), tags_of(self.estate, self.environment, self.subscription)
        group = resources.ResourceGroup(
            f"{self.key}-group",
            resource_group_name=names.of("resource_group", f"{self.key}-ingress"),
            location=self.region,
            tags=tags,
            opts=self.opts,
        )
        endpoints = self._subnet_of(endpoints=True)
        return PlaceArgs(
            names=names,
            resource_group_name=group.name,
            location=self.region,
            workload=self.key,
            short=self.item.code or self.key.replace("-", ""),
            zones=self.zones(self.region),
            endpoint_subnet_id=self.subnet(self.item.spoke, endpoints) if endpoints else None,
            dns_zone_ids=self.dns_zones(self.region, ("key_vault",)),
            workspace_id=self.workspace(),
            tags=tags,
        )

    def _subnet_of(self, *, endpoints: bool = False) -> str | None:
        """The subnet of the gateway, or the one for private endpoints beside it."""
        segments = self.estate.network.segments
        for name, subnet in self.estate.network.spokes[self.item.spoke].subnets.items():
            segment = subnet.segment or name
            if segments[segment].private_endpoints if endpoints else segment == self.item.segment:
                return name
        return None

    def _gateway(
        self,
        place: PlaceArgs,
        identity: managedidentity.UserAssignedIdentity,
        certificates: CertificateVault,
        shown: dict[str, DigitalService],
    ) -> Ingress:
        subnet = self._subnet_of()
        if subnet is None:
            raise StackError(f"network.ingress.{self.key}: spoke {self.item.spoke} has no subnet {self.item.segment}")
        # Only the one with a text of its own answers; the others send on to it.
        central = next((s.hostname for s in self.services.values() if s.security_txt and s.published), None)
        hosts = {
            name: IngressHostArgs(
                hostname=service.hostname,
                backend=self.output("services", "host", part=name),
                certificate_secret_id=certificates.secret(name),
                health_path=service.health_path,
                content_security_policy=service.content_security_policy,
                referrer_policy=service.referrer_policy,
                security_txt_url=(
                    f"https://{central}/.well-known/security.txt" if central and service.security_txt is None else ""
                ),
            )
            for name, service in shown.items()
        }
        args = IngressArgs(
            names=place.names,
            resource_group_name=place.resource_group_name,
            location=self.region,
            workload=self.key,
            subnet_id=self.subnet(self.item.spoke, subnet),
            identity_id=identity.id,
            hosts=hosts,
            waf_mode=self.item.waf,
            minimum_instances=self.item.minimum_instances,
            maximum_instances=self.item.maximum_instances,
            ipv6=self.spoke.ipv6,
            zones=place.zones,
            ddos_mode={"ip": "Enabled", "plan": "VirtualNetworkInherited", "none": ""}[self.estate.network.ddos],
            workspace_id=place.workspace_id,
            tags=place.tags,
        )
        after = list(certificates.readers.values())
        return Ingress(
            self.key, args, pulumi.ResourceOptions.merge(self.opts, pulumi.ResourceOptions(depends_on=after))
        )

    def _names(self, gateway: Ingress, shown: dict[str, DigitalService]) -> None:
        """An address record in the public zones that are ours; what others have to put in is said."""
        network = self.estate.network
        home = self.options(network.subscription)
        asked: list[str] = []
        for name, service in shown.items():
            zone = _zone_of(service.hostname, network.public_dns)
            if zone is None or zone.ownership == "external":
                asked.append(service.hostname)
                continue
            group = (
                zone.id.split("/")[4]
                if zone.ownership == "existing" and zone.id
                else self.names(self.estate.regions.primary).of("resource_group", "public-dns")
            )
            relative = service.hostname.removesuffix(f".{zone.domain}")
            common = {"resource_group_name": group, "zone_name": zone.domain, "relative_record_set_name": relative}
            dns.RecordSet(
                f"{self.key}-name-{name}",
                **common,
                record_type="A",
                ttl=TTL,
                a_records=[dns.ARecordArgs(ipv4_address=gateway.address)],
                opts=home,
            )
            if self.spoke.ipv6:
                dns.RecordSet(
                    f"{self.key}-name6-{name}",
                    **common,
                    record_type="AAAA",
                    ttl=TTL,
                    aaaa_records=[dns.AaaaRecordArgs(ipv6_address=gateway.address_ipv6)],
                    opts=home,
                )
        if asked:
            pulumi.log.info(
                f"network.ingress.{self.key}: ask the owner of the zone for an A record of {', '.join(asked)}"
            )

    def _say(self, shown: dict[str, DigitalService]) -> None:
        """A gateway whose certificate is not in the vault cannot be made: say what has to be there first."""
        kind = KINDS[self.item.certificate]
        for name, service in self.services.items():
            if name not in shown:
                pulumi.log.warn(
                    f"services.{name}: not published; put {kind} certificate for {service.hostname} into the vault of "
                    f"{self.key} under the name {name}, and set published: true"
                )


def _zone_of(hostname: str, zones: dict[str, PublicZone]) -> PublicZone | None:
    """The zone that a name stands in: of those that hold it, the nearest."""
    holding = [zone for zone in zones.values() if hostname.endswith(f".{zone.domain}")]
    return max(holding, key=lambda zone: len(zone.domain), default=None)
