"""Environments: what differs between test, acceptance and production stands here and nowhere else."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from kade.estate.base import Item, Key

Layer = Literal["platform", "connectivity", "workplace", "services", "workloads"]
LAYERS: tuple[Layer, ...] = ("platform", "connectivity", "workplace", "services", "workloads")


class Environment(Item):
    """One environment. The platform and the hub belong to production; the others share them."""

    title: str = Field(description="The environment in words, for instance `Acceptatie`.")
    production: bool = Field(False, description="Whether this is production. Exactly one environment is.")
    layers: list[Layer] | None = Field(
        None,
        description="The layers that have stacks here. Default: all in production; connectivity (spokes only), "
        "services and workloads in the others.",
    )
    data: Literal["production", "pseudonymised", "synthetic"] = Field(
        "synthetic", description="The data in it. Production data outside production needs an exemption."
    )
    zones: bool = Field(True, description="Whether resources are spread over availability zones.")
    scale: Literal["full", "reduced", "minimal"] = Field(
        "full", description="Size of what runs: `reduced` is about half, `minimal` one of everything."
    )
    runs: Literal["always", "working_hours"] = Field("always", description="When it runs; stopped outside it.")
    backup_class: Key | None = Field(None, description="The backup class here, whatever a resource asks for.")
    overrides: dict[str, Any] = Field(
        default={},
        description="Other differences: a field of this file as a dotted path, and its value here, for instance "
        "`logging.daily_quota_gb: 2`. The result is checked as strictly as the file itself.",
    )
