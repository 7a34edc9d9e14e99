"""The record of an application: what its administrator, its owner and an auditor ask of it, whatever it became."""

from __future__ import annotations

from typing import Any

from kade.estate.applications import Application
from kade.stacks.references import found_in
from kade.stacks.workloads_context import Context


def record_of(context: Context, app: Application) -> dict[str, Any]:
    """What is known of an application without anything of it being made."""
    found: dict[str, Any] = {
        "title": app.title,
        "strategy": app.strategy,
        "reason": app.reason,
        "owner": context.owner(app),
        "classification": context.classification(app),
        "environment": context.environment,
    }
    if app.runs:
        found["recovery"] = _recovery(context, app)
    if shared := [*app.shared_servers, *app.shared_databases]:
        found["shared"] = {name: _shared(context, name, server=name in app.shared_servers) for name in shared}
    if app.contract is not None:
        found["contract"] = {"ends": app.contract.ends.isoformat(), "giveNoticeBy": app.contract.notice_by.isoformat()}
    if app.saas is not None:
        found |= _bought(app)
    if app.archive is not None:
        item = app.archive
        found["archive"] = {
            "selectionCategory": item.selection_category,
            "then": item.then,
            "on": item.on.isoformat() if item.on else None,
            "approvedBy": item.approved_by,
            "sizeGb": item.size_gb,
        }
    if app.stays is not None:
        found["stays"] = _stays(context, app)
    return found


def _recovery(context: Context, app: Application) -> dict[str, Any]:
    """What may be lost and how long it may stand still, in hours, by the class of its backup (BIO2 8.13.02)."""
    name = context.backup_class(app)
    item = context.estate.backup.classes[name]
    return {"class": name, "lossHours": item.rpo_hours, "downtimeHours": item.rto_hours}


def _shared(context: Context, name: str, *, server: bool) -> Any:
    """Machines (by name, with their ids), or the host of a database of another application."""
    owner, _, part = name.partition("/")
    if server:
        machines = context.of_owner(owner, "machines")
        return machines.apply(lambda made: {key: id_ for key, id_ in (made or {}).items() if _kind(key) == part})
    database = context.estate.applications[owner].databases[part]
    if database.target == "on_server":
        return f"on {database.server or 'a machine'} of {owner}"
    return found_in(context.of_owner(owner, "databases"), part)


def _kind(machine: str) -> str:
    """The kind of a machine by its name: ``app`` of ``app-2``."""
    kind, _, number = machine.rpartition("-")
    return kind if number.isdecimal() else machine


def _bought(app: Application) -> dict[str, Any]:
    """Connection, identity, and the way back, of a service that is bought."""
    item = app.saas
    assert item is not None  # noqa: S101  # the caller asks only then
    return {
        "connection": {"endpoints": list(item.endpoints), "hostedIn": list(item.hosted_in)},
        "identity": {"signIn": item.sign_in, "provisioning": "scim" if item.provisioning else "none"},
        "exitPlan": {
            "formats": list(item.exit.formats),
            "noticeMonths": item.exit.notice_months,
            "tested": item.exit.tested.isoformat() if item.exit.tested else None,
        },
    }


def _stays(context: Context, app: Application) -> dict[str, Any]:
    """Why and where something stays, and by which line its site is reached."""
    item = app.stays
    assert item is not None  # noqa: S101  # the caller asks only then
    to = f"site:{item.site}"
    hubs = context.estate.network.hubs.items()
    tunnels = ((key, name, c.to) for key, hub in hubs if hub.vpn for name, c in hub.vpn.connections.items())
    circuits = ((k, name, c.to) for k, hub in hubs if hub.expressroute for name, c in hub.expressroute.circuits.items())
    lines = [f"{key}/{name}" for key, name, end in (*tunnels, *circuits) if end == to]
    return {
        "site": item.site,
        "reason": item.reason,
        "until": item.until.isoformat() if item.until else None,
        "connectedBy": lines,
        "arc": item.arc,
        "servers": list(app.servers) if item.arc else [],
    }
