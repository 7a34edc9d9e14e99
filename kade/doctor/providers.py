"""Resource providers that each subscription has to have registered before anything is made in it.

azure-native has no resource for a registration. Azure Resource Manager registers a provider for a template that names
it, and never for a single request such as Pulumi's: the first one of a type is refused with
MissingSubscriptionRegistration. So an administrator runs the command, once for each subscription.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kade.doctor.needs import PROVIDER, Need
from kade.estate import Estate
from kade.estate.applications import Application
from kade.facts.needs import providers_for


def providers(estate: Estate) -> Iterator[Need]:
    """One need for each subscription that is ours to govern, with the command."""
    for key, parts in parts_of(estate).items():
        names = sorted({name for part in parts for name in providers_for(part)})
        item = estate.subscriptions[key]
        where = f"--subscription {item.id}" if item.id else "--subscription <its id>"
        command = "; ".join(f"az provider register {where} --namespace {name}" for name in names)
        given = "a Contributor of the subscription"
        yield Need(PROVIDER, ", ".join(names), key, ", ".join(sorted(parts)), given, command=command)


def parts_of(estate: Estate) -> dict[str, set[str]]:
    """The parts of the estate that stand in each subscription."""
    live = {k: s for k, s in estate.subscriptions.items() if s.ownership != "external" and not s.decommissioned}
    found: dict[str, set[str]] = defaultdict(set)
    for key in live:
        found[key].add("every subscription")
    found[estate.logging.subscription] |= {"logging", "backup"} | ({"sentinel"} if estate.logging.sentinel else set())
    found[estate.security.subscription].add("security")
    found[estate.network.subscription].add("network")
    if estate.identity.subscription:
        found[estate.identity.subscription].add("machines")
    for key, item in live.items():
        if item.environment is not None:
            found[key] |= {"backup", "encryption"}
    for name, spoke in estate.network.spokes.items():
        for environment, key in spoke.subscriptions.items():
            found[key] |= {"network", *_in_spoke(estate, name, environment)}
    return {key: parts for key, parts in found.items() if key in live}


def _in_spoke(estate: Estate, spoke: str, environment: str) -> set[str]:
    """What stands in a spoke: desktops, applications by what they become, services by their kind."""
    parts: set[str] = set()
    if estate.workplace is not None and estate.workplace.spoke == spoke and environment == estate.production:
        parts.add("desktops")
    for app in estate.applications.values():
        if app.spoke == spoke and environment in estate.environments_of(app):
            parts |= _of_application(app)
    parts |= {
        service.kind
        for service in estate.services.values()
        if service.spoke == spoke and environment in estate.environments_of(service)
    }
    return parts


def _of_application(app: Application) -> set[str]:
    return {
        part
        for part, there in (
            ("machines", bool(app.servers)),
            ("databases", bool(app.databases)),
            ("files", app.files is not None or app.archive is not None),
            ("web", app.web is not None or bool(app.containers)),
        )
        if there
    }
