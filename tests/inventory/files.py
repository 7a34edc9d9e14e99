"""Small exports in the forms that tools write, made for the tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl

VINFO = ("VM", "Powerstate", "Template", "CPUs", "Memory", "Total disk capacity MiB", "In Use MiB",
         "Primary IP Address", "Network #1", "Datacenter", "Cluster", "Host", "OS according to the configuration file",
         "OS according to the VMware Tools", "VM ID", "VM UUID")  # fmt: skip


def machine(name: str = "srv-zaak01", **other: Any) -> dict[str, Any]:
    """One row of ``vInfo``."""
    return {
        "VM": name,
        "Powerstate": "poweredOn",
        "Template": "False",
        "CPUs": 4,
        "Memory": "16,384",
        "Total disk capacity MiB": 102400,
        "In Use MiB": 51200,
        "Primary IP Address": "10.1.2.3",
        "Network #1": "VLAN 20",
        "Datacenter": "Stadhuis",
        "Cluster": "A",
        "Host": "esx1",
        "OS according to the configuration file": "Microsoft Windows Server 2019 (64-bit)",
        "OS according to the VMware Tools": "Microsoft Windows Server 2019 (64-bit)",
        "VM ID": f"vm-{name}",
        "VM UUID": f"42{abs(hash(name)) % 10**6:06d}-0000-0000-0000-000000000000",
    } | other


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    """A workbook with these sheets; the first row of each is its header."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def rvtools(path: Path, *machines: dict[str, Any], **sheets: list[list[Any]]) -> Path:
    """An RVTools workbook with these machines."""
    headers = list(dict.fromkeys(key for one in (dict.fromkeys(VINFO), *machines) for key in one))
    return workbook(path, vInfo=[headers, *([one.get(key) for key in headers] for one in machines)], **sheets)
