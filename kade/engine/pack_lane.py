"""One pack's queue: resources wait in it while the program goes on, and two workers have them judged."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from typing import Any

from kade.engine.mask import Mask
from kade.engine.pack_launcher import bare_type
from kade.engine.pack_process import PackProcess
from kade.engine.pack_requests import analyze_request
from kade.engine.pack_results import Verdicts
from kade.engine.pack_values import encode, secret_texts
from kade.engine.plan import PolicyResult, Resource

_WAITING = 512  # resources; more and the program waits, so that memory stays bounded
_WORKERS = 2  # requests at the same time to one pack: one is served while the other travels


@dataclass
class Judging:
    """One resource on its way to the packs; the request is made once for all of them."""

    number: int
    resource: Resource
    properties: Any
    provider: Resource | None
    delete_before_replace: bool | None
    mask: Mask

    def __post_init__(self) -> None:
        self._lock, self._bytes = threading.Lock(), b""

    def request(self) -> bytes:
        """The request, made when it is first asked for; the secrets in it are masked from now on."""
        with self._lock:
            if not self._bytes:
                self.mask.add(secret_texts(self.resource.inputs))
                properties = self.properties or encode(self.resource.inputs)
                self._bytes = analyze_request(self.resource, properties, self.provider, self.delete_before_replace)
            return self._bytes


class Lane:
    """A pack with its queue, its workers and its verdicts."""

    def __init__(self, process: PackProcess, mask: Mask) -> None:
        self.process, self.mask = process, mask
        self.failure: Exception | None = None
        self.made: list[tuple[int, list[PolicyResult]]] = []
        self._verdicts: Verdicts | None = None
        self._queue: queue.Queue[Judging | None] = queue.Queue(_WAITING)
        self._lock = threading.Lock()
        self._workers = [threading.Thread(target=self._work, daemon=True) for _ in range(_WORKERS)]
        for worker in self._workers:
            worker.start()

    @property
    def verdicts(self) -> Verdicts:
        """What turns the pack's answers into verdicts; its rules are known once it is ready."""
        with self._lock:
            if self._verdicts is None:
                self.process.ready()
                self._verdicts = Verdicts(self.process.name, self.process.version, self.process.rules, self.mask)
            return self._verdicts

    def check(self) -> None:
        """Raise what went wrong so far."""
        if self.failure:
            raise self.failure

    def put(self, job: Judging | None) -> None:
        """Hand over a job, None for the last; waits only while the queue is full."""
        while True:
            self.check()
            try:
                return self._queue.put(job, timeout=0.2)
            except queue.Full:
                continue

    def finish(self) -> None:
        """Wait until every job is done."""
        for _ in self._workers:
            self.put(None)
        for worker in self._workers:
            worker.join()
        self.check()

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            if self.failure:
                continue
            try:
                self.judge(job)
            except Exception as error:  # told to the caller by `check`
                with self._lock:
                    self.failure = self.failure or error  # what comes after the first is its consequence
                self.process.stop()

    def judge(self, job: Judging) -> list[PolicyResult]:
        """Have one resource judged, now."""
        if not self.process.has(bare_type(job.resource.type)):
            return []
        answer = self.process.analyze(job.request(), job.resource.urn)
        made = self.verdicts.of_resource(job.resource.urn, job.resource.type, answer)
        with self._lock:
            self.made.append((job.number, made))
        return made
