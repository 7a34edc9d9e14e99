"""Flexible servers of Azure Database for PostgreSQL: zones and maintenance."""

from __future__ import annotations

from kade.policies.kit import Resource, Result, rule
from kade.policies.security.flexible_servers import no_second_zone, no_window
from kade.policies.security.postgresql import SERVER


@rule(
    "kade-postgresql-zone-redundant",
    "PostgreSQL servers survive the loss of an availability zone",
    severity="low",
    types=[SERVER],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.PostgreSQL.ZoneRedundantHA"],
    remediation="Set highAvailability.mode to ZoneRedundant, on a tier above Burstable.",
    absent="Azure runs one server, in one zone",
    passes=[{"sku": {"tier": "GeneralPurpose"}, "highAvailability": {"mode": "ZoneRedundant"}}],
    fails=[
        {"sku": {"tier": "GeneralPurpose"}, "highAvailability": {"mode": "SameZone"}},
        {"sku": {"tier": "Burstable"}, "highAvailability": {"mode": "ZoneRedundant"}},
        {},
    ],
    not_applicable=[{"replicationRole": "AsyncReplica"}, {"location": "francesouth"}],
)
def zone_redundant(server: Resource) -> Result:
    return no_second_zone(server)


@rule(
    "kade-postgresql-maintenance-window",
    "Azure maintains PostgreSQL servers in a window that was chosen",
    severity="low",
    types=[SERVER],
    measures=["8.32.01"],
    nis2="21(2)(c)",
    psrule=["Azure.PostgreSQL.MaintenanceWindow"],
    remediation="Set maintenanceWindow.customWindow to Enabled, with dayOfWeek and startHour (UTC).",
    absent="Azure chooses the day and hour",
    passes=[{"maintenanceWindow": {"customWindow": "Enabled", "dayOfWeek": 0, "startHour": 1}}],
    fails=[{"maintenanceWindow": {"customWindow": "Disabled"}}, {}],
    not_applicable=[{"replicationRole": "AsyncReplica"}],
)
def maintenance_window(server: Resource) -> Result:
    return no_window(server)
