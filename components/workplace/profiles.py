"""Profiles of one persona: a share of Azure Files that its hosts reach over a private endpoint."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import storage

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.access import AccessArgs, give_access
from kade.components.landing_zone.roles import assign_role
from kade.components.workload.backup import FileBackupArgs, back_up_share
from kade.components.workload.file_share import LARGEST, smb_settings
from kade.components.workload.place import DataArgs, PlaceArgs, held, protection
from kade.components.workload.private_endpoint import private_endpoint
from kade.components.workload.store import lock, log_account, make_account

SMALLEST = 100  # GiB, of a premium share


@dataclass
class ProfilesArgs:
    """Arguments of `Profiles`."""

    place: PlaceArgs
    """Its zones decide about the copies: with zones in three of them, without in one."""
    data: DataArgs
    people: int
    group_ids: Sequence[pulumi.Input[str]]
    """Object ids of the groups whose profiles these are."""
    administrators: str
    """Object id of the group that sets file rights; it activates its role when it needs it."""
    profile_gb: int = 10
    """Gigabytes a person."""
    growth: int = 20
    """Room to grow, as a percentage."""
    deleted_days: int = 14
    """Days that a deleted share can be brought back, 1 to 365."""
    backup: FileBackupArgs | None = None
    """The vault that keeps copies, and how long; none where it is None."""


class Profiles(pulumi.ComponentResource):
    """A premium share for FSLogix, with Entra Kerberos, its private endpoint, its backup and the rights on it.

    Accounts have no keys. One thing is not in Azure Resource Manager: an administrator has to consent once to the
    application that the account is in Entra ID (docs/workplace.md).
    """

    share: pulumi.Output[str]
    """Where profiles are, as ``\\\\account.file.core.windows.net\\share``."""
    account_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: ProfilesArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(ProfilesArgs, args)
        quota = share_size(name, args)
        found = protection(name, args.data, args.place.zones)
        super().__init__("kade:index:Profiles", name, None, opts)
        place, here = args.place, pulumi.ResourceOptions(parent=self)
        self.account = make_account(self, name, place, args.data, found, part="p", premium_files=True, files=True)
        self.service = storage.FileServiceProperties(
            f"{name}-service",
            resource_group_name=place.resource_group_name,
            account_name=self.account.name,
            file_services_name="default",
            share_delete_retention_policy=storage.DeleteRetentionPolicyArgs(enabled=True, days=args.deleted_days),
            protocol_settings=smb_settings(multichannel=True),
            opts=here,
        )
        self.made = storage.FileShare(
            f"{name}-share",
            resource_group_name=place.resource_group_name,
            account_name=self.account.name,
            share_name="profiles",
            share_quota=quota,
            enabled_protocols="SMB",
            opts=held(self, args.data, self.service),
        )
        private_endpoint(self, name, place, "profiles", self.account.id, "storage_file")
        log_account(self, name, self.account, place, "file")
        for i, group in enumerate(args.group_ids):
            assign_role(
                f"{name}-use-{i}" if i else f"{name}-use",
                scope=self.account.id,
                role="Storage File Data SMB Share Contributor",
                principal_id=group,
                principal_type="Group",
                description="Their own profiles",
                opts=here,
            )
        role = "Storage File Data SMB Share Elevated Contributor"
        rights = AccessArgs(args.administrators, role, eligible=True, reason="Sets file rights on profiles")
        give_access(f"{name}-access", self.account.id, {"administrators": rights}, here)
        if args.backup is not None:
            back_up_share(self, name, place, args.backup, self.account, self.made, found)
        self.lock = lock(self, name, self.account.id, found, args.data)
        self.account_id = self.account.id
        self.share = pulumi.Output.concat("\\\\", self.account.name, ".file.core.windows.net\\", self.made.name)
        self.register_outputs({"share": self.share, "accountId": self.account_id})


def share_size(name: str, args: ProfilesArgs) -> int:
    """Gigabytes of the share: people, times what each may have, and the room to grow.

    Raises `ArgumentError` for more than one share can hold, and for a retention that Azure does not have.
    """
    if not 1 <= args.deleted_days <= 365:
        raise ArgumentError(f"{name}: deleted_days is {args.deleted_days}; Azure takes 1 to 365")
    wanted = -(-args.people * args.profile_gb * (100 + args.growth) // 100)
    if wanted > LARGEST:
        raise ArgumentError(
            f"{name}: {args.people} people with {args.profile_gb} GB and {args.growth}% to grow need {wanted} GB, and "
            f"a share holds {LARGEST}; split the persona, or give less"
        )
    return max(wanted, SMALLEST)
