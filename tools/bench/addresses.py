"""How long an address plan of 5,000 subnets takes: new, and again from its record, where nothing may move."""

from __future__ import annotations

import time
from collections.abc import Iterator

from kade.components.network.placing import plan_addresses
from kade.components.network.plan import NetworkRequest, Pool, SubnetRequest
from tools.bench.figures import Figure

SPOKES, SUBNETS = 250, 20
LIMIT = 2.0  # seconds


def figures(*, times: int = 2) -> Iterator[Figure]:
    """A figure for a new plan and one for a plan on record; of several runs the fastest counts."""
    pools = {"weu": Pool(["10.0.0.0/8"], ipv6=["fd12:3456:789a::/48"])}
    requests = [
        NetworkRequest(
            f"spoke{i:03}", "weu", [SubnetRequest(f"subnet{n}", prefix=28) for n in range(SUBNETS)], 22, ipv6=True
        )
        for i in range(SPOKES)
    ]
    record = plan_addresses(pools, requests).record()
    for name, known in (("new", {}), ("on record", record)):
        took: list[float] = []
        for _ in range(times):
            begin = time.perf_counter()
            plan = plan_addresses(pools, requests, known)
            took.append(time.perf_counter() - begin)
            if plan.record() != record:
                raise SystemExit(f"the address plan {name} is another one than before")
        yield Figure(f"address plan of {SPOKES * SUBNETS:,} subnets, {name}", min(took), "s", LIMIT)
