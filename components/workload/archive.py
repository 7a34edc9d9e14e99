"""What is kept of an application that ends, until it is destroyed or transferred.

Nothing here makes data unchangeable or destroys it by itself. A lock on records can block erasure under the AVG, so
that is a decision of people; what is kept for ever goes to the archive, and is not locked here. On the date somebody
acts.
"""

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import storage

from kade.components.arguments import ArgumentError, normalise
from kade.components.workload.place import DataArgs, PlaceArgs, held, protection
from kade.components.workload.private_endpoint import private_endpoint
from kade.components.workload.store import keep_deleted, let_in, log_account, make_account


@dataclass
class ArchiveArgs:
    """Arguments of `Archive`."""

    place: PlaceArgs
    data: DataArgs
    selection_category: str
    """The category of the selection list, for instance ``11.1``."""
    then: str
    """destroy or transfer."""
    on: str
    """The date of it, ``2043-12-31``."""
    approved_by: str = ""
    """The archivist's role, once approved; empty while nobody has."""
    cold_after_days: int = 30
    """Days after which what was put in goes to the cheapest tier that answers at once."""


class Archive(pulumi.ComponentResource):
    """A storage account with one container that says what is in it, why, until when, and who agreed."""

    account_name: pulumi.Output[str]
    container_name: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: ArchiveArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(ArchiveArgs, args)
        if args.then not in ("destroy", "transfer"):
            raise ArgumentError(f"{name}: then is {args.then!r}; it is destroy or transfer")
        place, data = args.place, args.data
        found = protection(name, data, place.zones)
        super().__init__("kade:index:Archive", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        self.account = make_account(self, name, place, data, found, part="a", cool=True)
        self.service = keep_deleted(self, f"{name}-service", place, self.account, found)
        self.container = storage.BlobContainer(
            f"{name}-container",
            resource_group_name=place.resource_group_name,
            account_name=self.account.name,
            container_name=place.workload,
            public_access="None",
            metadata={
                "selectiecategorie": args.selection_category,
                "daarna": {"destroy": "vernietigen", "transfer": "overbrengen"}[args.then],
                "op": args.on,
                "akkoord": args.approved_by or "nog niet",
            },
            opts=held(self, data, self.service),
        )
        self.tiers = storage.ManagementPolicy(
            f"{name}-tiers",
            resource_group_name=place.resource_group_name,
            account_name=self.account.name,
            management_policy_name="default",
            policy=storage.ManagementPolicySchemaArgs(rules=[_to_cold(args.cold_after_days)]),
            opts=here,
        )
        self.endpoint = private_endpoint(self, name, place, "archief", self.account.id, "storage_blob")
        log_account(self, name, self.account, place, "blob")
        let_in(self, name, self.account.id, data, "Storage Blob Data Contributor", found)
        self.account_name = self.account.name
        self.container_name = self.container.name
        self.register_outputs({"accountName": self.account_name, "containerName": self.container_name})


def _to_cold(days: int) -> storage.ManagementPolicyRuleArgs:
    return storage.ManagementPolicyRuleArgs(
        name="koud",
        enabled=True,
        type="Lifecycle",
        definition=storage.ManagementPolicyDefinitionArgs(
            filters=storage.ManagementPolicyFilterArgs(blob_types=["blockBlob"]),
            actions=storage.ManagementPolicyActionArgs(
                base_blob=storage.ManagementPolicyBaseBlobArgs(
                    tier_to_cold=storage.DateAfterModificationArgs(days_after_modification_greater_than=days)
                )
            ),
        ),
    )
