"""A web application for citizens and companies: what it runs on, its data, how people sign in, and whether it is there.

The gateway in front of it is not part of it: one gateway serves many (`kade.components.network.ingress`).
"""

from dataclasses import replace

import pulumi

from kade.components.arguments import ArgumentError, normalise
from kade.components.services.application import Application, on_app_service, on_container_apps
from kade.components.services.certificate_vault import CertificateVault, CertificateVaultArgs
from kade.components.services.digital_service_args import DigitalServiceArgs
from kade.components.services.sign_in import CERTIFICATE, sign_in_settings
from kade.components.services.uploads import Uploads, UploadsArgs
from kade.components.services.watch import ServiceWatch, ServiceWatchArgs
from kade.components.workload.database import DatabaseArgs
from kade.components.workload.postgresql import PostgreSql, PostgreSqlArgs
from kade.components.workload.private_endpoint import private_endpoint
from kade.components.workload.sql import AzureSql, AzureSqlArgs

PLATFORMS = ("app_service", "container_apps")
ENGINES = ("postgresql", "azure_sql")


class DigitalService(pulumi.ComponentResource):
    """The application with an identity of its own, a vault, a database, uploads and a queue; all of it private."""

    host: pulumi.Output[str]
    """The name at which the gateway reaches it, over TLS on port 443."""
    vault_id: pulumi.Output[str]

    def __init__(self, name: str, args: DigitalServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. Raises `ArgumentError` for a platform or engine that it does not know, and what its parts refuse."""
        args = normalise(DigitalServiceArgs, args)
        _check(name, args)
        super().__init__("kade:index:DigitalService", name, None, opts)
        self._args, self._name = args, name
        place, here = args.place, pulumi.ResourceOptions(parent=self)
        watch = ServiceWatchArgs(
            place=place,
            url=f"https://{args.hostname}{args.health_path}" if args.published else "",
            certificate_days=args.certificate_alert_days,
            criticality=args.criticality,
            hours=args.hours,
            action_group_ids=args.action_group_ids,
        )
        self.watch = ServiceWatch(f"{name}-watch", watch, here)
        vault = CertificateVaultArgs(place, args.tenant_id, action_group_ids=args.action_group_ids)
        self.vault = CertificateVault(f"{name}-vault", vault, here)
        self.database = self._database(here)
        self.uploads: Uploads | None = None
        if args.files_gb or args.queue:
            uploads = UploadsArgs(place, args.data, args.files_gb, args.queue, args.action_group_ids)
            self.uploads = Uploads(f"{name}-uploads", uploads, here)
        self.application = self._application()
        self._give_rights()
        inbound = replace(place, endpoint_subnet_id=args.inbound_subnet_id)
        for part, resource, service, group in self.application.reached:
            private_endpoint(self, f"{name}-{part}", inbound, part, resource, service, group=group)
        self.host = self.application.host
        self.vault_id = self.vault.id
        self.register_outputs({"host": self.host, "vaultId": self.vault_id})

    def _database(self, here: pulumi.ResourceOptions) -> PostgreSql | AzureSql | None:
        args, item = self._args, self._args.database
        if item is None or args.administrator is None:
            return None
        databases = {args.place.short or args.place.workload: DatabaseArgs(item.size_gb, item.tier)}
        name = f"{self._name}-database"
        if item.engine == "azure_sql":
            sql = AzureSqlArgs(
                place=args.place,
                data=args.data,
                databases=databases,
                administrator=args.administrator,
                cores=2,
                standby=item.standby,
                alert_emails=list(args.alert_emails),
            )
            return AzureSql(name, sql, here)
        postgres = PostgreSqlArgs(args.place, args.data, databases, args.administrator, cores=2, standby=item.standby)
        return PostgreSql(name, postgres, here)

    def _application(self) -> Application:
        """The application on its platform, with everything that it has to know."""
        args = self._args
        settings: dict[str, pulumi.Input[str]] = {
            **args.settings,
            "PUBLIC_URL": f"https://{args.hostname}",
            "APPLICATIONINSIGHTS_CONNECTION_STRING": self.watch.connection_string,
            "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": "Authorization=AAD",
        }
        secrets: dict[str, pulumi.Output[str]] = {}
        if args.sign_in is not None:
            settings |= sign_in_settings(self._name, args.sign_in, args.hostname)
            secrets["SIGN_IN_CERTIFICATE"] = self.vault.secret(CERTIFICATE)
        if args.security_txt:
            settings["SECURITY_TXT"] = args.security_txt
        if self.database is not None:
            settings |= {"DATABASE_HOST": self.database.host, "DATABASE_NAME": next(iter(self.database.databases))}
        if self.uploads is not None:
            settings |= self.uploads.settings
        make = on_container_apps if args.platform == "container_apps" else on_app_service
        return make(self, self._name, args, settings, secrets, self.vault.id)

    def _give_rights(self) -> None:
        """What each of the application's identities may: read its vault, use its stores, send its telemetry."""
        rights: dict[str, tuple[pulumi.Input[str], str]] = {
            "telemetry": (self.watch.id, "Monitoring Metrics Publisher")
        }
        if self.uploads is not None:
            if self._args.files_gb:
                rights["files"] = (self.uploads.id, "Storage Blob Data Contributor")
            if self._args.queue:
                rights["queue"] = (self.uploads.id, "Storage Queue Data Contributor")
        if self._args.platform == "app_service":  # a container app had to have it before it was made
            rights["secrets"] = (self.vault.id, "Key Vault Secrets User")
        self.application.give(self, self._name, self._args.place, rights)


def _check(name: str, args: DigitalServiceArgs) -> None:
    if args.platform not in PLATFORMS:
        raise ArgumentError(f"{name}: platform is {args.platform!r}; one of {', '.join(PLATFORMS)}")
    if args.database is not None:
        if args.database.engine not in ENGINES:
            raise ArgumentError(f"{name}: database: engine is {args.database.engine!r}; one of {', '.join(ENGINES)}")
        if args.administrator is None:
            raise ArgumentError(f"{name}: a database without administrator can be used by nobody; give administrator")
    if args.maximum_instances < args.instances:
        raise ArgumentError(f"{name}: maximum_instances is {args.maximum_instances}, less than {args.instances}")
