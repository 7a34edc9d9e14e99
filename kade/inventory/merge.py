"""Finds the same machine in several sources and makes one of it, with the evidence shown and conflicts listed.

Two records are the same machine when their identifier (SMBIOS UUID, instance id) is the same; or else when their short
name is the same, it stands once in each source, and no identifier or address contradicts it. A match by name alone is
noted as a guess. Two rows of one file are two machines: a copied machine may keep the identifier of its original.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from kade.inventory.model import Origin, Server
from kade.inventory.notes import CONFLICT, GUESSED, MERGED, Notes

# What a source knows best: measured loads and sizes from an assessment, configuration from the hypervisor.
RANK = {"rvtools": 0, "aws": 1, "azure-migrate": 2, "gemma": 3}
COMPARED = ("cores", "memory_mib", "operating_system", "powered_on")


@dataclass(frozen=True)
class Machine:
    """One machine, and where each of its records stands."""

    server: Server
    origins: tuple[Origin, ...]
    evidence: str = ""  # why the records are one machine; empty where there is only one


def machines(servers: Iterable[Server], notes: Notes) -> list[Machine]:
    """One machine for each that really is one, in the order of the first record. No record is lost."""
    groups: list[list[Server]] = []
    evidence: dict[int, str] = {}
    by_uuid: dict[str, int] = {}
    servers = list(servers)
    clear = _clear_names(servers)
    by_name: dict[str, int] = {}
    for server in servers:
        short = short_name(server.name)
        place = by_uuid.get(server.uuid) if server.uuid else None
        reason = f"identifier {server.uuid}"
        if place is not None and (twin := _beside(groups[place], server)):
            notes.add(
                CONFLICT, server.origin, "identifier", f"{server.name!r} has that of {twin.name!r} in {twin.origin}"
            )
            place = None
        if place is None and short in clear:
            place = by_name.get(short)
            reason = ""
            if place is not None:
                reason = _same_by_name(groups[place], server)
                place = place if reason else None
        if place is None:
            place = len(groups)
            groups.append([])
        else:
            evidence.setdefault(place, reason)
        groups[place].append(server)
        if server.uuid:
            by_uuid.setdefault(server.uuid, place)
        by_name.setdefault(short, place)
    return [_one(group, evidence.get(place, ""), notes) for place, group in enumerate(groups)]


def short_name(name: str) -> str:
    """The host's own part of a name, in lower case: ``SRV01.gemeente.local`` is ``srv01``; an address stays whole."""
    lower = name.strip().lower()
    return lower if lower.replace(".", "").isdigit() else lower.split(".")[0]


def _clear_names(servers: list[Server]) -> set[str]:
    """Names that stand at most once in every source; only these can say which machine is meant."""
    seen = Counter((short_name(server.name), server.origin.source) for server in servers)
    doubles = {name for (name, _), count in seen.items() if count > 1}
    return {name for name, _ in seen} - doubles


def _same_by_name(group: list[Server], server: Server) -> str:
    """Why a record with the same name is the same machine; empty where something contradicts it."""
    if _beside(group, server):
        return ""
    for other in group:
        shared = set(other.addresses) & set(server.addresses)
        if shared:
            return f"name and address {sorted(shared)[0]}"
        if other.uuid and server.uuid and _same_kind(other, server):
            return ""
        if other.addresses and server.addresses:
            return ""
    return "name only"


def _beside(group: list[Server], server: Server) -> Server | None:
    """The record of the group that stands in the same file (or account)."""
    at = (server.origin.source, server.origin.file)
    return next((one for one in group if (one.origin.source, one.origin.file) == at), None)


def _same_kind(one: Server, other: Server) -> bool:
    """Whether the identifiers of two records are of one kind, so that a difference says something."""
    return one.origin.source == other.origin.source


def _one(group: list[Server], reason: str, notes: Notes) -> Machine:
    ordered = sorted(group, key=lambda server: RANK.get(server.origin.source, len(RANK)))
    first, *rest = ordered
    merged = first
    for other in rest:
        for name in COMPARED:
            ours, theirs = getattr(merged, name), getattr(other, name)
            if not _empty(ours) and not _empty(theirs) and _differs(ours, theirs):
                message = f"{first.name!r}: {ours} here, {theirs} in {other.origin}; the first is kept"
                notes.add(CONFLICT, first.origin, name, message)
        merged = _filled(merged, other)
    if rest:
        kind = GUESSED if reason == "name only" else MERGED
        also = ", ".join(str(other.origin) for other in rest)
        notes.add(kind, first.origin, "", f"{first.name!r} is the same machine as in {also} (by {reason})")
    return Machine(merged, tuple(server.origin for server in ordered), reason)


def _differs(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, str):
        one, other = ours.lower().replace("microsoft ", ""), theirs.lower().replace("microsoft ", "")
        return one not in other and other not in one
    if isinstance(ours, float):
        return abs(ours - theirs) > 0.01 * max(ours, theirs)
    return ours != theirs


def _filled(server: Server, other: Server) -> Server:
    """The record, with what it lacks taken from the other; addresses and networks of both."""
    changes: dict[str, Any] = {}
    for field in fields(Server):
        ours, theirs = getattr(server, field.name), getattr(other, field.name)
        if field.name in {"addresses", "networks"}:
            changes[field.name] = tuple(dict.fromkeys((*ours, *theirs)))
        elif field.name == "tags":
            changes[field.name] = {**theirs, **ours}
        elif field.name == "template":
            changes[field.name] = ours or theirs
        elif _empty(ours) and not _empty(theirs):
            changes[field.name] = theirs
    return replace(server, **changes)


def _empty(value: Any) -> bool:
    return value is None or value == "" or value == ()
