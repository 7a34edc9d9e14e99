"""Management groups, subscriptions, and the workspace: what the export has of them, as entries of the estate file."""

from __future__ import annotations

from collections.abc import Mapping

from kade.adopt.export import Export, Standing
from kade.adopt.proposal import Proposal, key_for
from kade.adopt.terraform import Owners
from kade.estate import Estate
from kade.estate.groups import ResolvedGroup

_SHARED_WORDS = ("sub", "mg", "subscription", "azure")


def propose_governance(estate: Estate, export: Export, owners: Owners, proposal: Proposal) -> None:
    """Entries for the hierarchy as it stands, so that nothing in it moves."""
    tenants = {tenant.tenant_id for tenant in estate.tenants.values()}
    keys = _groups(estate, export, tenants, proposal)
    _subscriptions(estate, export, keys, tenants, proposal)
    _workspace(estate, export, owners, proposal)


def _groups(estate: Estate, export: Export, tenants: set[str], proposal: Proposal) -> dict[str, str]:
    """The key of every group that a subscription stands in, by its id in lower case; new ones are proposed."""
    groups = estate.groups()
    known = {group.id.lower(): key for key, group in groups.items()}
    standing = {item.name.lower(): item for item in export.of("microsoft.management/managementgroups")}
    for item in standing.values():
        if item.name.lower() in known:
            _same_group(estate, known[item.name.lower()], item, proposal)
    aligned = align(estate, export, tenants)
    for key, id_ in aligned.items():
        why = f"the subscriptions that the file puts into {key} stand in {id_}"
        proposal.propose(("management_groups", "groups", key), {"ownership": "existing", "id": id_}, why)
        proposal.note(
            "existing", f"management group {id_}", f"is {key} of the file; no policy of ours is assigned there"
        )
        known[id_.lower()] = key
    _root(estate, export, tenants | {id_.lower() for id_ in aligned.values()}, aligned, proposal)
    root = (estate.management_groups.root_parent or "").lower()
    for subscription in export.subscriptions.values():
        chain = [name for name in subscription.ancestors if name.lower() not in tenants]
        for depth, name in reversed(list(enumerate(chain))):
            if name.lower() in known or (name.lower() == root and depth):
                continue
            above = next((known[n.lower()] for n in chain[depth + 1 :] if n.lower() in known), None)
            key = key_for(name, known.values(), (*_SHARED_WORDS, *estate.name.split("-")))
            known[name.lower()] = key
            display = standing[name.lower()].properties.get("displayName") if name.lower() in standing else None
            value = {"ownership": "existing", "id": name, "display_name": str(display or name)}
            if above is not None:
                value["parent"] = above
            proposal.propose(("management_groups", "groups", key), value, f"stands, and holds {subscription.name}")
            proposal.note("existing", f"management group {name}", f"as {key}; no policy of ours is assigned there")
    return known


def align(estate: Estate, export: Export, tenants: set[str]) -> dict[str, str]:
    """Which foreign group is which of the file's, by key: the one in which all the subscriptions stand that the file
    puts there, and the groups above it where both hierarchies are equally deep; else the highest only.
    """
    groups = estate.groups()
    ids = {group.id.lower() for group in groups.values()}
    stands: dict[str, set[tuple[str, ...]]] = {}
    for item in estate.subscriptions.values():
        found = export.subscriptions.get(item.id or "")
        if found is not None and found.ancestors and item.ownership != "external":
            root = (estate.management_groups.root_parent or "").lower()
            chain = [name for name in found.ancestors if name.lower() not in tenants and name.lower() != root]
            stands.setdefault(item.management_group, set()).add(tuple(reversed(chain)))
    made: dict[str, str] = {}
    for key, chains in stands.items():
        if len(chains) != 1 or not (chain := next(iter(chains))) or ids & {name.lower() for name in chain}:
            continue
        keys = list(reversed(_above(groups, key)))
        pairs = list(zip(keys, chain, strict=True)) if len(keys) == len(chain) else [(keys[-1], chain[-1])]
        if len(keys) != len(chain) and len(chain) > 1:
            pairs.append((keys[0], chain[0]))
        for one, id_ in pairs:
            if made.get(one, id_) == id_ and (one in made or id_ not in made.values()):
                made[one] = id_
    return made


def _above(groups: Mapping[str, ResolvedGroup], key: str) -> list[str]:
    found = [key]
    while (parent := groups[found[-1]].parent) is not None and parent not in found:
        found.append(parent)
    return found


def _same_group(estate: Estate, key: str, item: Standing, proposal: Proposal) -> None:
    """A group that the estate has by its id: where it stands elsewhere than the file puts it, it stays there."""
    group = estate.groups()[key]
    above = estate.groups()[group.parent].id if group.parent else estate.management_groups.root_parent
    if not group.managed or not item.ancestors or above is None or above.lower() == item.ancestors[0].lower():
        return
    proposal.note("move", f"management group {item.name}", f"stands below {item.ancestors[0]}, the file says {above}")
    where = ("management_groups", "groups", key, "ownership")
    proposal.propose(where, "existing", f"stands below {item.ancestors[0]}; `managed` would move it below {above}")


def _root(estate: Estate, export: Export, leave_out: set[str], aligned: dict[str, str], proposal: Proposal) -> None:
    """Without rights at the tenant's root the hierarchy starts below the highest group that the export shows.

    A hierarchy whose own top stands already starts there.
    """
    groups = estate.groups()
    rights = any(tenant.root_rights for tenant in estate.tenants.values())
    tops = [key for key, group in groups.items() if group.parent is None and group.managed and key not in aligned]
    if estate.management_groups.root_parent or rights or not tops:
        return
    own = leave_out | {group.id.lower() for group in groups.values()}
    highest = [
        next((name for name in reversed(s.ancestors) if name.lower() not in own), None)
        for s in export.subscriptions.values()
    ]
    found = sorted({name for name in highest if name})
    if len(found) == 1:
        why = "there are no rights at the tenant's root, and this is the highest group above the subscriptions"
        proposal.propose(("management_groups", "root_parent"), found[0], why)
    else:
        what = f"the export shows {', '.join(found)}" if found else "the export shows no group above the subscriptions"
        proposal.note("choose", "management_groups.root_parent", f"needed without rights at the tenant's root; {what}")


def _subscriptions(
    estate: Estate, export: Export, groups: dict[str, str], tenants: set[str], proposal: Proposal
) -> None:
    by_id = {item.id: key for key, item in estate.subscriptions.items() if item.id}
    for id_, item in export.subscriptions.items():
        tenant = str(item.body.get("tenantId") or "").lower()
        stands_in = groups.get(item.ancestors[0].lower()) if item.ancestors else None
        if tenant and tenant not in tenants:
            proposal.note("external", f"subscription {item.name}", f"of the tenant {tenant}, which is not in the file")
        elif id_ in by_id:
            _known(estate, by_id[id_], item, stands_in, proposal)
        elif stands_in is None:
            text = "the export does not show its management group; put it into the file by hand, or let it be"
            proposal.note("not adopted", f"subscription {item.name}", text)
        else:
            _new(estate, item, stands_in, proposal)
    for key, item in estate.subscriptions.items():
        if item.id and item.id not in export.subscriptions:
            text = "is not in the export: who made that has no rights on it, or it is gone; nothing of it is deleted"
            proposal.note("note", f"subscriptions.{key}", text)


def _known(estate: Estate, key: str, item: Standing, stands_in: str | None, proposal: Proposal) -> None:
    entry = estate.subscriptions[key]
    if entry.ownership != "external" and stands_in is not None and stands_in != entry.management_group:
        text = (
            f"stands in {item.ancestors[0]}; the file places it in {entry.management_group}, and the first deployment "
            f"moves it there. To leave it: management_group: {stands_in}"
        )
        proposal.note("move", f"subscriptions.{key}", text)
    for tag, value in item.tags.items():
        if tag not in {**estate.tags.common, **entry.tags} and tag not in _tags_of_ours(estate):
            why = "a tag that stands; setting tags replaces all of them, so it is kept here"
            proposal.propose(("subscriptions", key, "tags", tag), value, why)


def _tags_of_ours(estate: Estate) -> set[str]:
    tags = estate.tags
    return {tags.owner, tags.environment, tags.cost_centre, tags.data_class}


def _new(estate: Estate, item: Standing, stands_in: str, proposal: Proposal) -> None:
    taken = [*estate.subscriptions, *(e.path[1] for e in proposal.entries if e.path[0] == "subscriptions")]
    key = key_for(item.name, taken, (*_SHARED_WORDS, *estate.name.split("-")))
    value = {
        "ownership": "external",
        "id": item.subscription,
        "name": item.name,
        "management_group": stands_in,
        "owner": next(iter(estate.roles)),
    }
    proposal.propose(("subscriptions", key), value, "stands; `external` leaves it alone, `existing` governs it")
    text = f"as {key}, left alone until the file says `ownership: existing`; look at its owner"
    proposal.note("external", f"subscription {item.name}", text)


def _workspace(estate: Estate, export: Export, owners: Owners, proposal: Proposal) -> None:
    if estate.logging.workspace.id:
        return
    home = estate.subscriptions[estate.logging.subscription].id
    found = [w for w in export.of("microsoft.operationalinsights/workspaces") if w.subscription == home]
    if len(found) == 1:
        why = f"stands in the subscription for logs{owned_by(owners, found[0])}"
        proposal.propose(("logging", "workspace"), {"ownership": "existing", "id": found[0].id}, why)
        proposal.note("existing", f"workspace {found[0].name}", "takes the logs; its retention and Sentinel stay as is")
    elif found:
        names = ", ".join(item.id for item in found)
        proposal.note("choose", "logging.workspace", f"several stand in {estate.logging.subscription}: {names}")


def owned_by(owners: Owners, item: Standing) -> str:
    """`` (owner: …)`` for something that Terraform owns."""
    found = owners.of(item.id)
    return f" (owner: {found})" if found else ""
