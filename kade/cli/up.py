"""``kade up``: bring the stacks to what the program says, in the local state only or through the Pulumi CLI."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kade.cli.errors import FAILED, UsageError
from kade.cli.options import (
    EnvOption,
    LayerOption,
    LocalOption,
    NoPoliciesOption,
    PackOption,
    StackOption,
    TargetArgument,
    YesOption,
)
from kade.cli.preview import deliver

if TYPE_CHECKING:
    from kade.approval import Guard
    from kade.cli.target import Target
    from kade.report.model import Preview

PlanOption = Annotated[
    Path | None,
    typer.Option("--plan", metavar="PATH", help="do only what this approved plan holds (a file, or a folder of them)"),
]
ResumeOption = Annotated[bool, typer.Option("--resume", help="go on after a run that stopped; not with --local")]
ParallelOption = Annotated[
    int, typer.Option(min=1, max=16, help="stacks at a time, where they do not depend on each other; not with --local")
]


def command(
    target: TargetArgument,
    env: EnvOption = "",
    layer: LayerOption = None,
    stack: StackOption = "",
    local: LocalOption = False,
    yes: YesOption = False,
    pack: PackOption = None,
    no_policies: NoPoliciesOption = False,
    plan: PlanOption = None,
    resume: ResumeOption = False,
    parallel: ParallelOption = 1,
) -> None:
    """Deploy stack by stack through the Pulumi CLI, each after its plan was approved; or with --local rehearse.

    It stops at the first stack that fails. With --local nothing is reached: only the local state changes.
    """
    from kade.cli.deploy import How, deploy
    from kade.cli.progress import Progress
    from kade.cli.runs import Options, preview, providers, update
    from kade.cli.target import resolve

    if local and (resume or parallel > 1):
        raise UsageError("--resume and --parallel are for the Pulumi CLI: leave them out, or --local.")
    if not local:
        _need_pulumi()
    found = resolve(target, env=env, layers=layer or [], stack=stack)
    packs = [] if no_policies else [*found.packs, *(pack or [])]
    if not yes:
        need_terminal()
    if not local:
        deploy(found, How(packs, plan, yes, resume, parallel))
        return
    if plan is not None:
        from kade.cli.plans import read_plans

        read_plans(found, plan)  # one that may not be used is refused before the preview, which takes long
    found.get_ready()
    permits: Mapping[str, Guard] = {}
    if plan is not None or not yes:
        planned = preview(found, Options(packs, None, providers(found)), Progress("previewing"))
        if plan is not None:
            permits = _permits(found, planned, plan)
        if not yes:
            _ask(planned)
    deliver(update(found, Options(packs, None, providers(found), permits), Progress("updating")), "text", None)


def _permits(target: Target, planned: Preview, plan: Path) -> Mapping[str, Guard]:
    """What holds the update to the approved plans, which the plan of now has to fit."""
    from kade.cli.output import stderr
    from kade.cli.plans import approved

    if planned.failed:
        deliver(planned, "text", None)
    plans = approved(target, planned, plan)
    plans.hold(planned.stacks)
    return plans.permits(lambda line: stderr(planned.mask.text(line)))


def _need_pulumi() -> None:
    """Raise `UsageError` where the CLI is missing, before anything else is asked of the user."""
    from kade.deploy.outcome import DeployError
    from kade.deploy.pulumi_stack import need_pulumi

    try:
        need_pulumi()
    except DeployError as error:
        raise UsageError(str(error)) from None


def need_terminal() -> None:
    """Raise `UsageError` where there is nobody to answer a question."""
    import sys

    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask on: add --yes.")


def _ask(planned: Preview) -> None:
    """Show the plan on standard error and ask; end where the plan failed or the answer is no."""
    from rich.console import Console

    from kade.report.text import show

    show(planned, Console(stderr=True))
    if planned.failed:
        raise typer.Exit(FAILED)
    typer.confirm("Update the local state?", abort=True, err=True)
