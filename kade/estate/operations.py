"""Logging, security, backup, maintenance and identity."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kade.estate.base import Address, Clock, Email, Fqdn, Guid, Item, Key, Owned, RegionName, Weekday
from kade.estate.environments import Layer

Days = Annotated[int, Field(ge=7, le=4383)]
LogPurpose = Literal["activity", "security", "network", "system_tools", "application", "incident"]
DefenderPlan = Literal[
    "Servers", "StorageAccounts", "SqlServers", "OpenSourceDatabases", "AppServices", "KeyVaults", "Containers",
    "Arm", "Dns", "CloudPosture", "Api",
]  # fmt: skip


class Retention(Item):
    """How long logs of one purpose are kept."""

    interactive_days: Annotated[int, Field(ge=4, le=730)] = Field(description="Days that they can be searched.")
    total_days: Days = Field(description="Days in all, the archive included.")


class ActionGroup(Item):
    """Who hears of an alert."""

    emails: list[Email] = Field(min_length=1, description="Addresses of teams.")
    severity: list[Annotated[int, Field(ge=0, le=4)]] = Field(
        default=[0, 1, 2], description="The severities of alerts that it hears of (0 is critical)."
    )


class Logging(Item):
    """One workspace for logs, retention by purpose, and who hears of alerts."""

    subscription: Key = Field(description="The subscription that holds the workspace.")
    workspace: Owned = Field(default=Owned(), description="The Log Analytics workspace.")
    security_workspace: Owned | None = Field(None, description="A second one for security logs, with fewer readers.")
    retention: dict[LogPurpose, Retention] = Field(
        default={
            "activity": Retention(interactive_days=90, total_days=1096),
            "security": Retention(interactive_days=180, total_days=1096),
            "network": Retention(interactive_days=90, total_days=365),
            "system_tools": Retention(interactive_days=183, total_days=365),
            "application": Retention(interactive_days=30, total_days=183),
            "incident": Retention(interactive_days=365, total_days=1096),
        },
        description="Days by purpose. BIO2 asks three years for incidents (5.28.01) and half a year for the use of "
        "system tools (8.18.02); the rest follows the risk (8.15.04).",
    )
    daily_quota_gb: float | None = Field(None, gt=0, description="Gigabytes a day at which collection stops.")
    sentinel: bool = Field(False, description="Microsoft Sentinel on the security workspace. Profile `volledig`: true.")
    diagnostics: bool = Field(True, description="Diagnostic settings on everything that has them.")
    alerts: bool = Field(True, description="Alerts by resource type, and on service health.")
    action_groups: dict[Key, ActionGroup] = Field(default={}, description="Who hears of alerts, by a short key.")


class SecurityContact(Item):
    """Who Microsoft writes to."""

    emails: list[Email] = Field(min_length=1, description="Addresses of teams.")
    phone: str | None = Field(None, description="A telephone number that is answered at all hours.")
    minimum_severity: Literal["High", "Medium", "Low"] = Field("Medium", description="The least severity.")


class KeyVaults(Item):
    """Key vaults and the keys in them."""

    sku: Literal["standard", "premium"] = Field("premium", description="`premium` keeps keys in hardware.")
    purge_protection_days: Annotated[int, Field(ge=7, le=90)] = Field(
        90, description="Days that a deleted vault is kept."
    )
    rotation_days: Annotated[int, Field(ge=28, le=1096)] = Field(365, description="Days after which a key is renewed.")
    customer_managed_from: Literal["confidential", "restricted", "never"] = Field(
        "restricted", description="The classification from which data is encrypted with keys of our own."
    )


class Security(Item):
    """Defender for Cloud, contacts, keys."""

    subscription: Key = Field(description="The subscription that holds the vaults.")
    contact: SecurityContact = Field(description="Whom Microsoft warns of an incident.")
    defender: dict[DefenderPlan, bool] = Field(
        default={"CloudPosture": False, "Servers": False, "KeyVaults": True, "Arm": True},
        description="Defender plans on every subscription. Profile `volledig`: all of them.",
    )
    key_vaults: KeyVaults = Field(default=KeyVaults(), description="Key vaults and keys.")
    vault: Owned = Field(default=Owned(), description="The platform's key vault.")
    endpoint_spoke: Key | None = Field(
        None,
        description="The spoke that holds the endpoint of that vault. Default: the first with a subnet for such.",
    )


class BackupClass(Item):
    """How often, how long, and what loss and downtime it allows (BIO2 8.13.02)."""

    rpo_hours: float = Field(gt=0, description="Loss allowed, in hours of work.")
    rto_hours: float = Field(gt=0, description="Time allowed until it runs again, in hours.")
    at: Clock = Field("23:00", description="The time of day.")
    daily: Annotated[int, Field(ge=7, le=9999)] = Field(30, description="Days that a daily copy is kept.")
    weekly: Annotated[int, Field(ge=0, le=520)] = Field(12, description="Weeks that a weekly copy is kept; 0 for none.")
    monthly: Annotated[int, Field(ge=0, le=120)] = Field(12, description="Months that a monthly copy is kept.")
    yearly: Annotated[int, Field(ge=0, le=10)] = Field(0, description="Years that a yearly copy is kept.")


class Backup(Item):
    """Vaults and classes."""

    redundancy: Literal["local", "zone", "geo"] = Field(
        "zone",
        description="Copies of the vault. `geo` replicates to the region's pair, which the residency rule must allow.",
    )
    immutability: Literal["disabled", "unlocked", "locked"] = Field(
        "unlocked", description="`locked` cannot be undone and can block erasure; it is a decision, never a default."
    )
    soft_delete_days: Annotated[int, Field(ge=14, le=180)] = Field(30, description="Days that a deleted copy is kept.")
    multi_user: bool = Field(True, description="A second person for dangerous operations (resource guard).")
    vault: Owned = Field(default=Owned(), description="The Recovery Services vault of the platform.")
    classes: dict[Key, BackupClass] = Field(min_length=1, description="Backup classes by name.")


class MaintenanceWindow(Item):
    """When updates are installed."""

    day: Weekday = Field(description="The day of the week.")
    start: Clock = Field(description="The time it starts, Dutch time.")
    hours: Annotated[float, Field(ge=1.5, le=6)] = Field(3, description="How long, in hours.")
    week: Literal["every", "first", "second", "third", "fourth", "last"] = Field("every", description="Which week.")
    environments: list[Key] = Field(default=[], description="Where; none means everywhere.")


class ActiveDirectory(Item):
    """The directory on site."""

    domain: Fqdn = Field(description="Its DNS name.")
    dns_servers: list[Address] = Field(min_length=1, description="Its name servers, on site or in the identity spoke.")
    ownership: Literal["managed", "existing", "external"] = Field(
        "existing", description="`managed` puts domain controllers into the identity subscription."
    )
    join_account: str = Field(
        "kade-join",
        description="The account that makes machines members of it, and may do nothing else. Its password is the "
        "secret `kade:domain-join-password` in the settings of a stack.",
    )


class Group(Item):
    """A group in Entra ID."""

    ownership: Literal["managed", "existing"] = Field(
        "existing", description="Made by pulumi-azuread, or there already."
    )
    object_id: Guid | None = Field(None, description="Its object id; required where it exists.")
    title: str = Field("", description="Who is in it.")


class Pipeline(Item):
    """A pipeline that signs in without a secret."""

    provider: Literal["github", "azure_devops"] = Field(description="Where it runs.")
    repository: str = Field(description="`organisation/repository`, or `organisation/project/service-connection`.")
    environments: list[Key] = Field(default=[], description="The environments it deploys; none means all.")
    layers: list[Layer] = Field(
        default=[],
        description="The layers it deploys; none means all. Only who deploys `platform` has rights above it.",
    )
    branch: str = Field("main", description="The branch that may apply.")
    organisation_id: Guid | None = Field(
        None, description="Of Azure DevOps: the id of the organisation, which its tokens are issued under; required."
    )


class CustomRole(Item):
    """A role of our own."""

    title: str = Field(description="Its name.")
    description: str = Field(description="What it is for.")
    actions: list[str] = Field(min_length=1, description="Actions that it allows.")
    not_actions: list[str] = Field(default=[], description="Actions that it takes away again.")


class Identity(Item):
    """Directory, groups, roles, pipelines."""

    subscription: Key | None = Field(None, description="The subscription for domain controllers, if any are made.")
    active_directory: ActiveDirectory | None = Field(None, description="The directory on site.")
    entra_managed: bool = Field(False, description="Whether groups and conditional access are made by pulumi-azuread.")
    groups: dict[Key, Group] = Field(default={}, description="Groups by a short key.")
    custom_roles: dict[Key, CustomRole] = Field(default={}, description="Roles of our own by a short key.")
    pipelines: dict[Key, Pipeline] = Field(default={}, description="Pipelines by a short key.")
    ssh_public_key: str | None = Field(
        None, pattern="^(ssh-ed25519|ssh-rsa) ", description="The key that new Linux machines accept."
    )
    break_glass: Literal["two_accounts", "none"] = Field(
        "two_accounts", description="Accounts for emergencies: made by hand and documented, or deliberately none."
    )
    region: RegionName | None = Field(None, description="Where managed identities are; default: the primary region.")
