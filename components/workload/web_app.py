"""A web application on App Service, reached only from inside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_azure_native import web

from kade.components.arguments import normalise
from kade.components.network.diagnostics import send_logs
from kade.components.workload.place import DataArgs, PlaceArgs, asked
from kade.components.workload.private_endpoint import private_endpoint


@dataclass
class WebAppArgs:
    """Arguments of `WebApp`."""

    place: PlaceArgs
    data: DataArgs
    subnet_id: pulumi.Input[str]
    """The subnet that it calls others from, delegated to Microsoft.Web/serverFarms."""
    runtime: str
    """The runtime of Linux, for instance ``DOTNETCORE|8.0`` or ``JAVA|17-java17``."""
    instances: int = 2
    """Instances that always run."""
    size: str = "P0v3"
    """The size of each, of the series Premium v3, which has zones and private endpoints."""
    health_path: str = "/health"
    """The page that tells whether it is well."""
    settings: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Settings of the application; never a secret: these stay in the key vault."""


class WebApp(pulumi.ComponentResource):
    """A plan, an application with an identity of its own, its private endpoint and its logs."""

    id: pulumi.Output[str]
    host: pulumi.Output[str]
    principal_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: WebAppArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(WebAppArgs, args)
        self._args = args
        place = args.place
        self._found = asked(args.data, place.zones)
        super().__init__("kade:index:WebApp", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        # Zones ask two instances at least.
        instances = max(args.instances, 2) if place.zones else args.instances
        self.plan = web.AppServicePlan(
            f"{name}-plan",
            resource_group_name=place.resource_group_name,
            name=place.name("app_service_plan"),
            location=place.location,
            kind="linux",
            reserved=True,
            sku=web.SkuDescriptionArgs(name=args.size, tier="PremiumV3", capacity=instances),
            zone_redundant=bool(place.zones),
            tags=place.tags,
            opts=here,
        )
        self.app = web.WebApp(
            f"{name}-app",
            name=place.name("web_app"),
            **self.site(args.settings),
            opts=here,
        )
        for part, kind in (("ftp", web.WebAppFtpAllowed), ("scm", web.WebAppScmAllowed)):
            kind(
                f"{name}-no-{part}-password",
                resource_group_name=place.resource_group_name,
                name=self.app.name,
                allow=False,
                opts=here,
            )
        self.endpoint = private_endpoint(self, name, place, "web", self.app.id, "app_service")
        self.logs = send_logs(self, f"{name}-logs", self.app.id, place.workspace_id)
        self.id = self.app.id
        self.host = self.app.default_host_name
        self.principal_id = self.app.identity.apply(lambda made: made.principal_id if made else "")
        self.register_outputs({"id": self.id, "host": self.host, "principalId": self.principal_id})

    def site(self, settings: Mapping[str, pulumi.Input[str]]) -> dict[str, Any]:
        """The properties of the site but for its name, with settings of its own: a slot beside it is to be the same."""
        args, place = self._args, self._args.place
        return {
            "resource_group_name": place.resource_group_name,
            "location": place.location,
            "kind": "app,linux",
            "reserved": True,
            "server_farm_id": self.plan.id,
            "https_only": True,
            "client_affinity_enabled": False,
            "public_network_access": "Disabled",
            "virtual_network_subnet_id": args.subnet_id,
            "outbound_vnet_routing": web.OutboundVnetRoutingArgs(all_traffic=True),
            "end_to_end_encryption_enabled": True,
            "identity": web.ManagedServiceIdentityArgs(type="SystemAssigned"),
            "site_config": self._site_config(settings),
            "tags": place.tags,
        }

    def _site_config(self, settings: Mapping[str, pulumi.Input[str]]) -> web.SiteConfigArgs:
        tls = self._found.minimum_tls
        return web.SiteConfigArgs(
            linux_fx_version=self._args.runtime,
            always_on=True,
            ftps_state="Disabled",
            health_check_path=self._args.health_path,
            http20_enabled=True,
            min_tls_version=tls,
            scm_min_tls_version=tls,
            remote_debugging_enabled=False,
            http_logging_enabled=True,
            detailed_error_logging_enabled=True,
            request_tracing_enabled=True,
            app_settings=[web.NameValuePairArgs(name=key, value=value) for key, value in sorted(settings.items())],
        )
