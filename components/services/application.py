"""The application of a digital service on App Service (with a second slot and scaling) or on Container Apps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pulumi
from pulumi_azure_native import monitor, web

from kade.components.landing_zone.roles import assign_role
from kade.components.services.digital_service_args import DigitalServiceArgs
from kade.components.workload.container_apps import ContainerApps, ContainerAppsArgs, ContainerArgs
from kade.components.workload.place import PlaceArgs
from kade.components.workload.web_app import WebApp, WebAppArgs

SLOT = "staging"
Settings = Mapping[str, pulumi.Input[str]]


@dataclass(frozen=True)
class Application:
    """What was made: its name on the network, its identities, and what the gateway and releases have to reach."""

    host: pulumi.Output[str]
    principals: Mapping[str, pulumi.Output[str]]
    reached: list[tuple[str, pulumi.Output[str], str, str]]
    """Part, resource id, service and sub-resource of `private_endpoint`."""

    def give(
        self, parent: pulumi.Resource, name: str, place: PlaceArgs, rights: Mapping[str, tuple[pulumi.Input[str], str]]
    ) -> None:
        """Give each identity every right: a scope and a role, by a short key."""
        for who, principal in self.principals.items():
            for key, (scope, role) in rights.items():
                assign_role(
                    f"{name}-{who}-{key}",
                    scope=scope,
                    role=role,
                    principal_id=principal,
                    principal_type="ServicePrincipal",
                    key=pulumi.Output.concat(place.resource_group_name, "/", place.workload, f"/{who}"),
                    description=f"The application of {place.workload}",
                    opts=pulumi.ResourceOptions(parent=parent),
                )


def on_app_service(
    parent: pulumi.Resource,
    name: str,
    args: DigitalServiceArgs,
    settings: Settings,
    secrets: Mapping[str, pulumi.Output[str]],
    _vault: pulumi.Input[str],
) -> Application:
    """On App Service. A secret is read from the vault by App Service itself."""
    # The endpoint that others reach it by is made by whoever knows where the gateway is.
    place = replace(args.place, endpoint_subnet_id=None)
    read = {
        key: pulumi.Output.concat("@Microsoft.KeyVault(SecretUri=", uri, ")") for key, uri in sorted(secrets.items())
    }
    made = WebApp(
        name,
        WebAppArgs(
            place=place,
            data=args.data,
            subnet_id=args.subnet_id,
            runtime=args.runtime,
            instances=args.instances,
            health_path=args.health_path,
            settings={**settings, **read},
        ),
        pulumi.ResourceOptions(parent=parent),
    )
    principals = {"app": made.principal_id}
    reached = [("web", made.id, "app_service", "")]
    if args.maximum_instances > args.instances:
        _scale(parent, name, args, made)
    if args.slot:
        slot = _slot(parent, name, args, made, {**settings, **read})
        principals["slot"] = slot.identity.apply(lambda found: found.principal_id if found else "")
        reached.append(("web-slot", made.id, "app_service", f"sites-{SLOT}"))
    return Application(made.host, principals, reached)


def on_container_apps(
    parent: pulumi.Resource,
    name: str,
    args: DigitalServiceArgs,
    settings: Settings,
    secrets: Mapping[str, pulumi.Output[str]],
    vault: pulumi.Input[str],
) -> Application:
    """On Container Apps; a new revision takes over when it is well, so there is no slot."""
    container = ContainerArgs(
        args.runtime, settings=settings, secrets=secrets, reachable=True, health_path=args.health_path
    )
    made = ContainerApps(
        name,
        ContainerAppsArgs(
            place=args.place,
            data=args.data,
            subnet_id=args.subnet_id,
            containers={"web": container},
            vault_id=vault,
            minimum_replicas=args.instances,
            maximum_replicas=args.maximum_instances,
        ),
        pulumi.ResourceOptions(parent=parent),
    )
    reached = [("web", made.environment_id, "container_apps", "")]
    return Application(made.hosts.apply(lambda hosts: hosts["web"]), {"app": made.identity.principal_id}, reached)


def _slot(
    parent: pulumi.Resource, name: str, args: DigitalServiceArgs, made: WebApp, settings: Settings
) -> web.WebAppSlot:
    """A slot like the application itself, in which a release is warmed up before it takes the application's place."""
    place = args.place
    slot = web.WebAppSlot(
        f"{name}-slot",
        name=made.app.name,
        slot=SLOT,
        **made.site(settings),
        opts=pulumi.ResourceOptions(parent=parent),
    )
    for part, kind in (("ftp", web.WebAppFtpAllowedSlot), ("scm", web.WebAppScmAllowedSlot)):
        kind(
            f"{name}-slot-no-{part}-password",
            resource_group_name=place.resource_group_name,
            name=made.app.name,
            slot=SLOT,
            allow=False,
            opts=pulumi.ResourceOptions(parent=parent, depends_on=[slot]),
        )
    return slot


def _scale(parent: pulumi.Resource, name: str, args: DigitalServiceArgs, made: WebApp) -> monitor.AutoscaleSetting:
    """One instance more above seven tenths of the processors, and one less below three tenths."""
    place = args.place

    def rule(operator: str, threshold: int, direction: str, wait: str) -> monitor.ScaleRuleArgs:
        return monitor.ScaleRuleArgs(
            metric_trigger=monitor.MetricTriggerArgs(
                metric_name="CpuPercentage",
                metric_resource_uri=made.plan.id,
                operator=operator,
                threshold=threshold,
                statistic="Average",
                time_aggregation="Average",
                time_grain="PT1M",
                time_window="PT10M",
            ),
            scale_action=monitor.ScaleActionArgs(direction=direction, type="ChangeCount", value="1", cooldown=wait),
        )

    return monitor.AutoscaleSetting(
        f"{name}-scale",
        resource_group_name=place.resource_group_name,
        autoscale_setting_name=f"{place.workload}-schaal",
        name=f"{place.workload}-schaal",
        location=place.location,
        enabled=True,
        target_resource_uri=made.plan.id,
        profiles=[
            monitor.AutoscaleProfileArgs(
                name="drukte",
                capacity=monitor.ScaleCapacityArgs(
                    minimum=str(args.instances), maximum=str(args.maximum_instances), default=str(args.instances)
                ),
                rules=[
                    rule("GreaterThan", 70, "Increase", "PT5M"),
                    rule("LessThan", 30, "Decrease", "PT15M"),
                ],
            )
        ],
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
