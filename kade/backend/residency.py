"""Whether a region of a cloud is inside a residency rule."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kade.facts import UnknownFactError, region, regions_for
from kade.facts.aws_regions import aws_regions

if TYPE_CHECKING:
    from kade.estate import Estate


@dataclass(frozen=True)
class Rule:
    """Where state may be: Azure regions by name, other clouds by the countries of those. ``source`` names the rule."""

    allowed: Collection[str]
    source: str

    @property
    def countries(self) -> frozenset[str]:
        """The countries that the rule allows."""
        return frozenset(region(name).country for name in self.allowed)

    def azure(self, name: str) -> str:
        """Why an Azure region is not allowed; empty where it is."""
        try:
            found = region(name)
        except UnknownFactError:
            return f"{name} is no Azure region in or near the EU"
        return "" if found.name in self.allowed else f"{found.name} ({found.country}) is outside {self.source}"

    def aws(self, name: str) -> str:
        """Why an AWS region is not allowed; empty where it is."""
        country = aws_regions().get(name)
        if country is None:
            return f"{name} is no AWS region in or near the EU"
        return "" if country in self.countries else f"{name} ({country}) is outside {self.source}"

    @property
    def choice(self) -> str:
        """The AWS regions that are allowed, in words."""
        inside = [name for name, country in aws_regions().items() if country in self.countries]
        return f"those inside are {', '.join(inside)}" if inside else "AWS has none inside: take azblob://"


def rule_of(estate: Estate | None) -> Rule:
    """The rule of an estate; without one, that data stay in the EU."""
    if estate is None:
        return Rule(regions_for("eu"), "the EU (give --estate for a municipality's own rule)")
    return Rule(estate.residency.allowed, f"the residency rule of {estate.name} ({estate.residency.mode})")
