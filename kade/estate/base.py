"""What every part of the model shares: the strict base, and the small types with their own error messages."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from typing import Annotated, Any, Literal, LiteralString

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from kade.facts import UnknownFactError
from kade.facts import region as region_named

Ownership = Literal["managed", "existing", "external"]
Environments = Annotated[dict[str, str], Field(min_length=1)]


class Item(BaseModel):
    """Strict: no unknown keys, no conversion of types, unchangeable."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


def refuse(kind: LiteralString, message: str) -> PydanticCustomError:
    """An error of ours with a whole sentence as its text."""
    return PydanticCustomError(kind, "{reason}", {"reason": message})


def _key(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", value):
        hint = "; a dot separates the parts of a stack's name" if "." in value else ""
        raise refuse("key", f"a key is lower case letters, digits and single hyphens, beginning with a letter{hint}")
    if len(value) > 40:
        raise refuse("key", f"a key has at most 40 characters, this one has {len(value)}")
    return value


def _cidr(value: str) -> str:
    try:
        return str(ip_network(value))
    except ValueError as fault:
        try:
            right = f"; did you mean {ip_network(value, strict=False)}?"
        except ValueError:
            right = ""
        text = str(fault) if right else f"{value!r} is not an address range"
        raise refuse("range", f"{text}{right} A range is written as 10.64.0.0/16") from None


def _address(value: str) -> str:
    try:
        return str(ip_address(value))
    except ValueError:
        raise refuse("address", f"{value!r} is not an IP address") from None


def _region(value: str) -> str:
    try:
        found = region_named(value)
    except UnknownFactError as fault:
        raise refuse("region", str(fault)) from None
    if found.name != value:
        raise refuse("region", f"a region is written by its programmatic name: {found.name}")
    return value


def _port(value: Any) -> Any:
    """A whole number is taken as text; anything else is left to the type."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _port_range(value: str) -> str:
    if value == "*":
        return value
    parts = value.split("-")
    if len(parts) > 2 or not all(p.isdecimal() and 0 < int(p) <= 65535 for p in parts):
        raise refuse("port", f"{value!r} is not a port: 443, a range 8000-8010, or * for all")
    if int(parts[0]) > int(parts[-1]):
        raise refuse("port", f"the range {value} runs backwards")
    return value


def _guid(value: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value):
        raise refuse("guid", f"{value!r} is not a GUID (8-4-4-4-12 hexadecimal digits)")
    return value.lower()


def _resource_id(value: str) -> str:
    if not re.match(r"/(subscriptions|providers)/[^/]+", value):
        raise refuse("resource_id", f"{value!r} is not an Azure resource id (/subscriptions/… or /providers/…)")
    return value


def _size(value: int) -> int:
    if not 8 <= value <= 29:
        raise refuse("size", f"a size is the length of a prefix, 8 to 29 (24 means /24); {value} is outside it")
    return value


_KEY_SCHEMA = {"type": "string", "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "maxLength": 40}
Key = Annotated[str, AfterValidator(_key), WithJsonSchema(_KEY_SCHEMA)]
GroupKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Cidr = Annotated[str, AfterValidator(_cidr), WithJsonSchema({"type": "string", "examples": ["10.64.0.0/16"]})]
Address = Annotated[str, AfterValidator(_address), WithJsonSchema({"type": "string", "examples": ["10.64.0.4"]})]
RegionName = Annotated[str, AfterValidator(_region)]
Guid = Annotated[str, AfterValidator(_guid)]
ResourceId = Annotated[str, AfterValidator(_resource_id)]
Size = Annotated[int, AfterValidator(_size)]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
Fqdn = Annotated[str, StringConstraints(pattern=r"^(\*\.)?([a-z0-9_]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$")]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Port = Annotated[
    str, BeforeValidator(_port), AfterValidator(_port_range), WithJsonSchema({"type": ["string", "integer"]})
]


class Owned(Item):
    """Something that is ours to make, stands already, or is somebody else's."""

    ownership: Ownership = Field(
        "managed",
        description="`managed`: made and changed by Kade. `existing`: stands already, read by its id, never changed. "
        "`external`: somebody else's; only its addresses or outputs are known.",
    )
    id: ResourceId | None = Field(
        None,
        description="The Azure resource id; required where the ownership is `existing`. Of something `managed` that "
        "stands already: the id under which it is taken over.",
    )
    name: str | None = Field(
        None, min_length=1, max_length=90, description="A literal name, which wins over the naming pattern."
    )
