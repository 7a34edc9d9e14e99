"""The address plan as rows: what was given out, what is kept for growth, what is free and what is full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kade.components.network.placing import subnets_left
from kade.components.network.plan import AddressPlan, Pool
from kade.components.network.ranges import Network, parse_range, usable


@dataclass(frozen=True)
class PlanRow:
    """One range. ``kind`` is network, subnet, growth, free, reserved or retired; ``usable`` counts IPv4 addresses."""

    pool: str
    kind: str
    network: str
    subnet: str
    range: str
    usable: int
    note: str = ""


def plan_rows(pools: Mapping[str, Pool], plan: AddressPlan) -> list[PlanRow]:
    """All rows, by pool and from low to high; the networks' subnets and what is left in them follow each network."""
    rows: list[PlanRow] = []
    for name, pool in pools.items():
        entries: list[tuple[Network, list[PlanRow]]] = []
        for planned in plan.networks.values():
            if planned.pool == name:
                entries.append((planned.block, _network_rows(plan, planned.name)))
        for key, range_ in pool.reserved.items():
            entries.append(_single(name, "reserved", range_, key))
        for key, record in plan.retired.items():
            if any(parse_range(record.block, key).overlaps(parse_range(r, name)) for r in pool.ranges):
                entries.append(_single(name, "retired", record.block, f"{key}, gone; still on record"))
        entries += [_single(name, "free", str(free), "") for free in plan.free[name]]
        for _, found in sorted(entries, key=lambda e: (int(e[0].network_address), e[0].prefixlen)):
            rows += found
        if not plan.free[name]:
            rows.append(PlanRow(name, "free", "", "", "", 0, "full"))
    return rows


def _single(pool: str, kind: str, range_: str, note: str) -> tuple[Network, list[PlanRow]]:
    network = parse_range(range_, kind)
    return network, [PlanRow(pool, kind, "", "", range_, network.num_addresses, note)]


def _network_rows(plan: AddressPlan, name: str) -> list[PlanRow]:
    planned = plan.networks[name]
    left = subnets_left(planned)
    note = "full" if not left else f"{sum(r.num_addresses for r in left)} addresses left for subnets"
    ranges = ", ".join(planned.address_space)
    rows = [PlanRow(planned.pool, "network", name, "", ranges, planned.range.num_addresses, note)]
    for subnet, range_ in sorted(planned.subnets.items(), key=lambda s: int(s[1].network_address)):
        rows.append(PlanRow(planned.pool, "subnet", name, subnet, ", ".join(planned.prefixes(subnet)), usable(range_)))
    if planned.block != planned.range:
        rows.append(_growth(planned.pool, name, planned.block, planned.range))
    return rows


def _growth(pool: str, name: str, block: Network, range_: Network) -> PlanRow:
    kept: Sequence[Network] = sorted(block.address_exclude(range_), key=lambda r: int(r.network_address))  # ty: ignore[invalid-argument-type]  # both are of one version
    count = sum(r.num_addresses for r in kept)
    return PlanRow(pool, "growth", name, "", ", ".join(str(r) for r in kept), count, f"kept for growth of {name}")
