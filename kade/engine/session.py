"""What the parts of one run share: who runs, what stands, what was planned, what was said, and whether it goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeAlias

from kade.engine.ledger import Ledger
from kade.engine.mask import Mask
from kade.engine.plan import Diagnostic, PolicyResult, Resource, Step
from kade.engine.registry import Calls, Registry
from kade.engine.values import Value


@dataclass(frozen=True)
class Registered:
    """The program asked for a resource."""

    urn: str
    type: str


@dataclass(frozen=True)
class StepDone:
    """A step was planned (preview) or done (update)."""

    step: Step


@dataclass(frozen=True)
class Said:
    """The program, the engine or a provider said something."""

    diagnostic: Diagnostic


@dataclass(frozen=True)
class PolicyFound:
    """A rule failed, or changed a resource."""

    result: PolicyResult


Event: TypeAlias = Registered | StepDone | Said | PolicyFound


class Stopped(Exception):  # noqa: N818 - it is the end of a run, not a fault of its own
    """The run has failed and takes no more work; why was said already."""


class Policies(Protocol):
    """What the session asks of the policy packs, see `kade.engine.packs.PackRunner`."""

    def remediate(self, resource: Resource, provider: Resource | None, delete_first: bool | None) -> dict | None:
        """Other inputs, or None."""
        ...

    def analyze(self, resource: Resource, provider: Resource | None, delete_first: bool | None) -> None:
        """Have it judged."""
        ...


class Hooks(Protocol):
    """Calls the hooks of resources, which run in the program."""

    def run(self, kind: str, names: Sequence[str], old: Resource | None, new: Resource | None) -> None:
        """Run them in order. Raises `ProviderError` where one fails and does not let that pass."""
        ...

    def retry(
        self, names: Sequence[str], old: Resource | None, new: Resource | None, operation: str, errors: Sequence[str]
    ) -> bool:
        """Whether a hook wants the failed operation to be tried again."""
        ...


@dataclass
class Session:
    """One stack's run. `lock` is held while a registration is planned and done, so that steps have one order."""

    project: str
    stack: str
    dry_run: bool
    ledger: Ledger
    registry: Registry
    config: Mapping[str, Value] = field(default_factory=dict)
    mask: Mask = field(default_factory=Mask)
    policies: Policies | None = None
    hooks: Hooks | None = None
    on_event: Callable[[Event], None] = lambda _event: None
    permit: Callable[[Step], str] = lambda _step: ""
    steps: list[Step] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    failed: bool = False
    stopped: bool = False
    stack_outputs: dict[str, Value] | None = None

    def calls(self, resource: Resource) -> Calls:
        """The provider of a resource."""
        return Calls(self.registry.get(resource.provider, resource.type), preview=self.dry_run)

    def say(self, severity: str, message: str, urn: str = "", *, later: bool = False) -> None:
        """Tell the user; an error makes the run fail in the end.

        What a program says may hold a secret that it registers only afterwards, so that is told ``later``: with the
        result, when every secret is known.
        """
        diagnostic = Diagnostic(severity, self.mask(message), urn)
        self.diagnostics.append(diagnostic)
        if severity == "error":
            self.failed = True
        if not later:
            self.on_event(Said(diagnostic))

    def said(self) -> list[Diagnostic]:
        """Everything that was said, without any secret that is known by now."""
        return [replace(diagnostic, message=self.mask(diagnostic.message)) for diagnostic in self.diagnostics]

    def refuse(self, message: str, urn: str = "") -> None:
        """Say an error. A preview goes on, to show the other errors too; raises `Stopped` otherwise."""
        self.say("error", message, urn)
        if not self.dry_run:
            self.stop()

    def stop(self) -> None:
        """Take no more work."""
        self.failed = self.stopped = True
        raise Stopped

    def ask(self, step: Step) -> None:
        """Raise `Stopped`, with the reason said, where a step that is about to be done may not be."""
        refusal = self.permit(step)
        if refusal:
            self.say("error", refusal, step.urn)
            self.stop()

    def add(self, step: Step) -> None:
        """Put a step into the plan."""
        self.steps.append(step)
        self.on_event(StepDone(step))
