"""``kade state snapshot``: the state without its secrets, for a preview that holds no credentials."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from kade.cli.errors import UsageError
from kade.cli.preview import EnvOption, LayerOption, StackOption, TargetArgument

app = typer.Typer(help="The state of stacks.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps ``snapshot`` a command of its own while it is the only one."""


@app.command("snapshot")
def snapshot(
    target: TargetArgument,
    env: EnvOption = "",
    layer: LayerOption = None,
    stack: StackOption = "",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="write it to this file")] = None,
) -> None:
    """Write the local state of the stacks as one file in which every secret is left out."""
    from kade.cli.output import write
    from kade.cli.states import snapshot_text
    from kade.cli.target import resolve
    from kade.engine import state

    found = resolve(target, env=env, layers=layer or [], stack=stack)
    files = {s.name: found.state_file(s.name) for s in found.stacks}
    there = {name: file for name, file in files.items() if file.is_file()}
    if not there:
        raise UsageError(
            f"{found.name}: there is no local state in {found.state}; deploy with `kade up --local` first."
        )
    parts = {}
    with tempfile.TemporaryDirectory(prefix="kade-") as folder:
        for name, file in there.items():
            copy = Path(folder) / f"{name}.json"
            state.save_snapshot(copy, state.load(file, None))
            parts[name] = json.loads(copy.read_text(encoding="utf-8"))
    write(snapshot_text(parts), out)
