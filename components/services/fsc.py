"""Federated Service Connectivity (FSC): our part of a group, on Container Apps; directory and trust anchor are others'.

The parts and their ports are those of the standards FSC Core and FSC Logging (fsc-standaard.nl): services are offered
and asked on 443, contracts are exchanged on 8443, and both sides log every transaction under one id.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from kade.components.arguments import ArgumentError, normalise
from kade.components.services.certificate_vault import CertificateVault, CertificateVaultArgs
from kade.components.workload.container_apps import ContainerApps, ContainerAppsArgs, ContainerArgs
from kade.components.workload.database import AdministratorArgs, DatabaseArgs
from kade.components.workload.place import DataArgs, PlaceArgs
from kade.components.workload.postgresql import PostgreSql, PostgreSqlArgs
from kade.components.workload.private_endpoint import private_endpoint

PARTS = ("inway", "outway", "manager", "transaction_log")
OPTIONAL = ("controller",)
INWAY, MANAGER = 10443, 8443
"""Ports of the environment: Container Apps keeps 443 for HTTP whose TLS it ends itself, and an inway has to end it."""


@dataclass
class FscArgs:
    """Arguments of `Fsc`."""

    place: PlaceArgs
    data: DataArgs
    subnet_id: pulumi.Input[str]
    """A subnet of its own, /27 at least, delegated to Microsoft.App/environments, where others can reach it."""
    tenant_id: str
    group: str
    """The group's id."""
    directory: str
    """The group's directory: a name on the network, external."""
    trust_anchor: str
    """The root that the group trusts, external; the certificates in the vault are issued under it."""
    peer_id: str
    """Our OIN, twenty digits."""
    images: Mapping[str, str]
    """The image of each part, with version: inway, outway, manager, transaction_log; a controller if there is one."""
    administrator: AdministratorArgs
    """The group that administers the transaction log."""
    log_size_gb: float = 64
    """Gigabytes of the transaction log."""
    certificate_alert_days: int = 60
    action_group_ids: list[pulumi.Input[str]] | None = None
    """Who hears of a certificate that ends."""
    replicas: int = 2


class Fsc(pulumi.ComponentResource):
    """All parts in one environment, the transaction log on PostgreSQL, a vault for the certificates of the group."""

    ports: pulumi.Output[Mapping[str, str]]
    """What has to be translated to what, by the port that the group uses: ``443`` and ``8443``."""

    def __init__(self, name: str, args: FscArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. Raises `ArgumentError` for a part without image, an unknown part, and an OIN that is none."""
        args = normalise(FscArgs, args)
        _check(name, args)
        super().__init__("kade:index:Fsc", name, None, opts)
        place, here = args.place, pulumi.ResourceOptions(parent=self)
        vault = CertificateVaultArgs(
            place, args.tenant_id, alert_days=args.certificate_alert_days, action_group_ids=args.action_group_ids or []
        )
        self.vault = CertificateVault(f"{name}-vault", vault, here)
        database = {key: DatabaseArgs(size) for key, size in (("transactielog", args.log_size_gb), ("manager", 8))}
        self.log = PostgreSql(
            f"{name}-log", PostgreSqlArgs(place, args.data, database, args.administrator, cores=2), here
        )
        containers = {part.replace("_", "-"): self._container(part, args) for part in args.images}
        self.parts = ContainerApps(
            name,
            ContainerAppsArgs(
                place,
                args.data,
                args.subnet_id,
                containers,
                vault_id=self.vault.id,
                minimum_replicas=args.replicas,
                maximum_replicas=args.replicas * 3,
            ),
            pulumi.ResourceOptions(parent=self, depends_on=list(self.log.databases.values())),
        )
        # Our own systems ask the outway by its name; TCP does not go over an endpoint, so others take the address.
        private_endpoint(self, f"{name}-parts", place, "fsc", self.parts.environment_id, "container_apps")
        address = self.parts.environment.static_ip
        self.ports = pulumi.Output.all(address).apply(
            lambda found: {"443": f"{found[0]}:{INWAY}", "8443": f"{found[0]}:{MANAGER}"}
        )
        self.register_outputs({"ports": self.ports})

    def _container(self, part: str, args: FscArgs) -> ContainerArgs:
        """One part. Inway and manager end TLS themselves, with the certificate by which the group knows us."""
        settings: dict[str, pulumi.Input[str]] = {
            "FSC_GROUP_ID": args.group,
            "FSC_PEER_ID": args.peer_id,
            "FSC_DIRECTORY_ADDRESS": f"https://{args.directory}:8443",
            "FSC_TRUST_ANCHOR": args.trust_anchor,
            "FSC_TRANSACTION_LOG_HOST": self.log.host,
            "FSC_TRANSACTION_LOG_DATABASE": "transactielog",
        }
        secrets = {"FSC_TLS_CERTIFICATE": self.vault.secret("fsc-groep")}
        if part == "inway":
            return ContainerArgs(args.images[part], 1, 2, 8443, settings, secrets, tcp_port=INWAY)
        if part == "manager":
            return ContainerArgs(args.images[part], 1, 2, 8443, settings, secrets, tcp_port=MANAGER)
        # The outway is asked by our own systems, over HTTP whose TLS the environment ends.
        return ContainerArgs(args.images[part], 0.5, 1, 8080, settings, secrets, reachable=part == "outway")


def _check(name: str, args: FscArgs) -> None:
    if missing := [part for part in PARTS if part not in args.images]:
        raise ArgumentError(f"{name}: images: there is none for {', '.join(missing)}, and a node needs all of them")
    if unknown := [part for part in args.images if part not in (*PARTS, *OPTIONAL)]:
        raise ArgumentError(f"{name}: images: {unknown[0]!r} is no part of FSC; {', '.join((*PARTS, *OPTIONAL))}")
    if len(args.peer_id) != 20 or not args.peer_id.isdigit():
        raise ArgumentError(f"{name}: peer_id: {args.peer_id!r} is no OIN, which has twenty digits")
