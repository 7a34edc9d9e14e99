"""``kade drift``: what was changed by hand in Azure since the stacks were deployed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kade.cli.errors import FAILED, UsageError
from kade.cli.options import (
    EnvOption,
    EstateArgument,
    ExportsArgument,
    LayerOption,
    OutOption,
    StateOption,
    TextJsonOrMarkdown,
)
from kade.cli.output import stderr, write

if TYPE_CHECKING:
    from kade.cli.target import Target
    from kade.engine.plan import Resource


def command(
    estate: EstateArgument,
    exports: ExportsArgument,
    env: EnvOption = "",
    layer: LayerOption = None,
    state: StateOption = None,
    format_: TextJsonOrMarkdown = "text",
    out: OutOption = None,
) -> None:
    """Compare what stands in Azure with the state, by resource and property. Status 1 where something differs.

    Letter case, order, defaults and what Azure sets by itself are no difference. Needs no account.
    """
    from kade.adopt.export import AdoptError, read_export
    from kade.cli.target import resolve
    from kade.drift import find
    from kade.drift.report import as_json, as_markdown, as_text

    found = resolve(estate, env=env, layers=layer or [])
    try:
        export = read_export(exports)
    except AdoptError as error:
        raise UsageError(str(error)) from error
    for note in export.notes:
        stderr(f"{note}. Nothing is called gone.")
    drift = find(_resources(found, state), export)
    if format_ == "text":
        write(as_text(drift), out)
    else:
        write(as_json(drift) if format_ == "json" else as_markdown(drift, found.name), out)
    if drift.found:
        raise typer.Exit(FAILED)


def _resources(target: Target, given: Path | None) -> list[Resource]:
    """The resources of the stacks, without any secret. Raises `UsageError` where there is no state."""
    from kade.cli.states import given_states
    from kade.engine import state

    with given_states(given, target) as states:
        files = {s.name: target.state_file(s.name) for s in target.stacks} if states is None else states
        there = {name: file for name, file in files.items() if file.is_file()}
        if not there:
            where = given or target.state
            raise UsageError(
                f"{target.name}: there is no state in {where}; give what `pulumi stack export --stack STACK` writes"
                " with --state, one file a stack in a folder, or deploy with `kade up --local` first."
            )
        lacking = [stack.name for stack in target.stacks if stack.name not in there]
        if lacking:
            some = ", ".join(lacking[:5]) + (f" and {len(lacking) - 5} more" if len(lacking) > 5 else "")
            stderr(f"no state of {some}: what is in these is not compared.")
        return [resource for file in there.values() for resource in state.load(file, None).resources]
