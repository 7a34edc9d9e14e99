"""``kade waves``: when each application moves, what a wave becomes in the estate file, and how far it is."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kade.cli.errors import FailedError, UsageError, need
from kade.cli.inventory import inventory_of
from kade.cli.options import EstateArgument, OutOption, StateOption, TextOrJson, formats
from kade.cli.output import stderr, write
from kade.report import PREVIEW

if TYPE_CHECKING:
    from kade.cli.target import Target
    from kade.estate import Estate

app = typer.Typer(help="When each application moves, and how far that is.", no_args_is_help=True)
SECONDS, LARGE_SECONDS, LARGE = 30.0, 120.0, 1000  # for a plan; for one of more applications than this
WRITING = 0.003  # seconds that an application takes in the check, the report and waves.yaml


@app.command("plan")
def plan_command(
    estate: EstateArgument,
    format_: TextOrJson = "text",
    out: OutOption = None,
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", min=1, help="how long it may take (default: 30, and 120 over 1,000 applications)"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="leave waves.yaml as it is")] = False,
) -> None:
    """Plan when each application moves, and write it to waves.yaml beside the estate."""
    need("ortools", "kade waves plan")
    from kade.estate import load
    from kade.migration.waves import file, report
    from kade.migration.waves.check import check_plan
    from kade.migration.waves.reading import problem_of
    from kade.migration.waves.solver import solve

    began = time.monotonic()
    found = load(estate)
    problem = problem_of(found, date.today(), inventory_of(found))
    allowed = seconds or (LARGE_SECONDS if len(problem.moves) > LARGE else SECONDS)
    left = max(1.0, allowed - (time.monotonic() - began) - WRITING * len(problem.moves))
    stderr(f"planning {len(problem.moves)} applications, for at most {left:.0f} s ...")
    plan = solve(problem, left)
    wrong = check_plan(problem, plan.dates)
    if wrong:
        raise FailedError("the plan breaks rules, and is not written: " + "; ".join(wrong))
    write(report.as_json(problem, plan) if format_ == "json" else report.as_text(problem, plan), out)
    if not dry_run:
        path = Path(found.folder) / file.FILE
        write(file.written(path, dict(sorted(plan.dates.items()))), path)


@app.command("write")
def write_command(
    estate: EstateArgument,
    wave: Annotated[
        str, typer.Option("--wave", metavar="KEY", help="a wave of `programme.waves` (default: the first with moves)")
    ] = "",
    format_: Annotated[str, formats(*PREVIEW, about="of the preview")] = "text",
    out: OutOption = None,
    no_preview: Annotated[bool, typer.Option("--no-preview", help="write the records, and preview nothing")] = False,
) -> None:
    """Write what moves in a wave into the records of the estate file, and preview it. Your own changes stay."""
    from kade.estate import EstateError, load

    found = load(estate)
    wave, keys = _moving(found, wave)
    notes = [f"wave {wave}: {', '.join(keys)}"]
    texts = _records(found, wave, keys, notes)
    for note in notes:
        stderr(note)
    before = {file: file.read_text(encoding="utf-8") if file.is_file() else None for file in texts}
    try:
        for file, text in texts.items():
            write(text, file)
        found = load(found.folder)
    except BaseException as error:
        _put_back(before)
        if isinstance(error, EstateError):
            stderr("the estate would not hold with these records, so nothing was written:")
        raise
    if not no_preview:
        _preview(found, keys, format_, out)


@app.command("progress")
def progress_command(
    estate: EstateArgument,
    format_: TextOrJson = "text",
    out: OutOption = None,
    state: StateOption = None,
) -> None:
    """Say which applications stand in Azure by the state, which are late, and what still runs in the cellar."""
    from kade.cli.states import given_states, standing_applications
    from kade.cli.target import resolve
    from kade.estate import load
    from kade.inventory.merge import short_name
    from kade.migration import progress as measure
    from kade.migration.joining import join
    from kade.migration.waves import file
    from kade.migration.waves.problem import slots_between

    found = load(estate)
    plan = file.read(Path(found.folder) / file.FILE)
    if not plan.dates:
        raise UsageError(f"{found.name}: there is no plan yet; make one with `kade waves plan {estate}`.")
    target = resolve(found.folder, layers=["workloads"])
    with given_states(state, target) as states:
        of = target.state_file if states is None else states.get
        standing = standing_applications(of(stack.name) for stack in target.stacks)
    stacks = found.workloads(found.production)
    applications = {
        key: stack for stack, apps in stacks.items() for key, app in apps.items() if app.strategy != "retain"
    }
    applications |= {key: "" for key in plan.dates if key not in applications and key in found.applications}
    first = min(plan.dates.values())
    ends = {slot.starts: slot.ends for slot in slots_between(first.replace(day=1), found.programme.until)}
    planned = {key: ends.get(day, day) for key, day in plan.dates.items()}
    joins, _ = join(found, inventory_of(found), plan.machines)
    running: dict[str, list[str]] = {}
    for one in joins:
        if one.server.powered_on:
            running.setdefault(one.application, []).append(short_name(one.server.name))
    today = date.today()
    result = measure.progress(applications, planned, standing, running, today)
    write(measure.as_json(result) if format_ == "json" else measure.as_text(result, today), out)


def _moving(found: Estate, wave: str) -> tuple[str, list[str]]:
    """The wave (the first where none is named), and what moves in it: by the estate, else by the plan's dates."""
    from kade.estate.problems import suggestion
    from kade.migration.waves import file

    waves = found.programme.waves
    if wave not in waves and (wave or not waves):
        known = f"It has {', '.join(waves)}." if waves else "Add one under `programme.waves`, with `starts` and `ends`."
        raise UsageError(f"{found.name} has no wave {wave!r}. {suggestion(wave, waves) or known}")
    dates = file.read(Path(found.folder) / file.FILE).dates
    if not dates:
        raise UsageError(f"{found.name}: there is no plan yet; make one with `kade waves plan {found.name}`.")
    moving = {
        name: [
            key
            for key, application in found.applications.items()
            if key in dates and (application.wave or name) == name and span.starts <= dates[key] <= span.ends
        ]
        for name, span in sorted(waves.items(), key=lambda item: item[1].starts)
    }
    full = {name: keys for name, keys in moving.items() if keys}
    if wave not in full and (wave or not full):
        spans = [f"{name} ({waves[name].starts} to {waves[name].ends})" for name in ([wave] if wave else waves)]
        others = f"There is something in {', '.join(full)}." if full else "Every date lies outside of them."
        raise UsageError(f"{found.name}: the plan has nothing in the wave {' or '.join(spans)}. {others}")
    return (wave, full[wave]) if wave else next(iter(full.items()))


def _records(found: Estate, wave: str, keys: Iterable[str], notes: list[str]) -> dict[Path, str]:
    from kade.migration.assessment import assess
    from kade.migration.joining import join, servers_of
    from kade.migration.records import record_of
    from kade.migration.waves import file
    from kade.migration.writing import generated, written

    folder = Path(found.folder)
    whole = inventory_of(found)
    joins, _ = join(found, whole, file.read(folder / file.FILE).machines)
    machines = servers_of(joins)
    notes += [f"{one.application}: machine {one.server.name}, by {one.by}" for one in joins if one.application in keys]
    verdicts = {v.application: v for v in assess(found, date.today(), whole.applications, machines)}
    before = generated(folder)
    records = {
        key: record_of(found, verdicts[key], wave, machines.get(key, ()), before.get(key) or {}, notes) for key in keys
    }
    return written(folder, found.files, records, notes)


def _put_back(before: dict[Path, str | None]) -> None:
    for file, text in before.items():
        if text is None:
            file.unlink()
        else:
            write(text, file)


def _preview(found: Estate, keys: list[str], format_: str, out: Path | None) -> None:
    """Preview the stacks of these applications, with what they read."""
    from kade.cli.preview import deliver
    from kade.cli.progress import Progress
    from kade.cli.runs import Options, preview, providers
    from kade.cli.target import resolve
    from kade.estate.stacks import stack_name

    parts = {stack for stack, apps in found.workloads(found.production).items() if apps.keys() & set(keys)}
    names = {stack_name(found.name, found.production, "workloads", part) for part in parts}
    if not names:
        stderr("nothing of this wave has a strategy yet, so there is no stack to preview")
        return
    target = _only(resolve(found.folder, layers=["workloads"]), names)
    target.get_ready()
    report = preview(target, Options(target.packs, None, providers(target)), Progress("previewing"))
    deliver(report, format_, out)


def _only(target: Target, names: set[str]) -> Target:
    """The target with these stacks; others of its stacks that they read are read, and not reported."""
    chosen = [stack for stack in target.stacks if stack.name in names]
    read = {name for stack in chosen for name in stack.depends_on} - names
    return replace(
        target, stacks=chosen, needed=[*target.needed, *(stack for stack in target.stacks if stack.name in read)]
    )
