"""Management groups, archetypes, built-in policy initiatives, and Azure types whose location is ``global``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kade.facts.data import read, unknown


@dataclass(frozen=True)
class StandardGroup:
    """A management group of the Azure landing zone hierarchy; ``parent`` is None for the top one."""

    key: str
    parent: str | None
    archetype: str
    display_name: str


@dataclass(frozen=True)
class Initiative:
    """A built-in policy initiative: ``id`` is the GUID, ``policies`` how many it holds."""

    key: str
    name: str
    id: str
    version: str
    policies: int
    note: str = ""

    @property
    def resource_id(self) -> str:
        """The full id, as an assignment refers to it."""
        return f"/providers/Microsoft.Authorization/policySetDefinitions/{self.id}"


@dataclass(frozen=True)
class GlobalType:
    """An Azure type whose location is ``global``, why, and whether that is acceptable where data must stay."""

    type: str
    reason: str
    content: str
    acceptable: bool


def archetypes(*, sovereign: bool = True) -> tuple[str, ...]:
    """The archetypes of the Azure Landing Zones Library, and unless told not to those of the sovereign one."""
    data = read("management_groups")
    return (*data["archetypes"], *(data["sovereign_archetypes"] if sovereign else ()))


def standard_groups(*, sovereign: bool = False) -> dict[str, StandardGroup]:
    """The standard hierarchy by key, parents before children; with the three groups of the sovereign one on demand."""
    data = read("management_groups")
    found = data["hierarchy"] | (data["sovereign_groups"] if sovereign else {})
    return {key: StandardGroup(key=key, **fields) for key, fields in found.items()}


def limit(name: str) -> int:
    """A length limit in characters: ``management_group_id`` or ``assignment_name_at_management_group``."""
    limits = read("management_groups")["limits"]
    if name not in limits:
        raise unknown("limit", name, list(limits))
    return limits[name]


@cache
def initiatives() -> dict[str, Initiative]:
    """The built-in initiatives by our key (``nl_bio_cloud_theme``, ``iso_27002``, ``nis2``)."""
    found = {}
    for key, entry in read("initiatives")["initiatives"].items():
        fields = {k: entry[k] for k in ("name", "id", "version", "policies")}
        found[key] = Initiative(key=key, note=entry.get("note", ""), **fields)
    return found


def built_in_definition(key: str) -> str:
    """The full id of a built-in policy definition (``allowed_locations``, ``allowed_locations_resource_groups``)."""
    definitions = read("initiatives")["definitions"]
    if key not in definitions:
        raise unknown("built-in policy definition", key, list(definitions))
    return f"/providers/Microsoft.Authorization/policyDefinitions/{definitions[key]}"


@cache
def global_types() -> dict[str, GlobalType]:
    """Azure types whose location is ``global``, by ARM type in lower case, each with the reason for it."""
    return {name.lower(): GlobalType(type=name, **fields) for name, fields in read("global_types")["types"].items()}
