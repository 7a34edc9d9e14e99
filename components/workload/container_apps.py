"""Containers of an application on Container Apps: an environment inside the network, and an app for each container."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import app

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.roles import assign_role
from kade.components.network.diagnostics import send_logs
from kade.components.workload.identity import identity_of
from kade.components.workload.place import DataArgs, PlaceArgs, asked

# Microsoft Learn, "Containers in Azure Container Apps": 0.25 to 4 cores, with twice the memory.
STEP, MOST = 0.25, 4.0


@dataclass
class ContainerArgs:
    """One container."""

    image: str
    """The image with its tag or digest."""
    cores: float = 0.5
    """Cores; they are rounded up so that the memory, twice their number, fits."""
    memory_gb: float = 1
    """Gigabytes of memory."""
    port: int = 8080
    """The port that it listens on; 0 for one that only works and answers nobody."""
    settings: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Environment variables; never a secret."""
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Environment variables from a key vault: the address of a secret without its version. Needs ``vault_id``."""
    reachable: bool = False
    """Whether the network reaches it; else only the other containers of the environment do."""
    health_path: str = ""
    """The page that tells whether it is well; empty asks only whether it listens."""
    tcp_port: int = 0
    """A port on which the network reaches it over plain TCP, for who does TLS itself; not 80 and not 443."""


@dataclass
class ContainerAppsArgs:
    """Arguments of `ContainerApps`."""

    place: PlaceArgs
    data: DataArgs
    subnet_id: pulumi.Input[str]
    """A subnet of its own, /27 at least, delegated to Microsoft.App/environments."""
    containers: Mapping[str, ContainerArgs]
    """Containers by a short key."""
    registry_id: pulumi.Input[str] | None = None
    """A container registry of Azure whose images may be pulled."""
    registry_server: pulumi.Input[str] = ""
    """Its name on the network."""
    vault_id: pulumi.Input[str] | None = None
    """A key vault whose secrets the containers may read."""
    minimum_replicas: int = 2
    """Replicas that always run."""
    maximum_replicas: int = 6
    """Replicas at most."""


class ContainerApps(pulumi.ComponentResource):
    """An environment without a public address, with an identity and an app for each container."""

    environment_id: pulumi.Output[str]
    hosts: pulumi.Output[Mapping[str, str]]
    """Names by container, inside the network."""

    def __init__(
        self,
        name: str,
        args: ContainerAppsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(ContainerAppsArgs, args)
        asked(args.data, args.place.zones)  # refuses an unknown classification
        sizes = {key: _cores(f"{name}: {key}", item) for key, item in args.containers.items()}
        super().__init__("kade:index:ContainerApps", name, None, opts)
        place, here = args.place, pulumi.ResourceOptions(parent=self)
        self.identity = identity_of(self, name, place, "containers")
        pull: list[pulumi.Resource] = []
        if args.vault_id is not None:
            pull.append(
                assign_role(
                    f"{name}-secrets",
                    scope=args.vault_id,
                    role="Key Vault Secrets User",
                    principal_id=self.identity.principal_id,
                    principal_type="ServicePrincipal",
                    key=pulumi.Output.concat(place.resource_group_name, "/", place.workload, "/containers"),
                    description="Reads its secrets and certificates",
                    opts=here,
                )
            )
        if args.registry_id is not None:
            pull.append(
                assign_role(
                    f"{name}-pull",
                    scope=args.registry_id,
                    role="AcrPull",
                    principal_id=self.identity.principal_id,
                    principal_type="ServicePrincipal",
                    key=pulumi.Output.concat(place.resource_group_name, "/", place.workload, "/containers"),
                    description="Pulls its images",
                    opts=here,
                )
            )
        self.environment = app.ManagedEnvironment(
            f"{name}-environment",
            resource_group_name=place.resource_group_name,
            environment_name=place.name("container_app_environment"),
            location=place.location,
            zone_redundant=bool(place.zones),
            public_network_access="Disabled",
            vnet_configuration=app.VnetConfigurationArgs(internal=True, infrastructure_subnet_id=args.subnet_id),
            workload_profiles=[app.WorkloadProfileArgs(name="Consumption", workload_profile_type="Consumption")],
            # The setting below sends what they write to the workspace, without its key.
            app_logs_configuration=app.AppLogsConfigurationArgs(destination="azure-monitor"),
            peer_authentication=app.ManagedEnvironmentPeerAuthenticationArgs(mtls=app.MtlsArgs(enabled=True)),
            peer_traffic_configuration=app.ManagedEnvironmentPeerTrafficConfigurationArgs(
                encryption=app.ManagedEnvironmentEncryptionArgs(enabled=True)
            ),
            tags=place.tags,
            opts=here,
        )
        self.logs = send_logs(self, f"{name}-logs", self.environment.id, place.workspace_id)
        after = pulumi.ResourceOptions(parent=self, depends_on=pull)
        self.apps = {
            key: self._app(f"{name}-{key}", key, item, sizes[key], args, after) for key, item in args.containers.items()
        }
        self.environment_id = self.environment.id
        self.hosts = pulumi.Output.all(**{key: _host(made) for key, made in self.apps.items()})
        self.register_outputs({"environmentId": self.environment_id, "hosts": self.hosts})

    def _app(
        self,
        name: str,
        key: str,
        item: ContainerArgs,
        cores: float,
        args: ContainerAppsArgs,
        opts: pulumi.ResourceOptions,
    ) -> app.ContainerApp:
        place = args.place
        registry = app.RegistryCredentialsArgs(server=args.registry_server, identity=self.identity.id)
        ingress = app.IngressArgs(
            external=item.reachable or bool(item.tcp_port),
            target_port=item.port,
            exposed_port=item.tcp_port or None,
            allow_insecure=False,
            transport="tcp" if item.tcp_port else "auto",
            client_certificate_mode=None if item.tcp_port else "ignore",
        )
        # A secret's name here is made of that of its variable; the value never leaves the vault.
        kept = {variable: variable.lower().replace("_", "-") for variable in sorted(item.secrets)}
        secrets = [
            app.SecretArgs(name=kept[variable], key_vault_url=item.secrets[variable], identity=self.identity.id)
            for variable in kept
        ]
        return app.ContainerApp(
            name,
            resource_group_name=place.resource_group_name,
            container_app_name=place.names.of("container_app", key),  # its environment tells it apart from others,
            location=place.location,
            managed_environment_id=self.environment.id,
            workload_profile_name="Consumption",
            identity=app.ManagedServiceIdentityArgs(type="UserAssigned", user_assigned_identities=[self.identity.id]),
            configuration=app.ConfigurationArgs(
                active_revisions_mode="Single",
                ingress=ingress if item.port else None,
                registries=[registry] if args.registry_id is not None else None,
                secrets=secrets or None,
            ),
            template=app.TemplateArgs(
                containers=[
                    app.ContainerArgs(
                        name=key,
                        image=item.image,
                        probes=_probes(item),
                        resources=app.ContainerResourcesArgs(cpu=cores, memory=f"{cores * 2:g}Gi"),
                        env=[
                            *(app.EnvironmentVarArgs(name=k, value=v) for k, v in sorted(item.settings.items())),
                            *(app.EnvironmentVarArgs(name=k, secret_ref=v) for k, v in kept.items()),
                        ]
                        or None,
                    )
                ],
                scale=app.ScaleArgs(min_replicas=args.minimum_replicas, max_replicas=args.maximum_replicas),
            ),
            tags=place.tags,
            opts=opts,
        )


def _probes(item: ContainerArgs) -> list[app.ContainerAppProbeArgs] | None:
    """Who is not well is started anew, and who is not ready is not asked."""
    if not item.health_path:
        return None
    page = app.ContainerAppProbeHttpGetArgs(path=item.health_path, port=item.port, scheme="HTTP")
    return [
        app.ContainerAppProbeArgs(type=kind, http_get=page, period_seconds=30, failure_threshold=3)
        for kind in ("Liveness", "Readiness")
    ]


def _cores(name: str, item: ContainerArgs) -> float:
    """Cores, in quarters, whose memory suffices. Raises `ArgumentError` where Container Apps has not so many."""
    if item.tcp_port in (80, 443):
        raise ArgumentError(f"{name}: tcp_port is {item.tcp_port}, which Container Apps keeps for HTTP; take another")
    wanted = max(item.cores, item.memory_gb / 2)
    cores = -(-wanted // STEP) * STEP
    if cores > MOST:
        raise ArgumentError(
            f"{name}: {item.cores:g} cores and {item.memory_gb:g} GB need more than {MOST:g} cores; use a cluster"
        )
    return cores


def _host(made: app.ContainerApp) -> pulumi.Output[str]:
    return made.configuration.apply(lambda c: c.ingress.fqdn if c is not None and c.ingress is not None else "")
