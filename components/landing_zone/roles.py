"""Role assignments whose names follow from what they are, so that a changed one touches no other."""

import re
import uuid

import pulumi
from pulumi_azure_native import authorization

from kade.facts.roles import administrative_roles, role_id, role_name

# Never change it: the names of all role assignments follow from it.
_NAMESPACE = uuid.UUID("5f1c2d3e-7a0b-5c4d-9e8f-6b7a8c9d0e1f")
_ID = re.compile(r"/.*/?providers/Microsoft\.Authorization/roleDefinitions/[0-9a-fA-F-]{36}$", re.IGNORECASE)
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def assignment_name(scope: str, role: str, principal: str) -> str:
    """The GUID that is the name of a role assignment: the same for the same scope, role and principal."""
    return stable_guid(scope.lower().rstrip("/"), role.lower(), principal.lower())


def stable_guid(*parts: str) -> str:
    """A GUID that is the same for the same parts, for what Azure names by a GUID."""
    return str(uuid.uuid5(_NAMESPACE, "|".join(parts)))


def role_definition_id(role: str) -> str:
    """The full id of a built-in role by its name (``Reader``) or GUID; a full id is taken as it is.

    The id is that of the tenant, which is the same in every subscription. Raises `UnknownFactError` for another name.
    """
    if _ID.match(role):
        return role
    if _GUID.fullmatch(role):
        return f"/providers/Microsoft.Authorization/roleDefinitions/{role}"
    return f"/providers/Microsoft.Authorization/roleDefinitions/{role_id(role)}"


def assign_role(
    name: str,
    *,
    scope: pulumi.Input[str],
    role: pulumi.Input[str],
    principal_id: pulumi.Input[str],
    principal_type: str,
    description: str = "",
    key: pulumi.Input[str] = "",
    condition: str = "",
    opts: pulumi.ResourceOptions | None = None,
) -> authorization.RoleAssignment:
    """Give a role. ``principal_type`` is ``Group``, ``ServicePrincipal`` or ``User``.

    It is always set: without it Azure looks the principal up, and does not find one that was made a moment ago. The
    resource's name in Azure follows from scope, role and principal. Where the principal is only known after the
    deployment, give a ``key`` that names it as well as its id would (a managed identity's own place and name), and the
    name is known in a preview.
    """
    definition = pulumi.Output.from_input(role).apply(role_definition_id)
    who = principal_id if isinstance(key, str) and not key else key
    made = pulumi.Output.all(scope, definition, who).apply(lambda v: assignment_name(*v))
    return authorization.RoleAssignment(
        name,
        role_assignment_name=made,
        scope=scope,
        role_definition_id=definition,
        principal_id=principal_id,
        principal_type=principal_type,
        description=description or None,
        condition=condition or None,
        condition_version="2.0" if condition else None,
        # A name that follows from its parts can be the same before and after a replacement.
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(delete_before_replace=True)),
    )


def condition_of(role: str) -> str:
    """The condition that a standing assignment of a role has; empty for a role that gives no rights to others.

    Whoever has a role that does gives and takes every role but those that can give roles themselves.
    """
    if role_name(role) not in administrative_roles():
        return ""
    ids = ", ".join(role_id(role) for role in administrative_roles())
    parts = []
    for action, source in (("write", "@Request"), ("delete", "@Resource")):
        what = f"Microsoft.Authorization/roleAssignments/{action}"
        given = f"{source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId]"
        parts.append(f"((!(ActionMatches{{'{what}'}})) OR ({given} ForAnyOfAllValues:GuidNotEquals {{{ids}}}))")
    return " AND ".join(parts)
