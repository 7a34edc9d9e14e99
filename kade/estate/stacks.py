"""The stacks of an estate: `<estate>.<environment>.<layer>`, with a part behind it for a service or an application."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kade.estate.environments import LAYERS, Layer

if TYPE_CHECKING:
    from kade.estate.model import Estate
    from kade.estate.services import InformationExchange, Service

MAXIMUM = 100  # characters in a stack's name, Pulumi's limit


@dataclass(frozen=True)
class StackSpec:
    """One stack. ``part`` is the service, the way in, the application or the wave; empty for the first three layers.

    ``depends_on`` names the stacks whose outputs it reads, also those of the production environment.
    """

    name: str
    environment: str
    layer: Layer
    part: str = ""
    depends_on: tuple[str, ...] = ()


def stack_name(estate: str, environment: str, layer: str, part: str = "") -> str:
    """The name of a stack."""
    return f"{estate}.{environment}.{layer}{f'-{part}' if part else ''}"


def parse_stack_name(name: str) -> tuple[str, str, Layer, str]:
    """Estate, environment, layer and part of a stack's name. ValueError for a name that is not one of ours."""
    found = re.fullmatch(rf"([a-z0-9-]+)\.([a-z0-9-]+)\.({'|'.join(LAYERS)})(?:-([a-z0-9-]+))?", name)
    if found is None:
        raise ValueError(
            f"{name!r} is not a stack of an estate: <estate>.<environment>.<layer>, layer one of {', '.join(LAYERS)}"
        )
    estate, environment, layer, part = found.groups()
    return estate, environment, next(known for known in LAYERS if known == layer), part or ""


def layers_of(estate: Estate, environment: str) -> tuple[Layer, ...]:
    """The layers that have stacks in an environment: those it names, or all of them in production."""
    env = estate.environments[environment]
    wanted = env.layers if env.layers is not None else (LAYERS if env.production else _SHARED)
    return tuple(layer for layer in LAYERS if layer in wanted and _used(estate, environment, layer))


_SHARED: tuple[Layer, ...] = ("connectivity", "services", "workloads")


def _used(estate: Estate, environment: str, layer: Layer) -> bool:
    if layer == "connectivity":
        spokes = any(environment in spoke.subscriptions for spoke in estate.network.spokes.values())
        return spokes or estate.environments[environment].production
    if layer == "workplace":
        place = estate.workplace
        return place is not None and environment in estate.network.spokes[place.spoke].subscriptions
    if layer == "services":
        return any(environment in estate.environments_of(service) for service in estate.services.values())
    if layer == "workloads":
        return bool(estate.workloads(environment))
    return True


def stacks_of(estate: Estate, environment: str) -> list[StackSpec]:
    """The stacks of one environment, each after those that it depends on. KeyError for an unknown environment."""
    layers = layers_of(estate, environment)
    home = estate.production
    shared = layers_of(estate, home)
    found: list[StackSpec] = []

    def base(*wanted: Layer) -> tuple[str, ...]:
        names = [stack_name(estate.name, home, layer) for layer in wanted if layer in shared and environment != home]
        names += [stack_name(estate.name, environment, layer) for layer in wanted if layer in layers]
        return tuple(dict.fromkeys(names))

    def add(layer: Layer, depends_on: tuple[str, ...], part: str = "") -> None:
        name = stack_name(estate.name, environment, layer, part)
        found.append(StackSpec(name, environment, layer, part, tuple(d for d in depends_on if d != name)))

    if "platform" in layers:
        add("platform", ())
    if "connectivity" in layers:
        add("connectivity", base("platform", "connectivity"))
    if "workplace" in layers:
        add("workplace", base("platform", "connectivity"))
    if "services" in layers:
        services = {k: s for k, s in estate.services.items() if environment in estate.environments_of(s)}
        clusters = [stack_name(estate.name, environment, "services", k) for k, s in services.items() if _cluster(s)]
        for key, service in services.items():
            if _cluster(service):
                add("services", base("platform", "connectivity"), key)
        for key, service in services.items():
            if not _cluster(service):
                on = clusters[:1] if service.kind == "information_exchange" and _in_cluster(service) else []
                add("services", (*base("platform", "connectivity"), *on), key)
        for key, item in estate.network.ingress.items():
            behind = [k for k, s in services.items() if s.kind == "digital_service" and s.ingress == key]
            if behind and environment in estate.network.spokes[item.spoke].subscriptions:
                names = (stack_name(estate.name, environment, "services", service) for service in behind)
                add("services", (*base("platform", "connectivity"), *names), key)
    if "workloads" in layers:
        for part, owners in _in_order(estate, environment).items():
            names = [stack_name(estate.name, environment, "workloads", owner) for owner in owners]
            clusters = {app.cluster for app in estate.workloads(environment)[part].values() if app.cluster}
            names += [stack_name(estate.name, environment, "services", cluster) for cluster in sorted(clusters)]
            add("workloads", (*base("platform", "connectivity"), *names), part)
    return found


def _cluster(service: Service) -> bool:
    return service.kind == "kubernetes"


def _in_cluster(service: InformationExchange) -> bool:
    return service.fsc is not None and service.fsc.runs_on == "kubernetes"


def _in_order(estate: Estate, environment: str) -> dict[str, list[str]]:
    """The workload stacks with those whose servers or databases they share, which come first.

    A ring of sharing has no order; `check_names.rings` has refused it when the file was read.
    """
    groups = estate.workloads(environment)
    stack_of = {key: stack for stack, apps in groups.items() for key in apps}
    owners = {
        stack: sorted(
            {
                stack_of[owner]
                for app in apps.values()
                for owner in (name.partition("/")[0] for name in (*app.shared_servers, *app.shared_databases))
                if owner in stack_of and stack_of[owner] != stack
            }
        )
        for stack, apps in groups.items()
    }
    ordered: dict[str, list[str]] = {}

    def place(stack: str, waiting: tuple[str, ...] = ()) -> None:
        if stack in ordered or stack in waiting:
            return
        for owner in owners[stack]:
            place(owner, (*waiting, stack))
        ordered[stack] = owners[stack]

    for stack in groups:
        place(stack)
    return ordered
