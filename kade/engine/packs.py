"""Runs policy packs beside a program: real ``PolicyPack`` processes, over Pulumi's own protocol.

`PackRunner.start` returns at once, and the packs get ready while the program does. `PackRunner.remediate` comes before
the engine answers a registration, and asks only where a rule remediates; `PackRunner.analyze` only puts the resource
in a bounded queue. Whatever a pack does wrong is a `PackError`, from the next call on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import analyzer_pb2 as pb

from kade.engine.errors import PackError
from kade.engine.forker import Forkers
from kade.engine.mask import Mask
from kade.engine.pack_info import read_pack
from kade.engine.pack_lane import Judging, Lane
from kade.engine.pack_launcher import bare_type
from kade.engine.pack_process import OnLine, PackProcess, forker_of
from kade.engine.pack_requests import analyze_request, stack_request
from kade.engine.pack_setting import Limits, Setting
from kade.engine.pack_values import decode, encode, secret_texts, still_secret
from kade.engine.plan import PolicyResult, Resource
from kade.engine.urns import STACK_TYPE
from kade.engine.values import Value

__all__ = ["Limits", "PackRunner", "Remediation", "Setting"]


@dataclass(frozen=True)
class Remediation:
    """What a rule changed about a resource's inputs; or with a ``diagnostic``, why it could not."""

    pack: str
    pack_version: str
    rule: str
    urn: str
    description: str
    diagnostic: str = ""


class PackRunner:
    """The packs of one run. Close it, or use it as a context manager: then no process of theirs is left."""

    def __init__(self, processes: Sequence[PackProcess], mask: Mask) -> None:
        self.mask = mask
        self._lanes = [Lane(process, mask) for process in processes]
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
            request = analyze_request(resource, struct, provider, delete_before_replace)
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
        job = Judging(self._count, resource, properties, provider, delete_before_replace, self.mask)
        self._count += 1
        for lane in self._lanes:
            lane.put(job)

    def judge(
        self, resource: Resource, *, provider: Resource | None = None, delete_before_replace: bool | None = None
    ) -> list[PolicyResult]:
        """Have a resource judged and wait for it: an update has to know before the resource is made.

        Raises `PackError` where a pack fails.
        """
        job = Judging(self._count, resource, None, provider, delete_before_replace, self.mask)
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
        urn = next((r.urn for r in resources if r.type == STACK_TYPE), "")
        types = {r.urn: r.type for r in resources}
        request = stack_request(resources, self.mask)
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
