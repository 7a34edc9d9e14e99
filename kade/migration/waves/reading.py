"""Makes the planning problem of an estate and its ``waves.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kade.estate.problems import suggestion
from kade.inventory.model import Inventory
from kade.migration.assessment import Verdict, assess
from kade.migration.joining import join, servers_of, talks
from kade.migration.waves.file import FILE, WavesFile, read
from kade.migration.waves.problem import Move, PlanError, Prerequisite, Problem, Slot, Span, Team, slots_between

if TYPE_CHECKING:
    from kade.estate import Estate
    from kade.estate.applications import Application

AZURE = ("rehost", "replatform", "refactor", "relocate")
WEIGHT = {"low": 1, "normal": 2, "high": 3, "vital": 4}
TENDER_MONTHS = 9
PILOTS = 2


def problem_of(estate: Estate, today: date, inventory: Inventory | None = None) -> Problem:
    """The problem of this estate as of today, with what the inventory has seen.

    Raises `PlanError` where a record does not suffice for a plan.
    """
    path = Path(estate.folder) / FILE
    file = read(path)
    whole = inventory or Inventory()
    joins, _ = join(estate, whole, file.machines)
    verdicts = {v.application: v for v in assess(estate, today, whole.applications, servers_of(joins))}
    seen = talks(estate, whole, joins)
    teams = tuple(Team(k, t.title, t.moves_per_month) for k, t in estate.teams.items() if t.moves_per_month)
    if not teams:
        raise PlanError(f"{estate.name}: no team says how many it can move; add `moves_per_month` to one under `teams`")
    slots = slots_between(max(file.starts or today, today), estate.programme.until)
    remarks: list[str] = []
    stays = {key: v.reasons[0] if v.reasons else "" for key, v in verdicts.items() if v.strategy == "retain"}
    known = [key for key in estate.applications if key not in stays]
    _refuse_unknown(path, file, known, [team.key for team in teams])
    moves = tuple(
        _move(estate, key, verdicts[key], file, frozenset(known), today, slots, remarks, seen) for key in known
    )
    named = {
        need.title: Prerequisite(need.title, need.ready, frozenset(_before(need.before, moves)))
        for need in file.prerequisites
    }
    if not named:
        remarks.append(f"no prerequisite is in {FILE}; say under `prerequisites` when the landing zone is ready")
    freezes = tuple(Span(f.title, f.starts, f.ends, frozenset(f.domains)) for f in estate.programme.freezes.values())
    pilots = _with_sharers(_pilots(estate, file, moves, remarks), moves)
    budgets = {year: round(budget.investment) for year, budget in estate.programme.budgets.items()}
    remarks += _about_money(estate, moves)
    return Problem(slots, moves, teams, freezes, tuple(named.values()), pilots, budgets, stays, tuple(remarks))


def _about_money(estate: Estate, moves: Iterable[Move]) -> Iterator[str]:
    """What the budgets do not say: moves without an amount, and years whose budget nobody has decided on."""
    unknown = [move.key for move in moves if not move.euros]
    if estate.programme.budgets and unknown:
        shown = ", ".join(unknown[:5]) + (f" and {len(unknown) - 5} more" if len(unknown) > 5 else "")
        yield f"what it costs to move is not known of {shown}; add `investment` to count it in the budget of its year"
    open_ = [str(year) for year, budget in estate.programme.budgets.items() if budget.decided is None]
    if open_:
        yield f"the budget of {', '.join(open_)} is not decided yet"


def _refuse_unknown(path: Path, file: WavesFile, known: list[str], teams: list[str]) -> None:
    named = (
        [("machines", key) for key in file.machines]
        + [("teams", key) for key in file.teams]
        + [("pilots", key) for key in file.pilots]
    )
    named += [("plan", key) for key in file.fixed]
    named += [("prerequisites", key) for need in file.prerequisites if need.before not in ("azure", "all")
              for key in need.before]  # fmt: skip
    for field, key in named:
        if key not in known:
            raise PlanError(f"{path}: {field}: {key!r} is no application that moves. {suggestion(key, known) or ''}")
    for key, team in file.teams.items():
        if team not in teams:
            raise PlanError(f"{path}: teams.{key}: there is no team {team!r} that moves; there are {', '.join(teams)}")


def _move(
    estate: Estate, key: str, verdict: Verdict, file: WavesFile, known: frozenset[str], today: date,
    slots: tuple[Slot, ...], remarks: list[str], seen: Mapping[tuple[str, str], str],
) -> Move:  # fmt: skip
    app = estate.applications[key]
    if app.strategy is None:
        remarks.append(f"{key}: its strategy is not decided; planned as {verdict.strategy or 'a move of any kind'}")
    first = slots[0].ends if slots else today
    ends, notice = _contract(key, app, verdict.strategy, first, today, remarks)
    tender = _months_after(today, TENDER_MONTHS) if ends and app.contract and app.contract.tender else None
    ending = verdict.endings[0] if verdict.endings else None
    also = [used for user, used in seen if user == key and used not in app.depends_on]
    remarks += [f"{key}: depends on {used} too, by the inventory: {seen[key, used]}" for used in also]
    return Move(
        key=key,
        title=app.title,
        strategy=verdict.strategy,
        domain=app.domain,
        weight=WEIGHT[app.criticality],
        heavy=app.criticality in ("high", "vital"),
        in_azure=verdict.strategy in AZURE,
        team=file.teams.get(key, ""),
        contract_ends=ends,
        notice_by=notice,
        tender_until=tender,
        supported_until=ending.on if ending else None,
        ending=ending.what if ending else "",
        window=_window(estate, key, app, first, remarks),
        needs=tuple(other for other in dict.fromkeys((*app.depends_on, *also)) if other in known),
        shares=_shared(app, known),
        needs_staying=tuple(o for o in (*app.depends_on, *also) if o in estate.applications and o not in known),
        euros=round(app.investment or 0),
        fixed=file.dates[key] if key in file.fixed else None,
        previous=file.dates.get(key),
    )


def _contract(
    key: str, app: Application, strategy: str, first: date, today: date, remarks: list[str]
) -> tuple[date | None, date | None]:
    """The last day of a contract that ends with the move, and the last day to give notice; none where it goes along."""
    if app.contract is None or strategy not in ("repurchase", "retire"):
        return None, None
    if app.contract.ends < first:
        remarks.append(f"{key}: its contract ended on {app.contract.ends}, before anything can move; it binds nothing")
        return None, None
    notice = _months_after(app.contract.ends, -app.contract.notice_months)
    if notice < today:
        remarks.append(f"{key}: notice had to be given by {notice} to end the contract on {app.contract.ends}")
    return app.contract.ends, notice


def _window(estate: Estate, key: str, app: Application, first: date, remarks: list[str]) -> Span | None:
    if app.wave is None:
        return None
    wave = estate.programme.waves[app.wave]
    if wave.ends < first:
        remarks.append(f"{key}: its wave {app.wave} ended on {wave.ends}; it is planned without")
        return None
    return Span(app.wave, wave.starts, wave.ends)


def _shared(app: Application, known: frozenset[str]) -> tuple[str, ...]:
    owners = (name.partition("/")[0] for name in (*app.shared_servers, *app.shared_databases))
    return tuple(owner for owner in dict.fromkeys(owners) if owner in known)


def _before(before: str | tuple[str, ...], moves: Iterable[Move]) -> list[str]:
    if isinstance(before, tuple):
        return list(before)
    return [move.key for move in moves if before == "all" or move.in_azure]


def _pilots(estate: Estate, file: WavesFile, moves: tuple[Move, ...], remarks: list[str]) -> frozenset[str]:
    """As the file says; else what is in the programme's first wave; else the two lightest that nothing depends on."""
    if file.pilots:
        return frozenset(file.pilots)
    azure: Mapping[str, Move] = {move.key: move for move in moves if move.in_azure}
    waves = sorted(estate.programme.waves, key=lambda name: estate.programme.waves[name].starts)
    if waves:
        first = frozenset(key for key in azure if estate.applications[key].wave == waves[0])
        if first:
            return first
    needed = {other for move in moves for other in (*move.needs, *move.shares)}
    light = sorted((m.weight, estate.applications[m.key].users, m.key) for m in azure.values() if m.key not in needed)
    chosen = frozenset(key for weight, _, key in light[:PILOTS] if weight == 1)
    if chosen:
        remarks.append(f"no pilot is named; the lightest that nothing depends on go first: {', '.join(sorted(chosen))}")
    return chosen


def _with_sharers(pilots: frozenset[str], moves: tuple[Move, ...]) -> frozenset[str]:
    """The pilots and whatever shares a machine or database with one, since that cannot wait for it."""
    while True:
        also = {move.key for move in moves if pilots & set(move.shares)}
        also |= {other for move in moves if move.key in pilots for other in move.shares}
        if also <= pilots:
            return pilots
        pilots |= also


def _months_after(day: date, months: int) -> date:
    """The same day so many months on (or back), or the last of that month."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    first = date(year, month + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))
