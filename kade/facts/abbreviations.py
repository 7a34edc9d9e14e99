"""Abbreviations of resource types in names; what the Cloud Adoption Framework does not list is marked in the data."""

from __future__ import annotations

from functools import cache

from kade.facts.data import read


@cache
def abbreviations() -> dict[str, str]:
    """The abbreviation of every kind of `kade.facts.azure_names` that has one."""
    facts = read("abbreviations")
    return facts["abbreviations"] | facts["ours"]
