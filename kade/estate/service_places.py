"""In which subnet the parts of a service run: services of Azure that take a whole subnet ask for its delegation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kade.estate.services import Service

if TYPE_CHECKING:
    from kade.estate.model import Estate

APP_SERVICE = "Microsoft.Web/serverFarms"
CONTAINER_APPS = "Microsoft.App/environments"
API_MANAGEMENT = "Microsoft.Web/hostingEnvironments"


def delegations_of(service: Service) -> list[str]:
    """The delegations that a service's parts ask; an empty one for a part that takes a subnet without."""
    if service.kind == "digital_service":
        return [CONTAINER_APPS if service.platform == "container_apps" else APP_SERVICE]
    if service.kind != "information_exchange":
        return []
    found: list[str] = []
    if service.api_management is not None:
        found.append(API_MANAGEMENT if service.api_management.sku == "PremiumV2" else "")
    federated = service.fsc is not None and service.fsc.runs_on == "container_apps"
    if federated or (service.digikoppeling is not None and service.digikoppeling.adapter):
        found.append(CONTAINER_APPS)
    return found


def subnet_of(estate: Estate, service: Service, delegation: str) -> str | None:
    """The subnet of a service for a delegation: the one that it names, or the first of its spoke that has it.

    None where there is none. A part that takes a subnet without a delegation has to name it.
    """
    subnets = estate.network.spokes[service.spoke].subnets
    if service.subnet in subnets and (subnets[service.subnet].delegation or "") == delegation:
        return service.subnet
    return next((key for key, item in subnets.items() if delegation and item.delegation == delegation), None)


def inbound_subnet(estate: Estate, service: Service) -> str | None:
    """Where a web application is reached: the first subnet for what the gateway passes on (security level 2).

    None without one that is free of a delegation: private endpoints do not go into a subnet that a service takes.
    """
    segments = estate.network.segments
    for key, item in estate.network.spokes[service.spoke].subnets.items():
        if segments[item.segment or key].level == 2 and item.delegation is None:
            return key
    return None


def endpoint_subnet(estate: Estate, service: Service) -> str | None:
    """The first subnet of the service's spoke whose segment takes private endpoints; None without one."""
    segments = estate.network.segments
    for key, item in estate.network.spokes[service.spoke].subnets.items():
        if segments[item.segment or key].private_endpoints and item.delegation is None:
            return key
    return None
