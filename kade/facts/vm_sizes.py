"""Sizes of virtual machines: cores and memory. Source and date stand in ``vm_sizes.json``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kade.facts.data import read


@dataclass(frozen=True, order=True)
class VmSize:
    """One size; memory in GiB."""

    cores: int
    memory_gib: float
    name: str


@cache
def vm_sizes() -> tuple[VmSize, ...]:
    """All sizes that machines are fitted to, the smallest first."""
    return tuple(sorted(VmSize(cores, memory, name) for name, (cores, memory) in read("vm_sizes")["sizes"].items()))
