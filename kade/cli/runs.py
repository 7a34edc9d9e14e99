"""Runs the stacks of a target one after the other, the outputs of an earlier one flowing into the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kade.cli.target import Stack, Target

if TYPE_CHECKING:
    from kade.cli.progress import Progress
    from kade.engine.plan import StackResult
    from kade.engine.provider import Provider
    from kade.engine.run import Job
    from kade.engine.values import Value
    from kade.report.model import Preview


@dataclass(frozen=True)
class Options:
    """What a run is asked beside its target. ``states`` overrides the local state of a stack by its name."""

    packs: Sequence[Path] = ()
    states: Mapping[str, Path] = field(default_factory=dict)
    only_given_states: bool = False


def preview(target: Target, options: Options, progress: Progress) -> Preview:
    """What an update of every stack would do.

    A stack that the chosen ones read and that has no state is previewed before them, without being reported, so that
    its outputs are known as far as they can be.
    """
    from kade.engine.run import run_preview

    return _each(target, options, progress, "preview", lambda job, stack: run_preview(job, progress.on(stack)))


def update(target: Target, options: Options, progress: Progress) -> Preview:
    """Bring every stack to what its program says, in the local state."""
    from kade.engine.run import run_update

    return _each(target, options, progress, "up", lambda job, stack: run_update(job, progress.on(stack)))


def destroy(target: Target, options: Options, progress: Progress) -> Preview:
    """Delete every stack from the local state, the last one first."""
    from kade.engine.run import run_destroy

    return _each(
        target, options, progress, "destroy", lambda job, stack: run_destroy(job, progress.on(stack), dry_run=False)
    )


def _each(
    target: Target, options: Options, progress: Progress, action: str, run: Callable[[Job, str], StackResult]
) -> Preview:
    from kade.engine.plan import StackResult
    from kade.report.model import Preview

    done: dict[str, StackResult] = {}
    if action == "preview":
        bare = replace(options, packs=())
        for stack in target.needed:
            if not _has_state(target, options, stack.name):
                with progress.stack(f"{stack.name}, which is read"):
                    done[stack.name] = run(_job(target, stack, bare, progress, done), stack.name)
    read_only = set(done)
    stacks = list(reversed(target.stacks)) if action == "destroy" else list(target.stacks)
    for stack in stacks:
        failed = [name for name in _needs(target, stack, action) if name in done and done[name].error]
        if failed:
            done[stack.name] = StackResult(
                target.project.name,
                stack.name,
                had_state=True,
                error=f"not run, since {failed[0]} failed: {done[failed[0]].error}",
            )
            continue
        with progress.stack(stack.name):
            done[stack.name] = run(_job(target, stack, options, progress, done), stack.name)
    results = [result for name, result in done.items() if name not in read_only]
    return Preview(
        target=target.name,
        stacks=results,
        action=action,
        timings=_timings(results),
        policies_run=bool(options.packs),
    )


def _needs(target: Target, stack: Stack, action: str) -> Sequence[str]:
    """The stacks that have to be done first: those it reads, or when destroying those that read it."""
    if action != "destroy":
        return stack.depends_on
    return [other.name for other in target.stacks if stack.name in other.depends_on]


def _job(target: Target, stack: Stack, options: Options, progress: Progress, done: Mapping[str, StackResult]) -> Job:
    from kade.engine.run import Job

    return Job(
        project=target.project,
        stack=stack.name,
        state=_state_of(target, options, stack.name),
        config=target.config,
        providers=providers(),
        packs=options.packs,
        references=lambda name: _outputs(target, options, done, name),
        tell=progress.tell,
    )


def _outputs(
    target: Target, options: Options, done: Mapping[str, StackResult], name: str
) -> Mapping[str, Value] | None:
    """The outputs of a stack by its full name: of this run, else of its state."""
    from kade.engine import state
    from kade.engine.run import outputs_of

    stack = name.rsplit("/", 1)[-1]
    if stack in done:
        return done[stack].outputs
    file = _state_of(target, options, stack)
    return outputs_of(state.load(file, None)) if file else None


def _state_of(target: Target, options: Options, stack: str) -> Path | None:
    """The state file of a stack, None where no state is to be read."""
    return options.states.get(stack) or (None if options.only_given_states else target.state_file(stack))


def _has_state(target: Target, options: Options, stack: str) -> bool:
    file = _state_of(target, options, stack)
    return file is not None and file.is_file()


def providers() -> dict[str, Provider]:
    """What stands behind the packages that the engine has no provider of its own for."""
    return {}


def _timings(results: Sequence[StackResult]) -> dict[str, float]:
    """Seconds by phase over all stacks."""
    total: dict[str, float] = {}
    for result in results:
        for phase, seconds in result.timings.items():
            total[phase] = total.get(phase, 0.0) + seconds
    return total
