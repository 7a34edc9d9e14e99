"""Runs the stacks of a target, the outputs of one flowing into the next, and makes the report of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kade.cli.errors import FailedError
from kade.cli.target import Stack, Target

if TYPE_CHECKING:
    from kade.cli.progress import Progress
    from kade.cost.prices import PriceFile
    from kade.engine.job import Job
    from kade.engine.plan import StackResult, Step
    from kade.engine.provider import Provider
    from kade.engine.values import Value
    from kade.estate import Estate
    from kade.policies.kit.rules import Rule
    from kade.report.model import Preview


@dataclass(frozen=True)
class Options:
    """What a run is asked beside its target.

    ``states`` is the state of a stack by its name; ``None`` for the local state of the target. ``permits`` hold the
    update of a stack to the plan that was approved.
    """

    packs: Sequence[Path] = ()
    states: Mapping[str, Path] | None = None
    providers: Mapping[str, Provider] = field(default_factory=dict)
    permits: Mapping[str, Callable[[Step], str]] = field(default_factory=dict)

    def state(self, target: Target, stack: str) -> Path | None:
        """The state file of a stack; None where no state is to be read."""
        return target.state_file(stack) if self.states is None else self.states.get(stack)


def preview(target: Target, options: Options, progress: Progress) -> Preview:
    """What an update of every stack would do.

    A stack that the chosen ones read and that has no state is previewed with them, without being reported, so that
    its outputs are known as far as they can be.
    """
    from kade.engine.stacks import preview_stacks

    unseen = [stack for stack in target.needed if not _exists(options.state(target, stack.name))]
    jobs = [
        *(_job(target, stack, options, progress, packs=()) for stack in unseen),
        *(_job(target, stack, options, progress, packs=options.packs) for stack in target.stacks),
    ]
    with progress.over([job.stack for job in jobs]):
        results = preview_stacks(jobs, on_event=progress.heard)
    for result in results[: len(unseen)]:
        if result.error:
            progress.tell(f"{result.stack} is read, has no state here, and failed: {result.error}")
    gone = _deletions(target, options, progress)
    return _report(target, options, "preview", [*gone, *results[len(unseen) :]], progress.seconds)


def planned(target: Target, packs: Sequence[Path] = ()) -> Preview:
    """What the stacks of a target would be, by these packs. Raises `FailedError` where one cannot be previewed."""
    from kade.cli.progress import Progress

    report = preview(target, Options(packs, None, providers(target)), Progress("previewing"))
    failed = [f"{stack.stack} failed: {stack.error}" for stack in report.stacks if stack.error]
    if failed:
        raise FailedError(report.mask.text("error: " + "; ".join(failed)))
    return report


def rules_of(target: Target) -> list[Rule]:
    """The rules of a target's packs."""
    from kade.policies.kit import serving

    return [rule for folder in target.packs for rule in serving.load(folder).rules]


def _deletions(target: Target, options: Options, progress: Progress) -> list[StackResult]:
    """What has to go of stacks that the estate does not have any more: a removed application's, first of all."""
    from kade.engine.stacks import destroy_stacks

    names = target.has_state_of if options.states is None else list(options.states)
    jobs = [_job(target, stack, options, progress, packs=()) for stack in target.gone(names)]
    found = [result for job in jobs for result in destroy_stacks([job], dry_run=True, on_event=progress.heard)]
    _say_what_is_protected(found, "put it back into the estate with", progress)
    return [result for result in found if result.steps or result.error]


def _say_what_is_protected(results: Sequence[StackResult], how: str, progress: Progress) -> None:
    """Name the stacks whose data stays, since nobody has accepted that it goes."""
    for result in results:
        if any(step.failed for step in result.steps):
            progress.tell(
                f"{result.stack} holds data that nobody has given up: {how} `removal` (who accepts that the data goes),"
                " deploy that, and take it away then"
            )


def update(target: Target, options: Options, progress: Progress) -> Preview:
    """Bring every stack to what its program says, in the local state."""
    from kade.engine.stacks import update_stacks

    jobs = [_job(target, stack, options, progress, packs=options.packs) for stack in target.stacks]
    with progress.over([job.stack for job in jobs]):
        results = update_stacks(jobs, on_event=progress.heard)
    for stack in target.gone(target.has_state_of):
        progress.tell(f"{stack.name} is not in the estate any more; delete it with `kade destroy --local --stack`")
    return _report(target, options, "up", results, progress.seconds)


def destroy(target: Target, options: Options, progress: Progress) -> Preview:
    """Delete every stack from the local state, the last one first; or nothing at all where something may not go."""
    from kade.engine.stacks import destroy_stacks

    stacks = [*target.stacks, *target.gone(target.has_state_of)]
    jobs = [_job(target, stack, options, progress, packs=()) for stack in stacks]
    with progress.over([job.stack for job in reversed(jobs)]):
        results = [result for job in reversed(jobs) for result in destroy_stacks([job], dry_run=True)]
        refused = [replace(r, steps=[step for step in r.steps if step.failed]) for r in results if r.error]
        results = refused or destroy_stacks(jobs, on_event=progress.heard)
    if target.estate is not None:
        _say_what_is_protected(refused, "give its application or service in the estate a", progress)
    return _report(target, options, "destroy", results, progress.seconds)


def providers(target: Target | None = None) -> dict[str, Provider]:
    """One local Azure for all stacks of a run, so that they are judged together.

    What the target's estate takes over stands in it as `kade adopt` found it, and it has the estate's quota of cores.
    """
    from kade.azure import directory
    from kade.azure.provider import PACKAGE, AzureNative

    azure = AzureNative()
    if target is not None and target.estate is not None:
        from kade.estate.imports import read_imports

        for imports in read_imports(target.estate.folder).values():
            for (type_, _), item in imports.items():
                azure.stands(type_, item.id, dict(item.stands))
        azure.cloud.quota_cores = _quotas(target.estate)
    return {PACKAGE: azure, directory.PACKAGE: directory.Directory()}


def _quotas(estate: Estate) -> dict[str, int]:
    """The cores that each subscription of the workplace may have in a region, by the subscription's id."""
    quotas = {}
    for environment in estate.environments:
        seen = estate.for_environment(environment)
        if seen.workplace is not None:
            key = seen.network.spokes[seen.workplace.spoke].subscriptions.get(environment)
            if key and (id_ := seen.subscriptions[key].id):
                quotas[id_.lower()] = seen.workplace.quota_cores
    return quotas


def _report(target: Target, options: Options, action: str, results: Sequence[StackResult], seconds: float) -> Preview:
    """The report of a run that took so many seconds; the phases are those of all stacks, which run side by side."""
    from kade.report.model import Preview

    timings = {"total": seconds}
    for result in results:
        for phase, took in result.timings.items():
            timings[phase] = timings.get(phase, 0.0) + took
    rule = target.estate.residency if target.estate else None
    residency = {"mode": rule.mode, "regions": list(rule.regions)} if rule else {}
    return Preview(
        target.name,
        results,
        action,
        timings,
        policies_run=bool(options.packs),
        residency=residency,
        source=_source(target),
        prices=_prices(target),
    )


def _source(target: Target) -> str:
    """The file that describes a target, from here where it is below the working directory."""
    file = Path(target.estate.folder) / "estate.yaml" if target.estate else target.project.file
    return (file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file).as_posix()


def _prices(target: Target) -> PriceFile | None:
    from kade.cost.files import price_file

    return price_file(target.estate) if target.estate else None


def _job(target: Target, stack: Stack, options: Options, progress: Progress, packs: Sequence[Path]) -> Job:
    from kade.engine.job import Job

    return Job(
        project=target.project,
        stack=stack.name,
        state=options.state(target, stack.name),
        providers=options.providers,
        packs=packs,
        config=target.config,
        references=lambda name: _outputs(target, options, name),
        tell=progress.tell,
        permit=options.permits.get(stack.name, lambda _step: ""),
        preload=target.preload,
        pack_preload=target.pack_preload,
        forkers=target.forkers,
    )


def _outputs(target: Target, options: Options, name: str) -> Mapping[str, Value] | None:
    """The outputs of a stack that is not part of the run, from its state; None where there is none."""
    from kade.engine import state
    from kade.engine.run import outputs_of

    file = options.state(target, name.rsplit("/", 1)[-1])
    return outputs_of(state.load(file, None)) if file is not None else None


def _exists(file: Path | None) -> bool:
    return file is not None and file.is_file()
