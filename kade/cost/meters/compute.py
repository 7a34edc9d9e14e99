"""Meters of machines, disks and what runs applications."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kade.cost.model import Meter, Seen, always, priced

# Sizes of managed disks in GiB, by name. Source: learn.microsoft.com/azure/virtual-machines/disks-types, 2026-11-25.
_STEPS: Final = {4: 1, 8: 2, 16: 3, 32: 4, 64: 6, 128: 10, 256: 15, 512: 20, 1024: 30, 2048: 40, 4096: 50, 8192: 60}
_STEPS_LARGE: Final = {16384: 70, 32767: 80}
_KINDS: Final = {
    "Premium": ("P", "Premium SSD"),
    "StandardSSD": ("E", "Standard SSD"),
    "Standard": ("S", "Standard HDD"),
}
_SMALLEST_HDD: Final = 32
_IMAGE_GIB: Final = {"Windows": 127, "Linux": 30}  # of the marketplace's images, where the disk has no size of its own


@priced("compute:VirtualMachine")
def machine(resource: Seen) -> Iterator[Meter]:
    """A machine for each hour of the month, and its disks."""
    windows = _windows(resource)
    size = resource.at("hardwareProfile.vmSize", "")
    licence = resource.at("licenseType", "")  # that of a desktop is a right of its users, which nobody pays by the hour
    yield machine_of(size, windows=windows and licence != "Windows_Client", brought=licence == "Windows_Server")
    disk = resource.at("storageProfile.osDisk", {})
    if "diffDiskSettings" not in disk:
        yield from _disk(disk, _IMAGE_GIB["Windows" if windows else "Linux"])
    for extra in resource.at("storageProfile.dataDisks", []):
        if extra.get("createOption") != "Attach":  # a disk of its own is a resource of its own
            yield from _disk(extra, 0)


def machine_of(size: str, *, windows: bool, count: float = 1, brought: bool = False) -> Meter:
    """Machines of a size, at the price of pay as you go."""
    sku = r"(?!.*(Low Priority|Spot)$).*"
    linux = Meter(f"{size}", "Virtual Machines", r".*Series( Linux)?", sku, size=size, quantity=count)
    if not windows:
        return linux
    return Meter(
        f"{size} with Windows",
        "Virtual Machines",
        ".*Windows",
        sku,
        size=size,
        quantity=count,
        licence="Windows Server",
        licensed=linux,
        brought=brought,
    )


@priced("compute:Disk")
def disk_alone(resource: Seen) -> Iterator[Meter]:
    """A managed disk."""
    yield from _of_size(resource.at("sku.name", "Standard_LRS"), float(resource.at("diskSizeGB", 0)))


@priced("containerservice:ManagedCluster")
def cluster(resource: Seen) -> Iterator[Meter]:
    """The control plane where it has an agreed availability, and the least number of workers of each pool."""
    if resource.at("sku.tier", "Free") != "Free":
        tier = resource.at("sku.tier")
        yield Meter(f"Kubernetes, {tier}", "Azure Kubernetes Service", meter=f"{tier} Uptime SLA")
    for pool in resource.at("agentPoolProfiles", []):
        count = float(pool.get("minCount") or pool.get("count") or 1)
        yield machine_of(pool.get("vmSize", ""), windows=pool.get("osType") == "Windows", count=count)


@priced("web:AppServicePlan")
def app_service_plan(resource: Seen) -> Iterator[Meter]:
    """The instances of a plan, for each hour."""
    size = str(resource.at("sku.name", ""))
    linux = bool(resource.at("reserved", False))
    found = re.fullmatch(r"([A-Z]+)(\d+)(m?v\d)?", size, re.IGNORECASE)
    if found is None or size.upper() in ("F1", "FC1", "Y1"):  # free, or paid by what is done
        if size.upper() != "F1":
            yield Meter("functions by use", "Functions", usage=True, per="month")
        return
    letter, number, version = found[1].upper(), found[2], (found[3] or "").lower()
    tier = {"B": "Basic", "S": "Standard", "P": "Premium", "I": "Isolated", "EP": "Premium Functions"}.get(
        letter, letter
    )
    if letter == "EP":
        yield Meter(f"functions {size}", "Functions", meter=".*vCPU Duration", quantity=float(number), usage=True)
        return
    product = f"Azure App Service {tier}{f' {version.lstrip(chr(109))}' if version else ''} Plan"
    sku = f"{letter}{number}{f' ?{version}' if version else ''}"  # the list has both `P1 v3` and `P1v4`
    count = float(resource.at("sku.capacity", 1))
    yield Meter(
        f"App Service {size}",
        "Azure App Service",
        rf"{product} - Linux" if linux else product,
        sku,
        quantity=count,
    )


always(
    "app:ContainerApp",
    "app:Job",
    meters=[Meter("containers by use", "Azure Container Apps", meter=".*vCPU.*Usage", per="month", usage=True)],
)


def _windows(resource: Seen) -> bool:
    os_type = resource.at("storageProfile.osDisk.osType")
    if os_type:
        return os_type == "Windows"
    return resource.at("osProfile.windowsConfiguration") is not None


def _disk(disk: Mapping[str, Any], image_gib: int) -> Iterator[Meter]:
    managed = disk.get("managedDisk")
    kind = managed.get("storageAccountType") if isinstance(managed, Mapping) else None
    yield from _of_size(kind or "Standard_LRS", float(disk.get("diskSizeGB") or image_gib))


def _of_size(sku: str, gib: float) -> Iterator[Meter]:
    """A disk is paid by the size in the list that it fits in, for each month."""
    kind, _, copies = sku.partition("_")
    if kind not in _KINDS:
        yield Meter(f"disk {sku} of {gib:g} GiB", "Storage", f"{kind}.* Disks", per="month", usage=True)
        return
    letter, title = _KINDS[kind]
    if letter == "S":
        gib = max(gib, _SMALLEST_HDD)
    number = next((step for most, step in (_STEPS | _STEPS_LARGE).items() if gib <= most), 80)
    name = f"{letter}{number} {copies}"
    meter = rf"{letter}{number} ({copies} )?Disks?"
    yield Meter(f"disk {name}", "Storage", f"{title} Managed Disks", name, meter, per="month")
