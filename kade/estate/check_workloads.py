"""What an application needs in Azure: a subnet for each part, who works with its data, images, what it shares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kade.estate.applications import Application
from kade.estate.check_references import refer
from kade.estate.checks import Check, Finding, PathKey
from kade.estate.problems import suggestion
from kade.estate.residency import ORDER
from kade.estate.service_places import APP_SERVICE, CONTAINER_APPS, delegations_of, subnet_of
from kade.facts.data import UnknownFactError, read
from kade.facts.databases import ROOM, database_tiers, default_tier, server_tier
from kade.facts.vm_images import vm_image

if TYPE_CHECKING:
    from kade.estate.model import Estate

MANAGED_INSTANCE = "Microsoft.Sql/managedInstances"
ON_ONE_SERVER = ("postgresql", "mysql", "sql_managed_instance")
ALONE = (CONTAINER_APPS, MANAGED_INSTANCE)  # each takes a whole subnet


def names(estate: Estate) -> Iterator[Finding]:
    """Groups, clusters and acceptances that an application names are there."""
    for key, app in estate.applications.items():
        at: PathKey = ("applications", key)
        yield from refer((*at, "admins"), app.admins, estate.identity.groups, "group")
        if app.removal is not None:
            yield from refer((*at, "removal", "by"), app.removal.by, estate.roles, "role")
        clusters = {name: one for name, one in estate.services.items() if one.kind == "kubernetes"}
        yield from refer((*at, "cluster"), app.cluster, clusters, "service of kind kubernetes:")
        if app.cluster in clusters:
            yield from _on_cluster(at, app, app.cluster, estate)
        keeps = app.archive is not None and app.archive.then != "nothing"
        if keeps and app.strategy == "retire" and app.spoke is None:
            yield Finding(
                (*at, "archive"), "what is kept needs a spoke, from which it is reached", remedy="Add `spoke:`."
            )
        owner = app.owner or (estate.domains[app.domain].owner if app.domain in estate.domains else "")
        role = estate.roles.get(owner)
        arc = app.stays is not None and app.stays.arc
        stores = app.runs and holds_stores(app)
        if (stores or keeps or arc) and app.admins is None and (role is None or role.group is None):
            text = f"nobody is named who works with its data: the role {owner!r} has no group"
            yield Finding(at, text, remedy="Add `admins:` with a group of identity.groups.")


def _on_cluster(at: PathKey, app: Application, cluster: str, estate: Estate) -> Iterator[Finding]:
    service = estate.services[cluster]
    if not app.containers:
        yield Finding(
            (*at, "cluster"), "only containers run on a cluster", remedy="Take it away, or add `containers:`."
        )
    if ORDER.index(app.classification) > ORDER.index(service.classification):
        text = f"its data is {app.classification}, and {cluster} is made for {service.classification}"
        yield Finding(
            (*at, "cluster"), text, remedy="Run it on Container Apps, or add its data classes to the cluster."
        )
    for environment in estate.environments_of(app) if app.spoke in estate.network.spokes else ():
        if environment not in estate.environments_of(service):
            text = f"it runs in {environment}, and {cluster} does not"
            yield Finding((*at, "cluster"), text, remedy="Name the environments of the application.")


def places(estate: Estate) -> Iterator[Finding]:
    """Every part has a subnet that it can take; one goes to one application alone."""
    taken = _of_services(estate)
    for key, app in estate.applications.items():
        if not app.runs or app.spoke not in estate.network.spokes:
            continue
        at: PathKey = ("applications", key)
        subnets = estate.network.spokes[app.spoke].subnets
        yield from refer((*at, "subnet"), app.subnet, subnets, f"subnet in spoke {app.spoke}:")
        if holds_stores(app) and not any(
            item.delegation is None and estate.network.segments[item.segment or name].private_endpoints
            for name, item in subnets.items()
            if (item.segment or name) in estate.network.segments
        ):
            remedy = "Add a subnet of a segment with `private_endpoints: true`."
            yield Finding((*at, "spoke"), f"spoke {app.spoke} has no subnet for private endpoints", remedy=remedy)
        for section, delegation in _delegations(app):
            subnet = next(
                (n for n in (app.subnet, *subnets) if n in subnets and subnets[n].delegation == delegation), None
            )
            if subnet is None:
                text = f"it needs a subnet that is delegated to {delegation}, and spoke {app.spoke} has none"
                yield Finding(
                    (*at, section), text, remedy=f"Add one to network.spokes.{app.spoke}.subnets, /27 at least."
                )
                continue
            owner = taken.setdefault((app.spoke, subnet), key) if delegation in ALONE else key
            if owner != key:
                text = f"subnet {subnet} is taken by {owner}: Azure gives it to one {delegation} alone"
                yield Finding((*at, section), text, remedy="Name another under `subnet`.")


def holds_stores(app: Application) -> bool:
    """Whether it has data on a service of Azure, which somebody works with."""
    managed = any(item.target != "on_server" for item in app.databases.values())
    return bool(app.files or app.archive or app.web or app.functions) or managed


def _of_services(estate: Estate) -> dict[tuple[str, str], str]:
    """The subnets that services have for themselves, by spoke and subnet."""
    found: dict[tuple[str, str], str] = {}
    for key, service in estate.services.items():
        if service.spoke in estate.network.spokes and CONTAINER_APPS in delegations_of(service):
            subnet = subnet_of(estate, service, CONTAINER_APPS)
            found |= {(service.spoke, subnet): f"service {key}"} if subnet is not None else {}
    return found


def _delegations(app: Application) -> Iterator[tuple[str, str]]:
    if app.web is not None:
        yield "web", APP_SERVICE
    if app.containers and app.cluster is None:
        yield "containers", CONTAINER_APPS
    if app.functions:
        yield "functions", CONTAINER_APPS
    if any(item.target == "sql_managed_instance" for item in app.databases.values()):
        yield "databases", MANAGED_INSTANCE


def machines(estate: Estate) -> Iterator[Finding]:
    """A new machine has an image, and joins a directory that is there; a disk that was written is there for each."""
    for key, app in estate.applications.items():
        for name, item in app.servers.items() if app.runs else ():
            at: PathKey = ("applications", key, "servers", name)
            if item.domain_joined and estate.identity.active_directory is None:
                yield Finding((*at, "domain_joined"), "there is no directory", remedy="Add identity.active_directory.")
            if item.os_disks and len(item.os_disks) != item.count:
                yield Finding((*at, "os_disks"), f"{len(item.os_disks)} disks for {item.count} machines")
            if item.os_disks:
                continue
            try:
                vm_image(item.os, item.new_version or item.version)
            except UnknownFactError as error:
                remedy = "Say which it gets with `new_version:`, or name what the migration wrote under `os_disks:`."
                yield Finding((*at, "new_version" if item.new_version else "version"), str(error), remedy=remedy)
            if item.os == "linux" and estate.identity.ssh_public_key is None:
                text = "a new Linux machine accepts a key, and there is none"
                yield Finding((*at, "os"), text, remedy="Add identity.ssh_public_key.")


def stores(estate: Estate) -> Iterator[Finding]:
    """A database fits in some tier, a share can be had, and what is shared is protected for all who share it."""
    for key, app in estate.applications.items():
        at: PathKey = ("applications", key)
        for name, database in app.databases.items():
            moves = database.target != "on_server" and database.tier is None
            if moves and default_tier(database.target, database.size_gb) is None:
                text = f"{database.size_gb:g} GB fits in no tier of {database.target}"
                yield Finding((*at, "databases", name, "size_gb"), text, remedy="Choose another target, or split it.")
        yield from _together((*at, "databases"), app)
        largest = read("service_limits")["gib_per_file_share"]["limit"]
        if app.files is not None and app.files.size_gb * ROOM > largest:
            text = f"{app.files.size_gb} GB with a fifth to grow is over {largest} GB, the largest share"
            yield Finding((*at, "files", "size_gb"), text, remedy="Clean it up first, or split the application.")
        if app.files is not None and app.files.protocol == "nfs" and app.files.tier != "premium":
            yield Finding((*at, "files"), "nfs is only there on premium shares", remedy="Add `tier: premium`.")
        for field in ("shared_servers", "shared_databases"):
            for i, name in enumerate(getattr(app, field)):
                owner = estate.applications.get(name.partition("/")[0])
                if owner is not None:
                    yield from _shared((*at, field, i), app, name, owner, estate)


def _together(at: PathKey, app: Application) -> Iterator[Finding]:
    """Databases of one target stand on one server, whose tier holds them all."""
    for target in ON_ONE_SERVER if app.runs else ():
        held = [(item.tier or "", item.size_gb) for item in app.databases.values() if item.target == target]
        most = database_tiers(target).get(server_tier(target, held)) if len(held) > 1 else None
        total = sum(size_gb for _, size_gb in held)
        if most is not None and total > most:
            text = f"{total:g} GB in {len(held)} databases does not fit on one {target} server, which holds {most} GB"
            yield Finding(at, text, remedy="Choose a larger tier, or split the application.")


def _shared(at: PathKey, app: Application, name: str, owner: Application, estate: Estate) -> Iterator[Finding]:
    if ORDER.index(app.classification) > ORDER.index(owner.classification):
        text = f"{name} would hold {app.classification} data, and its owner protects {owner.classification} data"
        yield Finding(at, text, remedy=f"Add the data classes to those of {name.partition('/')[0]}.")
    if app.runs and owner.runs and all(a.spoke in estate.network.spokes for a in (app, owner)):
        for environment in estate.environments_of(app):
            if environment not in estate.environments_of(owner):
                text = f"it runs in {environment}, where {name} is not"
                remedy = suggestion(environment, estate.environments_of(owner)) or "Name the environments of both."
                yield Finding(at, text, remedy=remedy)


LAST: tuple[Check, ...] = (names, places, machines, stores)
