"""Which Azure services an estate uses over private endpoints, so that only their DNS zones are made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kade.estate import Estate
from kade.estate.applications import Application
from kade.estate.services import DataPlatform, DigitalService, InformationExchange, Kubernetes, ServiceDatabase

# What the platform itself has: key vaults, storage for logs and diagnostics, backup and its agents.
PLATFORM = ("key_vault", "storage_blob", "storage_file", "backup")
_DATABASES = {"azure_sql": "sql", "postgresql": "postgresql", "mysql": "mysql"}


def used_services(estate: Estate) -> list[str]:
    """Services by the names of `kade.facts.private_link`, in a fixed order, each once."""
    return list(dict.fromkeys([*PLATFORM, *_services(estate), *_applications(estate), *_workplace(estate)]))


def _services(estate: Estate) -> Iterator[str]:
    for service in estate.services.values():
        if isinstance(service, DigitalService):
            yield "app_service" if service.platform == "app_service" else "container_apps"
            if service.queue:
                yield "storage_queue"
            yield from _database(service.database)
        elif isinstance(service, InformationExchange):
            yield from _exchange(service)
        elif isinstance(service, DataPlatform):
            yield "storage_dfs"
            if service.factory:
                yield "data_factory"
            yield from _database(service.database)
        elif isinstance(service, Kubernetes):
            yield "kubernetes"


def _exchange(service: InformationExchange) -> Iterator[str]:
    if service.fsc is not None:
        yield "postgresql"
        if service.fsc.runs_on == "container_apps":
            yield "container_apps"
    if service.messaging is not None:
        yield "service_bus"
        if service.messaging.event_grid:
            yield "event_grid"
    if service.digikoppeling is not None and service.digikoppeling.adapter:
        yield "container_apps"


def _applications(estate: Estate) -> Iterator[str]:
    for application in estate.applications.values():
        yield from _application(application)


def _application(application: Application) -> Iterator[str]:
    for database in application.databases.values():
        if database.target in _DATABASES:
            yield _DATABASES[database.target]
    if application.web is not None:
        yield "app_service"
    if application.containers:
        yield from ("container_apps", "container_registry")
    if application.archive is not None:
        yield "storage_blob"


def _workplace(estate: Estate) -> Iterable[str]:
    return ("virtual_desktop",) if estate.workplace is not None else ()


def _database(item: ServiceDatabase | None) -> Iterator[str]:
    if item is not None:
        yield _DATABASES[item.engine]
