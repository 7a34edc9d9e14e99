"""Segments with a security level, the flows between them, and the spokes that hold them."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from kade.estate.base import Cidr, Item, Key, Owned, Port, RegionName, Size, refuse

PLACE = re.compile(r"(internet|any|[a-z][a-z0-9-]*|(site|partner|spoke):[a-z][a-z0-9-]*|azure:[A-Za-z0-9.]+|fqdn:\S+)")


def _place(value: str) -> str:
    if not PLACE.fullmatch(value):
        raise refuse(
            "place",
            f"{value!r} is not a place: a segment's name, internet, site:<key>, partner:<key>, spoke:<key>, "
            "azure:<service tag>, or fqdn:<name>",
        )
    return value


Place = Annotated[str, AfterValidator(_place)]
Exchange = Literal["fsc", "fsc_management", "digikoppeling"]


class Segment(Item):
    """A zone of the network. Its security level is what a component in it must meet (BIO2 8.22.01, 8.20.01)."""

    level: Annotated[int, Field(ge=0, le=5)] = Field(
        description="Security level: 0 is outside, 5 the most trusted. Traffic upward needs a flow with a reason."
    )
    title: str = Field(description="What is in it.")
    private_endpoints: bool = Field(False, description="Whether private endpoints are placed here.")
    isolate: bool = Field(
        False, description="Cuts it off: every flow from and to it is denied. For when a key has leaked."
    )


class Flow(Item):
    """One cell of the matrix. From and to are a segment, or `internet`, `site:`, `partner:`, `azure:`, `fqdn:`."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    source: Place = Field(alias="from", description="Where the connection begins.")
    target: Place = Field(alias="to", description="Where it goes.")
    ports: list[Port] = Field(
        default=[], description="Ports at the target: 443, 8000-8010, or * for all. Required without `exchange`."
    )
    protocol: Literal["Tcp", "Udp", "Icmp", "Any"] = Field("Tcp", description="The protocol.")
    exchange: Exchange | None = Field(
        None,
        description="A standard of the public sector in place of ports, which it fixes: `fsc` (data, 443), "
        "`fsc_management` (8443), `digikoppeling` (443); all with certificates on both sides.",
    )
    why: str = Field(min_length=5, description="Why it is open, for who reviews it.")
    inspected: bool = Field(True, description="Whether it passes the firewall, also inside one spoke.")
    source_spokes: list[Key] = Field(default=[], description="Only from these spokes; none means every spoke.")
    target_spokes: list[Key] = Field(default=[], description="Only to these spokes; none means every spoke.")


class Subnet(Item):
    """The part of a spoke that a segment takes."""

    size: Size = Field(26, description="The length of its prefix (26 means /26: 59 usable addresses).")
    prefix: Cidr | None = Field(None, description="A literal range; only in a spoke with one environment.")
    name: str | None = Field(None, max_length=80, description="A literal name.")
    segment: Key | None = Field(None, description="The segment; default: the key of this subnet.")
    delegation: str | None = Field(
        None, description="The service that takes it, for instance Microsoft.Web/serverFarms."
    )
    service_endpoints: list[str] = Field(default=[], description="Service endpoints; private endpoints are preferred.")


class Spoke(Owned):
    """A virtual network for a landing zone, in each environment that has a subscription for it."""

    title: str = Field("", description="What is in it.")
    subscriptions: dict[Key, Key] = Field(
        min_length=1, description="The subscription by environment; the spoke is made in each of these environments."
    )
    region: RegionName | None = Field(None, description="Default: the primary region.")
    hub: Key | None = Field(None, description="The hub that it is peered with. Default: the hub of its region.")
    size: Size = Field(24, description="The length of its prefix (24 means /24).")
    prefixes: dict[Key, Cidr] = Field(default={}, description="Literal ranges by environment, which win over the plan.")
    peered: bool = Field(True, description="Whether it is peered with the hub.")
    subnets: dict[Key, Subnet] = Field(
        min_length=1, description="Its subnets; a key that is a segment's name is enough."
    )
    ipv6: bool = Field(False, description="Dual stack, from `addresses.supernets_ipv6`.")
