"""Single servers of Azure Database for PostgreSQL, MySQL and MariaDB: one retired platform, so in old templates only.

Their properties stand in ``properties`` in azure-native.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.security.database_firewall import (
    ANY,
    is_closed,
    let_in,
    open_to_azure,
    rules_of,
    too_many_addresses,
    too_many_rules,
)

POSTGRESQL = "azure-native:dbforpostgresql:SingleServer"
MYSQL = "azure-native:dbformysql:SingleServer"
MARIADB = "azure-native:dbformariadb:Server"
SERVERS = [POSTGRESQL, MYSQL, MARIADB]
FIREWALLS = (
    "azure-native:dbforpostgresql:SingleServerFirewallRule",
    "azure-native:dbformysql:SingleServerFirewallRule",
    "azure-native:dbformariadb:FirewallRule",
)
ALERTS = (
    "azure-native:dbforpostgresql:SingleServerServerSecurityAlertPolicy",
    "arm:microsoft.dbformysql/servers/securityalertpolicies",  # without a type in azure-native, as the next
    "arm:microsoft.dbformariadb/servers/securityalertpolicies",
)
FLEXIBLE = ["azure-native:dbforpostgresql:Server", "azure-native:dbformysql:Server"]

# learn.microsoft.com, the retirement notice of each service; read on 2026-11-25
_ENDED = {POSTGRESQL: "28 March 2025", MYSQL: "16 September 2024", MARIADB: "19 September 2025"}


_let_in = partial(let_in, FIREWALLS[0])


@rule(
    "kade-single-server-retired",
    "Databases stand on flexible servers, since Azure has ended single servers",
    severity="medium",
    types=[*SERVERS, *FLEXIBLE],
    measures=["8.08.01", "5.22.01"],
    nis2="21(2)(e)",
    psrule=["Azure.MySQL.UseFlexible"],
    remediation="Move the data to a flexible server (MariaDB: of MySQL), and delete this one.",
    why="A retired service gets no more security updates, and Azure can stop it.",
    passes=[Example({}, type=FLEXIBLE[0]), Example({}, type=FLEXIBLE[1])],
    fails=[Example({}, type=MYSQL), Example({}, type=MARIADB), Example({}, type=POSTGRESQL)],
)
def retired(server: Resource) -> Result:
    if server.type in _ENDED:
        return f"Azure ended this service on {_ENDED[server.type]}"
    return None


@rule(
    "kade-single-server-encrypted-connections",
    "Single servers accept encrypted connections only",
    severity="high",
    types=SERVERS,
    measures=["8.21.04", "8.24.04"],
    nis2="21(2)(h)",
    psrule=["Azure.PostgreSQL.UseSSL", "Azure.MySQL.UseSSL", "Azure.MariaDB.UseSSL"],
    checkov=["CKV_AZURE_28", "CKV_AZURE_29", "CKV_AZURE_47"],
    remediation="Set properties.sslEnforcement to Enabled.",
    absent="not told by Azure's documentation, so it counts as not enforced",
    passes=[{"properties": {"sslEnforcement": "Enabled"}}],
    fails=[{"properties": {"sslEnforcement": "Disabled"}}, {"properties": {}}],
)
def encrypted_connections(server: Resource) -> Result:
    if not server.flag("sslEnforcement", default=False):
        return "properties.sslEnforcement is not Enabled"
    return None


@rule(
    "kade-single-server-minimum-tls",
    "Single servers refuse TLS below 1.2",
    severity="high",
    types=SERVERS,
    measures=["8.24.04", "8.21.04"],
    nis2="21(2)(h)",
    psrule=["Azure.PostgreSQL.MinTLS", "Azure.MySQL.MinTLS", "Azure.MariaDB.MinTLS"],
    checkov=["CKV_AZURE_54"],
    remediation="Set properties.minimalTlsVersion to TLS1_2.",
    absent="Azure enforces no version (TLSEnforcementDisabled)",
    passes=[{"properties": {"minimalTlsVersion": "TLS1_2"}}],
    fails=[
        {"properties": {"minimalTlsVersion": "TLS1_0"}},
        {"properties": {"minimalTlsVersion": "TLSEnforcementDisabled"}},
        {"properties": {}},
    ],
)
def minimum_tls(server: Resource) -> Result:
    if server.tls("minimalTlsVersion", default=0.0) < 1.2:
        return f"properties.minimalTlsVersion is {server.text('minimalTlsVersion', 'absent, which enforces none')}"
    return None


@rule(
    "kade-single-server-no-public-access",
    "Single servers cannot be reached from the internet",
    severity="high",
    types=SERVERS,
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_48", "CKV_AZURE_68"],
    remediation="Set properties.publicNetworkAccess to Disabled, and connect through a private endpoint.",
    absent="Azure allows public access",
    passes=[{"properties": {"publicNetworkAccess": "Disabled"}}],
    fails=[{"properties": {"publicNetworkAccess": "Enabled"}}, {"properties": {}}],
)
def no_public_access(server: Resource) -> Result:
    if not is_closed(server):
        return "properties.publicNetworkAccess is not Disabled"
    return None


@rule(
    "kade-single-server-not-open-to-azure",
    "Single servers are not open to every customer of Azure",
    severity="high",
    types=SERVERS,
    measures=["8.22.01", "U.07.1"],
    nis2="21(2)(e)",
    psrule=["Azure.PostgreSQL.AllowAzureAccess", "Azure.MySQL.AllowAzureAccess", "Azure.MariaDB.AllowAzureAccess"],
    remediation="Remove the firewall rule from 0.0.0.0 to 0.0.0.0, and connect through a private endpoint.",
    why="`Allow Azure services` lets in what other customers run in Azure, not only what is yours.",
    joins=True,
    passes=[Example({}, children=[_let_in("185.3.2.10", "185.3.2.10")])],
    fails=[Example({}, children=[_let_in(ANY, ANY, "azure")])],
    not_applicable=[{"properties": {"publicNetworkAccess": "Disabled"}}],
)
def not_open_to_azure(server: Resource) -> Iterator[str]:
    yield from open_to_azure(rules_of(server, *FIREWALLS))


@rule(
    "kade-single-server-firewall-addresses",
    "Firewall rules of single servers let few public addresses in",
    severity="medium",
    types=SERVERS,
    measures=["8.22.01"],
    nis2="21(2)(e)",
    psrule=["Azure.PostgreSQL.FirewallIPRange", "Azure.MySQL.FirewallIPRange", "Azure.MariaDB.FirewallIPRange"],
    remediation="Narrow the firewall rules to the addresses that need the server.",
    joins=True,
    passes=[Example({}, children=[_let_in("185.3.2.10", "185.3.2.15")])],
    fails=[Example({}, children=[_let_in("185.3.2.0", "185.3.2.255")])],
    not_applicable=[{"properties": {"publicNetworkAccess": "Disabled"}}],
)
def firewall_addresses(server: Resource) -> Result:
    return too_many_addresses(rules_of(server, *FIREWALLS))


@rule(
    "kade-single-server-firewall-rules",
    "A single server has at most ten firewall rules",
    severity="low",
    types=SERVERS,
    measures=["8.22.01"],
    nis2="21(2)(e)",
    psrule=["Azure.PostgreSQL.FirewallRuleCount", "Azure.MySQL.FirewallRuleCount", "Azure.MariaDB.FirewallRuleCount"],
    remediation="Remove the firewall rules that nobody uses any more.",
    joins=True,
    passes=[Example({}, children=[_let_in("185.3.2.10", "185.3.2.10")])],
    fails=[Example({}, children=[_let_in("185.3.2.10", "185.3.2.10", f"home-{i}") for i in range(11)])],
    not_applicable=[{"properties": {"publicNetworkAccess": "Disabled"}}],
)
def firewall_rules(server: Resource) -> Result:
    return too_many_rules(rules_of(server, *FIREWALLS))


@rule(
    "kade-single-server-defender",
    "Defender watches single servers",
    severity="medium",
    types=[*SERVERS, *ALERTS],
    measures=["8.16.02", "8.21.02"],
    nis2="21(2)(b)",
    psrule=["Azure.PostgreSQL.DefenderCloud", "Azure.MySQL.DefenderCloud", "Azure.MariaDB.DefenderCloud"],
    remediation="Add a security alert policy with state Enabled.",
    absent="Azure raises no alerts",
    joins=True,
    passes=[Example({}, children=[Example({"state": "Enabled"}, type=ALERTS[0])])],
    fails=[
        {},
        Example({}, children=[Example({"state": "Disabled"}, type=ALERTS[0])]),
        Example({"state": "Disabled"}, type=ALERTS[1]),
    ],
)
def defender(server: Resource) -> Result:
    if server.type in ALERTS:
        if server.parent():
            not_applicable("is judged with its server")
        return None if server.flag("state", default=False) else "state is not Enabled"
    if not any(policy.flag("state", default=False) for policy in server.children(*ALERTS)):
        return "no security alert policy with state Enabled stands in it"
    return None


@rule(
    "kade-single-server-infrastructure-encryption",
    "Single servers of PostgreSQL are encrypted twice",
    severity="low",
    types=[POSTGRESQL],
    measures=["U.05.2"],
    nis2="21(2)(h)",
    checkov=["CKV_AZURE_130"],
    remediation="Set properties.infrastructureEncryption to Enabled; that can be done at creation only.",
    absent="Azure encrypts once",
    passes=[{"properties": {"infrastructureEncryption": "Enabled"}}],
    fails=[{"properties": {"infrastructureEncryption": "Disabled"}}, {"properties": {}}],
)
def infrastructure_encryption(server: Resource) -> Result:
    if not server.flag("infrastructureEncryption", default=False):
        return "properties.infrastructureEncryption is not Enabled"
    return None
