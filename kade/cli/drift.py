"""``kade drift``: what was changed by hand in Azure since the stacks were deployed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kade.cli.errors import FAILED, UsageError
from kade.cli.output import known_format, write
from kade.cli.preview import EnvOption, LayerOption

if TYPE_CHECKING:
    from kade.cli.target import Target
    from kade.engine.plan import Resource


def command(
    estate: Annotated[str, typer.Argument(metavar="E", help="an estate's name or folder")],
    exports: Annotated[
        list[Path], typer.Argument(metavar="EXPORT...", help="output of `az graph query` or `az resource list`")
    ],
    env: EnvOption = "",
    layer: LayerOption = None,
    state: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="the state of the stacks (`pulumi stack export`), or a folder with one each"),
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="text, json or markdown")] = "text",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="write the report to this file")] = None,
) -> None:
    """Compare what stands in Azure with the state, by resource and property. Status 1 where something differs.

    Letter case, order, defaults and what Azure sets by itself are no difference. Needs no account.
    """
    from kade.adopt.export import AdoptError, read_export
    from kade.cli.target import resolve
    from kade.drift import find
    from kade.drift.report import FORMATS, as_json, as_markdown, as_text

    known_format(format_, FORMATS)
    found = resolve(estate, env=env, layers=layer or [])
    try:
        export = read_export(exports)
    except AdoptError as error:
        raise UsageError(str(error)) from error
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
        return [resource for file in there.values() for resource in state.load(file, None).resources]
