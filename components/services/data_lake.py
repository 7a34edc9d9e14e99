"""A data lake in zones: from what came in (raw), over what was made right (curated), to what is used (serving)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.access import AccessArgs, give_access
from kade.components.protection import Protection
from kade.components.services.blob_store import End, make_blob_store
from kade.components.workload.place import DataArgs, PlaceArgs, protection

ZONES = ("raw", "curated", "serving")


@dataclass
class ReadersArgs:
    """Who may read a zone."""

    groups: Mapping[str, str]
    """Object ids of groups, by a short key."""


@dataclass
class DataLakeArgs:
    """Arguments of `DataLake`."""

    place: PlaceArgs
    data: DataArgs
    """Its ``readers`` read every zone; `readers` here say who reads one."""
    zones: Sequence[str] = ZONES
    """Zones, each a file system of its own."""
    readers: Mapping[str, ReadersArgs] = field(default_factory=dict)
    """Who may read, by zone."""
    retention_days: Mapping[str, int] = field(default_factory=dict)
    """Days after its last change that data is deleted, by class of data. Data stands in ``<zone>/<class>/``; a class
    that is not here is kept until somebody deletes it."""


class DataLake(pulumi.ComponentResource):
    """A storage account with file systems, two private endpoints, readers by zone, an end for each class of data."""

    id: pulumi.Output[str]
    account_name: pulumi.Output[str]

    def __init__(self, name: str, args: DataLakeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. Raises `ArgumentError` for readers of a zone that is not there, and for an end of no days."""
        args = normalise(DataLakeArgs, args)
        place, data = args.place, args.data
        found = protection(name, data, place.zones)
        _check(name, args)
        super().__init__("kade:index:DataLake", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        ends = {
            kind: End([f"{zone}/{kind}/" for zone in args.zones], days) for kind, days in args.retention_days.items()
        }
        store = make_blob_store(self, name, place, data, found, part="dl", containers=args.zones, ends=ends, lake=True)
        self.account, self.zones = store.account, store.containers
        self._let_in(name, args, found, here)
        self.id = self.account.id
        self.account_name = self.account.name
        self.register_outputs({"id": self.id, "accountName": self.account_name})

    def _let_in(self, name: str, args: DataLakeArgs, found: Protection, here: pulumi.ResourceOptions) -> None:
        """A role on a zone, standing or to be activated as the table says; readers of the data read every zone."""
        for zone, container in self.zones.items():
            groups = dict(args.data.readers)
            if zone in args.readers:
                groups |= args.readers[zone].groups
            access = {
                key: AccessArgs(
                    group,
                    "Storage Blob Data Reader",
                    eligible=not found.standing_access,
                    reason=f"Reads what stands in {zone}",
                )
                for key, group in groups.items()
            }
            give_access(f"{name}-{zone}-access", container.id, access, here)


def _check(name: str, args: DataLakeArgs) -> None:
    if not args.zones:
        raise ArgumentError(f"{name}: zones is empty; give one of {', '.join(ZONES)} at least")
    for zone in args.readers:
        if zone not in args.zones:
            raise ArgumentError(f"{name}: readers: there is no zone {zone!r}; it has {', '.join(args.zones)}")
