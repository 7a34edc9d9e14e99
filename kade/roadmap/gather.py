"""Takes the figures of a roadmap from where they are kept: estate, inventory, plan of the waves, price file, state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from kade.roadmap.asked import confirmations, questions
from kade.roadmap.cellar import Cellar, cellar_of, endings
from kade.roadmap.figures import Ending, Exit, Measures, Money, Move, OpenMeasure, Phase, Recovery, Roadmap

if TYPE_CHECKING:
    from kade.cost.costing import Costs
    from kade.estate import Estate
    from kade.estate.applications import Application
    from kade.evidence.model import MeasureRow

EMPTIED = ("retire", "repurchase", "refactor", "replatform", "rehost")  # strategies after which the old place is empty
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
    cellar: Cellar | None = None,
    costs: Costs | None = None,
    measures: Measures | None = None,
) -> Roadmap:
    """The roadmap of an estate.

    ``moves`` is the day on which each application moves, ``standing`` the keys of those that the state records,
    ``cellar`` what stands at home (None: by the estate file alone), ``costs`` what everything costs (None without a
    price file), ``measures`` how it stands with the BIO (None: not looked at).
    """
    home = cellar or cellar_of(estate)
    apps, until = estate.applications, estate.programme.until
    rows = _moves(estate, moves, standing, today)
    support = endings(home.products, until)
    contracts = [app.contract for app in apps.values() if app.contract and app.strategy in EMPTIED]
    return Roadmap(
        name=estate.organisation.display_name,
        inhabitants=estate.organisation.inhabitants,
        employees=estate.organisation.employees,
        today=today,
        until=until,
        moves=rows,
        phases=_phases(estate, rows, moves, costs),
        freezes=sorted(estate.programme.freezes.values(), key=lambda freeze: freeze.starts),
        goals=dict(estate.programme.goals),
        serves=_serves(estate, rows, support),
        risks=sorted(estate.risks.values(), key=lambda risk: -risk.weight),
        decisions=questions(estate, moves, today),
        confirmations=confirmations(estate, moves, today),
        support=support,
        contracts=_contracts(apps.values(), today, until),
        links=len(home.pairs),
        links_between_phases=[(apps[a].title, apps[b].title) for a, b in home.pairs if moves.get(a) != moves.get(b)],
        exits=[
            Exit(app.title, app.saas.exit.formats, app.saas.exit.notice_months, app.saas.exit.tested)
            for app in apps.values()
            if app.saas
        ],
        budgets=dict(estate.programme.budgets),
        roles={key: role.title for key, role in estate.roles.items()},
        titles={key: app.title for key, app in apps.items()},
        recovery=_recovery(estate),
        machines=home.machines,
        unclaimed=home.unclaimed,
        still_on=[(row.title, name) for row in rows if row.moved for name in home.running.get(row.key, ())],
        contracts_yearly=sum(app.contract.yearly or 0.0 for app in apps.values() if app.contract),
        saved_yearly=sum(contract.yearly or 0.0 for contract in contracts),
        saved_contracts=sum(1 for contract in contracts if contract.yearly),
        servers_off=sum(home.servers.get(key, 0) for key, app in apps.items() if app.strategy in EMPTIED),
        money=_money(estate, moves, today, costs),
        measures=measures,
    )


def measures_of(rows: Iterable[MeasureRow]) -> Measures:
    """How it stands with the live measures, by the evidence of a preview."""
    from kade.evidence.model import NOT_MET

    found = list(rows)
    proof = Counter(row.proven.proof for row in found)
    failing = [OpenMeasure(row.measure.id, row.measure.title, row.proven.by) for row in found if row.status == NOT_MET]
    return Measures(proof["code"], proof["partly"], proof["organisation"], failing)


def _moves(estate: Estate, days: Mapping[str, date], standing: Collection[str], today: date) -> list[Move]:
    rows = []
    for key, app in estate.applications.items():
        day, stays = days.get(key), app.strategy == "retain"
        moved = key in standing and not stays
        late = day is not None and day < today and not moved and not stays
        rows.append(Move(key, app.title, app.strategy or "", estate.domains[app.domain].title, day, moved, late, stays))
    return sorted(rows, key=lambda move: (move.starts or date.max, move.title))


def _phases(estate: Estate, rows: Sequence[Move], moves: Mapping[str, date], costs: Costs | None) -> list[Phase]:
    from kade.cost.years import application_of, wave_of

    wave, application = wave_of(estate, moves), application_of(estate)
    lines = [line for line in costs.lines if not line.usage] if costs else []
    amounts: dict[str, list[float | None]] = {}
    for line in lines:
        amounts.setdefault(wave(application(line)), []).append(line.monthly)
    phases = []
    for key, one in sorted(estate.programme.waves.items(), key=lambda item: item[1].starts):
        inside = [row for row in rows if wave(row.key) == key and not row.stays]
        given = amounts.get(key, [])
        known = [amount for amount in given if amount is not None]
        once = [estate.applications[row.key].investment for row in inside]
        phases.append(
            Phase(
                one.title,
                one.starts,
                one.ends,
                inside,
                sum(known) if known else None,
                len(known) < len(given),
                sum(amount or 0.0 for amount in once) if any(amount is not None for amount in once) else None,
            )
        )
    return phases


def _serves(estate: Estate, rows: Iterable[Move], support: Iterable[Ending]) -> dict[str, list[str]]:
    """What in the plan serves a theme: services, desktops, and for security what leaves machines without support."""
    found: dict[str, list[str]] = {theme: [] for theme in estate.programme.goals}
    for service in estate.services.values():
        found.setdefault(SERVES[service.kind], []).append(service.title)
    if estate.workplace is not None:
        found.setdefault("moderne_werkplek", []).extend(p.title for p in estate.workplace.personas.values())
    ending = {title for one in support for title in one.applications}
    found.setdefault("beveiliging", []).extend(row.title for row in rows if row.title in ending and not row.stays)
    return found


def _contracts(apps: Iterable[Application], today: date, until: date) -> list[Ending]:
    """Contracts by the last day on which notice can be given."""
    found = [
        Ending(app.title, app.contract.notice_by, [app.title])
        for app in apps
        if app.contract and today <= app.contract.notice_by <= until
    ]
    return sorted(found, key=lambda ending: (ending.day, ending.what))


def _recovery(estate: Estate) -> list[Recovery]:
    """What runs in Azure by what its backup class allows, the most demanding first."""
    classes = estate.backup.classes
    counts = Counter(app.backup_class or next(iter(classes)) for app in estate.applications.values() if app.runs)
    found = [Recovery(count, classes[key].rpo_hours, classes[key].rto_hours) for key, count in counts.items()]
    return sorted(found, key=lambda one: (one.downtime, one.loss))


def _money(estate: Estate, moves: Mapping[str, date], today: date, costs: Costs | None) -> Money | None:
    if costs is None or costs.file is None:
        return None
    from kade.cost.years import application_of, span_of, starts_of

    application = application_of(estate)
    shared = sum(line.monthly or 0.0 for line in costs.lines if not line.usage and not application(line))
    years = costs.by_year(starts_of(estate, moves), *span_of(estate, moves, today))
    file, missing = costs.file, (len(costs.unpriced), len(costs.by_use))
    return Money(file.source, file.date, file.currency, years, costs.monthly, shared, *missing)
