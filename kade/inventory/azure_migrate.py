"""Azure Migrate: the import template (CSV), discovered machines, the assessment workbook, and the dependency export.

An assessment has the same machine on several sheets (as measured, as is, all); they are one machine here, and the
sheet with measured loads counts. Costs are the assessment's own, per month, in the currency of its ``Properties``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kade.inventory import columns
from kade.inventory.cells import addresses, text
from kade.inventory.columns import Row, column
from kade.inventory.model import Database, Dependency, Disk, Inventory, Server
from kade.inventory.notes import CONFLICT, GUESSED, MISSING, REFUSED, Notes
from kade.inventory.tables import Sheet

SOURCE = "azure-migrate"
MAX_DISKS = 24  # the import template's own limit

CORES = ("Cores", "Number of cores", "Processor cores")
MEMORY = ("Memory (in MB)", "Memory (MB)", "Allocated memory (in MB)", "Allocated memory (MB)")
TEMPLATE = (
    column("name", "*Server name", required=True),
    column("addresses", "IP addresses", "IP address"),
    column("cores", "*Cores", required=True),
    column("memory", "*Memory (In MB)", required=True),
    column("os", "*OS name", required=True),
    column("os_version", "OS version"),
    column("cpu", "CPU utilization percentage"),
    column("memory_load", "Memory utilization percentage"),
    column("boot", "Boot type", "Boot type (BIOS/UEFI)"),
    column("application", "Application"),
    column("environment", "Environment"),
    column("used", "Storage in use (In GB)"),
    *(
        column(f"disk{number}_{part}", f"Disk {number} {header}")
        for number in range(1, MAX_DISKS + 1)
        for part, header in (
            ("size", "size (In GB)"),
            ("read", "read throughput (MB per second)"),
            ("write", "write throughput (MB per second)"),
            ("reads", "read ops (operations per second)"),
            ("writes", "write ops (operations per second)"),
        )
    ),
)
MACHINES = (
    column("name", "Machine Name", "Machine", "Server name", "Display name", required=True),
    column("id", "Machine ID"),
    column("environment", "Environment"),
    column("application", "Application"),
    column("power", "Power status", "Power state"),
    column("readiness", "Azure VM Readiness"),
    column("size", "Recommended VM Size", "Recommended size"),
    column(
        "compute",
        "Monthly Compute Cost Estimate (Pay as you go)",
        "Monthly Compute Cost Estimate",
        "Compute monthly cost estimate",
    ),
    column("storage_cost", "Monthly Storage Cost Estimate", "Storage monthly cost estimate"),
    column("security_cost", "Monthly Security Cost Estimate"),
    column("os", "Operating System", "OS name"),
    column("host", "VM Host", "Host"),
    column("boot", "Boot Type"),
    column("cores", *CORES, required=True),
    column("memory", *MEMORY, required=True),
    column("cpu", "CPU Utilization (in %)", "CPU usage (%)", "CPU utilization percentage"),
    column("memory_load", "Memory Utilization (in %)", "Memory usage (%)", "Memory utilization percentage"),
    column("storage", "Storage (in GB)", "Storage (GB)", "Total disk size (in GB)"),
    column("addresses", "IP Addresses", "IP address"),
    column("disks", "Disk Names"),
)
INSTANCES = (
    column("server", "Machine Name", required=True),
    column("name", "SQL Instance", required=True),
    column("environment", "Environment"),
    column("target", "Recommended Deployment Type"),
    column("databases", "User Databases"),
    column("edition", "SQL Edition"),
    column("version", "SQL Version"),
    column("support", "Support Status"),
    column("size", "Total DB Size (in MB)"),
)
CONNECTIONS = (
    column("source", "Source server name", required=True),
    column("source_application", "Source application"),
    column("target", "Destination server name", required=True),
    column("address", "Destination IP"),
    column("target_application", "Destination application"),
    column("port", "Destination port", required=True),
)


def recognises(sheets: Mapping[str, Sheet]) -> bool:
    """Whether these sheets are one of Azure Migrate's forms."""
    return any(_is_template(s) or _is_machines(s) or _is_instances(s) or _is_connections(s) for s in sheets.values())


def _is_template(sheet: Sheet) -> bool:
    return columns.has(sheet, "Server name", "Cores", "OS name")


def _is_machines(sheet: Sheet) -> bool:
    """Discovered or assessed: a name, cores and memory, under one of the names that these have."""
    named = any(columns.has(sheet, header) for header in ("Machine Name", "Machine", "Server name", "Display name"))
    sized = any(columns.has(sheet, one) for one in CORES) and any(columns.has(sheet, one) for one in MEMORY)
    return named and (sized or columns.has(sheet, "Azure VM readiness")) and not _is_template(sheet)


def _is_instances(sheet: Sheet) -> bool:
    return columns.has(sheet, "Machine Name", "SQL Instance", "SQL Version")


def _is_connections(sheet: Sheet) -> bool:
    return columns.has(sheet, "Source server name", "Destination server name")


def read(sheets: Mapping[str, Sheet], notes: Notes) -> Inventory:
    """Machines, database instances and connections of every sheet that holds them."""
    found = Inventory()
    currency = _currency(sheets)
    machines: dict[str, Server] = {}
    instances: dict[str, Database] = {}
    for sheet in sheets.values():
        if _is_template(sheet):
            found.servers += [_from_template(row, notes) for row in columns.rows(sheet, TEMPLATE, SOURCE, notes)]
        elif _is_machines(sheet):
            for row in columns.rows(sheet, MACHINES, SOURCE, notes):
                _keep(machines, _machine_key(row), _assessed(row, currency, notes), notes)
        elif _is_instances(sheet):
            for row in columns.rows(sheet, INSTANCES, SOURCE, notes):
                instance = _instance(row)
                key = instance.name.lower()
                same = instances.get(key)
                if same is not None and same.origin.sheet == sheet.name:
                    notes.add(
                        CONFLICT, row.origin, "name", f"{instance.name!r} stands on {same.origin} too; both are kept"
                    )
                    key += f"#{row.origin.row}"
                instances.setdefault(key, instance)
        elif _is_connections(sheet):
            found.dependencies += _connections(sheet, notes)
    found.servers += machines.values()
    found.databases += instances.values()
    return found


def _currency(sheets: Mapping[str, Sheet]) -> str:
    sheet = sheets.get("Properties")
    if sheet is None or not columns.has(sheet, "Currency"):
        return ""
    position = [columns.normal(header) for header in sheet.headers].index("currency")
    for _, cells in sheet.rows:
        return text(cells[position]) if position < len(cells) else ""
    return ""


def _from_template(row: Row, notes: Notes) -> Server:
    disks = []
    for number in range(1, MAX_DISKS + 1):
        size = row.gib(f"disk{number}_size", "GB")
        parts = [row.number(f"disk{number}_{part}") for part in ("read", "write", "reads", "writes")]
        if size is not None:
            disks.append(Disk(f"Disk {number}", size, _sum(parts[2:]), _sum(parts[:2])))
    name = _named(row, "name", notes)
    _note_missing(row, ("cores", "memory", "os"), notes)
    return Server(
        name=name,
        origin=row.origin,
        operating_system=" ".join(filter(None, (row.text("os"), row.text("os_version")))),
        cores=row.count("cores"),
        memory_mib=row.mib("memory", "MB"),
        storage_gib=sum(disk.size_gib or 0 for disk in disks) or None,
        storage_used_gib=row.gib("used", "GB"),
        cpu_percent=row.percent("cpu"),
        memory_percent=row.percent("memory_load"),
        boot=row.text("boot").lower(),
        disks=tuple(disks),
        addresses=addresses(row.raw("addresses")),
        application=row.text("application"),
        environment=row.text("environment"),
    )


def _sum(parts: list[float | None]) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def _named(row: Row, field: str, notes: Notes) -> str:
    name = row.text(field)
    if not name:
        name = f"row-{row.origin.row}"
        notes.add(GUESSED, row.origin, field, f"the machine has no name; it is called {name!r} here")
    return name


def _note_missing(row: Row, fields: tuple[str, ...], notes: Notes) -> None:
    for field in fields:
        if not row.text(field):
            notes.add(MISSING, row.origin, field, "not given")


def _machine_key(row: Row) -> str:
    return row.text("id").lower() or row.text("name").lower() or str(row.origin)


def _assessed(row: Row, currency: str, notes: Notes) -> Server:
    costs = [row.number(field) for field in ("compute", "storage_cost", "security_cost")]
    _note_missing(row, ("cores", "memory", "os"), notes)
    identifier = re.search(r"_([0-9a-f-]{36})$", row.text("id").lower())
    return Server(
        name=_named(row, "name", notes),
        origin=row.origin,
        uuid=identifier.group(1) if identifier else "",
        powered_on=row.flag("power"),
        operating_system=row.text("os"),
        cores=row.count("cores"),
        memory_mib=row.mib("memory", "MB"),
        storage_gib=row.gib("storage", "GB"),
        cpu_percent=row.percent("cpu"),
        memory_percent=row.percent("memory_load"),
        boot=row.text("boot").lower(),
        disks=tuple(Disk(name) for name in row.text("disks").split(";") if name.strip()),
        addresses=addresses(row.raw("addresses")),
        location=row.text("host"),
        environment=row.text("environment"),
        application=row.text("application"),
        azure_size=row.text("size"),
        azure_readiness=row.text("readiness"),
        monthly_cost=_sum(costs),
        currency=currency if _sum(costs) is not None else "",
    )


def _keep(machines: dict[str, Server], key: str, server: Server, notes: Notes) -> None:
    """Keep the sheet with measured loads where a machine stands on several; on one sheet they are two machines."""
    earlier = machines.get(key)
    if earlier is None or earlier.origin.sheet == server.origin.sheet:
        machines[key if earlier is None else f"{key}#{server.origin.row}"] = server
        return
    if earlier.cores != server.cores or earlier.memory_mib != server.memory_mib:
        notes.add(CONFLICT, server.origin, "size", f"{server.name!r} has another size in {earlier.origin}")
    if earlier.cpu_percent is None and server.cpu_percent is not None:
        machines[key] = server


def _instance(row: Row) -> Database:
    return Database(
        name=f"{row.text('server')}\\{row.text('name')}",
        origin=row.origin,
        server=row.text("server"),
        engine=f"SQL Server {row.text('edition')}".strip(),
        version=row.text("version"),
        support=row.text("support"),
        databases=row.count("databases"),
        size_gib=row.gib("size", "MB"),
        environment=row.text("environment"),
        azure_target=row.text("target"),
    )


def _connections(sheet: Sheet, notes: Notes) -> list[Dependency]:
    """One dependency for each pair and port, whatever the number of time slots it was seen in."""
    found: dict[tuple[str, str, int | None], Dependency] = {}
    for row in columns.rows(sheet, CONNECTIONS, SOURCE, notes):
        source, target = row.text("source"), row.text("target") or row.text("address")
        if not source or not target:
            notes.add(REFUSED, row.origin, "connection", "one of the two sides is missing, so nothing can be joined")
            continue
        port = row.count("port")
        found.setdefault(
            (source.lower(), target.lower(), port),
            Dependency(
                source,
                target,
                row.origin,
                port=port,
                source_application=row.text("source_application"),
                target_application=row.text("target_application"),
                target_address=row.text("address"),
            ),
        )
    return list(found.values())
