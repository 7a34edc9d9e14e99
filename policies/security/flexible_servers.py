"""What the flexible servers of Azure Database for MySQL and PostgreSQL have in common. No rules of its own."""

from __future__ import annotations

from typing import Final

from kade.policies.kit import Resource, not_applicable
from kade.policies.security.database_firewall import is_closed
from kade.policies.security.zones import needs_zones

ACCESS: Final = "network.publicNetworkAccess"
_REPLICAS: Final = ("Replica", "AsyncReplica", "GeoAsyncReplica")  # MySQL's role, and PostgreSQL's two


def not_replica(server: Resource) -> None:
    """Leave the rule for a replica, whose source decides."""
    if server.is_("createMode", "Replica") or server.is_("replicationRole", *_REPLICAS):
        not_applicable("a replica follows its source")


def public_access(server: Resource) -> str | None:
    """What is wrong where a server can be reached from the internet."""
    if server.refers("network.delegatedSubnetResourceId") or is_closed(server, ACCESS):
        return None
    return "network.publicNetworkAccess is not Disabled, and there is no delegated subnet"


def no_second_zone(server: Resource) -> str | None:
    """What is wrong where a server, in a region that has zones, is lost with its zone."""
    not_replica(server)
    needs_zones(server)
    if server.is_("sku.tier", "Burstable"):
        return "sku.tier is Burstable, which has no standby"
    if not server.is_("highAvailability.mode", "ZoneRedundant"):
        return f"highAvailability.mode is {server.text('highAvailability.mode', 'not set')}"
    return None


def no_window(server: Resource) -> str | None:
    """What is wrong where nobody chose when Azure maintains a server."""
    not_replica(server)
    if not server.is_("maintenanceWindow.customWindow", "Enabled"):
        return "maintenanceWindow.customWindow is not Enabled"
    return None
