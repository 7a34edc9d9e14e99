"""Flexible servers of Azure Database for PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kade.policies.kit import Example, Resource, Result, rule
from kade.policies.security.database_firewall import (
    ANY,
    LAST,
    let_in,
    open_to_azure,
    open_to_internet,
    rules_of,
    too_many_addresses,
)
from kade.policies.security.flexible_servers import ACCESS, not_replica, public_access

SERVER = "azure-native:dbforpostgresql:Server"
FIREWALL = "azure-native:dbforpostgresql:FirewallRule"
ADMINISTRATORS = (
    "azure-native:dbforpostgresql:Administrator",
    "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra",
)
SINGLE = "azure-native:dbforpostgresql:SingleServer"
SINGLE_ADMINISTRATOR = "azure-native:dbforpostgresql:SingleServerServerAdministrator"

_GROUP = {"principalName": "grp-psql-beheer", "principalType": "Group", "tenantId": "t"}
_SUBNET = {"delegatedSubnetResourceId": "/subscriptions/s/resourceGroups/g/providers/p/virtualNetworks/v/subnets/db"}


_let_in = partial(let_in, FIREWALL)


@rule(
    "kade-postgresql-no-public-access",
    "PostgreSQL servers cannot be reached from the internet",
    severity="high",
    types=[SERVER],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    remediation="Set network.publicNetworkAccess to Disabled with a private endpoint, or name a delegated subnet.",
    absent="Azure gives a public endpoint, unless the server stands in a delegated subnet",
    passes=[{"network": {"publicNetworkAccess": "Disabled"}}, {"network": _SUBNET}],
    fails=[{"network": {"publicNetworkAccess": "Enabled"}}, {}],
)
def no_public_access(server: Resource) -> Result:
    return public_access(server)


@rule(
    "kade-postgresql-firewall",
    "Firewall rules of PostgreSQL servers let neither the internet nor all of Azure in",
    severity="critical",
    types=[SERVER, FIREWALL],
    measures=["8.22.01", "U.07.1"],
    nis2="21(2)(e)",
    remediation="Remove the firewall rule, and name the addresses that may connect or use a private endpoint.",
    why="A rule from 0.0.0.0 to 0.0.0.0 lets in what any customer runs in Azure.",
    joins=True,
    passes=[Example({}, children=[_let_in("185.3.2.10", "185.3.2.10")]), {}],
    fails=[
        _let_in(ANY, LAST),
        Example({}, children=[_let_in(ANY, ANY, "azure")]),
        Example({}, children=[_let_in(ANY, LAST, "all")]),
    ],
    not_applicable=[Example({"network": {"publicNetworkAccess": "Disabled"}}, children=[_let_in(ANY, ANY)])],
)
def firewall(server: Resource) -> Iterator[str]:
    rules = rules_of(server, FIREWALL, access=ACCESS)
    yield from open_to_internet(rules)
    yield from open_to_azure(rules)


@rule(
    "kade-postgresql-firewall-addresses",
    "Firewall rules of PostgreSQL servers let few public addresses in",
    severity="medium",
    types=[SERVER],
    measures=["8.22.01"],
    nis2="21(2)(e)",
    remediation="Narrow the firewall rules to the addresses that need the server, or use a private endpoint.",
    joins=True,
    passes=[Example({}, children=[_let_in("185.3.2.10", "185.3.2.15")])],
    fails=[Example({}, children=[_let_in("185.3.2.0", "185.3.2.255")])],
    not_applicable=[{"network": {"publicNetworkAccess": "Disabled"}}],
)
def firewall_addresses(server: Resource) -> Result:
    return too_many_addresses(rules_of(server, FIREWALL, access=ACCESS))


@rule(
    "kade-postgresql-entra-administrator",
    "PostgreSQL servers have an administrator in Entra ID",
    severity="high",
    types=[SERVER, SINGLE, *ADMINISTRATORS, SINGLE_ADMINISTRATOR],
    measures=["5.16.02", "5.17.01"],
    nis2="21(2)(i)",
    psrule=["Azure.PostgreSQL.AAD"],
    remediation="Add an Administrator with the principalName of a group in Entra ID.",
    absent="only the PostgreSQL login can administer the server",
    joins=True,
    passes=[
        Example({}, children=[Example(_GROUP, type=ADMINISTRATORS[0])]),
        Example(_GROUP, type=ADMINISTRATORS[1]),
        Example({"login": "grp-psql-beheer", "sid": "1"}, type=SINGLE_ADMINISTRATOR),
    ],
    fails=[
        {"administratorLogin": "psqladmin"},
        Example({"properties": {}}, type=SINGLE),
        Example({"principalName": None}, type=ADMINISTRATORS[0]),
        Example({"login": None}, type=SINGLE_ADMINISTRATOR),
    ],
    not_applicable=[{"createMode": "Replica"}],
)
def entra_administrator(server: Resource) -> Result:
    if server.type == SINGLE_ADMINISTRATOR:
        return None if server.refers("login") else "login is not set"
    if server.type in ADMINISTRATORS:
        return None if server.refers("principalName") else "principalName is not set"
    not_replica(server)
    name = "login" if server.type == SINGLE else "principalName"
    if not any(child.refers(name) for child in server.children(*ADMINISTRATORS, SINGLE_ADMINISTRATOR)):
        return f"no Administrator with a {name} in Entra ID stands in it"
    return None


@rule(
    "kade-postgresql-entra-only",
    "PostgreSQL servers accept logins of Entra ID only",
    severity="high",
    types=[SERVER],
    measures=["5.17.01", "5.16.02"],
    nis2="21(2)(i)",
    psrule=["Azure.PostgreSQL.AADOnly"],
    remediation="Set authConfig.activeDirectoryAuth to Enabled and authConfig.passwordAuth to Disabled.",
    why="Passwords in PostgreSQL stay when people leave, and stand in connection strings.",
    absent="Azure accepts passwords, and no logins of Entra ID",
    passes=[{"authConfig": {"activeDirectoryAuth": "Enabled", "passwordAuth": "Disabled"}}],
    fails=[{"authConfig": {"activeDirectoryAuth": "Enabled", "passwordAuth": "Enabled"}}, {}],
    not_applicable=[{"replicationRole": "AsyncReplica"}],
)
def entra_only(server: Resource) -> Result:
    not_replica(server)
    if not server.flag("authConfig.activeDirectoryAuth", default=False):
        return "authConfig.activeDirectoryAuth is not Enabled"
    if server.flag("authConfig.passwordAuth", default=True):
        return "authConfig.passwordAuth is not Disabled"
    return None
