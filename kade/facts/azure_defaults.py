"""What Azure gives a property that nobody set. Source, date and meaning stand in ``azure_defaults.json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from kade.facts.azure_types import unversioned
from kade.facts.data import read


@cache
def defaults_of(token: str) -> Mapping[str, Sequence[Any]]:
    """The values that a property of this type may have without anybody setting it, by the property's name."""
    table = read("azure_defaults")["defaults"]
    return {**table["*"], **table.get(unversioned(token), {})}
