"""Files that others bring and take: a container for each, over SFTP with a key or over HTTPS with an identity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import storage

from kade.components.arguments import ArgumentError, normalise
from kade.components.services.blob_store import End, make_blob_store
from kade.components.workload.place import DataArgs, PlaceArgs, protection
from kade.components.workload.store import let_in


@dataclass
class FileExchangeArgs:
    """Arguments of `FileExchange`."""

    place: PlaceArgs
    data: DataArgs
    partners: Sequence[str]
    """Who exchanges files, by a short key: each has a container, and sees no other."""
    sftp_keys: Mapping[str, str] = field(default_factory=dict)
    """The public SSH key of partners that use SFTP. None means no SFTP."""
    keep_days: int = 30
    """Days that a file stays after its last change."""


class FileExchange(pulumi.ComponentResource):
    """A private storage account. SFTP is reached over the private endpoint, from networks that the matrix lets in."""

    id: pulumi.Output[str]
    account_name: pulumi.Output[str]

    def __init__(self, name: str, args: FileExchangeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. Raises `ArgumentError` without partners, and for a key of somebody who is none."""
        args = normalise(FileExchangeArgs, args)
        if not args.partners:
            raise ArgumentError(f"{name}: partners is empty; nobody would exchange files")
        if strangers := [key for key in args.sftp_keys if key not in args.partners]:
            raise ArgumentError(f"{name}: sftp_keys: {strangers[0]!r} is not among {', '.join(args.partners)}")
        place, data = args.place, args.data
        found = protection(name, data, place.zones)
        super().__init__("kade:index:FileExchange", name, None, opts)
        ends = {"bestanden": End([f"{partner}/" for partner in args.partners], args.keep_days)}
        store = make_blob_store(
            self,
            name,
            place,
            data,
            found,
            part="fx",
            containers=args.partners,
            ends=ends,
            sftp=bool(args.sftp_keys),
        )
        self.account = store.account
        self.users = {
            partner: storage.LocalUser(
                f"{name}-user-{partner}",
                resource_group_name=place.resource_group_name,
                account_name=self.account.name,
                username=partner.replace("-", ""),
                home_directory=partner,
                has_ssh_password=False,
                has_ssh_key=True,
                has_shared_key=False,
                ssh_authorized_keys=[storage.SshPublicKeyArgs(description=partner, key=key)],
                permission_scopes=[
                    storage.PermissionScopeArgs(
                        service="blob", resource_name=store.containers[partner].name, permissions="rcwdl"
                    )
                ],
                opts=pulumi.ResourceOptions(parent=self),
            )
            for partner, key in args.sftp_keys.items()
        }
        let_in(self, name, self.account.id, data, "Storage Blob Data Contributor", found)
        self.id = self.account.id
        self.account_name = self.account.name
        self.register_outputs({"id": self.id, "accountName": self.account_name})
