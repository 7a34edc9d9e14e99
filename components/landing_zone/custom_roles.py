"""Roles of our own, defined at a management group so that they can be given everywhere below it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import authorization

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.management_groups import PATIENCE

# Never change it: the ids of all custom roles follow from it.
_NAMESPACE = uuid.UUID("0d9a7c55-3a86-5b1e-8d2c-41f0a6e7b913")


@dataclass
class CustomRoleArgs:
    """One role."""

    title: str
    """Its name, unique in the tenant."""
    description: str
    actions: Sequence[str]
    not_actions: Sequence[str] = ()
    data_actions: Sequence[str] = ()


@dataclass
class CustomRolesArgs:
    """Arguments of `CustomRoles`."""

    scope: str
    """The full id of the management group in which they are defined."""
    roles: Mapping[str, CustomRoleArgs]
    """Roles by a key that never changes."""


def custom_role_id(scope: str, key: str) -> str:
    """The id of a custom role, known before it is made: it follows from where it is defined and its key."""
    return f"/providers/Microsoft.Authorization/roleDefinitions/{uuid.uuid5(_NAMESPACE, f'{scope.lower()}|{key}')}"


class CustomRoles(pulumi.ComponentResource):
    """Custom roles. None of them may give rights: that would be an owner by another name."""

    ids: pulumi.Output[Mapping[str, str]]

    def __init__(
        self,
        name: str,
        args: CustomRolesArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(CustomRolesArgs, args)
        super().__init__("kade:index:CustomRoles", name, None, opts)
        self.roles = {key: self._role(name, key, item, args.scope) for key, item in args.roles.items()}
        self.ids = pulumi.Output.all(**{key: custom_role_id(args.scope, key) for key in args.roles})
        self.register_outputs({"ids": self.ids})

    def _role(self, name: str, key: str, item: CustomRoleArgs, scope: str) -> authorization.RoleDefinition:
        wide = [a for a in item.actions if a == "*" or a.lower().startswith(("*/", "microsoft.authorization/*"))]
        if wide and not any(a.lower().startswith("microsoft.authorization/") for a in item.not_actions):
            raise ArgumentError(f"{name}: the role {key!r} could give every right ({wide[0]}); take them one by one")
        permission = authorization.PermissionArgs(
            actions=list(item.actions),
            not_actions=list(item.not_actions),
            data_actions=list(item.data_actions),
            not_data_actions=[],
        )
        return authorization.RoleDefinition(
            f"{name}-{key}",
            role_definition_id=custom_role_id(scope, key).rsplit("/", 1)[-1],
            role_name=item.title,
            role_type="CustomRole",
            description=item.description,
            scope=scope,
            assignable_scopes=[scope],
            permissions=[permission],
            opts=pulumi.ResourceOptions(parent=self, custom_timeouts=PATIENCE),
        )
