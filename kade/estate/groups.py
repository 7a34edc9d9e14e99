"""The management groups of an estate, standard ones and its own, with their ids and parents filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kade.estate.governance import ManagementGroup
from kade.facts import standard_groups

if TYPE_CHECKING:
    from kade.estate.model import Estate

SMALL = ("alz", "platform", "landingzones", "corp", "online", "decommissioned")


@dataclass(frozen=True)
class ResolvedGroup:
    """A management group: its id, the key of its parent (None for the top one), and whose policies it takes."""

    key: str
    id: str
    display_name: str
    archetype: str
    parent: str | None
    managed: bool


def groups_of(estate: Estate) -> dict[str, ResolvedGroup]:
    """All management groups by key, parents before children; a group whose parent is not known comes last."""
    wanted = estate.management_groups
    top = wanted.root_id or estate.name
    found: dict[str, ResolvedGroup] = {}
    if wanted.hierarchy != "none":
        for key, standard in standard_groups(sovereign=wanted.sovereign).items():
            if wanted.hierarchy == "small" and key not in SMALL:
                continue
            change = wanted.groups.get(key) or ManagementGroup()
            title = estate.organisation.display_name if standard.parent is None else standard.display_name
            found[key] = ResolvedGroup(
                key,
                change.id or (top if standard.parent is None else f"{top}-{key.replace('_', '-')}"),
                change.display_name or title,
                change.archetype or standard.archetype,
                standard.parent,
                change.ownership == "managed",
            )
    waiting = {k: g for k, g in wanted.groups.items() if k not in found}
    while waiting:
        ready = [k for k, g in waiting.items() if g.parent is None or g.parent in found] or list(waiting)
        for key in ready:
            group = waiting.pop(key)
            above = found.get(group.parent or "")
            found[key] = ResolvedGroup(
                key,
                group.id or f"{top}-{key}",
                group.display_name or key.replace("-", " ").capitalize(),
                group.archetype or (above.archetype if above else "root"),
                group.parent,
                group.ownership == "managed",
            )
    return found
