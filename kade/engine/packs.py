"""Runs policy packs beside a program: real ``PolicyPack`` processes, over Pulumi's own protocol.

`PackRunner.start` returns at once, and the packs get ready while the program does. `PackRunner.remediate` comes before
the engine answers a registration, and asks only where a rule remediates; `PackRunner.analyze` only puts the resource
in a bounded queue. Whatever a pack does wrong is a `PackError`, from the next call on.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import analyzer_pb2 as pb

from kade.engine.errors import PackError
from kade.engine.forker import Forkers
from kade.engine.mask import Mask
from kade.engine.pack_info import read_pack
from kade.engine.pack_launcher import bare_type
from kade.engine.pack_process import Limits, OnLine, PackProcess, Setting, forker_of
from kade.engine.pack_results import Verdicts
from kade.engine.pack_values import decode, encode, secret_texts, still_secret
from kade.engine.plan import PolicyResult, Resource
from kade.engine.values import Value

__all__ = ["Limits", "PackRunner", "Remediation", "Setting"]

_WAITING = 512  # resources; more and the program waits, so that memory stays bounded
_WORKERS = 2  # requests at the same time to one pack: one is served while the other travels
_STACK_TYPE = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Remediation:
    """What a rule changed about a resource's inputs; or with a ``diagnostic``, why it could not."""

    pack: str
    pack_version: str
    rule: str
    urn: str
    description: str
    diagnostic: str = ""


@dataclass
class _Job:
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
        with self._lock:
            if not self._bytes:
                self.mask.add(secret_texts(self.resource.inputs))
                properties = self.properties or encode(self.resource.inputs)
                self._bytes = _request(
                    self.resource, properties, self.provider, self.delete_before_replace
                ).SerializeToString()
            return self._bytes


class _Lane:
    """A pack with its queue, its workers and its verdicts."""

    def __init__(self, process: PackProcess, mask: Mask) -> None:
        self.process, self.mask = process, mask
        self.failure: Exception | None = None
        self.made: list[tuple[int, list[PolicyResult]]] = []
        self._verdicts: Verdicts | None = None
        self._queue: queue.Queue[_Job | None] = queue.Queue(_WAITING)
        self._lock = threading.Lock()
        self._workers = [threading.Thread(target=self._work, daemon=True) for _ in range(_WORKERS)]
        for worker in self._workers:
            worker.start()

    @property
    def verdicts(self) -> Verdicts:
        with self._lock:
            if self._verdicts is None:
                self.process.ready()
                self._verdicts = Verdicts(self.process.name, self.process.version, self.process.rules, self.mask)
            return self._verdicts

    def check(self) -> None:
        """Raise what went wrong so far."""
        if self.failure:
            raise self.failure

    def put(self, job: _Job | None) -> None:
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

    def judge(self, job: _Job) -> list[PolicyResult]:
        """Have one resource judged, now."""
        if not self.process.has(bare_type(job.resource.type)):
            return []
        answer = self.process.analyze(job.request(), job.resource.urn)
        made = self.verdicts.of_resource(job.resource.urn, job.resource.type, answer)
        with self._lock:
            self.made.append((job.number, made))
        return made


class PackRunner:
    """The packs of one run. Close it, or use it as a context manager: then no process of theirs is left."""

    def __init__(self, processes: Sequence[PackProcess], mask: Mask) -> None:
        self.mask = mask
        self._lanes = [_Lane(process, mask) for process in processes]
        self._count = 0
        self._finished = False
        self._stack: list[PolicyResult] = []

    @classmethod
    def start(
        cls,
        pack_dirs: Iterable[Path],
        setting: Setting,
        *,
        configuration: Mapping[str, Mapping[str, Any]] | None = None,
        on_line: OnLine = lambda _pack, _line: None,
        mask: Mask | None = None,
        preload: Sequence[str] = (),
        forkers: Forkers | None = None,
    ) -> PackRunner:
        """Start the packs; they get ready on their own, from a process that has ``preload`` where there are forkers.

        ``configuration`` is by pack name what ``pulumi --policy-pack-config`` takes. ``on_line`` gets what the packs
        print, without secrets. Raises `PackError` where a folder is no pack or its interpreter is not there.
        """
        mask = mask or Mask()
        mask.add(setting.config.values[key] for key in setting.config.secret_keys)
        files = [read_pack(Path(folder)) for folder in pack_dirs]
        started: list[PackProcess] = []
        try:
            for file in files:
                forker = forker_of(file, setting, preload, forkers) if forkers else None
                started.append(PackProcess(file, setting, configuration or {}, mask, on_line, forker))
        except BaseException:
            for process in started:
                process.stop()
            raise
        return cls(started, mask)

    def __enter__(self) -> PackRunner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ready(self) -> None:
        """Wait until every pack is ready; raises the first `PackError`."""
        for lane in self._lanes:
            lane.process.ready()

    def remediate(
        self, resource: Resource, *, provider: Resource | None = None, delete_before_replace: bool | None = None
    ) -> tuple[dict[str, Value] | None, list[Remediation]]:
        """The inputs as the remediating rules want them, None where nothing changes, and what was done.

        A later pack sees what an earlier one changed. Called before the resource is analysed.
        """
        inputs, events, type_ = None, [], bare_type(resource.type)
        for lane in self._lanes:
            lane.check()
            process = lane.process
            if not process.has(type_, remediation=True):
                continue
            self.mask.add(secret_texts(resource.inputs))
            before = resource.inputs if inputs is None else inputs
            struct = encode(before, internal=True)
            request = _request(resource, struct, provider, delete_before_replace).SerializeToString()
            for made in process.remediate(request, resource.urn).remediations:
                said = self.mask(made.diagnostic)
                events.append(
                    Remediation(process.name, process.version, made.policyName, resource.urn, made.description, said)
                )
                if made.HasField("properties"):
                    inputs = still_secret(before, _decoded(process.name, made))
        return inputs, events

    def analyze(
        self,
        resource: Resource,
        *,
        provider: Resource | None = None,
        delete_before_replace: bool | None = None,
        properties: Any = None,
    ) -> None:
        """Have a resource judged, by its checked inputs, while the program goes on.

        ``properties`` is the Struct of the inputs as `pack_values.encode` makes it, where it is there already. The
        resource's inputs must not be changed in place any more. Raises the `PackError` of an earlier resource.
        """
        job = _Job(self._count, resource, properties, provider, delete_before_replace, self.mask)
        self._count += 1
        for lane in self._lanes:
            lane.put(job)

    def judge(
        self, resource: Resource, *, provider: Resource | None = None, delete_before_replace: bool | None = None
    ) -> list[PolicyResult]:
        """Have a resource judged and wait for it: an update has to know before the resource is made.

        Raises `PackError` where a pack fails.
        """
        job = _Job(self._count, resource, None, provider, delete_before_replace, self.mask)
        self._count += 1
        made: list[PolicyResult] = []
        for lane in self._lanes:
            lane.check()
            made += lane.judge(job)
        return made

    def analyze_stack(self, resources: Sequence[Resource]) -> None:
        """Have the whole stack judged, by its outputs, after every resource was. Waits for all answers."""
        self._finish()
        there = {bare_type(r.type) for r in resources}
        lanes = [lane for lane in self._lanes if lane.process.has_on_stack(there)]
        if not lanes:
            return
        urn = next((r.urn for r in resources if r.type == _STACK_TYPE), "")
        types = {r.urn: r.type for r in resources}
        request = _stack_request(resources, self.mask)
        for lane in lanes:
            answer = lane.process.analyze_stack(request)
            self._stack += lane.verdicts.of_stack(urn, types, answer)

    def results(self) -> list[PolicyResult]:
        """Every verdict: by resource in the order of `analyze`, by pack in the order of `start`, then on the stack."""
        self._finish()
        made = [(number, at, found) for at, lane in enumerate(self._lanes) for number, found in lane.made]
        made.sort(key=lambda item: item[:2])
        return [result for _, _, found in made for result in found] + self._stack

    def close(self) -> None:
        """End every pack. Safe to call twice."""
        for lane in self._lanes:
            lane.failure = lane.failure or PackError("the policy packs were closed.")
        for lane in self._lanes:
            lane.process.stop()

    def _finish(self) -> None:
        if not self._finished:
            self.ready()
            for lane in self._lanes:
                lane.finish()
            self._finished = True


def _decoded(pack: str, made: pb.Remediation) -> dict[str, Value]:
    try:
        return decode(made.properties)
    except ValueError as error:
        raise PackError(f"the rule {made.policyName} of the policy pack {pack} gave back nonsense: {error}.") from error


def _request(
    resource: Resource, properties: Any, provider: Resource | None, delete_before_replace: bool | None
) -> pb.AnalyzeRequest:
    request = pb.AnalyzeRequest(
        type=resource.type,
        urn=resource.urn,
        name=resource.name,
        properties=properties,
        options=_options(resource, delete_before_replace),
    )
    if provider is not None:
        request.provider.CopyFrom(_provider(provider))
    return request


def _options(resource: Resource, delete_before_replace: bool | None) -> pb.AnalyzerResourceOptions:
    options = pb.AnalyzerResourceOptions(
        protect=resource.protect,
        ignoreChanges=resource.ignore_changes,
        deleteBeforeReplace=bool(delete_before_replace),
        deleteBeforeReplaceDefined=delete_before_replace is not None,
        additionalSecretOutputs=resource.additional_secret_outputs,
        aliases=resource.aliases,
        parent=resource.parent,
    )
    if resource.custom_timeouts:
        known = {key: resource.custom_timeouts.get(key, 0) for key in ("create", "update", "delete")}
        options.customTimeouts.CopyFrom(pb.AnalyzerResourceOptions.CustomTimeouts(**known))
    return options


def _provider(provider: Resource) -> pb.AnalyzerProviderResource:
    inputs: Any = encode(provider.inputs)
    return pb.AnalyzerProviderResource(type=provider.type, urn=provider.urn, name=provider.name, properties=inputs)


def _stack_request(resources: Sequence[Resource], mask: Mask) -> bytes:
    request = pb.AnalyzeStackRequest()
    providers = {f"{r.urn}::{r.id}": r for r in resources if r.type.startswith("pulumi:providers:")}
    for resource in resources:
        mask.add(secret_texts(resource.outputs))
        item = request.resources.add(
            type=resource.type,
            urn=resource.urn,
            name=resource.name,
            properties=encode(resource.outputs),
            options=_options(resource, None),
            parent=resource.parent,
            dependencies=resource.dependencies,
        )
        if resource.provider in providers:
            item.provider.CopyFrom(_provider(providers[resource.provider]))
        for key, urns in resource.property_dependencies.items():
            item.propertyDependencies[key].urns.extend(urns)
    return request.SerializeToString()
