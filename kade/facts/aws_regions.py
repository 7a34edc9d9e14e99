"""AWS regions in or near the EU, with their country. Source and date stand in ``aws_regions.json``."""

from __future__ import annotations

from functools import cache

from kade.facts.data import read


@cache
def aws_regions() -> dict[str, str]:
    """The country (ISO 3166-1) of each region; what is not here is outside the EU."""
    return dict(read("aws_regions")["regions"])
