"""The place of FSC in a cluster that stands: its namespace, transaction log, certificates and identity."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from kade.components.arguments import normalise
from kade.components.landing_zone.roles import assign_role
from kade.components.services.certificate_vault import CertificateVault, CertificateVaultArgs
from kade.components.workload.cluster_place import ClusterPlace, ClusterPlaceArgs
from kade.components.workload.database import AdministratorArgs, DatabaseArgs
from kade.components.workload.place import DataArgs, PlaceArgs
from kade.components.workload.postgresql import PostgreSql, PostgreSqlArgs


@dataclass
class FscPlaceArgs:
    """Arguments of `FscPlace`."""

    place: PlaceArgs
    data: DataArgs
    tenant_id: str
    administrator: AdministratorArgs
    """The group that administers the transaction log."""
    cluster_name: pulumi.Input[str]
    cluster_resource_group_name: pulumi.Input[str]
    oidc_issuer_url: pulumi.Input[str]
    """The issuer of the cluster's tokens."""
    log_size_gb: float = 64
    """Gigabytes of the transaction log."""
    certificate_alert_days: int = 60
    action_group_ids: Sequence[pulumi.Input[str]] = ()
    """Who hears of a certificate that ends."""


class FscPlace(pulumi.ComponentResource):
    """What FSC needs in a cluster. Its parts are deployed there by their own pipeline, with the group's own charts; a
    balancer of the cluster gives the inway 443 and the manager 8443.
    """

    namespace: pulumi.Output[str]
    identity_client_id: pulumi.Output[str]

    def __init__(self, name: str, args: FscPlaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it."""
        args = normalise(FscPlaceArgs, args)
        super().__init__("kade:index:FscPlace", name, None, opts)
        place, here = args.place, pulumi.ResourceOptions(parent=self)
        vault = CertificateVaultArgs(
            place, args.tenant_id, alert_days=args.certificate_alert_days, action_group_ids=args.action_group_ids
        )
        self.vault = CertificateVault(f"{name}-vault", vault, here)
        databases = {"transactielog": DatabaseArgs(args.log_size_gb), "manager": DatabaseArgs(8)}
        self.log = PostgreSql(
            f"{name}-log", PostgreSqlArgs(place, args.data, databases, args.administrator, cores=2), here
        )
        room = ClusterPlaceArgs(
            place=place,
            cluster_name=args.cluster_name,
            cluster_resource_group_name=args.cluster_resource_group_name,
            oidc_issuer_url=args.oidc_issuer_url,
            cores=4,
            memory_gb=8,
            service_account="fsc",
        )
        self.room = ClusterPlace(f"{name}-room", room, here)
        self.reads = assign_role(
            f"{name}-reads",
            scope=self.vault.id,
            role="Key Vault Secrets User",
            principal_id=self.room.identity.principal_id,
            principal_type="ServicePrincipal",
            key=f"{place.workload}-fsc",
            description="Reads the certificates of the group",
            opts=here,
        )
        self.namespace = self.room.namespace
        self.identity_client_id = self.room.identity_client_id
        self.register_outputs({"namespace": self.namespace, "identityClientId": self.identity_client_id})
