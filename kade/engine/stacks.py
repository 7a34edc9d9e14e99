"""Several stacks in one run: outputs of one, known or unknown, are there for another's stack references.

A preview runs them side by side: a stack that reads another's outputs waits for it at that point. An update runs one
after the other in the given order and stops at the first that fails, so that nothing is built on what is not there.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace

from kade.engine import run
from kade.engine.builtin import Outputs
from kade.engine.errors import EngineError
from kade.engine.forker import Forkers
from kade.engine.job import Job
from kade.engine.plan import StackResult
from kade.engine.process import ended_with_us, stop_all
from kade.engine.provider import ProviderError
from kade.engine.session import Event

OnStackEvent = Callable[[str, Event], None]


class Board:
    """The results of the stacks of a run, for those that wait for them."""

    def __init__(self, jobs: Sequence[Job], side_by_side: int = 0) -> None:
        """Without ``side_by_side`` nobody waits: a stack that has not run yet is one outside of the run."""
        self._may_wait = side_by_side > 0
        self._results: dict[str, Future[StackResult]] = {job.full_name: Future() for job in jobs}
        self._waits: dict[str, str] = {}
        self._lock = threading.Lock()
        self.slots = threading.Semaphore(max(side_by_side, 1))

    def put(self, job: Job, result: StackResult | None) -> None:
        """A stack has ended; None where it could not run at all."""
        future = self._results[job.full_name]
        with contextlib.suppress(InvalidStateError):  # the run was interrupted
            if result is None:
                future.set_exception(EngineError("it could not run"))
            else:
                future.set_result(result)

    def give_up(self) -> None:
        """Nobody waits any longer."""
        for future in self._results.values():
            with contextlib.suppress(InvalidStateError):
                future.set_exception(EngineError("the run was interrupted"))

    def references(self, job: Job, name: str) -> Outputs | None:
        """The outputs of a stack for one that asks; waits where that one still runs."""
        other = self._resolve(job, name)
        if other is None:
            return job.references(name)
        future = self._results[other]
        if not future.done():
            if not self._may_wait:
                return job.references(name)
            self._enter(job.full_name, other)
            self.slots.release()
            try:
                failure = future.exception()
            finally:
                self.slots.acquire()
                with self._lock:
                    self._waits.pop(job.full_name, None)
        else:
            failure = future.exception()
        if failure is not None or future.result().error:
            raise ProviderError(f"the stack {other} failed in this run, so its outputs are not known.")
        return future.result().outputs

    def _resolve(self, job: Job, name: str) -> str | None:
        """The full name of a stack of this run; a short name is of the same project or organisation."""
        parts = name.split("/")
        options = [name]
        if len(parts) == 1:
            options = [f"{job.organization}/{job.project.name}/{name}"]
        elif len(parts) == 2:
            options = [f"{job.organization}/{name}", f"{parts[0]}/{job.project.name}/{parts[1]}"]
        return next((option for option in options if option in self._results), None)

    def _enter(self, waiting: str, other: str) -> None:
        """Note who waits for whom. Raises `ProviderError` where that would never end."""
        with self._lock:
            circle, at = [waiting], other
            while at != waiting and at in self._waits:
                circle.append(at)
                at = self._waits[at]
            if at == waiting:
                raise ProviderError(f"stacks refer to each other in a circle: {' → '.join([*circle, waiting])}.")
            self._waits[waiting] = other


def preview_stacks(
    jobs: Sequence[Job], *, on_event: OnStackEvent = lambda _stack, _event: None, side_by_side: int = 0
) -> list[StackResult]:
    """Preview stacks at the same time, ``side_by_side`` at most (0: as many as there are processors).

    Raises the first `EngineError` of a stack whose call is wrong, after the others have ended.
    """
    board = Board(jobs, side_by_side or os.cpu_count() or 1)

    def one(job: Job) -> StackResult:
        result = None
        with board.slots:
            try:
                mine = replace(job, references=lambda name: board.references(job, name), forkers=forkers)
                result = run.run_preview(mine, lambda event: on_event(job.stack, event))
                return result
            finally:
                board.put(job, result)

    workers = max(len(jobs), 1)
    with ended_with_us(), _forkers(jobs) as forkers, ThreadPoolExecutor(max_workers=workers) as pool:
        futures = [pool.submit(one, job) for job in jobs]
        try:
            return [future.result() for future in futures]
        except BaseException:
            board.give_up()
            stop_all(grace=0)
            raise


def update_stacks(jobs: Sequence[Job], *, on_event: OnStackEvent = lambda _stack, _event: None) -> list[StackResult]:
    """Update stacks one after the other. The list ends with the first that failed."""
    board = Board(jobs)
    results: list[StackResult] = []
    with ended_with_us(), _forkers(jobs) as forkers:
        for job in jobs:
            mine = replace(job, references=lambda name, job=job: board.references(job, name), forkers=forkers)
            result = run.run_update(mine, lambda event, job=job: on_event(job.stack, event))
            board.put(job, result)
            results.append(result)
            if result.error:
                break
    return results


def _forkers(jobs: Sequence[Job]) -> AbstractContextManager[Forkers | None]:
    """Those of the jobs; else new ones where there are several stacks, for a process that is ready takes time."""
    given = next((job.forkers for job in jobs if job.forkers), None)
    return Forkers() if given is None and len(jobs) > 1 else contextlib.nullcontext(given)


def destroy_stacks(
    jobs: Sequence[Job], *, dry_run: bool = False, on_event: OnStackEvent = lambda _stack, _event: None
) -> list[StackResult]:
    """Destroy stacks in the reverse of the given order. The list ends with the first that failed."""
    results: list[StackResult] = []
    for job in reversed(jobs):
        result = run.run_destroy(job, lambda event, job=job: on_event(job.stack, event), dry_run=dry_run)
        results.append(result)
        if result.error:
            break
    return results
