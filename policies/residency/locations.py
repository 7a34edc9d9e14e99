"""Where a resource is, and where its copies go."""

from __future__ import annotations

from typing import Any, Final

from kade.facts import UnknownFactError, global_types, pair_of, region, regions_for
from kade.policies.kit import Example, Finding, Resource, Result, not_applicable, not_evaluated, rule

ACCOUNT = "azure-native:storage:StorageAccount"
GEO_REDUNDANT: Final = ("grs", "ragrs", "gzrs", "ragzrs")

MODE: Final[dict[str, dict[str, Any]]] = {
    "mode": {
        "type": "string",
        "enum": ["nl", "eu", "eea", "list"],
        "default": "eu",
        "estate": "residency.mode",
        "description": "the Netherlands, the European Union, the European Economic Area, or the regions listed",
    },
    "regions": {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "estate": "residency.regions",
        "description": "with mode list the regions that are allowed, else a narrower choice among those of the mode",
    },
}


def allowed_regions(resource: Resource) -> tuple[str, ...]:
    """The regions that the configured mode allows. A configuration that names none is not evaluated, and says so."""
    mode = str(resource.config.get("mode", "eu"))
    listed = tuple(str(name) for name in resource.config.get("regions", ()))
    try:
        narrowed = regions_for("list", listed)
        return tuple(r for r in regions_for(mode, listed) if not narrowed or r in narrowed)
    except (ValueError, UnknownFactError) as error:
        not_evaluated(f"the residency configuration is wrong: {error}")


@rule(
    "kade-residency-location",
    "Every resource stands in a region that the residency rule allows",
    severity="high",
    types=["*"],
    measures=["B.05.2", "B.09.8"],
    remediation="Choose a region that the estate's residency rule allows, such as westeurope.",
    config=MODE,
    passes=[
        Example({"location": "West Europe"}, type=ACCOUNT),
        Example({"location": "northeurope"}, type=ACCOUNT),
    ],
    fails=[
        Example({"location": "uksouth"}, type=ACCOUNT),
        Example({"location": "northeurope"}, type=ACCOUNT, config={"mode": "nl"}),
    ],
    not_applicable=[Example({}, type="azure-native:network:Subnet")],
)
def location(resource: Resource) -> Result:
    place = resource.location
    if not place:
        not_applicable("it has no location of its own: it is where its parent is")
    if place == "global":
        kind = global_types().get(resource.arm_type.lower())
        if kind is None:
            not_evaluated("its location is global, and for this type it is not known what that means for its data")
        return None if kind.acceptable else Finding(f"it is a global service: {kind.reason}", places=("global",))
    allowed = allowed_regions(resource)
    if place in allowed:
        return None
    return Finding(f"location {place} is not among the regions allowed ({', '.join(allowed)})", places=(place,))


@rule(
    "kade-residency-storage-replication",
    "Storage accounts replicate only to regions that the residency rule allows",
    severity="high",
    types=[ACCOUNT],
    measures=["B.05.2", "B.09.8"],
    remediation="Choose sku Standard_ZRS, and keep the second copy with a backup vault in a region that is allowed.",
    why="A geo-redundant account copies all its data to the pair of its region, which cannot be chosen.",
    deviations=[
        "Azure.Storage.UseReplication: it asks for geo-redundancy; where the pair is outside the residency rule, "
        "residency wins"
    ],
    config=MODE,
    passes=[
        {"location": "westeurope", "sku": {"name": "Standard_ZRS"}},
        {"location": "westeurope", "sku": {"name": "Standard_GRS"}},
    ],
    fails=[
        Example({"location": "westeurope", "sku": {"name": "Standard_GZRS"}}, config={"mode": "nl"}),
        {"location": "uksouth", "sku": {"name": "Standard_RAGRS"}},
    ],
)
def storage_replication(account: Resource) -> Result:
    redundancy = account.word("sku.name").partition("_")[2]
    if redundancy not in GEO_REDUNDANT:
        return None
    try:
        pair = pair_of(account.location)
    except UnknownFactError as error:
        not_evaluated(str(error))
    if pair is None:
        return f"sku is geo-redundant, and {account.location} has no pair to replicate to"
    if pair.name in allowed_regions(account):
        return None
    home = region(account.location).display_name
    to = f"{pair.display_name} ({pair.country})"
    return Finding(f"sku is geo-redundant, which copies the data from {home} to its pair {to}", places=(pair.name,))
