"""RVTools: a workbook with one sheet a subject, or one CSV file a tab (``RVTools_tabvInfo.csv``).

Every version's headers: sizes say ``MB`` in older exports and ``MiB`` since 4.1, and older ``vInfo`` sheets had
``Provisioned MB`` where newer ones have ``Total disk capacity MiB`` beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from kade.inventory import columns
from kade.inventory.cells import addresses
from kade.inventory.columns import Row, column
from kade.inventory.model import Disk, Inventory, Network, Origin, Server
from kade.inventory.notes import GUESSED, MISSING, InventoryError, Notes
from kade.inventory.tables import Sheet

SOURCE = "rvtools"

INFO = (
    column("name", "VM", "VM Name", required=True),
    column("power", "Powerstate", "Power state"),
    column("template", "Template"),
    column("cores", "CPUs", "CPU"),
    column("memory", "Memory", "Memory MiB", "Memory MB"),
    column("capacity", "Total disk capacity MiB", "Total disk capacity MB"),
    column("provisioned", "Provisioned MiB", "Provisioned MB"),
    column("used", "In Use MiB", "In Use MB"),
    column("address", "Primary IP Address", "IP Address"),
    *(column(f"network{number}", f"Network #{number}") for number in range(1, 9)),
    column("datacenter", "Datacenter"),
    column("cluster", "Cluster"),
    column("host", "Host"),
    column("os_tools", "OS according to the VMware Tools", "OS according to VMware Tools"),
    column("os_config", "OS according to the configuration file", "OS"),
    column("uuid", "SMBIOS UUID", "VM UUID"),
    column("firmware", "Firmware"),
    column("vm_id", "VM ID"),
)
DISKS = (
    column("name", "VM", required=True),
    column("vm_id", "VM ID"),
    column("disk", "Disk", required=True),
    column("capacity", "Capacity MiB", "Capacity MB", required=True),
)
CARDS = (
    column("name", "VM", required=True),
    column("vm_id", "VM ID"),
    column("network", "Network"),
    column("ipv4", "IPv4 Address", "IP Address"),
    column("ipv6", "IPv6 Address"),
)


_TAB = re.compile(r"(.*)tab(v\w+)$", re.IGNORECASE)  # ``RVTools_tabvInfo``


def joined(files: Sequence[Path]) -> list[list[Path]]:
    """The files, those that are tabs of one export as CSV together, with ``vInfo`` in front."""
    found: dict[tuple[Path, str], list[Path]] = {}
    for path in files:
        tab = _TAB.match(path.stem)
        found.setdefault((path.parent, tab.group(1)) if tab else (path, ""), []).append(path)
    return [sorted(group, key=lambda path: not path.stem.lower().endswith("tabvinfo")) for group in found.values()]


def recognises(sheets: Mapping[str, Sheet]) -> bool:
    """Whether these sheets are an RVTools export, or its tabs."""
    return _tab(sheets, "vInfo") is not None or _by_columns(sheets) is not None or any(map(_TAB.match, sheets))


def _tab(sheets: Mapping[str, Sheet], tab: str) -> Sheet | None:
    """A tab by its name, as a sheet or as a file of its own."""
    for name, sheet in sheets.items():
        if name.lower() == tab.lower() or name.lower().endswith("tab" + tab.lower()):
            return sheet
    return None


def _by_columns(sheets: Mapping[str, Sheet]) -> Sheet | None:
    """The sheet that has what only ``vInfo`` has, whatever somebody has called it."""
    return next((sheet for sheet in sheets.values() if columns.has(sheet, "VM", "Powerstate", "CPUs", "Memory")), None)


def read(sheets: Mapping[str, Sheet], notes: Notes) -> Inventory:
    """The machines of ``vInfo`` with the disks of ``vDisk`` and the addresses of ``vNetwork`` where these are there."""
    info = _tab(sheets, "vInfo")
    if info is None:
        info = _by_columns(sheets)
        if info is None:
            raise InventoryError(
                f"{_file(sheets)}: there is no sheet 'vInfo' (found: {', '.join(sheets) or 'none'}); "
                "export all tabs of RVTools, and give the CSV of vInfo with those of other tabs"
            )
        origin = Origin(SOURCE, info.file.name, info.name, info.header_row)
        notes.add(GUESSED, origin, "sheet", "read as vInfo, for its columns")
    servers, keys = [], []
    for row in columns.rows(info, INFO, SOURCE, notes):
        servers.append(_server(row, notes))
        keys.append(_key(row))
    disks = _disks(_tab(sheets, "vDisk"), notes)
    cards = _cards(_tab(sheets, "vNetwork"), notes)
    machines = [
        replace(
            server,
            disks=disks.get(key, ()),
            addresses=tuple(dict.fromkeys((*server.addresses, *cards.get(key, ())))),
        )
        for server, key in zip(servers, keys, strict=True)
    ]
    return Inventory(servers=machines, networks=_networks(machines))


def _file(sheets: Mapping[str, Sheet]) -> str:
    return str(next(iter(sheets.values())).file) if sheets else "the file"


def _key(row: Row) -> str:
    """What joins the tabs: the machine's id, else its name."""
    return row.text("vm_id") or row.text("name").lower()


def _server(row: Row, notes: Notes) -> Server:
    name = row.text("name")
    if not name:
        name = row.text("uuid") or row.text("vm_id") or f"row-{row.origin.row}"
        notes.add(GUESSED, row.origin, "name", f"the machine has no name; it is called {name!r} here")
    operating_system = row.text("os_tools") or row.text("os_config")
    if not operating_system:
        notes.add(MISSING, row.origin, "operating system", "neither the tools nor the configuration name one")
    elif not row.text("os_tools"):
        notes.add(GUESSED, row.origin, "operating system", "from the configuration; the tools were not running")
    cores, memory, uuid = row.count("cores"), row.mib("memory"), row.text("uuid").lower()
    for field, value in (("cores", cores), ("memory", memory)):
        if not value:
            notes.add(MISSING, row.origin, field, "not given")
    return Server(
        name=name,
        origin=row.origin,
        uuid=uuid if uuid.strip("0-") else "",  # all zeros is none
        powered_on=row.flag("power"),
        template=bool(row.flag("template")),
        operating_system=operating_system,
        cores=cores,
        memory_mib=memory,
        storage_gib=row.gib("capacity", "MiB") or row.gib("provisioned", "MiB"),
        storage_used_gib=row.gib("used", "MiB"),
        boot=row.text("firmware").lower(),
        addresses=addresses(row.raw("address")),
        networks=tuple(dict.fromkeys(filter(None, (row.text(f"network{number}") for number in range(1, 9))))),
        location="/".join(filter(None, (row.text("datacenter"), row.text("cluster"), row.text("host")))),
    )


def _disks(sheet: Sheet | None, notes: Notes) -> dict[str, tuple[Disk, ...]]:
    found: dict[str, list[Disk]] = {}
    if sheet is not None:
        for row in columns.rows(sheet, DISKS, SOURCE, notes):
            found.setdefault(_key(row), []).append(Disk(row.text("disk"), row.gib("capacity", "MiB")))
    return {key: tuple(disks) for key, disks in found.items()}


def _cards(sheet: Sheet | None, notes: Notes) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    if sheet is not None:
        for row in columns.rows(sheet, CARDS, SOURCE, notes):
            found.setdefault(_key(row), []).extend((*addresses(row.raw("ipv4")), *addresses(row.raw("ipv6"))))
    return {key: tuple(dict.fromkeys(ips)) for key, ips in found.items()}


def _networks(servers: list[Server]) -> list[Network]:
    first: dict[str, Network] = {}
    for server in servers:
        for name in server.networks:
            first.setdefault(name, Network(name, server.origin))
    return list(first.values())
