"""From an estate and an export to a proposal, in two previews: of the estate as it is, and with the entries in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kade.adopt.export import Export
from kade.adopt.governance import propose_governance
from kade.adopt.network import propose_network
from kade.adopt.proposal import Proposal
from kade.adopt.takeover import Difference, planned, take_over
from kade.adopt.terraform import Owners
from kade.engine.plan import StackResult
from kade.estate import Estate
from kade.estate.imports import Import, Place

_CONTAINERS = ("microsoft.resources/subscriptions", "microsoft.management/managementgroups")
_IMPLIED = ("microsoft.resources/tags", "microsoft.management/managementgroups/subscriptions")
Preview = Callable[[Mapping[str, object]], Sequence[StackResult]]  # entries -> what the program would make with them


@dataclass
class Adoption:
    """What came of it."""

    proposal: Proposal
    imports: dict[str, dict[Place, Import]] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    """Ids that stand, and that the program would make all the same: the first deployment would fail on them."""


def adopt(estate: Estate, said: Mapping[str, object], export: Export, owners: Owners, preview: Preview) -> Adoption:
    """Propose. ``said`` is what the estate's files say; ``preview`` runs the program with entries added to them."""
    made = Adoption(Proposal(file=said))
    for text in export.notes:
        made.proposal.note("note", "the export", text)
    for id_, one, other in owners.twice:
        made.proposal.note("two owners", id_, f"{one}, and {other}")
    before = planned(preview({}))
    propose_governance(estate, export, owners, made.proposal)
    propose_network(estate, export, owners, before, made.proposal)
    entries = made.proposal.tree()
    after = planned(preview(entries)) if entries else before
    made.imports, made.differences = take_over(after, export, owners, made.proposal)
    taken = {item.id.lower() for items in made.imports.values() for item in items.values()}
    made.blocked = sorted(item.id for key, item in after.items() if export.get(key) is not None and key not in taken)
    known = {item.id for item in estate.subscriptions.values() if item.id}
    _left_alone(export, owners, taken, known, made.proposal)
    return made


def _left_alone(export: Export, owners: Owners, taken: set[str], known: set[str], proposal: Proposal) -> None:
    """What neither the file nor the program knows, counted by type, and what Terraform keeps."""
    named = {str(entry.value).lower() for entry in proposal.entries}
    kinds: Counter[str] = Counter()
    for key, item in export.items.items():
        if key in taken or (item.type in _CONTAINERS and (named | known) & {item.name.lower(), item.subscription}):
            continue
        if owner := owners.of(item.id):
            if not named & {key, item.resource_group.lower()}:
                proposal.note("existing", item.id, f"stays with {owner}")
        elif key not in named and item.type not in _IMPLIED:
            kinds[item.type] += 1
    for kind, number in sorted(kinds.items()):
        proposal.note("left alone", kind, f"{number}; no layer of the file makes or changes these")
