"""Built-in policies that are assigned to each archetype of management group, with the roles that they need."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from kade.facts.data import read
from kade.facts.governance import built_in_definition, initiatives

_KINDS = {"policy": "policyDefinitions", "initiative": "policySetDefinitions"}


@dataclass(frozen=True)
class LibraryAssignment:
    """One assignment. ``parameters`` may hold placeholders (``{workspace}``), which the assigner fills in.

    ``does`` is ``audit``, ``deny``, ``deploy`` or ``modify``. ``roles`` are the GUIDs of the roles that its identity
    needs at its scope, and ``roles_at_logging`` on the subscription of the workspace; without any it has no identity.
    """

    name: str
    title: str
    definition_id: str
    version: str
    archetypes: tuple[str, ...]
    does: str
    parameters: dict[str, Any] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    roles_at_logging: tuple[str, ...] = ()
    message: str = ""


@dataclass(frozen=True)
class ZonePolicy:
    """A built-in policy that puts a private endpoint into a private DNS zone; ``parameter`` takes the zone's id."""

    service: str
    definition_id: str
    zone: str
    parameter: str
    parameters: dict[str, Any] = field(default_factory=dict)


def _id(kind: str, guid: str) -> str:
    return f"/providers/Microsoft.Authorization/{_KINDS[kind]}/{guid}"


@cache
def library() -> dict[str, LibraryAssignment]:
    """Every assignment by its name, which is its name in Azure too."""
    found: dict[str, LibraryAssignment] = {}
    for name, entry in read("policy_assignments")["assignments"].items():
        found[name] = LibraryAssignment(
            name=name,
            title=entry["title"],
            definition_id=_id(entry["kind"], entry["definition"]),
            version=entry["version"],
            archetypes=tuple(entry["archetypes"]),
            does=entry["does"],
            parameters=entry["parameters"],
            roles=tuple(entry["roles"]),
            roles_at_logging=tuple(entry.get("roles_at_logging", ())),
            message=entry.get("message", ""),
        )
    return found


def initiative_assignment(key: str) -> LibraryAssignment:
    """The assignment of a built-in initiative (`kade.facts.initiatives`), for evidence: it audits, and denies nothing.

    KeyError for an initiative that has no assignment here.
    """
    name = read("policy_assignments")["initiatives"][key]
    wanted = initiatives()[key]
    return LibraryAssignment(name, wanted.name, wanted.resource_id, wanted.version, ("root",), "audit")


@cache
def effects() -> dict[str, str]:
    """What each built-in definition that Kade assigns does (audit, deny, deploy, modify), by its id in lower case."""
    known = [*library().values(), backup_policy(), *(initiative_assignment(key) for key in initiatives())]
    return {
        **{item.definition_id.lower(): item.does for item in known},
        **{item.definition_id.lower(): "deploy" for item in zone_policies()},
        built_in_definition("certificate_expiry").lower(): "audit",  # its default, which nobody here changes
    }


def backup_policy() -> LibraryAssignment:
    """The assignment that backs up machines. It has to know a vault, so each subscription has its own."""
    entry = read("policy_assignments")["backup"]
    definition = _id("policy", entry["definition"])
    return LibraryAssignment(
        entry["name"], entry["title"], definition, entry["version"], (), "deploy", roles=tuple(entry["roles"])
    )


@cache
def zone_policies() -> tuple[ZonePolicy, ...]:
    """The policies for private DNS zones, by service of `kade.facts.private_link_zones`."""
    services = read("policy_assignments")["private_dns"]["services"]
    return tuple(
        ZonePolicy(service, _id("policy", e["definition"]), e["zone"], e["parameter"], e["parameters"])
        for service, entries in services.items()
        for e in entries
    )


def zone_policy_role() -> str:
    """The role that those policies need, where the endpoints are and where the zones are."""
    return read("policy_assignments")["private_dns"]["role"]
