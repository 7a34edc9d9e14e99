"""Services: what they name, where they run, and what does not go together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kade.estate.check_applications import depends, environments, room
from kade.estate.check_references import refer
from kade.estate.checks import Check, Finding, PathKey
from kade.estate.service_places import CONTAINER_APPS, delegations_of, endpoint_subnet, inbound_subnet, subnet_of
from kade.estate.services import (
    DataPlatform,
    DigitalService,
    InformationExchange,
    Kubernetes,
    Service,
    ServiceDatabase,
)

if TYPE_CHECKING:
    from kade.estate.model import Estate

ROOM = 8  # letters of a service in a name with little room: of 24 the pattern takes 14, and a part of it two


def services(estate: Estate) -> Iterator[Finding]:
    """What a service names is there, and its parts go together."""
    for key, service in estate.services.items():
        at: PathKey = ("services", key)
        yield from _names(at, service, estate)
        if key in estate.network.ingress:
            yield Finding(at, f"{key!r} is a way in as well, and each has a stack of that name", remedy="Rename one.")
        if len(service.short(key)) > ROOM:
            text = f"{service.short(key)!r} leaves no room in the names of key vaults and storage accounts"
            yield Finding(at, text, remedy=f"Add `code:` with at most {ROOM} letters.")
        if _has_database(service) and not _admins(service, estate):
            text = "somebody has to administer its database, and the owner's role has no group"
            yield Finding(at, text, remedy="Add `admins:` with a group of identity.groups.")
        if isinstance(service, DigitalService):
            yield from _digital(at, service, estate)
        elif isinstance(service, InformationExchange):
            yield from _exchange(at, service, estate)
        elif isinstance(service, DataPlatform):
            yield from _data(at, service, estate)
        elif isinstance(service, Kubernetes):
            yield from _kubernetes(at, service, estate)


def _has_database(service: Service) -> bool:
    return bool(getattr(service, "database", None) or getattr(service, "fsc", None))


def _admins(service: Service, estate: Estate) -> str | None:
    """The group that administers it; None where there is none, also for a role that is not there."""
    domain = estate.domains.get(service.domain)
    role = estate.roles.get(service.owner or (domain.owner if domain else ""))
    return service.admins or (role.group if role else None)


def ways_in(estate: Estate) -> Iterator[Finding]:
    """A way in has room in its vault's name, and a certificate that what is behind it asks for."""
    for key, item in estate.network.ingress.items():
        at: PathKey = ("network", "ingress", key)
        if len(item.code or key.replace("-", "")) > ROOM:
            text = f"{key!r} leaves no room in the name of its key vault"
            yield Finding(at, text, remedy=f"Add `code:` with at most {ROOM} letters.")
        behind = [k for k, s in estate.services.items() if s.kind == "digital_service" and s.ingress == key]
        sensitive = [k for k in behind if estate.services[k].classification in ("confidential", "restricted")]
        if item.certificate == "domain_validated" and sensitive:
            text = f"{', '.join(sensitive)} handles sensitive data, for which BIO2 5.14.02 asks organisation validation"
            yield Finding((*at, "certificate"), text, remedy="Take organisation_validated.")


def _names(at: PathKey, service: Service, estate: Estate) -> Iterator[Finding]:
    spokes = estate.network.spokes
    yield from refer((*at, "domain"), service.domain, estate.domains, "domain")
    yield from refer((*at, "owner"), service.owner, estate.roles, "role")
    yield from refer((*at, "spoke"), service.spoke, spokes, "spoke")
    yield from refer((*at, "backup_class"), service.backup_class, estate.backup.classes, "backup class")
    yield from refer((*at, "admins"), service.admins, estate.identity.groups, "group")
    if service.removal is not None:
        yield from refer((*at, "removal", "by"), service.removal.by, estate.roles, "role")
    yield from environments(at, service.environments, service.spoke, estate)
    yield from depends(at, service.depends_on, estate)
    if service.spoke in spokes:
        subnets = spokes[service.spoke].subnets
        yield from refer((*at, "subnet"), service.subnet, subnets, f"subnet in spoke {service.spoke}:")


def places(estate: Estate) -> Iterator[Finding]:
    """Every part has a subnet that it can take, and no two take one that goes to one alone."""
    taken: dict[tuple[str, str], str] = {}
    for key, service in estate.services.items():
        at: PathKey = ("services", key)
        if service.spoke not in estate.network.spokes:
            continue
        for delegation in delegations_of(service):
            subnet = subnet_of(estate, service, delegation)
            if subnet is None:
                what = f"a subnet that is delegated to {delegation}" if delegation else "a subnet without delegation"
                remedy = f"Add one to network.spokes.{service.spoke}.subnets, or name another under `subnet`."
                yield Finding(at, f"it needs {what}, and spoke {service.spoke} has none for it", remedy=remedy)
            elif delegation == CONTAINER_APPS:
                owner = taken.setdefault((service.spoke, subnet), key)
                if owner != key:
                    text = f"subnet {subnet} is taken by {owner}: Azure gives it to one Container Apps environment"
                    yield Finding((*at, "subnet"), text, remedy="Name another under `subnet`.")
        yield from _reached(at, service, estate)


def _reached(at: PathKey, service: Service, estate: Estate) -> Iterator[Finding]:
    if endpoint_subnet(estate, service) is None:
        yield Finding(
            (*at, "spoke"),
            f"spoke {service.spoke} has no subnet for private endpoints",
            remedy="Add a subnet whose segment has `private_endpoints: true`.",
        )
    if service.kind == "digital_service" and inbound_subnet(estate, service) is None:
        yield Finding(
            (*at, "spoke"),
            f"spoke {service.spoke} has no subnet at which the gateway reaches a web application",
            remedy="Add a subnet of a segment of level 2, without delegation.",
        )


def _digital(at: PathKey, service: DigitalService, estate: Estate) -> Iterator[Finding]:
    yield from refer((*at, "ingress"), service.ingress, estate.network.ingress, "ingress")
    if service.maximum_instances < service.instances:
        yield Finding((*at, "maximum_instances"), f"is less than the {service.instances} that always run")
    how = service.sign_in
    if (how.digid or how.eherkenning or how.eidas) and how.broker is None:
        yield Finding((*at, "sign_in"), "sign-in goes through a broker", remedy="Add `broker:`.")
    if how.digid and not {"bsn", "special", "medical"} & set(service.data):
        text = "who signs in with DigiD brings a BSN, and the data classes do not say so"
        yield Finding((*at, "data"), text, ", ".join(service.data), "Add `bsn`.")
    if service.database is not None:
        yield from _fits((*at, "database"), service.database)


def _fits(at: PathKey, database: ServiceDatabase) -> Iterator[Finding]:
    yield from room(at, database.engine, database.tier, database.size_gb)
    if database.high_availability and database.engine == "postgresql" and database.tier == "Burstable":
        text = "Azure has no standby for a Burstable server"
        yield Finding((*at, "high_availability"), text, remedy="Take GeneralPurpose, or `high_availability: false`.")


def _exchange(at: PathKey, service: InformationExchange, estate: Estate) -> Iterator[Finding]:
    parts = ("api_management", "fsc", "messaging", "digikoppeling", "file_transfer")
    if not any(getattr(service, part) for part in parts):
        yield Finding(at, "it exchanges nothing", remedy=f"Add one of {', '.join(parts)}.")
    if service.messaging is not None and service.messaging.sku == "Standard" and service.classification != "public":
        text = f"a Standard namespace answers the internet, and the data is {service.classification}"
        yield Finding((*at, "messaging", "sku"), text, remedy="Take Premium.")
    partners = estate.network.partners
    if service.digikoppeling is not None:
        for i, name in enumerate(service.digikoppeling.partners):
            yield from refer((*at, "digikoppeling", "partners", i), name, partners, "partner")
    if service.file_transfer is not None:
        for i, name in enumerate(service.file_transfer.partners):
            yield from refer((*at, "file_transfer", "partners", i), name, partners, "partner")
        for name in service.file_transfer.sftp:
            yield from refer((*at, "file_transfer", "sftp", name), name, service.file_transfer.partners, "its partner")
    if service.fsc is not None:
        missing = [part for part in ("inway", "outway", "manager", "transaction_log") if part not in service.fsc.images]
        if missing:
            yield Finding((*at, "fsc", "images"), f"no image for {', '.join(missing)}", remedy="Name one for each.")
        clusters = [key for key, other in estate.services.items() if other.kind == "kubernetes"]
        if service.fsc.runs_on == "kubernetes" and not clusters:
            yield Finding((*at, "fsc", "runs_on"), "there is no cluster", remedy="Add a service of kind kubernetes.")


def _data(at: PathKey, service: DataPlatform, estate: Estate) -> Iterator[Finding]:
    for zone, names in service.readers.items():
        if zone not in service.zones:
            yield Finding((*at, "readers", zone), f"there is no zone {zone}", remedy=f"It has {service.zones}.")
        for i, name in enumerate(names):
            yield from refer((*at, "readers", zone, i), name, estate.identity.groups, "group")
    yield from refer((*at, "keeper"), service.keeper, estate.identity.groups, "group")
    readers = {name for names in service.readers.values() for name in names}
    if service.keeper in readers:
        text = f"{service.keeper} reads the data as well, and would know who is behind a pseudonym"
        yield Finding((*at, "keeper"), text, remedy="Name a group that reads no zone: the privacy officers.")
    if service.pseudonymise and (not service.factory or len(service.zones) < 2):
        text = "it is a step of the factory between two zones"
        yield Finding((*at, "pseudonymise"), text, remedy="Add the factory and a second zone, or set it to false.")
    for kind in service.retention_days:
        yield from refer((*at, "retention_days", kind), kind, service.data, "class of its data:")
    if service.database is not None:
        yield from _fits((*at, "database"), service.database)


def _kubernetes(at: PathKey, service: Kubernetes, estate: Estate) -> Iterator[Finding]:
    for name, pool in service.node_pools.items():
        if pool.maximum < pool.minimum:
            yield Finding((*at, "node_pools", name, "maximum"), f"is less than the minimum, {pool.minimum}")
    production = estate.production in estate.environments_of(service)
    workers = sum(pool.minimum for pool in service.node_pools.values())
    if production and workers < 3:
        text = f"{workers} workers in production; Haven asks three"
        yield Finding((*at, "node_pools"), text, remedy="Raise `minimum`.")


CHECKS: tuple[Check, ...] = (services, places, ways_in)
