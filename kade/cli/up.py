"""``kade up --local``: bring the stacks to what the program says, in the local state only."""

from __future__ import annotations

from typing import Annotated

import typer

from kade.cli.errors import UsageError
from kade.cli.preview import (
    EnvOption,
    LayerOption,
    NoPoliciesOption,
    PackOption,
    StackOption,
    TargetArgument,
    deliver,
)

LocalOption = Annotated[bool, typer.Option("--local", help="deploy to the local Azure: only the local state changes")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="do not ask")]


def command(
    target: TargetArgument,
    env: EnvOption = "",
    layer: LayerOption = None,
    stack: StackOption = "",
    local: LocalOption = False,
    yes: YesOption = False,
    pack: PackOption = None,
    no_policies: NoPoliciesOption = False,
) -> None:
    """Deploy to the local Azure: shows the preview, asks, and writes the local state."""
    from kade.cli.progress import Progress
    from kade.cli.runs import Options, preview, providers, update
    from kade.cli.target import resolve

    only_local(local, "up")
    found = resolve(target, env=env, layers=layer or [], stack=stack)
    packs = [] if no_policies else [*found.packs, *(pack or [])]
    if not yes:
        planned = preview(found, Options(packs, None, providers()), Progress("previewing"))
        ask(planned, "Update the local state?")
    deliver(update(found, Options(packs, None, providers()), Progress("updating")), "text", None)


def only_local(local: bool, verb: str) -> None:
    """Refuse what only the Pulumi CLI can do. Raises `UsageError` with the command to give instead."""
    import shutil

    if local:
        return
    there = "" if shutil.which("pulumi") else " It is not installed here: see https://www.pulumi.com/docs/install/."
    raise UsageError(
        f"kade {verb} changes only the local state: add --local. To deploy to Azure itself, run `pulumi {verb}` in"
        f" the project's folder.{there}"
    )


def ask(planned: object, question: str) -> None:
    """Show the plan on standard error and ask. Raises `UsageError` where nobody can answer."""
    import sys

    from rich.console import Console

    from kade.report.model import Preview
    from kade.report.text import show

    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask on: add --yes.")
    if isinstance(planned, Preview):
        show(planned, Console(stderr=True))
        if planned.failed:
            raise typer.Exit(1)
    typer.confirm(question, abort=True, err=True)
