"""Takes the figures of a roadmap from where they are kept: estate, plan of the waves, price file, state."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from kade.facts.support import end_of_support
from kade.roadmap.figures import Ending, Exit, Measures, Money, Move, Phase, Roadmap
from kade.roadmap.waiting import held_up, waiting

if TYPE_CHECKING:
    from kade.cost.costing import Costs
    from kade.estate import Estate
    from kade.estate.applications import Application

RISKS = 5  # on the first page
ENDINGS = ("retire", "repurchase", "refactor", "replatform", "rehost")  # strategies after which the old place is empty
PRODUCTS = {
    "windows": "Windows Server",
    "sqlserver": "SQL Server",
    "postgresql": "PostgreSQL",
    "mysql": "MySQL",
    "oracle": "Oracle",
}
SERVES = {
    "digital_service": "digitale_dienstverlening",
    "information_exchange": "informatie_uitwisseling",
    "data_platform": "datagedreven_werken",
    "kubernetes": "digitale_dienstverlening",
}


def gather(
    estate: Estate,
    moves: Mapping[str, date],
    standing: Collection[str],
    today: date,
    costs: Costs | None = None,
    measures: Measures | None = None,
) -> Roadmap:
    """The roadmap of an estate.

    ``moves`` is the day on which each application moves, ``standing`` the names of the stacks that stand, ``costs``
    what everything costs (None without a price file), ``measures`` how it stands with the BIO (None: not looked at).
    """
    rows = _moves(estate, moves, standing, today)
    phases = _phases(estate, rows, costs)
    links, between = _links(estate, moves)
    ends = [app for app in estate.applications.values() if app.contract and app.strategy in ENDINGS]
    return Roadmap(
        name=estate.organisation.display_name,
        inhabitants=estate.organisation.inhabitants,
        today=today,
        until=estate.programme.until,
        moves=rows,
        phases=phases,
        freezes=sorted(estate.programme.freezes.values(), key=lambda freeze: freeze.starts),
        goals=dict(estate.programme.goals),
        serves=_serves(estate),
        risks=sorted(estate.risks.values(), key=lambda risk: -risk.weight)[:RISKS],
        decisions=[
            (decision, [estate.applications[key].title for key in held_up(estate, decision)], decision.wanted < today)
            for decision in sorted(estate.decisions.values(), key=lambda decision: decision.wanted)
            if decision.outcome is None
        ],
        waiting=waiting(estate, today),
        support=_support(estate.applications.values(), estate.programme.until),
        contracts=_contracts(estate.applications.values(), today, estate.programme.until),
        links=links,
        links_between_phases=between,
        exits=[
            Exit(app.title, app.saas.exit.formats, app.saas.exit.notice_months, app.saas.exit.tested)
            for app in estate.applications.values()
            if app.saas
        ],
        budgets=dict(estate.programme.budgets),
        roles={key: role.title for key, role in estate.roles.items()},
        saved_yearly=sum(app.contract.yearly or 0.0 for app in ends if app.contract),
        saved_contracts=sum(1 for app in ends if app.contract and app.contract.yearly),
        servers_off=sum(_servers(app) for app in estate.applications.values() if app.strategy in ENDINGS),
        money=_money(estate, moves, today, costs),
        measures=measures,
    )


def _moves(estate: Estate, days: Mapping[str, date], standing: Collection[str], today: date) -> list[Move]:
    part_of = {key: part for part, apps in estate.workloads(estate.production).items() for key in apps}
    rows = []
    for key, app in estate.applications.items():
        stack = f"{estate.name}.{estate.production}.workloads-{part_of.get(key, key)}"
        moved = stack in standing
        day = days.get(key)
        domain = estate.domains[app.domain].title
        late = day is not None and day < today and not moved
        rows.append(Move(key, app.title, app.strategy or "", domain, day, moved, late))
    return sorted(rows, key=lambda move: (move.starts or date.max, move.title))


def _phases(estate: Estate, rows: Sequence[Move], costs: Costs | None) -> list[Phase]:
    lines = [line for line in costs.lines if line.layer == "workloads" and not line.usage] if costs else []
    part_of = {key: part for part, apps in estate.workloads(estate.production).items() for key in apps}
    phases = []
    for wave in sorted(estate.programme.waves.values(), key=lambda wave: wave.starts):
        inside = [row for row in rows if row.starts and wave.starts <= row.starts <= wave.ends]
        parts = {part_of.get(row.key, row.key) for row in inside}
        amounts = [line.monthly for line in lines if line.part in parts]
        known = [amount for amount in amounts if amount is not None]
        phases.append(
            Phase(wave.title, wave.starts, wave.ends, inside, sum(known) if known else None, len(known) < len(amounts))
        )
    return phases


def _links(estate: Estate, moves: Mapping[str, date]) -> tuple[int, list[tuple[str, str]]]:
    """How many applications are connected to another, and the pairs that do not move on the same day."""
    apps = estate.applications
    pairs = [(key, other) for key, app in apps.items() for other in app.depends_on if other in apps]
    apart = [(a, b) for a, b in pairs if moves.get(a) != moves.get(b)]
    return len(pairs), [(apps[a].title, apps[b].title) for a, b in apart]


def _serves(estate: Estate) -> dict[str, list[str]]:
    """What in the plan serves a theme."""
    found: dict[str, list[str]] = {theme: [] for theme in estate.programme.goals}
    for service in estate.services.values():
        found.setdefault(SERVES[service.kind], []).append(service.title)
    if estate.workplace is not None:
        found.setdefault("moderne_werkplek", []).extend(p.title for p in estate.workplace.personas.values())
    return found


def _support(apps: Iterable[Application], until: date) -> list[Ending]:
    """Operating systems and databases whose support ends before the programme does, the first first."""
    found: dict[tuple[str, date], tuple[dict[str, None], int]] = {}
    for app in apps:
        products: list[tuple[str, str, int]] = [(s.os, s.version, s.count) for s in app.servers.values()]
        products += [(database.engine, database.version, 1) for database in app.databases.values()]
        for product, version, count in products:
            day = end_of_support(product, version)
            if day is not None and day <= until:
                name = f"{PRODUCTS.get(product, '')} {version}".strip()
                titles, sum_ = found.get((name, day), ({}, 0))
                found[name, day] = ({**titles, app.title: None}, sum_ + count)
    endings = [Ending(what, day, list(titles), count) for (what, day), (titles, count) in found.items()]
    return sorted(endings, key=lambda ending: (ending.day, ending.what))


def _contracts(apps: Iterable[Application], today: date, until: date) -> list[Ending]:
    """Contracts by the last day on which notice can be given."""
    found = [
        Ending(app.title, app.contract.notice_by, [app.title])
        for app in apps
        if app.contract and today <= app.contract.notice_by <= until
    ]
    return sorted(found, key=lambda ending: (ending.day, ending.what))


def _servers(app: Application) -> int:
    return sum(server.count for server in app.servers.values())


def _money(estate: Estate, moves: Mapping[str, date], today: date, costs: Costs | None) -> Money | None:
    if costs is None or costs.file is None:
        return None
    from kade.cost.years import span_of, starts_of

    years = costs.by_year(starts_of(estate, moves), *span_of(estate, moves, today))
    file = costs.file
    return Money(file.source, file.date, file.currency, years, costs.monthly, len(costs.unpriced), len(costs.by_use))
