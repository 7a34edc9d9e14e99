"""A Haven cluster of the estate: from its record to the component."""

from __future__ import annotations

from typing import Any

from kade.components.services.haven import HavenAnswer
from kade.components.services.kubernetes import Kubernetes, KubernetesArgs, PoolArgs
from kade.estate.operations import MaintenanceWindow
from kade.estate.services import Kubernetes as Record
from kade.stacks.common import principal_of
from kade.stacks.services_context import ServiceContext


def make_kubernetes(context: ServiceContext, record: Record) -> dict[str, Any]:
    """Make it; what runs in it later has to know its issuer. The checks of Haven are exported with their answers."""
    zone = f"privatelink.{context.region}.azmk8s.io"
    zones = context.dns_zones(context.region, ("kubernetes",))
    window = _window(context)
    args = KubernetesArgs(
        place=context.place,
        data=context.data,
        subnet_id=context.subnet(record.spoke, record.subnet),
        tenant_id=context.tenant,
        admin_groups=[principal_of(context.estate, record.admins, f"services.{context.key}.admins")],
        version=record.version,
        pools={key: _pool(context, pool.size, pool.minimum, pool.maximum) for key, pool in record.node_pools.items()},
        private_zone_id=zones.get(zone, ""),
        maintenance_day=window.day.capitalize(),
        maintenance_start=window.start,
        maintenance_week=window.week,
    )
    made = Kubernetes(context.key, args, context.opts)
    return {
        "clusterId": made.id,
        "clusterName": made.name,
        "clusterResourceGroup": made.resource_group_name,
        "oidcIssuerUrl": made.oidc_issuer_url,
        "haven": _spoken(made.haven),
    }


def _pool(context: ServiceContext, size: str, minimum: int, maximum: int) -> PoolArgs:
    """Three workers stay three where there are zones: one in each."""
    standing = max(3, context.scaled(minimum)) if context.place.zones and minimum >= 3 else context.scaled(minimum)
    return PoolArgs(size, standing, max(standing, context.scaled(maximum)))


def _window(context: ServiceContext) -> MaintenanceWindow:
    """The maintenance window of the environment; Sunday night where it has none."""
    for item in context.estate.maintenance.values():
        if not item.environments or context.environment in item.environments:
            return item
    return MaintenanceWindow(day="sunday", start="03:00")


def _spoken(answers: list[HavenAnswer]) -> dict[str, str]:
    """One line for each check, as a reviewer reads it."""
    word = {True: "holds", False: "does not hold", None: "not evaluated"}
    return {
        one.check: f"{one.title}: {one.why if one.holds is None else f'{word[one.holds]}, {one.why}'}"
        for one in answers
    }
