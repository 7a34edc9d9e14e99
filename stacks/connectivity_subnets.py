"""Rules and routes of a spoke's subnet: those of the matrix, and what a gateway in it needs besides."""

from __future__ import annotations

from kade.components.network.ingress_parts import ingress_rules
from kade.components.network.matrix_rules import PRIVATE_RANGES, security_rules
from kade.components.network.plan import PlannedNetwork
from kade.components.network.rules import Route, SecurityRule
from kade.components.network.segments import Matrix
from kade.estate import Estate
from kade.stacks.connectivity_flows import segment_of
from kade.stacks.connectivity_routes import subnet_routes
from kade.stacks.connectivity_rules import public_inside


def subnet_rules(
    estate: Estate, matrix: Matrix, spoke: str, subnet: str, planned: PlannedNetwork, firewall_ip: str
) -> tuple[list[SecurityRule], list[Route]]:
    """All rules of a subnet's security group, and all routes of its table."""
    subnets = {name: segment_of(name, item) for name, item in estate.network.spokes[spoke].subnets.items()}
    ranges = planned.prefixes(subnet)
    ingress = holds_ingress(estate, spoke, subnets[subnet])
    names = bool(firewall_ip) and not ingress
    rules = security_rules(matrix, subnets[subnet], spoke, ranges, public=ingress, names=names)
    if ingress:
        rules = [*ingress_rules(ranges[0]), *rules]
    only = (*PRIVATE_RANGES, *public_inside(estate)) if ingress else ()
    return rules, subnet_routes(matrix, spoke, planned, subnets, subnet, firewall_ip, only)


def holds_ingress(estate: Estate, spoke: str, segment: str) -> bool:
    """Whether a gateway to the internet stands in a segment of a spoke."""
    return any(item.spoke == spoke and item.segment == segment for item in estate.network.ingress.values())
