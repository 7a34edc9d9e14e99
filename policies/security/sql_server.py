"""Logical servers of Azure SQL: who can reach them, and who may log in."""

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
    too_many_rules,
)

SERVER = "azure-native:sql:Server"
FIREWALL = "azure-native:sql:FirewallRule"
ADMINISTRATOR = "azure-native:sql:ServerAzureADAdministrator"
ENTRA_ONLY = "azure-native:sql:ServerAzureADOnlyAuthentication"

_ADMINISTRATORS = {
    "administratorType": "ActiveDirectory",
    "login": "grp-sql-beheer",
    "principalType": "Group",
    "sid": "11111111-1111-1111-1111-111111111111",
}


_let_in = partial(let_in, FIREWALL)


@rule(
    "kade-sql-minimum-tls",
    "SQL servers refuse TLS below 1.2",
    severity="high",
    types=[SERVER],
    measures=["8.24.04", "8.21.04"],
    nis2="21(2)(h)",
    psrule=["Azure.SQL.MinTLS"],
    checkov=["CKV_AZURE_52"],
    remediation="Set minimalTlsVersion to 1.2.",
    why="NCSC counts TLS 1.0 and 1.1 as insufficient; one old client may then lower the connection of all.",
    absent="a server that was made without it keeps accepting every version",
    passes=[{"minimalTlsVersion": "1.2"}, {"minimalTlsVersion": "1.3"}],
    fails=[{"minimalTlsVersion": "1.0"}, {"minimalTlsVersion": "None"}, {}],
    remediate=lambda _: {"minimalTlsVersion": "1.2"},
)
def minimum_tls(server: Resource) -> Result:
    if server.tls("minimalTlsVersion", default=0.0) < 1.2:
        return f"minimalTlsVersion is {server.text('minimalTlsVersion', 'absent, which may allow any version')}"
    return None


@rule(
    "kade-sql-no-public-access",
    "SQL servers cannot be reached from the internet",
    severity="high",
    types=[SERVER],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_113"],
    remediation="Set publicNetworkAccess to Disabled, and connect through a private endpoint.",
    absent="Azure allows public access, from the addresses in the firewall rules",
    passes=[{"publicNetworkAccess": "Disabled"}, {"publicNetworkAccess": "SecuredByPerimeter"}],
    fails=[{"publicNetworkAccess": "Enabled"}, {}],
)
def no_public_access(server: Resource) -> Result:
    if not is_closed(server):
        return "publicNetworkAccess is not Disabled"
    return None


@rule(
    "kade-sql-not-open-to-internet",
    "No firewall rule of a SQL server lets the whole internet in",
    severity="critical",
    types=[SERVER, FIREWALL],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_11"],
    remediation="Remove the firewall rule, and name the addresses that may connect or use a private endpoint.",
    joins=True,
    passes=[Example({}, children=[_let_in("185.3.2.10", "185.3.2.10")]), {}],
    fails=[
        _let_in(ANY, LAST),
        Example({}, children=[_let_in(ANY, LAST, "all")]),
    ],
    not_applicable=[Example({"publicNetworkAccess": "Disabled"}, children=[_let_in(ANY, LAST)])],
)
def not_open_to_internet(server: Resource) -> Iterator[str]:
    yield from open_to_internet(rules_of(server, FIREWALL))


@rule(
    "kade-sql-not-open-to-azure",
    "SQL servers are not open to every customer of Azure",
    severity="high",
    types=[SERVER, FIREWALL],
    measures=["8.22.01", "U.07.1"],
    nis2="21(2)(e)",
    psrule=["Azure.SQL.AllowAzureAccess"],
    remediation="Remove the firewall rule from 0.0.0.0 to 0.0.0.0, and connect through a private endpoint.",
    why="`Allow Azure services` lets in what other customers run in Azure, not only what is yours.",
    joins=True,
    passes=[Example({}, children=[_let_in("185.3.2.10", "185.3.2.10")])],
    fails=[
        _let_in(ANY, ANY),
        Example({}, children=[_let_in(ANY, ANY, "AllowAllWindowsAzureIps")]),
    ],
    not_applicable=[Example({"publicNetworkAccess": "Disabled"}, children=[_let_in(ANY, ANY)])],
)
def not_open_to_azure(server: Resource) -> Iterator[str]:
    yield from open_to_azure(rules_of(server, FIREWALL))


@rule(
    "kade-sql-firewall-addresses",
    "Firewall rules of a SQL server let few public addresses in",
    severity="medium",
    types=[SERVER],
    measures=["8.22.01"],
    nis2="21(2)(e)",
    psrule=["Azure.SQL.FirewallIPRange"],
    remediation="Narrow the firewall rules to the addresses that need the server, or use a private endpoint.",
    joins=True,
    passes=[Example({}, children=[_let_in("185.3.2.10", "185.3.2.15")])],
    fails=[Example({}, children=[_let_in("185.3.2.0", "185.3.2.255")])],
    not_applicable=[Example({"publicNetworkAccess": "Disabled"}, children=[_let_in("185.3.2.0", "185.3.2.255")])],
)
def firewall_addresses(server: Resource) -> Result:
    return too_many_addresses(rules_of(server, FIREWALL))


@rule(
    "kade-sql-firewall-rules",
    "A SQL server has at most ten firewall rules",
    severity="low",
    types=[SERVER],
    measures=["8.22.01"],
    nis2="21(2)(e)",
    psrule=["Azure.SQL.FirewallRuleCount"],
    remediation="Remove the firewall rules that nobody uses any more.",
    joins=True,
    passes=[Example({}, children=[_let_in("185.3.2.10", "185.3.2.10")])],
    fails=[Example({}, children=[_let_in("185.3.2.10", "185.3.2.10", f"home-{i}") for i in range(11)])],
    not_applicable=[{"publicNetworkAccess": "Disabled"}],
)
def firewall_rules(server: Resource) -> Result:
    return too_many_rules(rules_of(server, FIREWALL))


@rule(
    "kade-sql-entra-administrator",
    "SQL servers have an administrator in Entra ID",
    severity="high",
    types=[SERVER, ADMINISTRATOR],
    measures=["5.16.02", "5.17.01"],
    nis2="21(2)(i)",
    psrule=["Azure.SQL.AAD"],
    remediation="Set administrators with administratorType ActiveDirectory, and login and sid of a group in Entra ID.",
    why="A login inside SQL has one shared password, and no multi-factor authentication.",
    absent="only the SQL login can administer the server",
    joins=True,
    passes=[
        {"administrators": _ADMINISTRATORS},
        Example({}, children=[Example(_ADMINISTRATORS, type=ADMINISTRATOR)]),
        Example(_ADMINISTRATORS, type=ADMINISTRATOR),
    ],
    fails=[
        {"administratorLogin": "sqladmin"},
        {"administrators": {"azureADOnlyAuthentication": True}},
        Example({"login": None, "sid": None}, type=ADMINISTRATOR),
    ],
)
def entra_administrator(server: Resource) -> Result:
    return lacks_entra_administrator(server, ADMINISTRATOR)


def lacks_entra_administrator(server: Resource, child: str) -> str | None:
    """What is wrong where neither a server (or Managed Instance) nor its ``child`` names somebody in Entra ID."""
    if server.type == child:
        return None if server.refers("login") and server.refers("sid") else "login or sid is not set"
    inside = server.node("administrators")
    if inside.is_("administratorType", "ActiveDirectory") and inside.refers("login"):
        return None
    if any(administrator.refers("login") for administrator in server.children(child)):
        return None
    return "administrators names no login in Entra ID (administratorType ActiveDirectory, login and sid)"


@rule(
    "kade-sql-entra-only",
    "SQL servers accept logins of Entra ID only",
    severity="high",
    types=[SERVER, ENTRA_ONLY],
    measures=["5.17.01", "5.16.02"],
    nis2="21(2)(i)",
    psrule=["Azure.SQL.AADOnly"],
    remediation="Set administrators.azureADOnlyAuthentication to true, and give applications a managed identity.",
    why="Passwords in SQL stay when people leave, and stand in connection strings.",
    absent="Azure accepts SQL logins as well",
    deviations=[
        "Azure.SQL.AADOnly: takes it also from a child that an export calls a server; ours reads only children "
        "of the type azureADOnlyAuthentications."
    ],
    joins=True,
    passes=[
        {"administrators": {**_ADMINISTRATORS, "azureADOnlyAuthentication": True}},
        Example({}, children=[Example({"azureADOnlyAuthentication": True}, type=ENTRA_ONLY)]),
        Example({"azureADOnlyAuthentication": True}, type=ENTRA_ONLY),
    ],
    fails=[
        {"administrators": _ADMINISTRATORS},
        {},
        Example({}, children=[Example({"azureADOnlyAuthentication": False}, type=ENTRA_ONLY)]),
        Example({"azureADOnlyAuthentication": False}, type=ENTRA_ONLY),
    ],
)
def entra_only(server: Resource) -> Result:
    return accepts_passwords(server, ENTRA_ONLY)


def accepts_passwords(server: Resource, child: str) -> str | None:
    """What is wrong where a server (or Managed Instance) accepts more than Entra ID; its ``child`` decides."""
    if server.type == child:
        setting = server.flag("azureADOnlyAuthentication", default=False)
        return None if setting else "azureADOnlyAuthentication is not true"
    for inside in server.children(child):  # the child is written last, so it decides
        setting = inside.flag("azureADOnlyAuthentication", default=False)
        return None if setting else "azureADOnlyAuthentication of its child is not true"
    if not server.flag("administrators.azureADOnlyAuthentication", default=False):
        return "administrators.azureADOnlyAuthentication is not true"
    return None


@rule(
    "kade-sql-outbound-restricted",
    "SQL servers connect only to names that are allowed",
    severity="low",
    types=[SERVER],
    measures=["8.22.01", "8.21.02"],
    nis2="21(2)(e)",
    remediation="Set restrictOutboundNetworkAccess to Enabled, and add an outbound firewall rule for each name needed.",
    why="Whoever may run SQL can otherwise send data to any storage account.",
    absent="Azure lets the server connect to any name",
    passes=[{"restrictOutboundNetworkAccess": "Enabled"}],
    fails=[{"restrictOutboundNetworkAccess": "Disabled"}, {}],
    not_applicable=[{"kind": "v12.0,analytics"}],
)
def outbound_restricted(server: Resource) -> Result:
    if "analytics" in server.word("kind"):
        not_applicable("a server of Synapse is set by its workspace")
    if not server.flag("restrictOutboundNetworkAccess", default=False):
        return "restrictOutboundNetworkAccess is not Enabled"
    return None
