"""Rights in Azure, roles in Entra and billing roles that deploying an estate takes."""

from __future__ import annotations

from collections.abc import Iterator

from kade.doctor.needs import BILLING, ENTRA, RIGHT, Need
from kade.estate import Estate
from kade.facts.policy_library import library
from kade.facts.roles import administrative_roles, role_name
from kade.stacks.platform_identity import ABOVE, above_is_ours, below, top_scope
from kade.stacks.platform_policy import top_groups

_DEPLOYER = "who deploys, or its pipeline"
_ELEVATED = "a Global Administrator with elevated access, once: `az rest --method post --url /providers/Microsoft.Authorization/elevateAccess?api-version=2016-07-01`"  # noqa: E501  # one command


def rights(estate: Estate) -> Iterator[Need]:
    """What has to be given in Azure, from the top down."""
    yield from _above(estate)
    if above_is_ours(estate):
        yield from _policy(estate)
    for key, item in estate.subscriptions.items():
        if item.ownership == "external" or item.id is None or item.decommissioned:
            continue
        where, owner = f"/subscriptions/{item.id}", estate.roles[item.owner].title
        why = f"{key}: everything that Kade makes in it"
        yield Need(RIGHT, " + ".join(below(item)), where, f"{why} ({_DEPLOYER})", f"an Owner of it, for {owner}")
    yield from _of_others(estate)
    if estate.backup.multi_user:
        where = f"the resource guard in {estate.security.subscription}"
        why = "to weaken or stop backup: a second person, who does not manage backup"
        given = estate.roles[estate.subscriptions[estate.security.subscription].owner].title
        yield Need(RIGHT, "Backup MUA Operator (eligible)", where, why, given)


def _above(estate: Estate) -> Iterator[Need]:
    tops = [estate.groups()[key] for key in top_groups(estate)]
    parent = estate.management_groups.root_parent
    tenant = next(iter(estate.tenants.values()))
    sharing = [estate.participants[name].display_name for name in tenant.participants]
    owner = f"who owns it: {', '.join(sharing)}" if sharing else "who owns it"
    for top in tops:
        above = estate.groups()[top.parent].id if top.parent else parent
        if above is not None:
            where, given = f"management group {above}", f"an Owner of it ({owner})"
        elif tenant.root_rights:
            where, given = "the tenant's root group", _ELEVATED
        else:
            where = "the tenant's root group"
            given = "nobody, as the file says (`root_rights: false`): give `management_groups.root_parent`"
        yield Need(RIGHT, "Management Group Contributor", where, f"to make {top.id} below it ({_DEPLOYER})", given)
    if tops:
        given = "whoever makes that group: its maker is its Owner"
        yield Need(
            RIGHT, " + ".join(ABOVE), top_scope(estate), f"groups, policies and their roles ({_DEPLOYER})", given
        )
        yield Need(RIGHT, "Reader", top_scope(estate), "to plan (the identity of a pipeline that plans)", given)
    if estate.identity.custom_roles:
        names = ", ".join(role.title for role in estate.identity.custom_roles.values())
        why = f"to make or change roles of our own: {names}. No pipeline may; deploy them as a person"
        yield Need(RIGHT, "User Access Administrator (eligible)", top_scope(estate), why, "an Owner of that group")


def _policy(estate: Estate) -> Iterator[Need]:
    """Policy identities that take a role which a pipeline may not give."""
    archetypes = {group.archetype for group in estate.groups().values() if group.managed}
    found: dict[str, list[str]] = {}
    for item in library().values():
        for role in map(role_name, item.roles):
            if role in administrative_roles() and set(item.archetypes) & archetypes:
                found.setdefault(role, []).append(item.name)
    for role, names in found.items():
        why = f"the identities of the policy assignments {', '.join(names)}; a pipeline may not give this role"
        given = "an Owner of that group, once (deploy the platform as a person the first time)"
        yield Need(RIGHT, role, top_scope(estate), why, given)


def _of_others(estate: Estate) -> Iterator[Need]:
    """Rights on what stands already and is somebody else's."""
    for key, hub in estate.network.hubs.items():
        if hub.ownership == "existing" and hub.id:
            why = f"to peer spokes with hub {key} (Microsoft.Network/virtualNetworks/peer/action)"
            yield Need(RIGHT, "Network Contributor, or a role with peer/action", hub.id, why, hub.owner or "its owner")
    if estate.network.private_dns.ownership == "existing" and estate.network.private_dns.id:
        why = "to register private endpoints; its owner may prefer to do so"
        where = estate.network.private_dns.id
        yield Need(RIGHT, "Private DNS Zone Contributor", where, why, "the owner of the zones")
    workspaces = (estate.logging.workspace, estate.logging.security_workspace)
    for workspace in workspaces:
        if workspace is not None and workspace.ownership == "existing" and workspace.id:
            why = "to send logs to a workspace that stands already"
            yield Need(RIGHT, "Log Analytics Contributor", workspace.id, why, "the owner of the workspace")


def entra(estate: Estate) -> Iterator[Need]:
    """Roles in the directory, and the accounts for emergencies."""
    given = "a Privileged Role Administrator"
    identity = estate.identity
    tenant = next(iter(estate.tenants.values())).domain
    made = [key for key, group in identity.groups.items() if group.ownership == "managed"]
    if identity.entra_managed or made:
        which = f" ({', '.join(made)})" if made else ""
        why = f"groups by pulumi-azuread{which}; for an application: Group.ReadWrite.All"
        yield Need(ENTRA, "Groups Administrator", tenant, why, given)
    if estate.workplace is not None and estate.workplace.conditional_access is not None:
        why = "conditional access and named locations"
        yield Need(ENTRA, "Conditional Access Administrator", tenant, why, given)
    missing = [
        key for key, group in identity.groups.items() if group.object_id is None and group.ownership != "managed"
    ]
    if missing:
        why = f"the object ids of {', '.join(missing)}: a role cannot be given to a group without one"
        yield Need(ENTRA, "Directory Readers", tenant, why, given)
    if identity.break_glass == "two_accounts":
        why = "two accounts for emergencies, made by hand, with hardware keys, outside conditional access and watched"
        yield Need(ENTRA, "Global Administrator (standing, for these two only)", tenant, why, "a Global Administrator")
    else:
        why = "`identity.break_glass: none`: when sign-in fails for all, only Microsoft's support can help, in days"
        yield Need(ENTRA, "none for emergencies, by choice", tenant, why, "the CISO, who accepts this in writing")


def billing(estate: Estate) -> Iterator[Need]:
    """Who may make subscriptions."""
    item = estate.billing
    roles = {
        "ea": ("Enrollment account subscription creator", "the owner of the enrollment account"),
        "mca": ("Azure subscription creator", "an owner of the invoice section"),
    }
    wanted = [key for key, s in estate.subscriptions.items() if s.id is None and s.ownership == "managed"]
    if item.mode in roles:
        role, given = roles[item.mode]
        why = f"to make {', '.join(wanted)}" if wanted else "to make subscriptions; none is to be made now"
        yield Need(BILLING, role, str(item.scope), f"{why} ({_DEPLOYER})", given)
    elif item.mode == "csp":
        partner = estate.participants[item.partner].display_name if item.partner else "the partner"
        why = f"the partner makes {', '.join(wanted)} on request" if wanted else "the partner makes subscriptions"
        yield Need(BILLING, "none of ours", "the partner's agreement", why, partner, "by the agreement")
    else:
        yield Need(BILLING, "none", "billing.mode: existing", "every subscription is given by its id", "nobody")
