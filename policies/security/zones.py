"""Which regions have availability zones. No rules of its own."""

from __future__ import annotations

from typing import Final

from kade.facts import UnknownFactError, region
from kade.policies.kit import Resource, UnknownValueError, not_applicable

# Regions with zones outside the table of regions in and near Europe, for exports of estates elsewhere.
# learn.microsoft.com/azure/reliability/regions-list, 2026-11-25.
_ELSEWHERE: Final = frozenset(
    {
        "australiaeast",
        "brazilsouth",
        "canadacentral",
        "centralindia",
        "centralus",
        "chilecentral",
        "eastasia",
        "eastus",
        "eastus2",
        "indonesiacentral",
        "israelcentral",
        "japaneast",
        "japanwest",
        "koreacentral",
        "malaysiawest",
        "mexicocentral",
        "newzealandnorth",
        "qatarcentral",
        "southafricanorth",
        "southcentralus",
        "southeastasia",
        "uaenorth",
        "usgovvirginia",
        "westus2",
        "westus3",
    }
)


def has_zones(name: str) -> bool:
    """Whether the region, by its name in any form (``West Europe``), has availability zones that are known of."""
    plain = name.replace(" ", "").lower()
    try:
        return region(plain).zones is not False
    except UnknownFactError:
        return plain in _ELSEWHERE


def needs_zones(resource: Resource) -> None:
    """Leave the rule where the resource's region is known to have no availability zones.

    A location that is not given, or not known yet (``[resourceGroup().location]``), counts as one that has them: so do
    all regions but a few, and what the rule asks about is plain to see.
    """
    try:
        name = resource.location
    except UnknownValueError:
        return
    if name and not has_zones(name):
        not_applicable(f"no availability zones are known in {name}")
