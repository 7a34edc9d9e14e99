"""Facts about Azure and Dutch rules, each with its source and date. Imports nothing of ours; files load on demand."""

from kade.facts.bio2 import Measure, TlsGuideline, measure, measures, tls
from kade.facts.data import UnknownFactError
from kade.facts.governance import (
    GlobalType,
    Initiative,
    StandardGroup,
    archetypes,
    built_in_definition,
    global_types,
    initiatives,
    limit,
    standard_groups,
)
from kade.facts.locations import Region, pair_of, region, regions, regions_for
from kade.facts.private_link import PrivateLinkZone, private_link_zones

__all__ = [
    "GlobalType",
    "Initiative",
    "Measure",
    "PrivateLinkZone",
    "Region",
    "StandardGroup",
    "TlsGuideline",
    "UnknownFactError",
    "archetypes",
    "built_in_definition",
    "global_types",
    "initiatives",
    "limit",
    "measure",
    "measures",
    "pair_of",
    "private_link_zones",
    "region",
    "regions",
    "regions_for",
    "standard_groups",
    "tls",
]
