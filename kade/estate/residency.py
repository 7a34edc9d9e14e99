"""Where data may be."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from kade.estate.base import Item, Key, RegionName
from kade.facts import regions_for

DataClass = Literal[
    "public",
    "internal",
    "pseudonymised",
    "financial",
    "confidential",
    "personal",
    "bsn",
    "brp",
    "special",
    "medical",
    "vital",
]
Classification = Literal["public", "internal", "confidential", "restricted"]
CLASSIFICATION: dict[DataClass, Classification] = {
    "public": "public",
    "internal": "internal",
    "pseudonymised": "internal",
    "financial": "confidential",
    "confidential": "confidential",
    "personal": "confidential",
    "bsn": "restricted",
    "brp": "restricted",
    "special": "restricted",
    "medical": "restricted",
    "vital": "restricted",
}
ORDER: tuple[Classification, ...] = ("public", "internal", "confidential", "restricted")


def classification_of(data: list[DataClass]) -> Classification:
    """The heaviest protection that the data classes ask for."""
    return max((CLASSIFICATION[d] for d in data), key=ORDER.index)


ResidencyMode = Literal["nl", "eu", "eea", "list"]


class Regions(Item):
    """Where things are made."""

    primary: RegionName = Field(description="The region where everything is, unless it says otherwise.")
    secondary: RegionName | None = Field(None, description="The region for recovery, if there is one.")


class ResidencyExemption(Item):
    """Something that may be elsewhere, for a while."""

    resource: str = Field(description="A resource's name, type or id pattern (`*` for any characters).")
    regions: list[str] = Field(min_length=1, description="Where it may be; `global` for a service without a region.")
    reason: str = Field(min_length=10, description="Why, in a sentence that an auditor accepts.")
    owner: Key = Field(description="The role that accepts it.")
    until: date = Field(description="The last day; after it the exemption fails.")


class Residency(Item):
    """The rule, per data class where it is stricter, and its exemptions."""

    mode: ResidencyMode = Field("eu", description="Where data may be: Netherlands, EU, EEA, or the `regions` listed.")
    regions: list[RegionName] = Field(
        default=[], description="The regions allowed, for mode `list`; for another mode, a narrower choice within it."
    )
    classes: dict[DataClass, ResidencyMode] = Field(
        default={}, description="A stricter mode for a data class, for instance `brp: nl`."
    )
    policy: str = Field("", description="The council's or board's decision that this follows, with its date.")
    exemptions: dict[Key, ResidencyExemption] = Field(default={}, description="Exemptions, by a short key.")

    @property
    def allowed(self) -> list[str]:
        """The regions that the rule allows, by name: those of its mode, narrowed by `regions` where it lists them."""
        wide = set(regions_for(self.mode, tuple(self.regions)))
        return sorted(wide & set(self.regions) if self.regions else wide)


class Exemption(Item):
    """A rule of a policy pack that does not hold for a resource, for a while."""

    rule: str = Field(description="The rule's id, for instance `kade-storage-minimum-tls`.")
    resource: str = Field(description="The resource's name, or a pattern with `*`.")
    environments: list[Key] = Field(default=[], description="The environments it holds for; none means all.")
    reason: str = Field(min_length=10, description="Why, in a sentence that an auditor accepts.")
    owner: Key = Field(description="The role that accepts the risk.")
    until: date = Field(description="The last day; after it the exemption fails.")
