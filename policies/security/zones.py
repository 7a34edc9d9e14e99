"""Which regions have availability zones. No rules of its own."""

from __future__ import annotations

from typing import Final

from kade.facts import UnknownFactError, region
from kade.policies.kit import Resource, not_applicable, not_evaluated

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
    """Leave the rule where the resource's region has no availability zones."""
    if not resource.location:
        not_evaluated("location is not given, so nobody can say whether there are zones")
    if not has_zones(resource.location):
        not_applicable(f"no availability zones are known in {resource.location}")
