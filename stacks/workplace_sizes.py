"""Sizes of the pools and the licences of their people, out of the estate alone: nothing is made here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from kade.components.arguments import ArgumentError
from kade.components.workplace.capacity import Demand, PoolSize, check_quota, pool_size
from kade.estate import Estate
from kade.estate.personas import Persona
from kade.estate.workplace import Workplace
from kade.facts.desktop_licences import missing_rights
from kade.stacks.common import StackError


@dataclass(frozen=True)
class SizedPool:
    """A persona's pool: its hosts, of which build, and what drains beside them."""

    persona: Persona
    size: PoolSize
    release: int | None
    """The build of its hosts; None where none is for its ring yet."""
    draining: Mapping[int, int]
    """Older builds whose hosts take no new session, and how many there are."""

    @property
    def hosts(self) -> int:
        """Hosts that take sessions."""
        return self.size.hosts if self.release is not None else 0


def workplace_of(estate: Estate) -> Workplace:
    """The workplace of an estate that has one."""
    if estate.workplace is None:
        raise StackError(f"{estate.name} has no workplace; add `workplace:` to its file")
    return estate.workplace


def size_pools(estate: Estate, environment: str) -> dict[str, SizedPool]:
    """Every pool of an environment. StackError, with every pool's share, where they need more than the quota."""
    place = workplace_of(estate)
    scale = estate.environments[environment].scale
    found: dict[str, SizedPool] = {}
    for key, persona in place.personas.items():
        demand = Demand(
            people=persona.number,
            at_once=persona.at_once,
            personal=persona.pool == "personal",
            load=persona.load,
            spare=place.spare,
            minimum_hosts=persona.minimum_hosts,
            sessions=persona.sessions,
            size=persona.vm_size or "",
            ephemeral=persona.disks == "ephemeral",
        )
        release, older = releases_of(place, persona)
        size = pool_size(scaled(demand, scale))
        builds = place.images[persona.image].releases
        found[key] = SizedPool(persona, size, release, {n: builds[n].hosts.get(key, size.hosts) for n in older})
    try:
        check_quota(
            {key: replace(pool.size, hosts=pool.hosts) for key, pool in found.items()},
            place.quota_cores,
            draining={
                f"{key} {n}": replace(pool.size, hosts=hosts)
                for key, pool in found.items()
                for n, hosts in pool.draining.items()
            },
        )
    except ArgumentError as fault:
        raise StackError(f"workplace.quota_cores: {fault}") from None
    return found


def scaled(demand: Demand, scale: str) -> Demand:
    """A demand in an environment that is smaller: half of the people, or as few as there can be."""
    if scale == "reduced":
        return replace(demand, people=-(-demand.people // 2), minimum_hosts=1)
    if scale == "minimal":
        return replace(demand, people=min(demand.people, 1), minimum_hosts=1)
    return demand


def releases_of(place: Workplace, persona: Persona) -> tuple[int | None, tuple[int, ...]]:
    """The build that a persona's hosts are of, and the older ones whose hosts drain."""
    builds = place.images[persona.image].releases
    mine = [n for n, item in builds.items() if not item.drain and (item.rings is None or persona.ring in item.rings)]
    current = max(mine, default=None)
    return current, tuple(n for n, item in sorted(builds.items()) if item.drain and current is not None and n < current)


def table(pools: dict[str, SizedPool], place: Workplace) -> list[dict[str, object]]:
    """The calculation, a row a persona and one for the quota."""
    rows: list[dict[str, object]] = []
    for key, pool in pools.items():
        rows.append(
            {
                "persona": key,
                "hosts": pool.hosts,
                "size": pool.size.size,
                "sessionsPerHost": pool.size.sessions,
                "peak": pool.size.peak,
                "cores": pool.size.cores * (pool.hosts + sum(pool.draining.values())),
                "calculation": pool.size.calculation + _state(pool),
            }
        )
    used = sum(int(str(row["cores"])) for row in rows)
    hosts = sum(int(str(row["hosts"])) for row in rows)
    rows.append(
        {
            "persona": "total",
            "hosts": hosts,
            "cores": used,
            "calculation": f"{used} of {place.quota_cores} cores of the quota",
        }
    )
    return rows


def _state(pool: SizedPool) -> str:
    if pool.release is None:
        return "; none yet: no release is for its ring"
    alone = "; never stopped, for their disks would be lost" if pool.persona.disks == "ephemeral" else ""
    return alone + "".join(f"; {hosts} of release {n} drain" for n, hosts in pool.draining.items())


def licences(place: Workplace) -> tuple[dict[str, int], dict[str, list[str]]]:
    """How many of each licence there have to be, and what personas without any need."""
    counted: Counter[str] = Counter()
    needed: dict[str, list[str]] = {}
    entra = place.conditional_access is not None
    for key, persona in place.personas.items():
        for name in persona.licences:
            counted[name] += persona.number
        if missing := missing_rights(persona.licences, intune=place.intune, conditional_access=entra):
            needed[key] = missing
    return dict(counted), needed
