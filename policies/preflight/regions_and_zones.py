"""What a region does not have: availability zones, a pair to copy to."""

from __future__ import annotations

from typing import Final

from kade.facts import Region, UnknownFactError, region
from kade.policies.kit import Example, Resource, Result, not_applicable, rule

STORAGE = "azure-native:storage:StorageAccount"
BACKUP = "azure-native:dataprotection:BackupVault"
DISK = "azure-native:compute:Disk"
ADDRESS = "azure-native:network:PublicIPAddress"
SQL = "azure-native:sql:Database"

# The switch that asks for a copy in each zone, and the words that turn it on (azure-native's schema).
_SWITCHES: Final = {
    STORAGE: ("sku.name", ("standard_zrs", "premium_zrs", "standard_gzrs", "standard_ragzrs")),
    DISK: ("sku.name", ("premium_zrs", "standardssd_zrs")),
    SQL: ("zoneRedundant", ("true",)),
    "azure-native:sql:ElasticPool": ("zoneRedundant", ("true",)),
    "azure-native:sql:ManagedInstance": ("zoneRedundant", ("true",)),
    "azure-native:web:AppServicePlan": ("zoneRedundant", ("true",)),
    "azure-native:app:ManagedEnvironment": ("zoneRedundant", ("true",)),
    "azure-native:containerregistry:Registry": ("zoneRedundancy", ("enabled",)),
    "azure-native:dbforpostgresql:Server": ("highAvailability.mode", ("zoneredundant",)),
    "azure-native:dbformysql:Server": ("highAvailability.mode", ("zoneredundant",)),
}
_GEO: Final = ("standard_grs", "standard_ragrs", "standard_gzrs", "standard_ragzrs")


def _region(resource: Resource) -> Region:
    if not resource.location or resource.location == "global":
        not_applicable("it has no region of its own")
    try:
        return region(resource.location)
    except UnknownFactError:
        not_applicable(f"the table of regions has no {resource.location}")


@rule(
    "kade-preflight-region-zones",
    "Nothing is placed in zones in a region that has none",
    severity="high",
    types=["*"],
    measures=["8.32.01"],
    remediation="Leave zones out, or choose a region with availability zones.",
    why="Azure refuses it: AvailabilityZoneNotSupported.",
    passes=[
        Example({"location": "westeurope", "zones": ["1", "2", "3"]}, type=ADDRESS),
        Example({"location": "germanynorth"}, type=ADDRESS),
    ],
    fails=[Example({"location": "Germany North", "zones": ["1"]}, type=ADDRESS)],
    not_applicable=[Example({}, type=ADDRESS), Example({"location": "eastasia", "zones": ["1"]}, type=ADDRESS)],
)
def region_zones(resource: Resource) -> Result:
    place = _region(resource)
    if place.zones is False and any(zone.isdigit() for zone in resource.texts("zones")):
        return f"zones is set, and {place.display_name} has no availability zones"
    return None


@rule(
    "kade-preflight-zone-redundancy",
    "Nothing asks for copies in each zone in a region that has none",
    severity="high",
    types=list(_SWITCHES),
    measures=["8.32.01"],
    remediation="Choose locally redundant storage, or a region with availability zones.",
    why="Azure refuses it.",
    passes=[
        Example({"location": "westeurope", "sku": {"name": "Standard_ZRS"}}, type=STORAGE),
        Example({"location": "germanynorth", "sku": {"name": "Standard_LRS"}}, type=STORAGE),
        Example({"location": "westeurope", "zoneRedundant": True}, type=SQL),
    ],
    fails=[
        Example({"location": "germanynorth", "sku": {"name": "Standard_ZRS"}}, type=STORAGE),
        Example({"location": "germanynorth", "sku": {"name": "Premium_ZRS"}}, type=DISK),
        Example({"location": "norwaywest", "zoneRedundant": True}, type=SQL),
    ],
    not_applicable=[Example({"sku": {"name": "Standard_ZRS"}}, type=STORAGE)],
)
def zone_redundancy(resource: Resource) -> Result:
    place = _region(resource)
    path, words = _SWITCHES[resource.type]
    if place.zones is False and resource.word(path) in words:
        return f"{path} is {resource.text(path)}, and {place.display_name} has no availability zones"
    return None


@rule(
    "kade-preflight-region-pair",
    "Nothing is copied to a pair in a region that has none",
    severity="high",
    types=[STORAGE, BACKUP],
    measures=["8.32.01"],
    remediation="Choose zone-redundant storage (Standard_ZRS, ZoneRedundant), or a region with a pair.",
    why="Azure refuses geo-redundant storage in a region without a pair.",
    passes=[
        Example({"location": "westeurope", "sku": {"name": "Standard_GRS"}}, type=STORAGE),
        Example({"location": "polandcentral", "sku": {"name": "Standard_ZRS"}}, type=STORAGE),
        Example(
            {"location": "italynorth", "properties": {"storageSettings": [{"type": "ZoneRedundant"}]}}, type=BACKUP
        ),
    ],
    fails=[
        Example({"location": "polandcentral", "sku": {"name": "Standard_RAGRS"}}, type=STORAGE),
        Example({"location": "italynorth", "properties": {"storageSettings": [{"type": "GeoRedundant"}]}}, type=BACKUP),
    ],
    not_applicable=[Example({}, type=STORAGE)],
)
def region_pair(resource: Resource) -> Result:
    place = _region(resource)
    if place.pair is not None:
        return None
    if resource.type == STORAGE:
        geo = resource.text("sku.name") if resource.is_("sku.name", *_GEO) else ""
    else:
        settings = resource.items("properties.storageSettings")
        geo = next((s.text("type") for s in settings if s.is_("type", "GeoRedundant")), "")
    return f"it asks for {geo}, and {place.display_name} has no pair" if geo else None
