"""Routes of a spoke's subnets: everything over the firewall, also between the segments of one spoke."""

from __future__ import annotations

from collections.abc import Sequence

from kade.components.network.plan import PlannedNetwork
from kade.components.network.rules import Route
from kade.components.network.segments import ANY_SEGMENT, Matrix


def subnet_routes(
    matrix: Matrix,
    spoke: str,
    planned: PlannedNetwork,
    subnets: dict[str, str],
    subnet: str,
    firewall_ip: str,
    only: Sequence[str] = (),
) -> list[Route]:
    """The routes of one subnet; ``subnets`` maps the spoke's subnets to their segments. None without a firewall.

    Azure lets the subnets of a network reach each other directly. A route for the whole network to the firewall takes
    that away; the subnet itself, and segments between which a flow is not inspected, keep the direct way. A subnet
    with a gateway to the internet sends ``only`` what is inside to the firewall: Azure refuses it 0.0.0.0/0.
    """
    if not firewall_ip:
        return []
    routes = [
        *(_inside(firewall_ip, only) or [Route("everything", "0.0.0.0/0", "VirtualAppliance", firewall_ip)]),
        Route("own-network", str(planned.range), "VirtualAppliance", firewall_ip),
        Route("own-subnet", str(planned.subnets[subnet]), "VnetLocal"),
    ]
    for other, segment in subnets.items():
        if other != subnet and _direct(matrix, spoke, subnets[subnet], segment):
            routes.append(Route(f"direct-{other}", str(planned.subnets[other]), "VnetLocal"))
    return routes


def _inside(firewall_ip: str, ranges: Sequence[str]) -> list[Route]:
    return [Route(f"inside-{range_.replace('/', '-')}", range_, "VirtualAppliance", firewall_ip) for range_ in ranges]


def _direct(matrix: Matrix, spoke: str, one: str, other: str) -> bool:
    """Whether a flow between two segments, in either direction, goes past the firewall in this spoke."""
    for flow in matrix.flows:
        if flow.inspected:
            continue
        in_scope = all(not spokes or spoke in spokes for spokes in (flow.source_spokes, flow.target_spokes))
        for a, b in ((one, other), (other, one)):
            if in_scope and flow.source in (a, ANY_SEGMENT) and flow.target in (b, ANY_SEGMENT):
                return True
    return False
