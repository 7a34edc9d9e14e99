"""What a stack makes for what does not run in Azure: the way out to bought services, and Arc for what stays."""

from __future__ import annotations

from zlib import crc32

import pulumi

from kade.components.workload.connected_servers import ConnectedServers, ConnectedServersArgs
from kade.components.workload.saas_connection import PRIORITIES, SaasConnection, SaasConnectionArgs, SaasServiceArgs
from kade.estate import Estate
from kade.stacks.common import StackError
from kade.stacks.references import found_in
from kade.stacks.workloads_context import Context
from kade.stacks.workloads_machines import window_of


def connect_services(context: Context) -> None:
    """Firewall rules by name for the services that are bought, in the hub of the primary region.

    They name where to, not where from: who depends on a service may change without this stack changing.
    """
    estate = context.estate
    bought = {key: app.saas for key, app in context.applications.items() if app.saas is not None}
    hub = next((key for key, item in estate.network.hubs.items() if item.region == estate.regions.primary), None)
    if not bought or hub is None or estate.network.hubs[hub].firewall is None:
        return
    if estate.network.hubs[hub].ownership != "managed":
        names = ", ".join(name for item in bought.values() for name in item.endpoints)
        pulumi.log.info(f"the firewall is not ours to change; its owner has to let out to: {names}")
        return
    hubs = context.output("connectivity", "hubs", production=True)
    args = SaasConnectionArgs(
        policy_name=found_in(hubs, hub, "firewallPolicy"),
        resource_group_name=found_in(hubs, hub, "resourceGroup"),
        group_name=f"diensten-{context.part}",
        priority=priority_of(estate, context.environment, context.part),
        sources=[str(r) for ranges in estate.network.addresses.supernets.values() for r in ranges],
        services=[
            SaasServiceArgs(key, item.endpoints, context.applications[key].title) for key, item in bought.items()
        ],
    )
    SaasConnection(f"{context.part}-services", args, context.options(estate.network.subscription))


def priority_of(estate: Estate, environment: str, part: str) -> int:
    """The priority of a stack's rules: from its name, so that no other stack changes it.

    StackError where two stacks get the same one, which happens once in hundreds of estates.
    """
    low, high = PRIORITIES
    found: dict[int, str] = {}
    for stack, apps in estate.workloads(environment).items():
        if any(app.saas is not None for app in apps.values()):
            number = low + crc32(stack.encode()) % (high - low)
            if number in found:
                raise StackError(
                    f"the stacks {found[number]} and {stack} would get the same priority in the firewall; name another "
                    f"`stack` for the applications of one of them"
                )
            found[number] = stack
    return next(number for number, stack in found.items() if stack == part)


def connect_servers(context: Context) -> None:
    """A place in Azure for the servers that stay on site and are seen from there (Arc)."""
    staying = {key: app for key, app in context.applications.items() if app.stays is not None and app.stays.arc}
    for key, app in staying.items():
        region = context.region(app)
        opts, tags = context.options(context.subscription(app)), context.tags(key, app)
        group, principal = context.admins(key, app)
        names = context.names(region)
        args = ConnectedServersArgs(
            names=names,
            workload=key,
            location=region,
            operators={group: principal},
            os_types=sorted({item.os.capitalize() for item in app.servers.values()}),
            window=window_of(context),
            tags=tags,
        )
        ConnectedServers(f"{key}-arc", args, opts)
