"""SQL Managed Instances."""

from __future__ import annotations

from kade.policies.kit import Example, Resource, Result, rule
from kade.policies.security.sql_server import accepts_passwords, lacks_entra_administrator
from kade.policies.security.zones import needs_zones

INSTANCE = "azure-native:sql:ManagedInstance"
ADMINISTRATOR = "azure-native:sql:ManagedInstanceAdministrator"
ENTRA_ONLY = "azure-native:sql:ManagedInstanceAzureADOnlyAuthentication"

_ADMINISTRATORS = {
    "administratorType": "ActiveDirectory",
    "login": "grp-sql-beheer",
    "principalType": "Group",
    "sid": "11111111-1111-1111-1111-111111111111",
}
_WINDOW = "/subscriptions/s/providers/Microsoft.Maintenance/publicMaintenanceConfigurations/"


@rule(
    "kade-sql-managed-instance-minimum-tls",
    "SQL Managed Instances refuse TLS below 1.2",
    severity="high",
    types=[INSTANCE],
    measures=["8.24.04", "8.21.04"],
    nis2="21(2)(h)",
    remediation="Set minimalTlsVersion to 1.2.",
    absent="Azure uses 1.2",
    passes=[{"minimalTlsVersion": "1.2"}, {}],
    fails=[{"minimalTlsVersion": "1.0"}, {"minimalTlsVersion": "None"}],
    remediate=lambda _: {"minimalTlsVersion": "1.2"},
)
def minimum_tls(instance: Resource) -> Result:
    if instance.tls("minimalTlsVersion", default=1.2) < 1.2:
        return f"minimalTlsVersion is {instance.text('minimalTlsVersion')}"
    return None


@rule(
    "kade-sql-managed-instance-no-public-endpoint",
    "SQL Managed Instances have no endpoint on the internet",
    severity="high",
    types=[INSTANCE],
    measures=["8.22.01", "8.03.01"],
    nis2="21(2)(e)",
    remediation="Set publicDataEndpointEnabled to false.",
    absent="Azure gives no public endpoint",
    passes=[{"publicDataEndpointEnabled": False}, {}],
    fails=[{"publicDataEndpointEnabled": True}],
    remediate=lambda _: {"publicDataEndpointEnabled": False},
)
def no_public_endpoint(instance: Resource) -> Result:
    if instance.flag("publicDataEndpointEnabled", default=False):
        return "publicDataEndpointEnabled is true"
    return None


@rule(
    "kade-sql-managed-instance-entra-administrator",
    "SQL Managed Instances have an administrator in Entra ID",
    severity="high",
    types=[INSTANCE, ADMINISTRATOR],
    measures=["5.16.02", "5.17.01"],
    nis2="21(2)(i)",
    psrule=["Azure.SQLMI.AAD"],
    remediation="Set administrators with administratorType ActiveDirectory, and login and sid of a group in Entra ID.",
    absent="only the SQL login can administer the instance",
    joins=True,
    passes=[
        {"administrators": _ADMINISTRATORS},
        Example({}, children=[Example(_ADMINISTRATORS, type=ADMINISTRATOR)]),
        Example(_ADMINISTRATORS, type=ADMINISTRATOR),
    ],
    fails=[{"administratorLogin": "sqladmin"}, Example({"login": None, "sid": None}, type=ADMINISTRATOR)],
)
def entra_administrator(instance: Resource) -> Result:
    return lacks_entra_administrator(instance, ADMINISTRATOR)


@rule(
    "kade-sql-managed-instance-entra-only",
    "SQL Managed Instances accept logins of Entra ID only",
    severity="high",
    types=[INSTANCE, ENTRA_ONLY],
    measures=["5.17.01", "5.16.02"],
    nis2="21(2)(i)",
    psrule=["Azure.SQLMI.AADOnly"],
    remediation="Set administrators.azureADOnlyAuthentication to true, and give applications a managed identity.",
    absent="Azure accepts SQL logins as well",
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
def entra_only(instance: Resource) -> Result:
    return accepts_passwords(instance, ENTRA_ONLY)


@rule(
    "kade-sql-managed-instance-identity",
    "SQL Managed Instances have a managed identity",
    severity="low",
    types=[INSTANCE],
    measures=["5.16.02"],
    nis2="21(2)(i)",
    psrule=["Azure.SQLMI.ManagedIdentity"],
    remediation="Set identity.type to SystemAssigned or UserAssigned.",
    why="Without one the instance cannot look up users in Entra ID, nor use a key of your own.",
    absent="Azure gives no identity",
    passes=[{"identity": {"type": "SystemAssigned"}}, {"identity": {"type": "SystemAssigned,UserAssigned"}}],
    fails=[{}, {"identity": {"type": "None"}}],
)
def managed_identity(instance: Resource) -> Result:
    if instance.word("identity.type", "none") == "none":
        return "identity.type is not set"
    return None


@rule(
    "kade-sql-managed-instance-maintenance-window",
    "Azure maintains SQL Managed Instances in a window that was chosen",
    severity="low",
    types=[INSTANCE],
    measures=["8.32.01"],
    nis2="21(2)(c)",
    psrule=["Azure.SQLMI.MaintenanceWindow"],
    remediation="Set maintenanceConfigurationId to a public maintenance configuration, as SQL_WestEurope_MI_1.",
    absent="Azure maintains from 17:00 to 08:00 local time on any day",
    passes=[{"maintenanceConfigurationId": _WINDOW + "SQL_WestEurope_MI_1"}],
    fails=[{"maintenanceConfigurationId": _WINDOW + "SQL_Default"}, {}],
)
def maintenance_window(instance: Resource) -> Result:
    if not instance.refers("maintenanceConfigurationId"):
        return "maintenanceConfigurationId is not set"
    if instance.word("maintenanceConfigurationId").endswith("/sql_default"):
        return "maintenanceConfigurationId is SQL_Default, which is any day"
    return None


@rule(
    "kade-sql-managed-instance-zone-redundant",
    "SQL Managed Instances survive the loss of an availability zone",
    severity="low",
    types=[INSTANCE],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    remediation="Set zoneRedundant to true.",
    absent="Azure keeps all copies in one zone",
    passes=[{"location": "westeurope", "zoneRedundant": True}],
    fails=[{"location": "westeurope", "zoneRedundant": False}, {"location": "West Europe"}],
    not_applicable=[{"location": "francesouth"}],
)
def zone_redundant(instance: Resource) -> Result:
    if instance.flag("zoneRedundant", default=False):
        return None
    needs_zones(instance)
    return "zoneRedundant is not true"
