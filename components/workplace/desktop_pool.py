"""A host pool: what people connect to, when its hosts run, and who may use it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import desktopvirtualization as desktop

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.backup_policy import ZONE
from kade.components.landing_zone.roles import assign_role
from kade.components.network.diagnostics import send_logs
from kade.components.workload.place import PlaceArgs
from kade.components.workload.private_endpoint import private_endpoint
from kade.components.workplace.rdp import RedirectionArgs, rdp_properties
from kade.components.workplace.scaling import ScheduleArgs, check_schedule, personal_schedule, pooled_schedule
from kade.facts.desktops import DAYS, update_overlaps


@dataclass
class RemoteApplicationArgs:
    """A program of the image that is published by itself."""

    title: str
    path: str
    arguments: str = ""
    """Its arguments, which nobody can change."""


@dataclass
class DesktopPoolArgs:
    """Arguments of `DesktopPool`."""

    place: PlaceArgs
    """Where hosts and endpoints are; its workload is who the pool is for."""
    title: str
    """What people see."""
    sessions: int
    """Sessions that a host takes."""
    group_ids: Sequence[pulumi.Input[str]]
    """Object ids of the groups that may use it."""
    metadata_location: str = ""
    """Where the service keeps what it knows of the pool; default: the region of the place."""
    personal: bool = False
    """A host for each person."""
    description: str = ""
    redirection: RedirectionArgs = field(default_factory=RedirectionArgs)
    applications: Mapping[str, RemoteApplicationArgs] = field(default_factory=dict)
    """Programs that are published in place of a desktop, by a short key."""
    schedule: ScheduleArgs | None = None
    """When hosts run; none for hosts that are never stopped (an ephemeral disk is lost when they are)."""
    agent_day: str = "sunday"
    """The day on which the service renews the agents of hosts."""
    agent_hour: int = 2
    """The hour, in the time zone of the schedule, at which its window of two hours begins."""
    validation: bool = False
    """Whether the service updates this pool before others."""
    from_internet: bool = False
    """Whether people connect over the internet. The hosts themselves always come over the private endpoint."""
    registration_until: str = ""
    """Until when hosts may register, as ``2026-12-18T12:00:00Z``, 27 days ahead at most; empty for no new hosts."""


class DesktopPool(pulumi.ComponentResource):
    """A host pool with its application group, the rights on it, its scaling plan, private endpoint and logs.

    The token with which hosts register is asked for when it is needed (`registration_token`), is a secret, and is no
    property of this resource: nothing of it stands in a plan.
    """

    id: pulumi.Output[str]
    name: pulumi.Output[str]
    application_group_id: pulumi.Output[str]
    scaling_plan_id: pulumi.Output[str]
    """Empty where hosts are never stopped."""

    def __init__(
        self,
        name: str,
        args: DesktopPoolArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(DesktopPoolArgs, args)
        _check(name, args)
        super().__init__("kade:index:DesktopPool", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self.pool = self._pool(name, args)
        self.group = self._group(name, args)
        self.applications = {key: self._application(name, key, args) for key in args.applications}
        self.access = [
            assign_role(
                f"{name}-use-{i}" if i else f"{name}-use",
                scope=self.group.id,
                role="Desktop Virtualization User",
                principal_id=group,
                principal_type="Group",
                description=f"Uses {args.title}",
                opts=self._child,
            )
            for i, group in enumerate(args.group_ids)
        ]
        self.plan = self._plan(name, args, args.schedule) if args.schedule is not None else None
        private_endpoint(self, name, args.place, "pool", self.pool.id, "virtual_desktop", group="connection")
        logged = {"pool": self.pool.id, "applications": self.group.id}
        for what, resource_id in logged.items():
            send_logs(self, f"{name}-{what}-logs", resource_id, args.place.workspace_id, metrics=False)
        self.id = self.pool.id
        self.name = self.pool.name
        self.application_group_id = self.group.id
        self.scaling_plan_id = self.plan.id if self.plan is not None else pulumi.Output.from_input("")
        self._group_name = args.place.resource_group_name
        self.register_outputs(
            {
                "id": self.id,
                "name": self.name,
                "applicationGroupId": self.application_group_id,
                "scalingPlanId": self.scaling_plan_id,
            }
        )

    def registration_token(self) -> pulumi.Output[str]:
        """The token with which hosts register: a secret, asked for at the deployment; empty where none is valid."""
        listed = desktop.list_host_pool_registration_tokens_output(
            host_pool_name=self.pool.name,
            resource_group_name=self._group_name,
            opts=pulumi.InvokeOutputOptions(parent=self, depends_on=[self.pool]),
        )
        return pulumi.Output.secret(listed.apply(_token))

    def _pool(self, name: str, args: DesktopPoolArgs) -> desktop.HostPool:
        private = "EnabledForClientsOnly" if args.from_internet else "Disabled"
        window = desktop.MaintenanceWindowPropertiesArgs(
            day_of_week=desktop.DayOfWeek(args.agent_day.capitalize()), hour=args.agent_hour
        )
        return desktop.HostPool(
            f"{name}-pool",
            resource_group_name=args.place.resource_group_name,
            host_pool_name=args.place.name("host_pool"),
            location=_metadata(args),
            friendly_name=args.title,
            description=args.description or None,
            host_pool_type="Personal" if args.personal else "Pooled",
            personal_desktop_assignment_type="Automatic" if args.personal else None,
            load_balancer_type="Persistent" if args.personal else "BreadthFirst",
            max_session_limit=None if args.personal else args.sessions,
            preferred_app_group_type="RailApplications" if args.applications else "Desktop",
            start_vm_on_connect=args.schedule is not None,
            validation_environment=args.validation,
            custom_rdp_property=rdp_properties(args.redirection),
            public_network_access=private if args.place.endpoint_subnet_id is not None else "Enabled",
            agent_update=desktop.AgentUpdatePropertiesArgs(
                type="Scheduled",
                maintenance_window_time_zone=args.schedule.time_zone if args.schedule is not None else ZONE,
                maintenance_windows=[window],
                use_session_host_local_time=False,
            ),
            registration_info=(
                desktop.RegistrationInfoArgs(
                    expiration_time=args.registration_until,
                    registration_token_operation=desktop.RegistrationTokenOperation.UPDATE,
                )
                if args.registration_until
                else None
            ),
            tags=args.place.tags,
            # Azure gives the token back with the pool while one is valid.
            opts=pulumi.ResourceOptions(parent=self, additional_secret_outputs=["registrationInfo"]),
        )

    def _group(self, name: str, args: DesktopPoolArgs) -> desktop.ApplicationGroup:
        return desktop.ApplicationGroup(
            f"{name}-applications",
            resource_group_name=args.place.resource_group_name,
            application_group_name=args.place.name("application_group"),
            location=_metadata(args),
            application_group_type="RemoteApp" if args.applications else "Desktop",
            host_pool_arm_path=self.pool.id,
            friendly_name=args.title,
            description=args.description or None,
            tags=args.place.tags,
            opts=self._child,
        )

    def _application(self, name: str, key: str, args: DesktopPoolArgs) -> desktop.Application:
        item = args.applications[key]
        return desktop.Application(
            f"{name}-application-{key}",
            resource_group_name=args.place.resource_group_name,
            application_group_name=self.group.name,
            application_name=key,
            friendly_name=item.title,
            file_path=item.path,
            command_line_setting="Require" if item.arguments else "DoNotAllow",
            command_line_arguments=item.arguments or None,
            show_in_portal=True,
            opts=self._child,
        )

    def _plan(self, name: str, args: DesktopPoolArgs, schedule: ScheduleArgs) -> desktop.ScalingPlan:
        plan = desktop.ScalingPlan(
            f"{name}-scaling",
            resource_group_name=args.place.resource_group_name,
            scaling_plan_name=args.place.name("scaling_plan"),
            location=_metadata(args),  # Azure wants it where the pool is
            friendly_name=args.title,
            host_pool_type="Personal" if args.personal else "Pooled",
            time_zone=schedule.time_zone,
            exclusion_tag="not-scaled",
            host_pool_references=[
                desktop.ScalingHostPoolReferenceArgs(host_pool_arm_path=self.pool.id, scaling_plan_enabled=True)
            ],
            tags=args.place.tags,
            opts=self._child,
        )
        hours = personal_schedule if args.personal else pooled_schedule
        hours(f"{name}-scaling", args.place.resource_group_name, plan.name, schedule, self._child)
        send_logs(self, f"{name}-scaling-logs", plan.id, args.place.workspace_id, metrics=False)
        return plan


def _token(found: desktop.ListHostPoolRegistrationTokensResult) -> str:
    return (found.value[0].token or "") if found.value else ""


def _metadata(args: DesktopPoolArgs) -> str:
    return args.metadata_location or args.place.location


def _check(name: str, args: DesktopPoolArgs) -> None:
    if args.agent_day not in DAYS or not 0 <= args.agent_hour <= 23:
        raise ArgumentError(f"{name}: agents are renewed on a day ({', '.join(DAYS)}) at an hour from 0 to 23")
    if args.sessions < 1:
        raise ArgumentError(f"{name}: a host takes one session at least, not {args.sessions}")
    schedule = args.schedule
    if schedule is None:
        return
    check_schedule(name, schedule)
    if update_overlaps(args.agent_day, args.agent_hour, schedule.days, schedule.ramp_up, schedule.off_peak):
        raise ArgumentError(
            f"{name}: agents would be renewed on {args.agent_day} at {args.agent_hour}:00, while people work "
            f"({schedule.ramp_up} to {schedule.off_peak}); choose another day or hour"
        )
