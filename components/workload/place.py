"""Where a part of a workload stands and how its data is kept: what every component of a workload is told alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pulumi

from kade.components.arguments import ArgumentError
from kade.components.landing_zone.access import AccessArgs
from kade.components.naming import Naming
from kade.components.protection import Protection, protection_of


@dataclass
class PlaceArgs:
    """Where it stands."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    workload: str
    """What it is for: a part of every name."""
    short: str = ""
    """A short form of it, for names with little room (storage accounts, key vaults); default: ``workload``."""
    zones: Sequence[str] = ()
    """Availability zones; empty for none."""
    endpoint_subnet_id: pulumi.Input[str] | None = None
    """The subnet for private endpoints. Without one, none are made, and a store can be reached by nobody."""
    dns_zone_ids: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Private DNS zones by name. An endpoint whose zone is not here gets its name from the owner of the zones."""
    workspace_id: pulumi.Input[str] | None = None
    """The workspace that takes logs."""
    tags: Mapping[str, str] = field(default_factory=dict)

    def name(self, kind: str, part: str = "") -> str:
        """The name of a resource of this workload."""
        return self.names.of(kind, f"{self.workload}-{part}" if part else self.workload)

    def short_name(self, kind: str, part: str = "") -> str:
        """The same for a name with little room."""
        return self.names.of(kind, f"{self.short or self.workload}{part}")


@dataclass
class OwnKeyArgs:
    """A key of our own, and who uses it: the outputs of `DataKey`."""

    key_uri: pulumi.Input[str]
    """The address of the key without a version, so that its renewal is followed."""
    vault_id: pulumi.Input[str]
    identity_id: pulumi.Input[str]
    """The managed identity that may use the key."""
    identity_client_id: pulumi.Input[str]
    """Its client id."""

    @property
    def vault_uri(self) -> pulumi.Output[str]:
        """The address of the vault, out of that of the key: ``https://<vault>/keys/<name>``."""
        return pulumi.Output.from_input(self.key_uri).apply(lambda uri: uri.partition("/keys/")[0])

    @property
    def key_name(self) -> pulumi.Output[str]:
        """The name of the key."""
        return pulumi.Output.from_input(self.key_uri).apply(lambda uri: uri.rstrip("/").partition("/keys/")[2])


@dataclass
class DataArgs:
    """How its data is kept. The table stands in ``kade/facts/protection.json``."""

    classification: str = "restricted"
    """public, internal, confidential or restricted. Who does not say gets the heaviest protection."""
    customer_managed_from: str = "restricted"
    """From which classification data is encrypted with a key of our own, or ``never``."""
    pair_allowed: bool = False
    """Whether copies may stand in the region's pair."""
    key: OwnKeyArgs | None = None
    """The key of our own; needed where the classification asks for one."""
    readers: Mapping[str, str] = field(default_factory=dict)
    """Groups that work with the data, by a short key: object ids. Standing or eligible as the table says."""
    restore_days: int = 0
    """Days to which it can be put back, 7 to 35, where somebody has decided otherwise; 0 for the table's."""
    weekly_copies: int | None = None
    """Weeks that a weekly copy is kept, where somebody has decided otherwise; None for the table's."""
    may_be_deleted: bool = False
    """Whether somebody has accepted that the data goes; without it, what holds data is protected from deletion."""


def asked(data: DataArgs, zones: Sequence[str]) -> Protection:
    """What the classification asks here, of what holds no data itself."""
    return protection_of(
        data.classification,
        customer_managed_from=data.customer_managed_from,
        pair_allowed=data.pair_allowed,
        zones=bool(zones),
    )


def protection(name: str, data: DataArgs, zones: Sequence[str]) -> Protection:
    """What the classification asks here. Raises `ArgumentError` where it asks for a key and none is given."""
    found = asked(data, zones)
    if found.customer_managed_key and data.key is None:
        raise ArgumentError(
            f"{name}: data that is {data.classification} is encrypted with a key of our own; give data.key (of a "
            f"DataKey), or change data.customer_managed_from"
        )
    days = min(35, max(7, data.restore_days)) if data.restore_days else found.point_in_time_days
    weeks = found.weekly_copies if data.weekly_copies is None else data.weekly_copies
    return replace(found, point_in_time_days=days, weekly_copies=weeks)


def access_of(data: DataArgs, found: Protection, role: str) -> dict[str, AccessArgs]:
    """A role on a store for those that work with its data."""
    return {
        key: AccessArgs(principal, role, eligible=not found.standing_access, reason="Works with the data")
        for key, principal in data.readers.items()
    }


def held(
    parent: pulumi.Resource, data: DataArgs, *after: pulumi.Resource, ignore: Sequence[str] = ()
) -> pulumi.ResourceOptions:
    """Options of what holds data: it is protected until somebody has accepted that the data goes."""
    return pulumi.ResourceOptions(
        parent=parent, protect=not data.may_be_deleted, depends_on=list(after), ignore_changes=list(ignore) or None
    )
