"""Scaling plans have weeks and no holidays: what keeps pools at off-peak on days that nobody works.

Source: Microsoft Learn, "Autoscale FAQ": autoscale does not ramp down on specific dates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_azure_native import logic

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.backup_policy import ZONE
from kade.components.landing_zone.roles import assign_role
from kade.components.network.diagnostics import send_logs
from kade.components.workload.place import PlaceArgs

API = "2024-04-03"
_SCHEMA = "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#"


@dataclass
class PausedPlanArgs:
    """A scaling plan and its pool."""

    plan_id: pulumi.Input[str]
    pool_id: pulumi.Input[str]


@dataclass
class HolidayPauseArgs:
    """Arguments of `HolidayPause`."""

    place: PlaceArgs
    days: Sequence[str]
    """Days off, as ``2026-12-25``."""
    plans: Mapping[str, PausedPlanArgs]
    """Scaling plans by a short key."""
    scope: pulumi.Input[str]
    """The resource group of the plans, in which its identity may change them."""
    time_zone: str = ZONE
    """Windows' name of the time zone."""


class HolidayPause(pulumi.ComponentResource):
    """A workflow that, each night, switches the scaling plans off for a day off and on for any other.

    Without its plan a pool stays as it is in the night; a host that somebody needs starts when they connect.
    """

    id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: HolidayPauseArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(HolidayPauseArgs, args)
        if not args.days:
            raise ArgumentError(f"{name}: there are no days off; leave it out")
        super().__init__("kade:index:HolidayPause", name, None, opts)
        place = args.place
        self.workflow = logic.Workflow(
            f"{name}-workflow",
            resource_group_name=place.resource_group_name,
            workflow_name=place.name("logic_app", "holidays"),
            location=place.location,
            identity=logic.ManagedServiceIdentityArgs(type="SystemAssigned"),
            state="Enabled",
            definition=_definition(args),
            tags=place.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.id = self.workflow.id
        self.access = assign_role(
            f"{name}-access",
            scope=args.scope,
            role="Desktop Virtualization Contributor",
            principal_id=self.workflow.identity.apply(lambda identity: identity.principal_id if identity else ""),
            principal_type="ServicePrincipal",
            key=f"workflow:{name}",
            description="Switches scaling plans off and on",
            opts=pulumi.ResourceOptions(parent=self),
        )
        send_logs(self, f"{name}-logs", self.id, place.workspace_id)
        self.register_outputs({"id": self.id})


def _definition(args: HolidayPauseArgs) -> pulumi.Output[dict[str, Any]]:
    plans = {key: pulumi.Output.all(plan=p.plan_id, pool=p.pool_id) for key, p in args.plans.items()}
    return pulumi.Output.all(**plans).apply(lambda known: _workflow(args, known))


def _workflow(args: HolidayPauseArgs, plans: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    today = f"convertTimeZone(utcNow(), 'UTC', '{args.time_zone}', 'yyyy-MM-dd')"
    works = f"@not(contains(createArray({', '.join(repr(day) for day in sorted(args.days))}), {today}))"
    return {
        "$schema": _SCHEMA,
        "contentVersion": "1.0.0.0",
        "triggers": {
            "night": {
                "type": "Recurrence",
                "recurrence": {
                    "frequency": "Day",
                    "interval": 1,
                    "timeZone": args.time_zone,
                    "schedule": {"hours": [0], "minutes": [30]},
                },
            }
        },
        "actions": {
            f"set-{key}": {
                "type": "Http",
                "inputs": {
                    "method": "PATCH",
                    "uri": f"https://management.azure.com{ids['plan']}?api-version={API}",
                    "authentication": {
                        "type": "ManagedServiceIdentity",
                        "audience": "https://management.azure.com",
                    },
                    "body": {
                        "properties": {
                            "hostPoolReferences": [{"hostPoolArmPath": ids["pool"], "scalingPlanEnabled": works}]
                        }
                    },
                },
                "runAfter": {},
            }
            for key, ids in plans.items()
        },
    }
