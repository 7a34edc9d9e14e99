"""A workspace of Azure Virtual Desktop: the list of desktops and applications that people see."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import desktopvirtualization as desktop

from kade.components.arguments import normalise
from kade.components.network.diagnostics import send_logs
from kade.components.workload.place import PlaceArgs
from kade.components.workload.private_endpoint import private_endpoint


@dataclass
class FeedArgs:
    """Arguments of `Feed`."""

    place: PlaceArgs
    title: str
    """What people see."""
    application_group_ids: Sequence[pulumi.Input[str]]
    metadata_location: str = ""
    """Where the service keeps what it knows; default: the region of the place."""
    from_internet: bool = False
    """Whether the list is read over the internet too."""


class Feed(pulumi.ComponentResource):
    """A workspace with its private endpoint and logs."""

    id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: FeedArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(FeedArgs, args)
        super().__init__("kade:index:Feed", name, None, opts)
        place = args.place
        private = place.endpoint_subnet_id is not None and not args.from_internet
        self.workspace = desktop.Workspace(
            f"{name}-workspace",
            resource_group_name=place.resource_group_name,
            workspace_name=place.name("desktop_workspace"),
            location=args.metadata_location or place.location,
            friendly_name=args.title,
            application_group_references=list(args.application_group_ids),
            public_network_access="Disabled" if private else "Enabled",
            tags=place.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.id = self.workspace.id
        private_endpoint(self, name, place, "feed", self.id, "virtual_desktop", group="feed")
        send_logs(self, f"{name}-logs", self.id, place.workspace_id, metrics=False)
        self.register_outputs({"id": self.id})
