"""The workloads layer: what each application of a stack becomes by its strategy, and the record of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pulumi

from kade.components.workload.archive import Archive, ArchiveArgs
from kade.components.workload.data_key import DataKey, DataKeyArgs
from kade.components.workload.place import OwnKeyArgs, PlaceArgs
from kade.estate import Estate
from kade.estate.applications import Application
from kade.stacks.workloads_context import Context
from kade.stacks.workloads_machines import make_machines, make_migration_project
from kade.stacks.workloads_outside import connect_servers, connect_services
from kade.stacks.workloads_platform import make_code, make_data
from kade.stacks.workloads_records import record_of


def run(estate: Estate, environment: str, part: str) -> None:
    """Make one stack of applications, and export a record of each.

    Data and machines of all of them come first, so that two may use each other's. StackError for what the estate asks
    and this cannot do.
    """
    context = Context(estate, environment, part)
    runs = {key: app for key, app in context.applications.items() if app.runs}
    code = {key: _data(context, key, app) for key, app in runs.items()}
    for key, app in context.applications.items():
        if app.strategy == "retire":
            context.made[key] = _archive(context, key, app)
    for key, make in code.items():
        context.made[key] |= make()
    connect_services(context)
    connect_servers(context)
    records = {key: {**record_of(context, app), **context.made[key]} for key, app in context.applications.items()}
    pulumi.export("applications", records)


def _data(context: Context, key: str, app: Application) -> Callable[[], dict[str, Any]]:
    """The data and machines of an application that runs in Azure; returns what makes its code."""
    opts = context.options(context.subscription(app))
    place = context.place(key, app, opts)
    own = _key(context, key, app, place, opts) if _holds_data(app) else None
    data = context.data(key, app, own)
    stores = make_data(context, key, app, place, data, opts)
    if app.servers:
        make_migration_project(context, key, place, opts)
        stores["machines"] = make_machines(context, key, app, place, data, opts)
    context.made[key] = stores
    return partial(make_code, context, key, app, place, data, stores, opts)


def _holds_data(app: Application) -> bool:
    return bool(app.servers or app.files or app.archive or app.functions) or any(
        item.target != "on_server" for item in app.databases.values()
    )


def _key(
    context: Context, key: str, app: Application, place: PlaceArgs, opts: pulumi.ResourceOptions
) -> OwnKeyArgs | None:
    """A key of its own, where its data asks for one."""
    settings = context.estate.security.key_vaults
    if not context.protection(key, app).customer_managed_key:
        return None
    args = DataKeyArgs(
        place=place,
        tenant_id=context.tenant(app),
        premium=settings.sku == "premium",
        rotation_days=settings.rotation_days,
        retention_days=settings.purge_protection_days,
    )
    return DataKey(f"{key}-key", args, opts).own_key


def _archive(context: Context, key: str, app: Application) -> dict[str, Any]:
    """What is kept of an application that ends; nothing where there is nothing to keep."""
    item = app.archive
    if item is None or item.then == "nothing" or item.on is None:
        return {}
    opts = context.options(context.subscription(app))
    place = context.place(key, app, opts)
    own = _key(context, key, app, place, opts)
    args = ArchiveArgs(
        place=place,
        data=context.data(key, app, own),
        selection_category=item.selection_category,
        then=item.then,
        on=item.on.isoformat(),
        approved_by=item.approved_by or "",
    )
    made = Archive(f"{key}-archive", args, opts)
    if item.then == "destroy" and item.approved_by is None:
        pulumi.log.info(f"applications.{key}.archive: nobody has approved the destruction on {item.on}; nothing goes")
    return {"archiveAccount": made.account_name, "archiveContainer": made.container_name}
