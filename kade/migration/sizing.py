"""Which size in Azure a machine needs, by what was measured or else by what it has, with the margin that is left."""

from __future__ import annotations

from dataclasses import dataclass

from kade.facts.vm_sizes import VmSize, vm_sizes
from kade.inventory.model import Server

MARGIN = 0.3  # of what was measured, kept free on top of it; nothing is added to what is only configured


@dataclass(frozen=True)
class Fit:
    """A size for a machine. ``cores`` and ``memory_gib`` are what it needs, margin included."""

    machine: str
    size: VmSize | None
    cores: float
    memory_gib: float
    basis: str  # measured, configured, or what of each; or why there is no size

    @property
    def room(self) -> str:
        """What the size has beyond the need, in words; empty without a size."""
        if self.size is None:
            return ""
        cores, memory = self.size.cores - self.cores, self.size.memory_gib - self.memory_gib
        return f"{cores:.1f} cores and {memory:.1f} GiB to spare"


def fit(server: Server, margin: float = MARGIN) -> Fit:
    """The smallest size that holds a machine. Without cores or memory, or over the largest size, there is none."""
    if not server.cores or not server.memory_mib:
        lacks = " and ".join(
            name for name, value in (("cores", server.cores), ("memory", server.memory_mib)) if not value
        )
        return Fit(server.name, None, 0, 0, f"{lacks} not known")
    cores, cores_by = _need(server.cores, server.cpu_percent, margin)
    memory, memory_by = _need(server.memory_mib / 1024, server.memory_percent, margin)
    basis = cores_by if cores_by == memory_by else f"cores {cores_by}, memory {memory_by}"
    size = next((one for one in vm_sizes() if one.cores >= cores and one.memory_gib >= memory), None)
    if size is None:
        basis = f"larger than the largest size of the table ({vm_sizes()[-1].name}); {basis}"
    return Fit(server.name, size, cores, memory, basis)


def _need(configured: float, percent: float | None, margin: float) -> tuple[float, str]:
    """What is needed, never more than what is configured: a margin does not make a machine larger than it was.

    A load of nothing at all was measured on a machine that was off, so it says nothing.
    """
    if not percent:
        return configured, "configured"
    return min(configured, configured * percent / 100 * (1 + margin)), "measured"
