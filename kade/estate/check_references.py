"""Every name that points at something else in the file points at something that is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kade.estate.checks import Check, Finding, PathKey
from kade.estate.problems import suggestion
from kade.facts import archetypes, standard_groups
from kade.facts.private_link import services as private_link_services

if TYPE_CHECKING:
    from kade.estate.model import Estate


def refer(path: PathKey, name: str | None, known: Iterable[str], kind: str) -> Iterator[Finding]:
    """A finding where ``name`` is given and is none of the ``known``."""
    names = list(known)
    if name is not None and name not in names:
        yield Finding(path, f"there is no {kind} {name!r}", remedy=suggestion(name, names))


def governance(estate: Estate) -> Iterator[Finding]:
    """Owners, tenants, participants, environments, management groups."""
    groups = estate.group_keys()
    for key, domain in estate.domains.items():
        yield from refer(("domains", key, "owner"), domain.owner, estate.roles, "role")
        yield from refer(("domains", key, "management_group"), domain.management_group, groups, "management group")
    for key, tenant in estate.tenants.items():
        if tenant.participants and tenant.sharing == "own":
            yield Finding(
                ("tenants", key, "participants"),
                "a tenant of our own is shared with nobody",
                found=", ".join(tenant.participants),
                remedy="Set `sharing` to `shared` or `partner`, or leave the participants out.",
            )
        for i, name in enumerate(tenant.participants):
            yield from refer(("tenants", key, "participants", i), name, estate.participants, "participant")
    yield from refer(("billing", "partner"), estate.billing.partner, estate.participants, "participant")
    for key, role in estate.roles.items():
        yield from refer(("roles", key, "group"), role.group, estate.identity.groups, "group")
    for key, team in estate.teams.items():
        yield from refer(("teams", key, "role"), team.role, estate.roles, "role")
    for key, env in estate.environments.items():
        yield from refer(("environments", key, "backup_class"), env.backup_class, estate.backup.classes, "backup class")
    for key, group in estate.management_groups.groups.items():
        yield from refer(("management_groups", "groups", key, "parent"), group.parent, groups, "management group")
        yield from refer(("management_groups", "groups", key, "archetype"), group.archetype, archetypes(), "archetype")
        if group.parent is None and group.ownership == "managed" and key not in standard_groups(sovereign=True):
            yield Finding(
                ("management_groups", "groups", key),
                "a group of our own needs the group above it",
                remedy="Add `parent:`, for instance `parent: corp`.",
            )
    for where, items in (("exemptions", estate.exemptions), ("residency", estate.residency.exemptions)):
        for key, item in items.items():
            path: PathKey = (where, key) if where == "exemptions" else (where, "exemptions", key)
            yield from refer((*path, "owner"), item.owner, estate.roles, "role")
    for key, exemption in estate.policy.exemptions.items():
        yield from refer(("policy", "exemptions", key, "owner"), exemption.owner, estate.roles, "role")
    for key, assignment in estate.policy.assignments.items():
        yield from refer(("policy", "assignments", key, "scope"), assignment.scope, groups, "management group")


def subscriptions(estate: Estate) -> Iterator[Finding]:
    """What a subscription names, and who names a subscription."""
    groups = estate.group_keys()
    for key, item in estate.subscriptions.items():
        at: PathKey = ("subscriptions", key)
        yield from refer((*at, "management_group"), item.management_group, groups, "management group")
        yield from refer((*at, "environment"), item.environment, estate.environments, "environment")
        yield from refer((*at, "owner"), item.owner, estate.roles, "role")
        yield from refer((*at, "domain"), item.domain, estate.domains, "domain")
        yield from refer((*at, "tenant"), item.tenant, estate.tenants, "tenant")
        for name, access in item.access.items():
            yield from refer((*at, "access", name, "group"), access.group, estate.identity.groups, "group")
        if item.ownership == "existing" and item.id is None:
            yield Finding(at, "an existing subscription needs its id", remedy="Add `id:`, or `ownership: managed`.")
        if item.ownership == "managed" and item.id is None and estate.billing.mode == "existing":
            yield Finding(
                (*at, "ownership"),
                "a subscription cannot be made: billing is `existing`",
                remedy="Give its id, or set `billing.mode` to ea, mca or csp.",
            )
    for path, name in (
        (("logging", "subscription"), estate.logging.subscription),
        (("security", "subscription"), estate.security.subscription),
        (("network", "subscription"), estate.network.subscription),
        (("identity", "subscription"), estate.identity.subscription),
    ):
        yield from refer(path, name, estate.subscriptions, "subscription")
    yield from refer(("security", "endpoint_spoke"), estate.security.endpoint_spoke, estate.network.spokes, "spoke")
    if estate.billing.mode in ("ea", "mca") and not estate.billing.scope:
        yield Finding(("billing",), f"billing by {estate.billing.mode} needs a scope", remedy="Add `billing.scope`.")
    if estate.billing.mode == "csp" and not estate.billing.partner:
        yield Finding(("billing",), "billing by csp needs the partner", remedy="Add `billing.partner`.")


def network(estate: Estate) -> Iterator[Finding]:
    """Spokes, segments, flows, partners, connections, ingress."""
    net = estate.network
    for key, spoke in net.spokes.items():
        at: PathKey = ("network", "spokes", key)
        for env, subscription in spoke.subscriptions.items():
            yield from refer((*at, "subscriptions", env), env, estate.environments, "environment")
            yield from refer((*at, "subscriptions", env), subscription, estate.subscriptions, "subscription")
        yield from refer((*at, "hub"), spoke.hub, net.hubs, "hub")
        for name, subnet in spoke.subnets.items():
            yield from refer((*at, "subnets", name), subnet.segment or name, net.segments, "segment")
        for env in spoke.prefixes:
            yield from refer((*at, "prefixes", env), env, spoke.subscriptions, "environment of this spoke")
    for i, name in enumerate(net.private_dns.services):
        yield from refer(
            ("network", "private_dns", "services", i), name, private_link_services(), "private link service"
        )
    for key, flow in net.flows.items():
        at = ("network", "flows", key)
        yield from _place((*at, "from"), flow.source, estate)
        yield from _place((*at, "to"), flow.target, estate)
        for side, names in (("source_spokes", flow.source_spokes), ("target_spokes", flow.target_spokes)):
            for i, name in enumerate(names):
                yield from refer((*at, side, i), name, net.spokes, "spoke")
    for key, partner in net.partners.items():
        at = ("network", "partners", key)
        yield from refer((*at, "provider"), partner.provider, estate.participants, "participant")
        yield from refer((*at, "site"), partner.site, net.sites, "site")
        if partner.connection == "site" and partner.site is None:
            yield Finding(at, "a connection over a site needs the site", remedy="Add `site:`.")
    for key, hub in net.hubs.items():
        at = ("network", "hubs", key)
        links: Mapping[str, Any] = (hub.vpn.connections if hub.vpn else {}) | (
            {f"circuit {k}": c for k, c in hub.expressroute.circuits.items()} if hub.expressroute else {}
        )
        for name, link in links.items():
            kind = "expressroute" if name.startswith("circuit ") else "vpn"
            group = "circuits" if kind == "expressroute" else "connections"
            yield from _place((*at, kind, group, name.removeprefix("circuit "), "to"), link.to, estate)
    for key, ingress in net.ingress.items():
        at = ("network", "ingress", key)
        yield from refer((*at, "spoke"), ingress.spoke, net.spokes, "spoke")
        if ingress.spoke in net.spokes:
            known = {s.segment or k for k, s in net.spokes[ingress.spoke].subnets.items()}
            yield from refer((*at, "segment"), ingress.segment, known, f"segment in spoke {ingress.spoke}:")


def _place(path: PathKey, place: str, estate: Estate) -> Iterator[Finding]:
    """A place of a flow or a connection: a segment, or something with its kind in front."""
    net = estate.network
    kind, _, name = place.partition(":")
    if not name:
        if place not in ("internet", "any"):
            yield from refer(path, place, net.segments, "segment")
        return
    known: dict[str, Mapping[str, Any]] = {"site": net.sites, "partner": net.partners, "spoke": net.spokes}
    if kind in known:
        yield from refer(path, name, known[kind], kind)


CHECKS: tuple[Check, ...] = (governance, subscriptions, network)
