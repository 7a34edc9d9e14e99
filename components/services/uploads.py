"""What a service takes in: files in a store that is never read from outside, and a queue for what has to be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import storage

from kade.components.arguments import ArgumentError, normalise
from kade.components.services.blob_store import make_blob_store, warn_when_larger
from kade.components.workload.place import DataArgs, PlaceArgs, held, protection
from kade.components.workload.private_endpoint import private_endpoint


@dataclass
class UploadsArgs:
    """Arguments of `Uploads`."""

    place: PlaceArgs
    data: DataArgs
    files_gb: int = 0
    """Gigabytes that are foreseen; 0 for no files."""
    queue: bool = False
    """A queue, and one beside it for what could not be done."""
    action_group_ids: Sequence[pulumi.Input[str]] = ()
    """Who hears when there is more than was foreseen."""


class Uploads(pulumi.ComponentResource):
    """A storage account with a container for files and queues, private endpoints for what is used, and an alert."""

    id: pulumi.Output[str]
    account_name: pulumi.Output[str]

    def __init__(self, name: str, args: UploadsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. Raises `ArgumentError` without files and without a queue."""
        args = normalise(UploadsArgs, args)
        if not args.files_gb and not args.queue:
            raise ArgumentError(f"{name}: neither files_gb nor queue; nothing would be kept")
        place, data = args.place, args.data
        found = protection(name, data, place.zones)
        super().__init__("kade:index:Uploads", name, None, opts)
        containers = ["uploads"] if args.files_gb else []
        store = make_blob_store(self, name, place, data, found, part="u", containers=containers)
        self.account = store.account
        self.queues: dict[str, storage.Queue] = {}
        if args.queue:
            self.queues = {
                key: storage.Queue(
                    f"{name}-queue-{key}",
                    resource_group_name=place.resource_group_name,
                    account_name=self.account.name,
                    queue_name=key,
                    opts=held(self, data),
                )
                for key in ("werk", "werk-mislukt")
            }
            private_endpoint(self, f"{name}-queue", place, "u-queue", self.account.id, "storage_queue")
        if args.files_gb:
            warn_when_larger(self, name, place, self.account, args.files_gb, args.action_group_ids)
        self.id = self.account.id
        self.account_name = self.account.name
        self.settings = self._settings(args)
        self.register_outputs({"id": self.id, "accountName": self.account_name})

    def _settings(self, args: UploadsArgs) -> Mapping[str, pulumi.Input[str]]:
        """What an application has to know of it."""
        found: dict[str, pulumi.Input[str]] = {}
        if args.files_gb:
            found["UPLOADS_URL"] = pulumi.Output.concat("https://", self.account.name, ".blob.core.windows.net/uploads")
        if args.queue:
            found["QUEUE_URL"] = pulumi.Output.concat("https://", self.account.name, ".queue.core.windows.net/werk")
        return found
