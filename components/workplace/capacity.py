"""How many session hosts a pool needs, as plain arithmetic that can be shown to who pays for it.

No more is kept than what is asked: the people who work at the peak, the room asked for above them, and what is left on
the last host because hosts are whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kade.components.arguments import ArgumentError
from kade.facts.desktops import default_size, host_size, users_per_core


@dataclass(frozen=True)
class Demand:
    """What a pool is asked to carry."""

    people: int
    at_once: int = 100
    """The share that works at the peak, as a percentage."""
    personal: bool = False
    """A host for each person, in place of shared ones."""
    load: str = "medium"
    """light, medium, heavy or power."""
    spare: int = 0
    """Room kept free at the peak, as a percentage. A personal pool has none: each host is somebody's."""
    minimum_hosts: int = 1
    """Hosts of a shared pool at least, while anybody uses it."""
    sessions: int | None = None
    """Sessions that a host takes, as measured; none for as many as the load allows."""
    size: str = ""
    """A size of virtual machine; empty for that of the load."""
    ephemeral: bool = False
    """Whether hosts have their disk on the machine that they run on."""


@dataclass(frozen=True)
class PoolSize:
    """The hosts of a pool, and how they were counted."""

    demand: Demand
    size: str
    cores: int
    """Cores of one host."""
    sessions: int
    """Sessions of one host."""
    peak: int
    """Sessions at the peak."""
    wanted: int
    """Sessions with the room that is kept free."""
    hosts: int

    @property
    def capacity(self) -> int:
        """Sessions of all hosts."""
        return self.hosts * self.sessions

    @property
    def all_cores(self) -> int:
        """Cores of all hosts."""
        return self.hosts * self.cores

    @property
    def calculation(self) -> str:
        """The sum, in one line."""
        demand = self.demand
        made = f"{self.hosts} {_hosts(self.hosts)} of {self.size} ({self.cores} cores) = {self.all_cores} cores"
        if demand.personal:
            return f"{demand.people} people, a host each = {made}"
        least = f", {demand.minimum_hosts} at least" if self.hosts == demand.minimum_hosts > 1 else ""
        return (
            f"{demand.people} people x {demand.at_once}% = {self.peak} at the peak, + {demand.spare}% = {self.wanted} "
            f"sessions, / {self.sessions} a host{least} = {made}; room for {self.capacity - self.peak} more"
        )


def pool_size(demand: Demand) -> PoolSize:
    """Count the hosts. Raises `UnknownFactError` for a size whose name does not tell its cores."""
    size = host_size(demand.size or default_size(demand.load, personal=demand.personal, ephemeral=demand.ephemeral))
    if demand.personal:
        peak = _up(demand.people * demand.at_once, 100)
        return PoolSize(demand, size.name, size.cores, 1, peak, demand.people, demand.people)
    sessions = demand.sessions or size.cores * users_per_core(demand.load)
    peak = _up(demand.people * demand.at_once, 100)
    wanted = _up(peak * (100 + demand.spare), 100)
    hosts = max(_up(wanted, sessions), demand.minimum_hosts) if demand.people else 0
    return PoolSize(demand, size.name, size.cores, sessions, peak, wanted, hosts)


def check_quota(pools: Mapping[str, PoolSize], quota: int, *, draining: Mapping[str, PoolSize] | None = None) -> None:
    """Refuse more cores than the subscription has. Stopped hosts count, and so do those that drain beside new ones.

    Raises `ArgumentError` with every pool's share. Source: Microsoft Learn, "Check vCPU quotas" (a quota counts cores
    that are allocated and those that are not).
    """
    shares = [(key, pool.all_cores) for key, pool in pools.items()]
    shares += [(f"{key} (draining)", pool.all_cores) for key, pool in (draining or {}).items()]
    total = sum(cores for _, cores in shares)
    if total > quota:
        listed = ", ".join(f"{key} {cores}" for key, cores in shares if cores)
        raise ArgumentError(
            f"the pools need {total} cores and the quota is {quota}: {listed}. Ask Microsoft for more cores and raise "
            f"the quota, or lower what the pools ask (people at once, spare, sessions a host, draining releases)"
        )


def _up(part: int, whole: int) -> int:
    """Division, rounded up."""
    return -(-part // whole)


def _hosts(count: int) -> str:
    return "host" if count == 1 else "hosts"
