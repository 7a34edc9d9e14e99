"""Personas: kinds of users of the workplace, and what their desktops are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kade.estate.base import Item, Key
from kade.estate.residency import DataClass

Percent = Annotated[int, Field(ge=0, le=100)]


class Redirection(Item):
    """What passes between the desktop and the device in front of somebody (BIO2 8.01.01)."""

    clipboard: bool = Field(False, description="Copy and paste.")
    drives: bool = Field(False, description="Disks of the device. Refused on an unmanaged device.")
    printers: bool = Field(False, description="Printers of the device.")
    usb: bool = Field(False, description="Card readers, scanners and the like.")
    audio: bool = Field(True, description="Sound, microphone and camera.")


class RemoteApp(Item):
    """One application instead of a whole desktop."""

    title: str = Field(description="Its name, as people see it.")
    path: str = Field(description="The program in the image, for instance `C:\\Windows\\System32\\mstsc.exe`.")
    arguments: str | None = Field(None, description="Its arguments, which nobody can change.")


class Persona(Item):
    """A kind of user."""

    title: str = Field(description="The persona, for instance `Medewerker balie`.")
    code: Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9]{1,3}$")] | None = Field(
        None, description="Two to four characters in the names of their hosts. Default: the first four of the key."
    )
    group: Key = Field(description="The group in `identity.groups`.")
    number: Annotated[int, Field(ge=0, le=50_000)] = Field(description="How many people.")
    at_once: Percent = Field(70, description="The share that is at work at the peak.")
    schedule: Key = Field(description="Their hours, of `workplace.schedules`.")
    pool: Literal["pooled", "personal"] = Field("pooled", description="Shared hosts, or one of their own.")
    load: Literal["light", "medium", "heavy", "power"] = Field(
        "medium", description="How much they ask of a host, by Microsoft's sizing guidance."
    )
    sessions: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        None, description="Sessions that a host takes, as measured. Default: by the load, which is the most."
    )
    minimum_hosts: Annotated[int, Field(ge=1, le=100)] = Field(
        1, description="Hosts at least, so that the loss of one does not stop everybody."
    )
    device: Literal["managed", "unmanaged", "thin_client"] = Field("managed", description="What they sit at.")
    from_internet: bool = Field(
        False, description="Whether they connect over the internet; otherwise only from our own networks."
    )
    data: list[DataClass] = Field(min_length=1, description="The data that they see.")
    applications: list[Key] = Field(default=[], description="The applications that they use.")
    remote_apps: dict[Key, RemoteApp] = Field(
        default={}, description="Publishes these applications and no desktop, by a short key."
    )
    redirection: Redirection = Field(default=Redirection(), description="What passes to the device.")
    screen_capture_protection: bool = Field(True, description="No picture of the screen can be taken.")
    watermark: bool = Field(False, description="A mark on the screen that tells who looked.")
    idle_minutes: Annotated[int, Field(ge=5, le=480)] = Field(
        30, description="Minutes until an idle session is closed."
    )
    profile_gb: Annotated[int, Field(ge=1, le=100)] = Field(10, description="Gigabytes of profile a person.")
    disks: Literal["ephemeral", "managed"] = Field(
        "managed", description="Disks of their hosts. A host with an ephemeral disk is never stopped, only made anew."
    )
    image: Key = Field(description="The image, of `workplace.images`.")
    ring: Key | None = Field(None, description="The ring of updates; none gets what is for every ring.")
    vm_size: str | None = Field(None, description="A literal size; default: by the load.")
    licences: list[str] = Field(
        default=[],
        description="Licences that they have, as they are bought; they must cover what a desktop needs. "
        "None: the layer says what is needed.",
    )

    def code_of(self, key: str) -> str:
        """The part of a host's name that stands for the persona."""
        return self.code or key.replace("-", "")[:4]
