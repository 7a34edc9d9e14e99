"""``kade exit``: how an application leaves, and its stack as a plain Pulumi program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kade.cli.errors import UsageError
from kade.cli.options import EnvOption, EstateArgument, StateOption, TextOrJson
from kade.cli.output import stderr

if TYPE_CHECKING:
    from kade.cli.target import Target
    from kade.engine.state_model import Deployment


def command(
    estate: EstateArgument,
    application: Annotated[str, typer.Option("--application", metavar="A", help="the application's key")],
    env: EnvOption = "",
    state: StateOption = None,
    format_: TextOrJson = "text",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="write the stack as a plain Pulumi project into this folder")
    ] = None,
) -> None:
    """Show what leaves with an application: data, keys, locks, names, identities, contract, and in which order.

    Read from the state of its stack, or where there is none from a preview. With --out also its stack as a Pulumi
    program without Kade, whose preview against the same state changes nothing; that needs the state.
    """
    from kade.cli.runs import planned
    from kade.cli.states import given_states
    from kade.cli.target import environment_of, resolve
    from kade.estate import load
    from kade.estate.problems import suggestion
    from kade.estate.stacks import stack_name
    from kade.exit.leaving import leaving
    from kade.exit.report import as_data, as_text

    found = load(estate)
    app = found.applications.get(application)
    if app is None:
        hint = suggestion(application, found.applications) or "It has none."
        raise UsageError(f"{found.name} has no application {application!r}. {hint}")
    environment = environment_of(found, env)
    if app.strategy is None or application not in found.workloads(environment).get(app.stack or application, {}):
        what = "has no strategy" if app.strategy is None else f"is not in {environment}"
        raise UsageError(f"applications.{application} {what}, so it has no stack to leave.")
    stack = stack_name(found.name, environment, "workloads", app.stack or application)
    target = resolve(estate, stack=stack)
    with given_states(state, target) as states:
        file = target.state_file(stack) if states is None else states.get(stack)
        there = _read(file)
    if out is not None:
        _write(out, target, stack, there)
    source = "state" if there is not None else "preview"
    if there is not None:
        resources = there.resources
    else:
        resources = [step.new for result in planned(target).stacks for step in result.steps if step.new is not None]
    report = leaving(found, environment, application, stack, resources, source)
    print(json.dumps(as_data(report), indent=2) if format_ == "json" else as_text(report), end="")


def _read(file: Path | None) -> Deployment | None:
    from kade.engine import state

    return state.load(file, None) if file is not None and file.is_file() else None


def _write(out: Path, target: Target, stack: str, there: Deployment | None) -> None:
    from kade.exit.folder import write_project
    from kade.exit.program import ProgramError

    if there is None:
        raise UsageError(
            f"{stack} has no state here, and a program without it would guess what stands: give it with --state, or "
            f"deploy with `kade up --local`."
        )
    try:
        files = write_project(out, target.project.name, stack, there)
    except ProgramError as error:
        raise UsageError(f"{error}.") from error
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}.") from error
    stderr(f"written to {out}: {', '.join(file.name for file in files)}")
