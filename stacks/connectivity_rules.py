"""What a hub's firewall is told: the matrix of every environment that it serves, in groups that change together."""

from __future__ import annotations

from ipaddress import ip_network

from kade.components.network.matrix_rules import PRIVATE_RANGES, deny_inside_group, firewall_group, isolation_group
from kade.components.network.plan import AddressPlan
from kade.components.network.rules import RuleCollectionGroup
from kade.estate import Estate
from kade.stacks.connectivity_flows import matrix_of, seen_ranges


def firewall_groups(estate: Estate, plan: AddressPlan) -> list[RuleCollectionGroup]:
    """Isolation first, then a group for each environment, and last the denial of everything inside.

    All environments stand here, and not each in its own stack: Azure refuses two changes of one policy at once, and
    a reviewer reads one list.
    """
    groups: list[RuleCollectionGroup] = []
    for number, environment in enumerate(estate.environments):
        matrix = matrix_of(estate, environment, plan)
        isolated = isolation_group(matrix, f"isolation-{environment}", 100 + number)
        allowed = firewall_group(matrix, f"matrix-{environment}", 1000 + 100 * number)
        groups += [group for group in (isolated, allowed) if group is not None]
    return [*groups, deny_inside_group(inside_ranges(estate), public_inside(estate))]


def inside_ranges(estate: Estate) -> list[str]:
    """Where networks of ours in Azure lie: the supernets, and public ranges of our own."""
    addresses = estate.network.addresses
    return [*(r for ranges in addresses.supernets.values() for r in ranges), *addresses.own_public]


def public_inside(estate: Estate) -> tuple[str, ...]:
    """Public ranges that are treated as private: our own, and those of sites and partners as we see them.

    Traffic to them keeps its source address; Diginetwerk knows us by addresses of our own.
    """
    network = estate.network
    found = list(network.addresses.own_public)
    for place in (*network.sites.values(), *network.partners.values()):
        found += [r for r in seen_ranges(place) if ip_network(r).version == 4 and not _shared(r)]
    return tuple(dict.fromkeys(found))


def _shared(range_: str) -> bool:
    """Whether the firewall counts a range as private without being told."""
    one = ip_network(range_)
    return any(one.subnet_of(ip_network(p)) for p in PRIVATE_RANGES)  # ty: ignore[invalid-argument-type]
