"""The place of a Digikoppeling adapter: network, identity, certificates, store for large messages; and the adapter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import storage

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.roles import assign_role
from kade.components.services.blob_store import End, make_blob_store
from kade.components.services.certificate_vault import CertificateVault, CertificateVaultArgs
from kade.components.workload.container_apps import ContainerApps, ContainerAppsArgs, ContainerArgs
from kade.components.workload.place import DataArgs, PlaceArgs, protection
from kade.components.workload.private_endpoint import private_endpoint

PROFILES = ("rest", "ws_rm_ebms", "wus", "large_files")


@dataclass
class DigikoppelingArgs:
    """Arguments of `Digikoppeling`."""

    place: PlaceArgs
    data: DataArgs
    tenant_id: str
    oin: str
    """Our OIN, twenty digits."""
    profiles: Sequence[str]
    """rest, ws_rm_ebms, wus, large_files. Large files and ebMS keep messages, so they have a store."""
    adapter: str = ""
    """The image of the adapter. Empty makes its place only; whoever delivers it gets the rest of the arguments."""
    subnet_id: pulumi.Input[str] | None = None
    """A subnet of its own, delegated to Microsoft.App/environments; needed with an adapter."""
    settings: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Settings of the adapter besides those that follow from this; never a secret."""
    keep_days: int = 90
    """Days that a message stays in the store after its last change."""
    certificate_alert_days: int = 60
    action_group_ids: Sequence[pulumi.Input[str]] = ()
    replicas: int = 2


class Digikoppeling(pulumi.ComponentResource):
    """A vault for the PKIoverheid certificate, a store where the profiles need one, and the adapter's container."""

    vault_id: pulumi.Output[str]

    def __init__(self, name: str, args: DigikoppelingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. Raises `ArgumentError` for an unknown profile, for an OIN that is none, and without a subnet."""
        args = normalise(DigikoppelingArgs, args)
        _check(name, args)
        super().__init__("kade:index:Digikoppeling", name, None, opts)
        place, here = args.place, pulumi.ResourceOptions(parent=self)
        vault = CertificateVaultArgs(
            place, args.tenant_id, alert_days=args.certificate_alert_days, action_group_ids=args.action_group_ids
        )
        self.vault = CertificateVault(f"{name}-vault", vault, here)
        self.store = self._store(name, args) if {"large_files", "ws_rm_ebms"} & set(args.profiles) else None
        self.adapter = self._adapter(name, args, here) if args.adapter else None
        self.vault_id = self.vault.id
        self.register_outputs({"vaultId": self.vault_id})

    def _store(self, name: str, args: DigikoppelingArgs) -> storage.StorageAccount:
        place, data = args.place, args.data
        found = protection(name, data, place.zones)
        end = {"berichten": End(["berichten-"], args.keep_days)}
        boxes = ["berichten-in", "berichten-uit"]
        made = make_blob_store(self, f"{name}-store", place, data, found, part="dk", containers=boxes, ends=end)
        return made.account

    def _adapter(self, name: str, args: DigikoppelingArgs, here: pulumi.ResourceOptions) -> ContainerApps:
        settings: dict[str, pulumi.Input[str]] = {
            **args.settings,
            "DIGIKOPPELING_OIN": args.oin,
            "DIGIKOPPELING_PROFIELEN": ",".join(args.profiles),
        }
        if self.store is not None:
            settings["DIGIKOPPELING_OPSLAG"] = pulumi.Output.concat(
                "https://", self.store.name, ".blob.core.windows.net"
            )
        secrets = {"DIGIKOPPELING_CERTIFICAAT": self.vault.secret("pkioverheid")}
        container = ContainerArgs(args.adapter, 1, 2, 8443, settings, secrets, reachable=True)
        if args.subnet_id is None:
            raise ArgumentError(f"{name}: subnet_id is missing; an adapter runs in a subnet of its own")
        made = ContainerApps(
            name,
            ContainerAppsArgs(
                args.place,
                args.data,
                args.subnet_id,
                {"adapter": container},
                vault_id=self.vault.id,
                minimum_replicas=args.replicas,
                maximum_replicas=args.replicas * 3,
            ),
            here,
        )
        private_endpoint(self, f"{name}-adapter", args.place, "adapter", made.environment_id, "container_apps")
        if self.store is not None:
            assign_role(
                f"{name}-store-use",
                scope=self.store.id,
                role="Storage Blob Data Contributor",
                principal_id=made.identity.principal_id,
                principal_type="ServicePrincipal",
                key=f"{args.place.workload}-adapter",
                description="Keeps messages until they are taken",
                opts=here,
            )
        return made


def _check(name: str, args: DigikoppelingArgs) -> None:
    if unknown := [profile for profile in args.profiles if profile not in PROFILES]:
        raise ArgumentError(f"{name}: profiles: {unknown[0]!r} is none of {', '.join(PROFILES)}")
    if len(args.oin) != 20 or not args.oin.isdigit():
        raise ArgumentError(f"{name}: oin: {args.oin!r} is no OIN, which has twenty digits")
    if args.adapter and args.subnet_id is None:
        raise ArgumentError(f"{name}: subnet_id is missing; an adapter runs in a subnet of its own")
