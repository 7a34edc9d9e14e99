"""Roles for groups on a scope: standing, or eligible until somebody activates them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import authorization

from kade.components.arguments import ArgumentError
from kade.components.landing_zone.roles import assign_role, role_definition_id
from kade.facts.roles import administrative_roles, role_name


@dataclass
class AccessArgs:
    """A role for somebody."""

    principal_id: str
    """The object id of the group."""
    role: str
    """A built-in role by its name, or the full id of one."""
    principal_type: str = "Group"
    """Group, ServicePrincipal or User."""
    eligible: bool = False
    """Just in time: somebody in the group activates the role for some hours. Needs Entra ID P2."""
    days: int = 0
    """Days after which an eligible role ends; 0 for none."""
    reason: str = ""
    """Why; shown with the assignment."""


def give_access(
    name: str, scope: pulumi.Output[str], access: Mapping[str, AccessArgs], opts: pulumi.ResourceOptions
) -> dict[str, pulumi.Resource]:
    """Give every role. Raises `ArgumentError` for a standing role that can itself give rights."""
    made: dict[str, pulumi.Resource] = {}
    for key, item in access.items():
        if item.eligible:
            made[key] = _eligible(f"{name}-{key}", scope, item, opts)
            continue
        if role_name(item.role) in administrative_roles():
            raise ArgumentError(
                f"{name}: {key!r} would be a standing {item.role}, who can give every right; make it eligible"
            )
        made[key] = assign_role(
            f"{name}-{key}",
            scope=scope,
            role=item.role,
            principal_id=item.principal_id,
            principal_type=item.principal_type,
            description=item.reason,
            opts=opts,
        )
    return made


def _eligible(
    name: str, scope: pulumi.Output[str], item: AccessArgs, opts: pulumi.ResourceOptions
) -> authorization.PimRoleEligibilitySchedule:
    expiration = authorization.RoleEligibilityScheduleRequestPropertiesExpirationArgs(
        type="AfterDuration" if item.days else "NoExpiration", duration=f"P{item.days}D" if item.days else None
    )
    return authorization.PimRoleEligibilitySchedule(
        name,
        scope=scope,
        role_definition_id=scope.apply(lambda s: _at(s, role_definition_id(item.role))),
        principal_id=item.principal_id,
        justification=item.reason or "From the estate file",
        schedule_info=authorization.RoleEligibilityScheduleRequestPropertiesScheduleInfoArgs(expiration=expiration),
        opts=opts,
    )


def _at(scope: str, role: str) -> str:
    """The id of a role as this API wants it: below the scope."""
    return role if role.lower().startswith("/subscriptions/") else f"{scope}{role}"
