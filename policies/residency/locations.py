"""Where a resource itself is."""

from __future__ import annotations

from kade.facts import global_types
from kade.facts.azure_types import type_by_token
from kade.facts.governance import GlobalType
from kade.policies.kit import Example, Finding, Resource, Result, not_applicable, not_evaluated, rule
from kade.policies.residency.places import GLOBAL, MODE, allowed_regions

ACCOUNT = "azure-native:storage:StorageAccount"
ZONE = "azure-native:privatedns:PrivateZone"


def arm_type(resource: Resource) -> str:
    """The ARM type in lower case: as given, else by the table of types; empty where neither knows it."""
    if resource.arm_type:
        return resource.arm_type.lower()
    known = type_by_token(resource.type)
    return known.arm_type.lower() if known else ""


def global_kind(resource: Resource) -> GlobalType | None:
    """What it means that this resource is global: of its own type, or of the one that it stands in."""
    parts = arm_type(resource).split("/")
    for length in range(len(parts), 1, -1):
        kind = global_types().get("/".join(parts[:length]))
        if kind is not None:
            return kind
    return None


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
    if place == GLOBAL:
        kind = global_kind(resource)
        if kind is None:
            not_evaluated("its location is global, and for this type it is not known what that means for its data")
        return None if kind.acceptable else Finding(f"it is a global service: {kind.reason}", places=(GLOBAL,))
    allowed = allowed_regions(resource)
    if place in allowed:
        return None
    return Finding(f"location {place} is not among the regions allowed ({', '.join(allowed)})", places=(place,))
