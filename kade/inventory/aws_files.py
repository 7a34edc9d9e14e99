"""AWS's files: Cloud Migration Factory's server list, and the import form of Application Discovery (Migration Hub)."""

from __future__ import annotations

from collections.abc import Mapping

from kade.inventory import columns
from kade.inventory.cells import addresses
from kade.inventory.columns import Row, column
from kade.inventory.model import Application, Inventory, Server
from kade.inventory.notes import GUESSED, MISSING, Notes
from kade.inventory.tables import Sheet

SOURCE = "aws"

FACTORY = (
    column("name", "server_name", required=True),
    column("application", "app_name", required=True),
    column("fqdn", "server_fqdn"),
    column("os", "server_os_version"),
    column("os_family", "server_os_family"),
    column("environment", "server_environment"),
    column("strategy", "r_type"),
    column("wave", "wave_name"),
    column("account", "aws_accountid"),
    column("region", "aws_region"),
    column("tier", "server_tier"),
    column("tags", "tags"),
)
DISCOVERY = (
    column("name", "HostName", "VMware.VMName", required=True),
    column("vm_name", "VMware.VMName"),
    column("external", "ExternalId"),
    column("uuid", "SMBiosId"),
    column("addresses", "IPAddress"),
    column("os", "OS.Name"),
    column("os_version", "OS.Version"),
    column("cores", "CPU.NumberOfLogicalCores"),
    column("physical", "CPU.NumberOfCores"),
    column("memory", "RAM.TotalSizeInMB"),
    column("memory_used", "RAM.UsedSizeInMB.Avg"),
    column("cpu", "CPU.UsagePct.Avg"),
    column("application", "Applications"),
    column("wave", "ApplicationWave"),
    column("tags", "Tags"),
)


def recognises(sheets: Mapping[str, Sheet]) -> bool:
    """Whether one of the sheets is in one of the two forms."""
    return any(_is_factory(sheet) or _is_discovery(sheet) for sheet in sheets.values())


def _is_factory(sheet: Sheet) -> bool:
    return columns.has(sheet, "server_name", "app_name")


def _is_discovery(sheet: Sheet) -> bool:
    named = columns.has(sheet, "HostName") or columns.has(sheet, "VMware.VMName")
    return named and any(columns.has(sheet, header) for header in ("OS.Name", "RAM.TotalSizeInMB", "SMBiosId"))


def read(sheets: Mapping[str, Sheet], notes: Notes) -> Inventory:
    """Servers, and the applications that they are named for."""
    found = Inventory()
    for sheet in sheets.values():
        if _is_factory(sheet):
            found.servers += [_factory(row, notes) for row in columns.rows(sheet, FACTORY, SOURCE, notes)]
        elif _is_discovery(sheet):
            found.servers += [_discovered(row, notes) for row in columns.rows(sheet, DISCOVERY, SOURCE, notes)]
    named: dict[str, Application] = {}
    for server in found.servers:
        if server.application:
            named.setdefault(server.application.lower(), Application(server.application, server.origin))
    found.applications += named.values()
    return found


def _name(row: Row, notes: Notes, *fields: str) -> str:
    for field in fields:
        if row.text(field):
            return row.text(field)
    name = f"row-{row.origin.row}"
    notes.add(GUESSED, row.origin, "name", f"the machine has no name; it is called {name!r} here")
    return name


def _factory(row: Row, notes: Notes) -> Server:
    tags = columns.tags(row.text("tags"))
    if row.text("tier"):
        tags.setdefault("tier", row.text("tier"))
    return Server(
        name=_name(row, notes, "name", "fqdn"),
        origin=row.origin,
        operating_system=row.text("os") or row.text("os_family"),
        location="/".join(filter(None, (row.text("account"), row.text("region")))),
        environment=row.text("environment"),
        application=row.text("application"),
        strategy=row.text("strategy").lower(),
        wave=row.text("wave"),
        tags=tags,
    )


def _discovered(row: Row, notes: Notes) -> Server:
    memory, used = row.mib("memory", "MB"), row.mib("memory_used", "MB")
    cores = row.count("cores") or row.count("physical")
    for field, value in (("cores", cores), ("memory", memory), ("os", row.text("os"))):
        if not value:
            notes.add(MISSING, row.origin, field, "not given")
    return Server(
        name=_name(row, notes, "name", "vm_name", "external"),
        origin=row.origin,
        uuid=row.text("uuid").lower(),
        operating_system=" ".join(filter(None, (row.text("os"), row.text("os_version")))),
        cores=cores,
        memory_mib=memory,
        cpu_percent=row.percent("cpu"),
        memory_percent=round(100 * used / memory, 1) if memory and used is not None and used <= memory else None,
        addresses=addresses(row.raw("addresses")),
        application=row.text("application"),
        wave=row.text("wave"),
        tags=columns.tags(row.text("tags")),
    )
