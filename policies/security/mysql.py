"""Flexible servers of Azure Database for MySQL, and public access to the single ones."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.security.database_firewall import (
    ANY,
    LAST,
    is_closed,
    let_in,
    open_to_azure,
    open_to_internet,
    rules_of,
    too_many_addresses,
)
from kade.policies.security.flexible_servers import ACCESS, no_second_zone, no_window, not_replica, public_access

SERVER = "azure-native:dbformysql:Server"
SINGLE = "azure-native:dbformysql:SingleServer"
FIREWALL = "azure-native:dbformysql:FirewallRule"
PARAMETER = "azure-native:dbformysql:Configuration"
ADMINISTRATORS = (
    "azure-native:dbformysql:AzureADAdministrator",
    "azure-native:dbformysql:SingleServerServerAdministrator",
)

_GROUP = {"administratorType": "ActiveDirectory", "login": "grp-mysql-beheer", "sid": "1"}
_ONLY = {"configurationName": "aad_auth_only"}
_SUBNET = {"delegatedSubnetResourceId": "/subscriptions/s/resourceGroups/g/providers/p/virtualNetworks/v/subnets/db"}


_let_in = partial(let_in, FIREWALL)


@rule(
    "kade-mysql-no-public-access",
    "MySQL servers cannot be reached from the internet",
    severity="high",
    types=[SERVER, SINGLE],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_53"],
    remediation="Set network.publicNetworkAccess to Disabled with a private endpoint, or name a delegated subnet.",
    absent="Azure gives a public endpoint, unless the server stands in a delegated subnet",
    passes=[
        {"network": {"publicNetworkAccess": "Disabled"}},
        {"network": _SUBNET},
        Example({"properties": {"publicNetworkAccess": "Disabled"}}, type=SINGLE),
    ],
    fails=[{"network": {"publicNetworkAccess": "Enabled"}}, {}, Example({"properties": {}}, type=SINGLE)],
)
def no_public_access(server: Resource) -> Result:
    if server.type == SINGLE:
        return None if is_closed(server) else "properties.publicNetworkAccess is not Disabled"
    return public_access(server)


@rule(
    "kade-mysql-firewall",
    "Firewall rules of MySQL servers let neither the internet nor all of Azure in",
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
    not_applicable=[{"network": {"publicNetworkAccess": "Disabled"}}],
)
def firewall(server: Resource) -> Iterator[str]:
    rules = rules_of(server, FIREWALL, access=ACCESS)
    yield from open_to_internet(rules)
    yield from open_to_azure(rules)


@rule(
    "kade-mysql-firewall-addresses",
    "Firewall rules of MySQL servers let few public addresses in",
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
    "kade-mysql-entra-administrator",
    "MySQL servers have an administrator in Entra ID",
    severity="high",
    types=[SERVER, SINGLE, *ADMINISTRATORS],
    measures=["5.16.02", "5.17.01"],
    nis2="21(2)(i)",
    psrule=["Azure.MySQL.AAD"],
    remediation="Add an AzureADAdministrator with login and sid of a group in Entra ID.",
    absent="only the MySQL login can administer the server",
    joins=True,
    passes=[Example({}, children=[Example(_GROUP, type=ADMINISTRATORS[0])]), Example(_GROUP, type=ADMINISTRATORS[1])],
    fails=[{"administratorLogin": "mysqladmin"}, Example({"login": None}, type=ADMINISTRATORS[0])],
    not_applicable=[{"createMode": "Replica"}],
)
def entra_administrator(server: Resource) -> Result:
    if server.type in ADMINISTRATORS:
        return None if server.refers("login") else "login is not set"
    not_replica(server)
    if not any(child.refers("login") for child in server.children(*ADMINISTRATORS)):
        return "no AzureADAdministrator with a login in Entra ID stands in it"
    return None


@rule(
    "kade-mysql-entra-only",
    "MySQL servers accept logins of Entra ID only",
    severity="high",
    types=[SERVER, PARAMETER],
    measures=["5.17.01", "5.16.02"],
    nis2="21(2)(i)",
    psrule=["Azure.MySQL.AADOnly"],
    remediation="Set the parameter aad_auth_only to ON.",
    why="Passwords in MySQL stay when people leave, and stand in connection strings.",
    absent="Azure accepts passwords",
    joins=True,
    passes=[
        Example({}, children=[Example({**_ONLY, "value": "ON"}, type=PARAMETER, name="aad_auth_only")]),
        Example({**_ONLY, "value": "ON"}, type=PARAMETER),
    ],
    fails=[
        {},
        Example({}, children=[Example({**_ONLY, "value": "OFF"}, type=PARAMETER, name="aad_auth_only")]),
        Example({**_ONLY, "value": "OFF"}, type=PARAMETER),
    ],
    not_applicable=[Example({"configurationName": "max_connections", "value": "100"}, type=PARAMETER)],
)
def entra_only(server: Resource) -> Result:
    own = [server] if server.type == PARAMETER else server.children(PARAMETER)
    settings = [p for p in own if _name(p).startswith("aad_auth_only")]
    if server.type == PARAMETER and not settings:
        not_applicable("is not aad_auth_only")
    not_replica(server)
    if not any(parameter.flag("value", default=False) for parameter in settings):
        return "aad_auth_only is not ON"
    return None


@rule(
    "kade-mysql-encrypted-connections",
    "MySQL servers accept encrypted connections only, from TLS 1.2",
    severity="high",
    types=[PARAMETER],
    measures=["8.21.04", "8.24.04"],
    nis2="21(2)(h)",
    remediation="Set the parameter require_secure_transport to ON, and tls_version to TLSv1.2,TLSv1.3.",
    absent="Azure has encryption on, from TLS 1.2",
    passes=[
        {"configurationName": "require_secure_transport", "value": "ON"},
        {"configurationName": "tls_version", "value": "TLSv1.2,TLSv1.3"},
    ],
    fails=[
        {"configurationName": "require_secure_transport", "value": "OFF"},
        {"configurationName": "tls_version", "value": "TLSv1,TLSv1.2"},
    ],
    not_applicable=[{"configurationName": "max_connections", "value": "100"}],
)
def encrypted_connections(parameter: Resource) -> Result:
    name = _name(parameter)
    if name == "require_secure_transport":
        return None if parameter.flag("value", default=True) else "require_secure_transport is OFF"
    if name != "tls_version":
        not_applicable("is neither require_secure_transport nor tls_version")
    old = {"tlsv1", "tlsv1.0", "tlsv1.1"} & {version.strip() for version in parameter.word("value").split(",")}
    return f"tls_version has {', '.join(sorted(old))}" if old else None


def _name(parameter: Resource) -> str:
    return parameter.word("configurationName", parameter.name.rpartition("/")[2].lower())


@rule(
    "kade-mysql-zone-redundant",
    "MySQL servers survive the loss of an availability zone",
    severity="low",
    types=[SERVER],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.MySQL.ZoneRedundantHA"],
    remediation="Set highAvailability.mode to ZoneRedundant, on a tier above Burstable.",
    absent="Azure runs one server, in one zone",
    passes=[{"sku": {"tier": "GeneralPurpose"}, "highAvailability": {"mode": "ZoneRedundant"}}],
    fails=[
        {"sku": {"tier": "GeneralPurpose"}, "highAvailability": {"mode": "SameZone"}},
        {"sku": {"tier": "Burstable"}, "highAvailability": {"mode": "ZoneRedundant"}},
        {},
    ],
    not_applicable=[{"replicationRole": "Replica"}, {"location": "francesouth"}],
)
def zone_redundant(server: Resource) -> Result:
    return no_second_zone(server)


@rule(
    "kade-mysql-maintenance-window",
    "Azure maintains MySQL servers in a window that was chosen",
    severity="low",
    types=[SERVER],
    measures=["8.32.01"],
    nis2="21(2)(c)",
    psrule=["Azure.MySQL.MaintenanceWindow"],
    remediation="Set maintenanceWindow.customWindow to Enabled, with dayOfWeek and startHour (UTC).",
    absent="Azure chooses the day and hour",
    passes=[{"maintenanceWindow": {"customWindow": "Enabled", "dayOfWeek": 0, "startHour": 1}}],
    fails=[{"maintenanceWindow": {"customWindow": "Disabled"}}, {}],
    not_applicable=[{"replicationRole": "Replica"}],
)
def maintenance_window(server: Resource) -> Result:
    return no_window(server)
