"""What a policy pack is told of a run, and how long it may take."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from kade.engine.config import Config


@dataclass(frozen=True)
class Limits:
    """How long a pack may take, in seconds: to be ready, for one resource, and for the whole stack."""

    start: float = 60
    resource: float = 60
    stack: float = 300


@dataclass(frozen=True)
class Setting:
    """What a pack is told of the run. ``plain`` runs it without our launcher, as the Pulumi CLI would."""

    project: str
    stack: str
    organization: str = "organization"
    config: Config = field(default_factory=Config)
    engine_address: str = "127.0.0.1:0"
    dry_run: bool = True
    tags: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = Limits()
    plain: bool = False

    def environment(self) -> dict[str, str]:
        """The variables of the pack's process."""
        return {
            **self.shared(),
            "PULUMI_PROJECT": self.project,
            "PULUMI_STACK": self.stack,
            "PULUMI_ORGANIZATION": self.organization,
            "PULUMI_DRY_RUN": "true" if self.dry_run else "false",
            **self.config.environment(),
        }

    def shared(self) -> dict[str, str]:
        """Those of them that are the same for every run."""
        return {**os.environ, **({"KADE_PACK_PLAIN": "1"} if self.plain else {})}
