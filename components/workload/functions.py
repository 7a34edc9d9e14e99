"""Functions of an application: code that runs when something happens, on the plan Flex Consumption."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import applicationinsights, storage, web

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.roles import assign_role
from kade.components.network.diagnostics import send_logs
from kade.components.workload.identity import identity_of
from kade.components.workload.place import DataArgs, PlaceArgs, protection
from kade.components.workload.private_endpoint import private_endpoint
from kade.components.workload.store import keep_deleted, log_account, make_account

# Microsoft Learn, "Flex Consumption plan": supported language stacks.
RUNTIMES = ("dotnet-isolated", "java", "node", "powershell", "python", "custom")
MEMORY = (512, 2048, 4096)


@dataclass
class FunctionsArgs:
    """Arguments of `Functions`."""

    place: PlaceArgs
    data: DataArgs
    subnet_id: pulumi.Input[str]
    """The subnet that it calls others from, delegated to Microsoft.App/environments."""
    runtime: str
    """The language and its version: ``python|3.12``, ``dotnet-isolated|8.0``."""
    key: str = "f"
    """Tells the function apps of one application apart."""
    memory_mb: int = 2048
    """Memory of an instance: 512, 2048 or 4096."""
    maximum_instances: int = 40
    """Instances at most, 40 to 1000."""
    settings: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Settings of the application; never a secret."""


class Functions(pulumi.ComponentResource):
    """A plan, the function app with an identity, the store of its code, its endpoint and its logs."""

    id: pulumi.Output[str]
    host: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: FunctionsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(FunctionsArgs, args)
        language, _, version = args.runtime.partition("|")
        _check(name, language, version, args)
        place, data = args.place, args.data
        found = protection(name, data, place.zones)
        super().__init__("kade:index:Functions", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        self.identity = identity_of(self, name, place, args.key)
        # The code and its queues; the data of the application is elsewhere, so this may always be deleted.
        self.account = make_account(self, name, place, _code(data), found, part="c")
        keep_deleted(self, f"{name}-blobs", place, self.account, found)
        container = storage.BlobContainer(
            f"{name}-code",
            resource_group_name=place.resource_group_name,
            account_name=self.account.name,
            container_name="code",
            public_access="None",
            opts=here,
        )
        roles = [
            assign_role(
                f"{name}-{part}",
                scope=self.account.id,
                role=role,
                principal_id=self.identity.principal_id,
                principal_type="ServicePrincipal",
                key=pulumi.Output.concat(place.resource_group_name, "/", place.workload, "/", args.key),
                description="Its own code and queues",
                opts=here,
            )
            for part, role in (
                ("blobs", "Storage Blob Data Owner"),
                ("queues", "Storage Queue Data Contributor"),
            )
        ]
        private_endpoint(self, f"{name}-code", place, f"{args.key}-code", self.account.id, "storage_blob")
        log_account(self, f"{name}-code", self.account, place, "blob")
        self.insights = _insights(self, name, place, args.key)
        self.plan = web.AppServicePlan(
            f"{name}-plan",
            resource_group_name=place.resource_group_name,
            name=place.name("app_service_plan", args.key),
            location=place.location,
            kind="functionapp",
            reserved=True,
            sku=web.SkuDescriptionArgs(name="FC1", tier="FlexConsumption"),
            zone_redundant=bool(place.zones),
            tags=place.tags,
            opts=here,
        )
        settings: dict[str, pulumi.Input[str]] = {
            **args.settings,
            "AzureWebJobsStorage__accountName": self.account.name,
            "AzureWebJobsStorage__credential": "managedidentity",
            "AzureWebJobsStorage__clientId": self.identity.client_id,
        }
        if self.insights is not None:
            settings["APPLICATIONINSIGHTS_CONNECTION_STRING"] = self.insights.connection_string
        self.app = web.WebApp(
            f"{name}-app",
            resource_group_name=place.resource_group_name,
            name=place.name("web_app", args.key),
            location=place.location,
            kind="functionapp,linux",
            reserved=True,
            server_farm_id=self.plan.id,
            https_only=True,
            client_affinity_enabled=False,
            public_network_access="Disabled",
            virtual_network_subnet_id=args.subnet_id,
            identity=web.ManagedServiceIdentityArgs(
                type="SystemAssigned, UserAssigned", user_assigned_identities=[self.identity.id]
            ),
            function_app_config=web.FunctionAppConfigArgs(
                deployment=web.FunctionsDeploymentArgs(
                    storage=web.FunctionsDeploymentStorageArgs(
                        type="blobContainer",
                        value=pulumi.Output.all(self.account.name, container.name).apply(
                            lambda made: f"https://{made[0]}.blob.core.windows.net/{made[1]}"
                        ),
                        authentication=web.FunctionsDeploymentStorageAuthenticationArgs(
                            type="UserAssignedIdentity", user_assigned_identity_resource_id=self.identity.id
                        ),
                    )
                ),
                runtime=web.FunctionsRuntimeArgs(name=language, version=version),
                scale_and_concurrency=web.FunctionsScaleAndConcurrencyArgs(
                    instance_memory_mb=args.memory_mb, maximum_instance_count=args.maximum_instances
                ),
            ),
            site_config=web.SiteConfigArgs(
                ftps_state="Disabled",
                http20_enabled=True,
                min_tls_version=found.minimum_tls,
                scm_min_tls_version=found.minimum_tls,
                remote_debugging_enabled=False,
                app_settings=[web.NameValuePairArgs(name=k, value=v) for k, v in sorted(settings.items())],
            ),
            tags=place.tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=roles),
        )
        for part, kind in (("ftp", web.WebAppFtpAllowed), ("scm", web.WebAppScmAllowed)):
            kind(
                f"{name}-no-{part}-password",
                resource_group_name=place.resource_group_name,
                name=self.app.name,
                allow=False,
                opts=here,
            )
        self.endpoint = private_endpoint(self, name, place, args.key, self.app.id, "app_service")
        self.logs = send_logs(self, f"{name}-logs", self.app.id, place.workspace_id)
        self.id = self.app.id
        self.host = self.app.default_host_name
        self.register_outputs({"id": self.id, "host": self.host})


def _check(name: str, language: str, version: str, args: FunctionsArgs) -> None:
    if language not in RUNTIMES or not version:
        raise ArgumentError(
            f"{name}: runtime is {args.runtime!r}; it is <language>|<version>, with {', '.join(RUNTIMES)}"
        )
    if args.memory_mb not in MEMORY:
        raise ArgumentError(f"{name}: memory_mb is {args.memory_mb}; it is one of {', '.join(map(str, MEMORY))}")
    if not 40 <= args.maximum_instances <= 1000:
        raise ArgumentError(f"{name}: maximum_instances is {args.maximum_instances}; Azure takes 40 to 1000")


def _code(data: DataArgs) -> DataArgs:
    return DataArgs(data.classification, data.customer_managed_from, data.pair_allowed, data.key, may_be_deleted=True)


def _insights(parent: pulumi.Resource, name: str, place: PlaceArgs, part: str) -> applicationinsights.Component | None:
    if place.workspace_id is None:
        return None
    return applicationinsights.Component(
        f"{name}-insights",
        resource_group_name=place.resource_group_name,
        resource_name_=place.name("application_insights", part),
        location=place.location,
        kind="web",
        application_type="web",
        ingestion_mode="LogAnalytics",
        workspace_resource_id=place.workspace_id,
        disable_local_auth=True,
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
