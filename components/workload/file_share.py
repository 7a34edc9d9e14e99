"""A file share of an application: Azure Files, private, with its backup."""

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import storage

from kade.components.arguments import ArgumentError, normalise
from kade.components.workload.backup import FileBackupArgs, back_up_share
from kade.components.workload.place import DataArgs, PlaceArgs, held, protection
from kade.components.workload.private_endpoint import private_endpoint
from kade.components.workload.store import keep_deleted, let_in, lock, log_account, make_account
from kade.facts.data import read

LARGEST = int(read("service_limits")["gib_per_file_share"]["limit"])


@dataclass
class FileShareArgs:
    """Arguments of `FileShare`."""

    place: PlaceArgs
    data: DataArgs
    size_gb: int
    """Gigabytes; a fifth is added for growth."""
    protocol: str = "smb"
    """smb, or nfs, which only premium shares have."""
    premium: bool = False
    """Fast disks, for which the whole size is paid."""
    backup: FileBackupArgs | None = None
    """The vault that keeps copies, and how long; none where it is None."""


class FileShare(pulumi.ComponentResource):
    """A storage account with one share, its private endpoint, its readers and its backup."""

    account_name: pulumi.Output[str]
    share_name: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: FileShareArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(FileShareArgs, args)
        quota = _quota(name, args)
        place, data = args.place, args.data
        found = protection(name, data, place.zones)
        super().__init__("kade:index:FileShare", name, None, opts)
        self.account = make_account(
            self, name, place, data, found, part="f", premium_files=args.premium, files=args.protocol == "smb"
        )
        self.service = storage.FileServiceProperties(
            f"{name}-service",
            resource_group_name=place.resource_group_name,
            account_name=self.account.name,
            file_services_name="default",
            share_delete_retention_policy=storage.DeleteRetentionPolicyArgs(
                enabled=True, days=max(7, found.soft_delete_days)
            ),
            protocol_settings=smb_settings() if args.protocol == "smb" else None,
            opts=pulumi.ResourceOptions(parent=self),
        )
        if not args.premium:  # such an account has blobs as well, which nobody should lose either
            keep_deleted(self, f"{name}-blobs", place, self.account, found)
        self.share = storage.FileShare(
            f"{name}-share",
            resource_group_name=place.resource_group_name,
            account_name=self.account.name,
            share_name=place.workload,
            share_quota=quota,
            enabled_protocols=args.protocol.upper(),
            root_squash="RootSquash" if args.protocol == "nfs" else None,
            access_tier=None if args.premium else "TransactionOptimized",
            opts=held(self, data, self.service),
        )
        self.endpoint = private_endpoint(self, name, place, "bestanden", self.account.id, "storage_file")
        log_account(self, name, self.account, place, "file")
        role = "Storage File Data SMB Share Contributor"
        let_in(self, name, self.account.id, data, role, found)
        if args.backup is not None:
            back_up_share(self, name, place, args.backup, self.account, self.share, found)
        self.lock = lock(self, name, self.account.id, found, data)
        self.account_name = self.account.name
        self.share_name = self.share.name
        self.register_outputs({"accountName": self.account_name, "shareName": self.share_name})


def _quota(name: str, args: FileShareArgs) -> int:
    """The size with room to grow. Raises `ArgumentError` for what Azure Files does not have."""
    if args.protocol not in ("smb", "nfs"):
        raise ArgumentError(f"{name}: protocol is {args.protocol!r}; it is smb or nfs")
    if args.protocol == "nfs" and not args.premium:
        raise ArgumentError(f"{name}: Azure Files has nfs on premium shares only; set premium, or take smb")
    quota = max(args.size_gb * 6 // 5, 100 if args.premium else 1)
    if quota > LARGEST:
        raise ArgumentError(f"{name}: {args.size_gb} GB with a fifth to grow is over {LARGEST} GB, the largest share")
    return quota


def smb_settings(*, multichannel: bool = False) -> storage.ProtocolSettingsArgs:
    """SMB 3.1.1 with Kerberos and the strongest encryption (Microsoft Learn, "SMB security settings").

    ``multichannel`` uses several connections at once, which premium shares have.
    """
    return storage.ProtocolSettingsArgs(
        smb=storage.SmbSettingArgs(
            versions="SMB3.1.1",
            authentication_methods="Kerberos",
            kerberos_ticket_encryption="AES-256",
            channel_encryption="AES-256-GCM",
            multichannel=storage.MultichannelArgs(enabled=True) if multichannel else None,
        )
    )
