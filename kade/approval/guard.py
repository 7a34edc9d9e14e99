"""What the engine asks before each step of a run that has an approved plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from kade.approval.compare import Comparison, judge
from kade.approval.plan import Plan
from kade.approval.seal import Seal
from kade.engine.plan import Resource, Step


@dataclass
class Guard:
    """Holds the plan of one stack; ``tell`` hears each value that was unknown at the approval."""

    plan: Plan
    seal: Seal
    tell: Callable[[str], None] = lambda _line: None
    found: Comparison = field(default_factory=Comparison)
    _known: dict[str, Resource] = field(default_factory=dict)

    def __call__(self, step: Step) -> str:
        """Why a step may not be done; empty where it may."""
        judged = judge(self.plan, step, self.seal, self._known)
        self.found.add(judged)
        for revealed in judged.revealed:
            self.tell(f"known now: {revealed}")
        if step.new is not None:  # its outputs are filled in when the step is done
            self._known[step.urn] = step.new
        if not judged.stops:
            return ""
        told = "; ".join(stop.what for stop in judged.stops)
        return f"this is not what was approved: {told}. Make the plan again and have it approved."
