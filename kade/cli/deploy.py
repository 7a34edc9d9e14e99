"""``kade up`` without ``--local``: the stacks of a target through the Pulumi CLI, to Azure itself."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kade.cli.commit import commit_of
from kade.cli.errors import FAILED, FailedError
from kade.cli.output import stderr
from kade.cli.target import Stack, Target

if TYPE_CHECKING:
    from kade.deploy.outcome import Outcome
    from kade.engine.plan import StackResult
    from kade.report.model import Preview


@dataclass(frozen=True)
class How:
    """How a deployment goes. ``plan`` is a file or folder of approved plans; ``yes`` asks nobody."""

    packs: Sequence[Path] = ()
    plan: Path | None = None
    yes: bool = False
    resume: bool = False
    parallel: int = 1


def deploy(target: Target, how: How) -> None:
    """Deploy, write the summary to standard output, and end with status 1 where not every stack stands."""
    from kade.deploy.order import run
    from kade.deploy.outcome import DeployError, Record, lines
    from kade.engine.lock import locked

    home = target.project.root / ".kade" / "deploy"
    commit = commit_of(target.project.root)
    record = Record(home / f"{target.project.name}-{target.name.replace('/', '-')}.json", commit)
    try:
        with locked(record.file, stderr):
            before = record.done(commit=commit) if how.resume else frozenset()
            one = _One(target, how, home / "plans")
            outcomes = run(target.stacks, one, parallel=how.parallel, before=before, heard=record.write)
    except DeployError as error:
        raise FailedError(f"error: {error}") from error
    print("\n".join(lines(outcomes)))
    if not all(outcome.stands for outcome in outcomes):
        raise typer.Exit(FAILED)


class _One:
    """Plans, asks and applies one stack; several of them may be at it, and only one asks at a time."""

    def __init__(self, target: Target, how: How, plans: Path) -> None:
        self._target, self._how, self._plans = target, how, plans
        self._asking = threading.Lock()

    def __call__(self, name: str) -> Outcome:
        from kade.deploy.outcome import DeployError, Outcome
        from kade.deploy.pulumi_stack import PulumiStack
        from kade.report.model import Preview

        target = self._target
        stack = PulumiStack(target.project, name, packs=self._how.packs, config=target.config, plans=self._plans)
        try:
            stderr(f"{name}: planning ...")
            planned = stack.plan()
            report = Preview(name, [planned], policies_run=bool(self._how.packs))
            with self._asking:
                refused = self._refused(replace(target, name=name, stacks=_only(target, name)), report, planned)
            if refused is not None:
                return refused
            return stack.apply(stderr)
        except (DeployError, FailedError) as error:
            return Outcome(name, "failed", error=str(error).removeprefix("error: "))

    def _refused(self, target: Target, report: Preview, planned: StackResult) -> Outcome | None:
        """The outcome of a stack whose plan failed, is not what was approved, or was declined; None to go on."""
        from rich.console import Console

        from kade.cli.plans import approved, save
        from kade.deploy.outcome import Outcome
        from kade.report.text import show

        name = planned.stack
        if not self._how.yes or report.failed:
            show(report, Console(stderr=True))
        if report.failed:
            broken = [f"{p.rule}: {p.message}" for p in report.broken[:5]]
            return Outcome(name, "failed", error=report.mask.text("\n".join([planned.error, *broken]).strip()))
        if self._how.plan is not None:
            approved(target, report, self._how.plan).hold([planned])
        save(target, report, self._plans)
        if not self._how.yes and not typer.confirm(f"Update {name}?", err=True):
            return Outcome(name, "declined")
        return None


def _only(target: Target, name: str) -> list[Stack]:
    return [stack for stack in target.stacks if stack.name == name]
