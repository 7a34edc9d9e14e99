"""Applications and the programme: references, one strategy each, room in the tier, hours in their order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kade.estate.applications import RUNS, SECTIONS, Application
from kade.estate.check_references import refer
from kade.estate.checks import Check, Finding, PathKey
from kade.estate.problems import suggestion
from kade.facts.databases import database_tiers

if TYPE_CHECKING:
    from kade.estate.model import Estate


def applications(estate: Estate) -> Iterator[Finding]:
    """What an application names."""
    spokes = estate.network.spokes
    waves = estate.programme.waves
    for key, app in estate.applications.items():
        at: PathKey = ("applications", key)
        yield from refer((*at, "domain"), app.domain, estate.domains, "domain")
        yield from refer((*at, "owner"), app.owner, estate.roles, "role")
        yield from refer((*at, "wave"), app.wave, waves, "wave")
        yield from refer((*at, "spoke"), app.spoke, spokes, "spoke")
        yield from refer((*at, "backup_class"), app.backup_class, estate.backup.classes, "backup class")
        yield from environments(at, app.environments, app.spoke, estate)
        if app.confirmed:
            yield from refer((*at, "confirmed", "by"), app.confirmed.by, estate.roles, "role")
        if app.archive:
            yield from refer((*at, "archive", "approved_by"), app.archive.approved_by, estate.roles, "role")
            if app.archive.then != "nothing" and app.archive.on is None:
                yield Finding((*at, "archive"), f"to {app.archive.then} it needs a date", remedy="Add `on:`.")
        if app.stays:
            yield from refer((*at, "stays", "site"), app.stays.site, estate.network.sites, "site")
        subnets = spokes[app.spoke].subnets if app.spoke in spokes else None
        for name, server in app.servers.items():
            if subnets is not None and app.strategy in RUNS:
                yield from refer(
                    (*at, "servers", name, "subnet"), server.subnet, subnets, f"subnet in spoke {app.spoke}:"
                )
        yield from depends(at, app.depends_on, estate)
        for field, shared, kind in (
            ("shared_servers", app.shared_servers, "server"),
            ("shared_databases", app.shared_databases, "database"),
        ):
            for i, name in enumerate(shared):
                owner, _, part = name.partition("/")
                held = getattr(estate.applications.get(owner), f"{kind}s", {})
                if part not in held:
                    known = [f"{a}/{s}" for a, o in estate.applications.items() for s in getattr(o, f"{kind}s")]
                    yield Finding((*at, field, i), f"there is no {kind} {name!r}", remedy=suggestion(name, known))


def environments(at: PathKey, names: list[str], spoke: str | None, estate: Estate) -> Iterator[Finding]:
    """Where an application or a service runs is where its spoke is."""
    known = estate.network.spokes[spoke].subscriptions if spoke in estate.network.spokes else estate.environments
    for i, name in enumerate(names):
        yield from refer((*at, "environments", i), name, known, "environment")


def depends(at: PathKey, names: list[str], estate: Estate) -> Iterator[Finding]:
    """Dependencies exist, are not the thing itself, and do not end before it."""
    net = estate.network
    known = {"": estate.applications, "service": estate.services, "partner": net.partners, "site": net.sites}
    for i, name in enumerate(names):
        kind, _, key = name.rpartition(":")
        if kind not in known:
            yield Finding(
                (*at, "depends_on", i), f"{kind!r} is not a kind of dependency", remedy="service, partner or site."
            )
            continue
        yield from refer((*at, "depends_on", i), key, known[kind], kind or "application")
        if at == ("applications", key) and not kind:
            yield Finding((*at, "depends_on", i), "an application cannot depend on itself")
        target = estate.applications.get(key) if not kind else None
        if target is not None and target.strategy == "retire":
            ends = at[0] == "applications" and estate.applications[str(at[1])].strategy == "retire"
            if not ends:
                yield Finding(
                    (*at, "depends_on", i),
                    f"{key} is retired, and this still depends on it",
                    remedy="Choose another strategy for one of the two, or take the dependency away.",
                )


def strategies(estate: Estate) -> Iterator[Finding]:
    """One strategy each, with what it needs and nothing of another."""
    for key, app in estate.applications.items():
        at: PathKey = ("applications", key)
        if app.strategy is None:
            continue
        if app.strategy == "relocate":
            yield Finding(
                (*at, "strategy"),
                "relocate (moving whole virtual machine hosts) is not offered",
                remedy="Azure VMware Solution costs three hosts at least; choose rehost, or ask for it.",
            )
        for section, of in SECTIONS.items():
            if getattr(app, section) and app.strategy not in of:
                yield Finding(
                    (*at, section),
                    f"`{section}` belongs to {' or '.join(of)}, and the strategy is {app.strategy}",
                    remedy="An application has one strategy: change it, or take this away.",
                )
        yield from _needs(at, app)


def _needs(at: PathKey, app: Application) -> Iterator[Finding]:
    needs: dict[str, tuple[bool, str]] = {
        "rehost": (bool(app.servers or app.shared_servers), "servers"),
        "replatform": (bool(app.web or app.databases or app.files or app.shared_databases), "web, databases or files"),
        "refactor": (bool(app.containers or app.web or app.functions), "containers, functions or web"),
        "repurchase": (app.saas is not None, "saas"),
        "retire": (app.archive is not None, "archive"),
        "retain": (app.stays is not None, "stays"),
    }
    has, what = needs.get(str(app.strategy), (True, ""))
    if not has:
        yield Finding(at, f"strategy {app.strategy} needs `{what}`", remedy="Add it; `docs/estate.md` shows the form.")
    if app.strategy in RUNS and app.spoke is None:
        yield Finding(at, f"strategy {app.strategy} needs a spoke to run in", remedy="Add `spoke:`.")


def databases(estate: Estate) -> Iterator[Finding]:
    """A database fits its tier, and stays only on a server that is there."""
    for key, app in estate.applications.items():
        for name, database in app.databases.items():
            at: PathKey = ("applications", key, "databases", name)
            yield from refer((*at, "server"), database.server, app.servers, "server of this application:")
            if database.target == "on_server" or database.tier is None:
                continue
            yield from room(at, database.target, database.tier, database.size_gb)


def room(at: PathKey, target: str, tier: str, size_gb: float) -> Iterator[Finding]:
    """The tier is one of the target's, and large enough."""
    tiers = database_tiers(target)
    yield from refer((*at, "tier"), tier, tiers, f"tier of {target}:")
    most = tiers.get(tier)
    if most is not None and size_gb > most:
        larger = [t for t, gb in tiers.items() if gb >= size_gb]
        remedy = f"Take {' or '.join(larger)}." if larger else "No tier of this target is large enough."
        text = f"{size_gb:g} GB does not fit in {tier}, which holds {most} GB"
        yield Finding((*at, "size_gb"), text, remedy=remedy)


def programme(estate: Estate) -> Iterator[Finding]:
    """Freezes and waves end after they begin; goals have an owner that is there."""
    plan = estate.programme
    for field, items in (("freezes", plan.freezes), ("waves", plan.waves)):
        for key, item in items.items():
            if item.ends < item.starts:
                yield Finding(
                    ("programme", field, key, "ends"), f"ends before it starts, on {item.starts}", str(item.ends)
                )
    for key, freeze in plan.freezes.items():
        for i, name in enumerate(freeze.domains):
            yield from refer(("programme", "freezes", key, "domains", i), name, estate.domains, "domain")
    for theme, goal in plan.goals.items():
        yield from refer(("programme", "goals", theme, "owner"), goal.owner, estate.roles, "role")


CHECKS: tuple[Check, ...] = (applications, strategies, databases, programme)
