"""Plans of a target's stacks: saving them from a preview, and holding an update to those that were approved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from kade.cli.commit import commit_of
from kade.cli.errors import FailedError, UsageError
from kade.cli.output import stderr
from kade.cli.target import Target
from kade.report.words import plural

if TYPE_CHECKING:
    from kade.approval import Guard, Plan, Seal
    from kade.engine.plan import StackResult
    from kade.report.model import Preview


def seal_of(target: Target, report: Preview | None = None) -> Seal:
    """What writes down and checks the plans of a target; it knows the secrets of the preview that it is given."""
    from kade.approval import Seal, key_of

    try:
        return Seal(key_of(target.project.root), report.mask if report else None)
    except OSError as error:
        raise UsageError(f"{error.filename}: the key of the plans cannot be kept: {error.strerror}.") from error


def save(target: Target, report: Preview, folder: Path) -> list[Path]:
    """Write the plan of every stack of a preview. Raises `FailedError` for a preview that failed: it is no plan."""
    from kade.approval import make, write

    if report.failed:
        raise FailedError(f"{folder}: no plan was saved, since the preview failed.")
    seal, commit = seal_of(target, report), commit_of(target.project.root)
    files = []
    for stack in report.stacks:
        plan, file = make(stack, seal, kade=version("kade"), commit=commit), folder / f"{stack.stack}.json"
        try:
            write(plan, seal, file)
        except OSError as error:
            raise UsageError(f"{file}: the plan cannot be written: {error.strerror}.") from error
        stderr(f"plan of {stack.stack}: {plural(plan.changes, 'change')}, sha256 {plan.digest}, in {file}")
        files.append(file)
    if not seal.keyed:
        stderr("the plans hold no hashes of secrets, which are not compared, since KADE_PLAN_KEY is empty.")
    return files


def plan_file(given: Path, stack: str) -> Path:
    """The plan of a stack in what the user named: the file itself, or the file of that stack in a folder."""
    return given / f"{stack}.json" if given.is_dir() else given


@dataclass(frozen=True)
class Approved:
    """The approved plans of a run, by stack."""

    plans: dict[str, Plan]
    seal: Seal

    def hold(self, stacks: Sequence[StackResult]) -> None:
        """Raises `FailedError` where a preview of now is not what was approved."""
        from kade.approval import compare

        told = []
        for stack in stacks:
            found = compare(self.plans[stack.stack], stack.steps, self.seal)
            told += [f"  {stack.stack}: {stop}" for stop in found.stops]
            for secret in found.unseen:
                name = secret.urn.rsplit("::", 1)[-1]
                stderr(f"{stack.stack}: {name}: the secret {secret.path} is not compared: there is no key.")
        if told:
            raise FailedError(
                "error: this is not what was approved, and nothing was done:\n"
                + "\n".join(told)
                + "\nMake the plan again with `--save-plan`, and have it approved."
            )

    def permits(self, tell: Callable[[str], None]) -> dict[str, Guard]:
        """What is asked before each step, by stack; ``tell`` hears the values that were unknown at the approval."""
        from kade.approval import Guard

        return {name: Guard(plan, self.seal, tell) for name, plan in self.plans.items()}


def read_plans(target: Target, given: Path) -> dict[str, Plan]:
    """The plans for the stacks of a target. Raises `FailedError` for one that is missing or may not be used."""
    from kade.approval import PlanError, read

    if given.is_file() and len(target.stacks) > 1:
        names = ", ".join(stack.name for stack in target.stacks)
        raise UsageError(f"{given}: one plan is of one stack, and these are {names}: name a folder, or one stack.")
    seal, commit = seal_of(target), commit_of(target.project.root)
    try:
        return {s.name: read(plan_file(given, s.name), seal, stack=s.name, commit=commit) for s in target.stacks}
    except PlanError as error:
        raise FailedError(str(error)) from error


def approved(target: Target, report: Preview, given: Path) -> Approved:
    """The plans for the stacks of a target, to be compared with a preview. Raises as `read_plans`."""
    return Approved(read_plans(target, given), seal_of(target, report))
