"""``kade state snapshot``: the state without its secrets, for a preview that holds no credentials."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from kade.cli.errors import FailedError, UsageError
from kade.cli.options import EnvOption, LayerOption, StackOption, TargetArgument

if TYPE_CHECKING:
    from kade.cli.target import Target

BACKEND: Final = "PULUMI_BACKEND_URL"
app = typer.Typer(help="The state of stacks: a snapshot of it without its secrets.", no_args_is_help=True)


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
    if_any: Annotated[bool, typer.Option("--if-any", help="no state at all is no error: write nothing")] = False,
) -> None:
    """Write the state of the stacks as one file in which every secret is left out.

    It is the local state, or what `pulumi` exports from the backend where PULUMI_BACKEND_URL is set.
    """
    from kade.cli.output import write
    from kade.cli.states import snapshot_text
    from kade.cli.target import resolve
    from kade.engine import state

    found = resolve(target, env=env, layers=layer or [], stack=stack)
    parts = {}
    with tempfile.TemporaryDirectory(prefix="kade-") as folder:
        for name, file in _states(found, Path(folder)).items():
            copy = Path(folder) / f"{name}.snapshot.json"
            state.save_snapshot(copy, state.load(file, None))
            parts[name] = json.loads(copy.read_text(encoding="utf-8"))
    if parts:
        write(snapshot_text(parts), out)
    elif not if_any:
        where = os.environ.get(BACKEND) or found.state
        raise UsageError(f"{found.name}: there is no state in {where}; deploy with `kade up` first.")


def _states(target: Target, folder: Path) -> dict[str, Path]:
    """The state file of each stack that has one."""
    if os.environ.get(BACKEND):
        exported = {stack.name: _exported(target, stack.name, folder) for stack in target.stacks}
        return {name: file for name, file in exported.items() if file is not None}
    files = {stack.name: target.state_file(stack.name) for stack in target.stacks}
    return {name: file for name, file in files.items() if file.is_file()}


def _exported(target: Target, stack: str, folder: Path) -> Path | None:
    """The state of a stack as `pulumi stack export` gives it; None where the backend has no such stack."""
    file = folder / f"{stack}.json"
    command = ["pulumi", "stack", "export", "--stack", stack, "--file", str(file), "--non-interactive"]
    try:
        done = subprocess.run(command, cwd=target.project.root, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise UsageError(
            f"{BACKEND} is set, and `pulumi` is not installed: see https://www.pulumi.com/docs/install/."
        ) from error
    if done.returncode == 0:
        return file
    if "no stack named" in done.stderr:
        return None
    raise FailedError(f"error: the state of {stack} cannot be exported: {done.stderr.strip()}")
