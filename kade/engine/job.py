"""What a run of one stack is given: the project, the stack, and what stands around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kade.engine.builtin import References
from kade.engine.forker import Forkers
from kade.engine.plan import Step
from kade.engine.project import Project, StackSettings
from kade.engine.provider import Provider
from kade.engine.secrets import StackSecrets


@dataclass(frozen=True)
class Job:
    """What is run and with what.

    ``settings`` and ``secrets`` are those of the stack where none are given; ``config`` overrides the stack's
    configuration by full key; ``references`` gives outputs of stacks that are not part of the run; ``time_limit`` is
    how long the program may take, in seconds; ``parallel`` how many calls it may have open; ``preload`` and
    ``pack_preload`` the modules that several programs and packs import, once for all where there are ``forkers``.
    ``permit`` is asked before each step of an update, and says why it may not be done; an empty text lets it pass.
    """

    project: Project
    stack: str
    state: Path | None = None
    providers: Mapping[str, Provider] = field(default_factory=dict)
    packs: Sequence[Path] = ()
    pack_config: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    references: References = lambda _name: None
    settings: StackSettings | None = None
    secrets: StackSecrets | None = None
    config: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    organization: str = "organization"
    parallel: int = 16
    time_limit: float | None = None
    tell: Callable[[str], None] = lambda _line: None
    permit: Callable[[Step], str] = lambda _step: ""
    preload: Sequence[str] = ()
    pack_preload: Sequence[str] = ()
    forkers: Forkers | None = None

    @property
    def full_name(self) -> str:
        """How a stack reference names it."""
        return f"{self.organization}/{self.project.name}/{self.stack}"


def secrets_of(job: Job, settings: StackSettings) -> StackSecrets:
    """Those of the stack's file; a generated key stands beside the state."""
    beside = job.state or settings.file
    return StackSecrets(
        key_file=beside.with_name(beside.name + ".key"),
        encryption_salt=settings.encryption_salt,
        secrets_provider=settings.secrets_provider,
        source=str(settings.file),
        tell=job.tell,
    )
