"""A log of who asked for what, apart from the other logs: it has readers, and an end, of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import operationalinsights

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.access import AccessArgs, give_access
from kade.components.landing_zone.log_workspace import LogWorkspace, LogWorkspaceArgs
from kade.components.workload.place import PlaceArgs

SEARCHABLE = 183  # days, as BIO2 8.18.02 asks of the use of systems; what is older is in the archive


@dataclass
class RequestLogArgs:
    """Arguments of `RequestLog`."""

    place: PlaceArgs
    days: int = 1096
    """Days in all that a request is kept, 30 to 4383; three years is what BIO2 5.28.01 asks for incidents."""
    tables: Sequence[str] = ("ApiManagementGatewayLogs",)
    """The tables of Log Analytics that hold requests."""
    readers: Mapping[str, str] = field(default_factory=dict)
    """Groups that may read it, by a short key: object ids. They activate the role when they need it."""


class RequestLog(pulumi.ComponentResource):
    """A workspace of its own. Reading it is itself logged, in its table LAQueryLogs."""

    id: pulumi.Output[str]

    def __init__(self, name: str, args: RequestLogArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. Raises `ArgumentError` for days outside 30 to 4383."""
        args = normalise(RequestLogArgs, args)
        if not 30 <= args.days <= 4383:
            raise ArgumentError(f"{name}: days is {args.days}; 30 to 4383 (twelve years, which is what Azure keeps)")
        super().__init__("kade:index:RequestLog", name, None, opts)
        place, here = args.place, pulumi.ResourceOptions(parent=self)
        workspace = LogWorkspaceArgs(
            names=place.names,
            resource_group_name=place.resource_group_name,
            location=place.location,
            workload=f"{place.workload}-vragen",
            default_days=SEARCHABLE,
            tags=place.tags,
        )
        self.workspace = LogWorkspace(name, workspace, here)
        self.tables = [
            operationalinsights.Table(
                f"{name}-{table}",
                resource_group_name=place.resource_group_name,
                workspace_name=self.workspace.name,
                table_name=table,
                plan=operationalinsights.TablePlanEnum.ANALYTICS,
                retention_in_days=min(args.days, SEARCHABLE),
                total_retention_in_days=args.days,
                opts=here,
            )
            for table in args.tables
        ]
        readers = {
            key: AccessArgs(group, "Log Analytics Reader", eligible=True, reason="Reads who asked for what")
            for key, group in args.readers.items()
        }
        self.access = give_access(f"{name}-access", self.workspace.id, readers, here)
        self.id = self.workspace.id
        self.register_outputs({"id": self.id})
