"""``kade preview``: what an update would do, and what the rules find, without a cloud account."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kade.cli.errors import FAILED
from kade.cli.options import (
    EnvOption,
    LayerOption,
    NoPoliciesOption,
    OutOption,
    PackOption,
    StackOption,
    StateOption,
    TargetArgument,
    formats,
)
from kade.report import PREVIEW

if TYPE_CHECKING:
    from kade.report.model import Preview


def command(
    target: TargetArgument,
    env: EnvOption = "",
    layer: LayerOption = None,
    stack: StackOption = "",
    format_: Annotated[str, formats(*PREVIEW)] = "text",
    out: OutOption = None,
    state: StateOption = None,
    pack: PackOption = None,
    no_policies: NoPoliciesOption = False,
    also: Annotated[
        list[Path] | None,
        typer.Option(
            "--also",
            metavar="FILE",
            help="also write this report: .txt, .json, .md, .html, .sarif or .xml (JUnit); repeatable",
        ),
    ] = None,
    save_plan: Annotated[
        Path | None, typer.Option("--save-plan", metavar="DIR", help="also write the plan of each stack, for approval")
    ] = None,
) -> None:
    """Show what would change, and what breaks a rule. Needs no account, no Pulumi login and no plugin."""
    from kade.cli.output import known_endings, write
    from kade.cli.target import resolve
    from kade.report import reporter_for

    known_endings(also or [])
    found = resolve(target, env=env, layers=layer or [], stack=stack)
    found.get_ready()  # before we import the rest ourselves

    from kade.cli.progress import Progress
    from kade.cli.runs import Options, preview, providers
    from kade.cli.states import given_states

    packs = [] if no_policies else [*found.packs, *(pack or [])]
    with given_states(state, found) as states:
        report = preview(found, Options(packs, states, providers(found)), Progress("previewing"))
    for file in also or []:
        write(reporter_for(file.suffix)(report), file)
    deliver(report, format_, out)
    if save_plan is not None:
        from kade.cli.plans import save

        save(found, report, save_plan)


def deliver(report: Preview, format_: str, out: Path | None) -> None:
    """Show or write the report, and end with the exit status that it deserves."""
    from kade.cli.output import colours, write
    from kade.report import reporter

    if format_ == "text" and out is None and colours():
        from rich.console import Console

        from kade.report.text import show

        show(report, Console())
    else:
        write(reporter(PREVIEW, format_)(report), out)
        if format_ != "text" or out is not None:
            say_why(report)
    if report.failed:
        raise typer.Exit(FAILED)


def say_why(report: Preview) -> None:
    """The reasons of a failure in one line each, where the report itself is not on the screen."""
    from kade.cli.output import stderr

    for stack in report.stacks:
        if stack.error:
            stderr(f"{stack.stack} failed: {report.mask.text(stack.error)}")
    broken = report.broken
    for item in broken[:5]:
        stderr(report.mask.text(f"{item.rule}: {item.urn.rsplit('::', 1)[-1]}: {item.message}"))
    if len(broken) > 5:
        stderr(f"and {len(broken) - 5} more failures of mandatory rules")
