"""The modern workplace: personas, and what they need."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kade.estate.base import Clock, Fqdn, Item, Key, RegionName, Weekday
from kade.estate.residency import DataClass

Percent = Annotated[int, Field(ge=0, le=100)]


class Schedule(Item):
    """Working hours, as the scaling plan follows them (Dutch time)."""

    days: list[Weekday] = Field(min_length=1, description="The days of the week.")
    ramp_up: Clock = Field(description="Hosts start.")
    peak: Clock = Field(description="Everybody works.")
    ramp_down: Clock = Field(description="No new hosts; empty ones stop.")
    off_peak: Clock = Field(description="Only what is in use runs.")


class Redirection(Item):
    """What passes between the desktop and the device in front of somebody (BIO2 8.01.01)."""

    clipboard: bool = Field(False, description="Copy and paste.")
    drives: bool = Field(False, description="Disks of the device. Refused on an unmanaged device.")
    printers: bool = Field(False, description="Printers of the device.")
    usb: bool = Field(False, description="Card readers, scanners and the like.")
    audio: bool = Field(True, description="Sound, microphone and camera.")


class Persona(Item):
    """A kind of user."""

    title: str = Field(description="The persona, for instance `Medewerker balie`.")
    group: Key = Field(description="The group in `identity.groups`.")
    number: int = Field(ge=0, description="How many people.")
    at_once: Percent = Field(70, description="The share that is at work at the peak.")
    schedule: Key = Field(description="Their hours, of `workplace.schedules`.")
    pool: Literal["pooled", "personal"] = Field("pooled", description="Shared hosts, or one of their own.")
    load: Literal["light", "medium", "heavy", "power"] = Field(
        "medium", description="How much they ask of a host, by Microsoft's sizing guidance."
    )
    device: Literal["managed", "unmanaged", "thin_client"] = Field("managed", description="What they sit at.")
    data: list[DataClass] = Field(min_length=1, description="The data that they see.")
    applications: list[Key] = Field(default=[], description="The applications that they use.")
    redirection: Redirection = Field(default=Redirection(), description="What passes to the device.")
    screen_capture_protection: bool = Field(True, description="No picture of the screen can be taken.")
    watermark: bool = Field(False, description="A mark on the screen that tells who looked.")
    idle_minutes: Annotated[int, Field(ge=5, le=480)] = Field(
        30, description="Minutes until an idle session is closed."
    )
    profile_gb: Annotated[int, Field(ge=1, le=100)] = Field(10, description="Gigabytes of profile a person.")
    disks: Literal["ephemeral", "managed"] = Field("managed", description="Disks of their hosts.")
    image: Key = Field(description="The image, of `workplace.images`.")
    vm_size: str | None = Field(None, description="A literal size; default: by the load.")
    licences: list[str] = Field(default=[], description="Licences that they need, as they are bought.")


class Customisation(Item):
    """Something installed in an image, pinned."""

    title: str = Field(description="What it installs.")
    script: str = Field(pattern=r"^https://", description="The address of the script.")
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] = Field(description="Its checksum.")


class Image(Item):
    """An image of the session hosts."""

    title: str = Field(description="The image.")
    publisher: str = Field("microsoftwindowsdesktop", description="Of the image it is made from.")
    offer: str = Field("office-365", description="Of the image it is made from.")
    sku: str = Field(description="Of the image it is made from, for instance win11-25h2-avd-m365.")
    version: str = Field("latest", description="Of the image it is made from; pin it for a repeatable build.")
    customisations: list[Customisation] = Field(default=[], description="What is installed besides.")
    replicas: list[RegionName] = Field(default=[], description="Regions besides the workplace's; inside the rule.")


class AgentUpdates(Item):
    """When the agents of the hosts may be renewed; outside the working hours of every schedule."""

    day: Weekday = Field("sunday", description="The day.")
    hour: Annotated[int, Field(ge=0, le=23)] = Field(2, description="The hour it begins, Dutch time; two hours long.")


class Profiles(Item):
    """Profiles on Azure Files."""

    redundancy: Literal["local", "zone"] = Field("zone", description="Copies of the share.")
    backup_class: Key | None = Field(None, description="The backup class.")
    deleted_days: Annotated[int, Field(ge=1, le=365)] = Field(14, description="Days that a deleted share is kept.")


class Workplace(Item):
    """Virtual desktops for the personas."""

    prefix: Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9]{0,3}$")] = Field(
        description="At most four characters, in the names of session hosts (which have fifteen)."
    )
    spoke: Key = Field(description="The spoke that it is in; its subscription is the workplace's.")
    subnet: Key = Field("frontend", description="The subnet of the hosts.")
    endpoint_subnet: Key = Field("data", description="The subnet of the private endpoints.")
    region: RegionName | None = Field(None, description="Default: the primary region.")
    metadata_region: RegionName | None = Field(
        None, description="Where the service keeps the pools' metadata; inside the residency rule. Default: the region."
    )
    schedules: dict[Key, Schedule] = Field(min_length=1, description="Working hours by a short key.")
    holidays: list[date] = Field(default=[], description="Days on which the pools stay at off-peak.")
    personas: dict[Key, Persona] = Field(min_length=1, description="Personas by a short key.")
    images: dict[Key, Image] = Field(min_length=1, description="Images by a short key.")
    spare: Percent = Field(10, description="Room kept free at the peak, as a percentage.")
    quota_cores: int = Field(350, gt=0, description="Cores that the subscription may have in the region.")
    join: Literal["entra", "active_directory"] = Field("entra", description="What the hosts join.")
    intune: bool = Field(True, description="Whether the hosts are enrolled.")
    agent_updates: AgentUpdates = Field(default=AgentUpdates(), description="The window for agent updates.")
    profiles: Profiles = Field(default=Profiles(), description="Where profiles are.")
    conditional_access: bool = Field(
        False, description="Whether conditional access is made by pulumi-azuread (see `identity.entra_managed`)."
    )
    named_locations: list[str] = Field(default=[], description="Public ranges of the sites, for conditional access.")
    excluded_urls: list[Fqdn] = Field(default=[], description="Sites that hosts may reach without inspection.")
