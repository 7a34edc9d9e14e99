"""The modern workplace: virtual desktops, where they are, and when they work. Who uses them is in `personas`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kade.estate.base import Cidr, Clock, Guid, Item, Key, RegionName, Weekday
from kade.estate.personas import Percent, Persona


class Schedule(Item):
    """Working hours, as the scaling plan follows them (Dutch time)."""

    days: list[Weekday] = Field(min_length=1, description="The days of the week.")
    ramp_up: Clock = Field(description="Hosts start.")
    peak: Clock = Field(description="Everybody works.")
    ramp_down: Clock = Field(description="No new hosts; empty ones stop.")
    off_peak: Clock = Field(description="Only what is in use runs.")
    minimum_percent: Percent = Field(20, description="Hosts that start at `ramp_up`, as a percentage of the pool.")


class Customisation(Item):
    """Something installed in an image, pinned."""

    title: str = Field(description="What it installs.")
    script: str = Field(pattern=r"^https://", description="The address of the script.")
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] = Field(description="Its checksum.")


class Release(Item):
    """One build of an image. Hosts carry its number in their names, so a new one makes new hosts beside the old."""

    version: str = Field("latest", description="Of the image it is made from; pin it for a repeatable build.")
    rings: list[Key] | None = Field(
        None, description="The rings whose hosts are of it. None means all; an empty list builds it for nobody yet."
    )
    drain: bool = Field(
        False, description="Hosts of it stay while people finish, and take no new sessions. Then take it out."
    )
    hosts: dict[Key, Annotated[int, Field(ge=0, le=999)]] = Field(
        default={},
        description="How many hosts of a persona still drain, where that is not as many as the persona needs now: "
        "because its number changed since, or because some are empty.",
    )


class Image(Item):
    """An image of the session hosts."""

    title: str = Field(description="The image.")
    publisher: str = Field("microsoftwindowsdesktop", description="Of the image it is made from.")
    offer: str = Field("office-365", description="Of the image it is made from.")
    sku: str = Field(description="Of the image it is made from, for instance win11-25h2-avd-m365.")
    customisations: list[Customisation] = Field(default=[], description="What is installed besides.")
    replicas: list[RegionName] = Field(default=[], description="Regions besides the workplace's; inside the rule.")
    releases: dict[Annotated[int, Field(ge=1, le=99)], Release] = Field(
        min_length=1, description="Builds by their number, which only counts up. The highest of a ring is its own."
    )


class Ring(Item):
    """Who gets what is new first."""

    title: str = Field(description="Who is in it.")
    validation: bool = Field(
        False, description="Whether the service itself updates these pools first (a validation environment)."
    )


class AgentUpdates(Item):
    """When the agents of the hosts may be renewed; outside the working hours of every schedule."""

    day: Weekday = Field("sunday", description="The day.")
    hour: Annotated[int, Field(ge=0, le=23)] = Field(2, description="The hour it begins, Dutch time; two hours long.")


class Profiles(Item):
    """Profiles on Azure Files."""

    redundancy: Literal["local", "zone"] = Field("zone", description="Copies of the share.")
    backup_class: Key | None = Field(None, description="The backup class; none for no backup.")
    deleted_days: Annotated[int, Field(ge=1, le=365)] = Field(14, description="Days that a deleted share is kept.")
    growth: Annotated[int, Field(ge=0, le=200)] = Field(20, description="Room to grow, as a percentage.")


class ConditionalAccess(Item):
    """Conditional access and named locations in Entra, by pulumi-azuread (see `identity.entra_managed`)."""

    state: Literal["report_only", "enforced"] = Field("report_only", description="Only report at first, then enforce.")
    emergency_group: Key = Field(description="The group of the emergency accounts, which no policy may lock out.")
    sign_in_hours: Annotated[int, Field(ge=1, le=24)] = Field(
        8, description="Hours after which somebody on an unmanaged device signs in again."
    )
    named_locations: list[Cidr] = Field(default=[], description="Public ranges of the sites.")


class Workplace(Item):
    """Virtual desktops for the personas."""

    prefix: Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9]{0,3}$")] = Field(
        description="At most four characters, in the names of session hosts (which have fifteen)."
    )
    spoke: Key = Field(description="The spoke that it is in; its subscription is the workplace's.")
    subnet: Key = Field("frontend", description="The subnet of the hosts.")
    endpoint_subnet: Key = Field("data", description="The subnet of the private endpoints.")
    build_subnet: Key | None = Field(
        None,
        description="A subnet delegated to Microsoft.ContainerInstance/containerGroups, from which images are built "
        "without a public address. None: images are not built here, and their versions are put into the gallery.",
    )
    region: RegionName | None = Field(None, description="Default: the region of the spoke.")
    metadata_region: RegionName | None = Field(
        None, description="Where the service keeps the pools' metadata; inside the residency rule. Default: the region."
    )
    service_principal: Guid = Field(
        description="The object id of the enterprise application `Azure Virtual Desktop` in the tenant, which starts "
        "and stops hosts: `az ad sp show --id 9cdead84-a844-4324-93f2-b2e6bb768d07 --query id`."
    )
    administrators: Key = Field(description="The group in `identity.groups` that manages hosts and profiles.")
    schedules: dict[Key, Schedule] = Field(min_length=1, description="Working hours by a short key.")
    holiday_years: list[Annotated[int, Field(ge=2024, le=2099)]] = Field(
        default=[], description="Years whose Dutch public holidays the pools stay at off-peak."
    )
    holidays: list[date] = Field(default=[], description="Other days on which the pools stay at off-peak.")
    personas: dict[Key, Persona] = Field(min_length=1, description="Personas by a short key.")
    images: dict[Key, Image] = Field(min_length=1, description="Images by a short key.")
    rings: dict[Key, Ring] = Field(default={}, description="Rings of updates by a short key.")
    spare: Percent = Field(10, description="Room kept free at the peak, as a percentage.")
    quota_cores: int = Field(350, gt=0, description="Cores that the subscription may have in the region.")
    intune: bool = Field(True, description="Whether the hosts are enrolled.")
    registration_until: date | None = Field(
        None,
        description="Until when new hosts may register, 27 days ahead at most. Set it in the change that adds hosts, "
        "and take it out in the next: a token that does not exist cannot leak.",
    )
    agent_updates: AgentUpdates = Field(default=AgentUpdates(), description="The window for agent updates.")
    profiles: Profiles = Field(default=Profiles(), description="Where profiles are.")
    conditional_access: ConditionalAccess | None = Field(None, description="Who signs in from where; null for none.")
