"""Azure Policy: own initiatives, assignments with what their identities need, and exemptions that end."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pulumi
from pulumi_azure_native import authorization

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.management_groups import PATIENCE
from kade.components.landing_zone.roles import assign_role, condition_of
from kade.facts.azure_names import name_rule
from kade.facts.roles import role_name


@dataclass
class PolicyMemberArgs:
    """One policy of an initiative of our own."""

    definition: str
    """The full id of a built-in definition, or the key of one of ``definitions``."""
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class PolicyDefinitionArgs:
    """A policy of our own."""

    management_group_id: str
    """The id (the short one) of the group in which it is defined; it can be assigned there and below."""
    display_name: str
    rule: Mapping[str, Any]
    """The policy rule, ``if`` and ``then``, as Azure writes it."""
    mode: str = "Indexed"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Definitions of parameters by name: ``{"type": "String", "defaultValue": …}``."""


@dataclass
class PolicyInitiativeArgs:
    """An initiative of our own."""

    management_group_id: str
    """The id (the short one) of the group in which it is defined."""
    display_name: str
    members: Mapping[str, PolicyMemberArgs]
    """Policies by the name by which the initiative refers to them."""
    description: str = ""
    category: str = "General"
    """Under which heading the portal lists it, for instance Network."""


@dataclass
class PolicyAssignmentArgs:
    """One assignment."""

    scope: pulumi.Input[str]
    """Where it holds: the full id of a management group, a subscription or a resource group."""
    definition: str
    """The full id of a definition or an initiative, or the key of one of ``initiatives`` or ``definitions``."""
    name: str = ""
    """Its name in Azure, at most 24 characters on a management group; default: its key."""
    display_name: str = ""
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Values by parameter. An output may stand as a value."""
    enforce: bool = True
    """False: it tells what it would refuse or deploy, and does not do so."""
    message: str = ""
    """What somebody reads whose change is refused."""
    not_scopes: Sequence[str] = ()
    """Scopes below it where it does not hold."""
    roles: Sequence[str] = ()
    """Roles, by name or full id, that its identity needs at its scope; none for no identity."""
    roles_at: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Roles that its identity needs elsewhere, by scope (``/subscriptions/…``)."""


@dataclass
class PolicyExemptionArgs:
    """An exemption of an assignment, with a reason and an end."""

    assignment: str
    """The key of the assignment."""
    scope: pulumi.Input[str]
    reason: str
    until: date
    """The last day, in UTC."""
    owner: str
    """The role that accepts it."""
    category: str = "Waiver"
    """Waiver, or Mitigated."""


@dataclass
class PolicyAssignmentsArgs:
    """Arguments of `PolicyAssignments`."""

    location: str
    """Where the identities of assignments are."""
    assignments: Mapping[str, PolicyAssignmentArgs]
    """Assignments by a key that never changes."""
    definitions: Mapping[str, PolicyDefinitionArgs] = field(default_factory=dict)
    initiatives: Mapping[str, PolicyInitiativeArgs] = field(default_factory=dict)
    assigned_by: str = "Kade"
    """Who assigned them, as the portal shows it."""
    exemptions: Mapping[str, PolicyExemptionArgs] = field(default_factory=dict)


class PolicyAssignments(pulumi.ComponentResource):
    """Assignments, in the order that Azure needs: definition, initiative, assignment, roles of its identity, exemption.

    On destroy the order turns round: no definition goes while something refers to it.
    """

    ids: pulumi.Output[Mapping[str, str]]
    """The id of every assignment, by its key."""

    def __init__(
        self,
        name: str,
        args: PolicyAssignmentsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(PolicyAssignmentsArgs, args)
        super().__init__("kade:index:PolicyAssignments", name, None, opts)
        self.definitions = {key: self._definition(name, key, item) for key, item in args.definitions.items()}
        self.initiatives = {key: self._initiative(name, key, item) for key, item in args.initiatives.items()}
        self.assignments: dict[str, authorization.PolicyAssignment] = {}
        self.roles: dict[str, authorization.RoleAssignment] = {}
        for key, item in args.assignments.items():
            self.assignments[key] = self._assign(name, key, item, args)
            self._give_roles(name, key, item)
        self.exemptions = {key: self._exempt(name, key, item) for key, item in args.exemptions.items()}
        self.ids = pulumi.Output.all(**{key: made.id for key, made in self.assignments.items()})
        self.register_outputs({"ids": self.ids})

    def _definition(
        self, name: str, key: str, item: PolicyDefinitionArgs
    ) -> authorization.PolicyDefinitionAtManagementGroup:
        return authorization.PolicyDefinitionAtManagementGroup(
            f"{name}-definition-{key}",
            management_group_id=item.management_group_id,
            policy_definition_name=_named("policy_definition", key),
            display_name=item.display_name,
            mode=item.mode,
            policy_rule=dict(item.rule),
            parameters={
                p: authorization.ParameterDefinitionsValueArgs(
                    type=d["type"], default_value=d.get("defaultValue"), allowed_values=d.get("allowedValues")
                )
                for p, d in item.parameters.items()
            }
            or None,
            policy_type="Custom",
            opts=pulumi.ResourceOptions(parent=self, custom_timeouts=PATIENCE),
        )

    def _initiative(
        self, name: str, key: str, item: PolicyInitiativeArgs
    ) -> authorization.PolicySetDefinitionAtManagementGroup:
        members = [
            authorization.PolicyDefinitionReferenceArgs(
                policy_definition_reference_id=reference,
                policy_definition_id=self._reference(member.definition),
                parameters=_values(member.parameters),
            )
            for reference, member in item.members.items()
        ]
        return authorization.PolicySetDefinitionAtManagementGroup(
            f"{name}-initiative-{key}",
            management_group_id=item.management_group_id,
            policy_set_definition_name=_named("policy_set_definition", key),
            display_name=item.display_name,
            description=item.description or None,
            metadata={"category": item.category},
            policy_definitions=members,
            policy_type="Custom",
            opts=pulumi.ResourceOptions(parent=self, custom_timeouts=PATIENCE),
        )

    def _reference(self, definition: str) -> pulumi.Input[str]:
        """An id as it is; the key of an initiative or a definition as its id, so that one waits for the other."""
        if definition.startswith("/"):
            return definition
        found = self.initiatives.get(definition) if hasattr(self, "initiatives") else None
        made = found or self.definitions.get(definition)
        if made is None:
            raise ArgumentError(f"{definition!r} is neither an id nor one of `definitions` or `initiatives`")
        return made.id

    def _assign(
        self, name: str, key: str, item: PolicyAssignmentArgs, args: PolicyAssignmentsArgs
    ) -> authorization.PolicyAssignment:
        identity = bool(item.roles or item.roles_at)
        return authorization.PolicyAssignment(
            f"{name}-{key}",
            policy_assignment_name=_assignment_name(key, item),
            scope=item.scope,
            policy_definition_id=self._reference(item.definition),
            display_name=item.display_name or None,
            description=item.description or None,
            parameters=_values(item.parameters),
            enforcement_mode="Default" if item.enforce else "DoNotEnforce",
            not_scopes=list(item.not_scopes) or None,
            non_compliance_messages=(
                [authorization.NonComplianceMessageArgs(message=item.message)] if item.message else None
            ),
            identity=(
                authorization.IdentityArgs(type=authorization.ResourceIdentityType.SYSTEM_ASSIGNED)
                if identity
                else None
            ),
            location=args.location if identity else None,
            metadata={"assignedBy": args.assigned_by},
            opts=pulumi.ResourceOptions(parent=self, custom_timeouts=PATIENCE),
        )

    def _give_roles(self, name: str, key: str, item: PolicyAssignmentArgs) -> None:
        made = self.assignments[key]
        principal = made.identity.apply(lambda identity: identity.principal_id if identity else "")
        places: list[tuple[str, pulumi.Input[str], Sequence[str]]] = [("here", item.scope, item.roles)]
        places += [(_last(scope), scope, roles) for scope, roles in item.roles_at.items()]
        for place, scope, roles in places:
            for role in roles:
                short = f"{name}-{key}-{place}-{_last(role_name(role)).lower().replace(' ', '-')}"
                # Until the identity exists its id is unknown, but the assignment's own name is just as unique.
                self.roles[short] = assign_role(
                    short,
                    scope=scope,
                    role=role,
                    principal_id=principal,
                    principal_type="ServicePrincipal",
                    description=f"Identity of the policy assignment {item.name or key}",
                    key=pulumi.Output.concat(item.scope, "/", item.name or key),
                    condition=condition_of(role),
                    opts=pulumi.ResourceOptions(parent=self, custom_timeouts=PATIENCE),
                )

    def _exempt(self, name: str, key: str, item: PolicyExemptionArgs) -> authorization.PolicyExemption:
        if item.assignment not in self.assignments:
            known = ", ".join(self.assignments)
            raise ArgumentError(f"{name}: exemption {key!r} is of {item.assignment!r}, which is not assigned: {known}")
        if len(item.reason.strip()) < 10:
            raise ArgumentError(f"{name}: exemption {key!r} needs a reason that an auditor accepts")
        return authorization.PolicyExemption(
            f"{name}-exemption-{key}",
            policy_exemption_name=_named("policy_exemption", key),
            scope=item.scope,
            policy_assignment_id=self.assignments[item.assignment].id,
            exemption_category=item.category,
            description=f"{item.reason} Accepted by: {item.owner}.",
            expires_on=f"{item.until.isoformat()}T23:59:59Z",
            opts=pulumi.ResourceOptions(parent=self),
        )


def _assignment_name(key: str, item: PolicyAssignmentArgs) -> str:
    """The name, checked. The scope may not be known yet, so the strictest rule, that of a management group, holds."""
    made = item.name or key
    if wrong := name_rule("policy_assignment").broken(made, "management group"):
        raise ArgumentError(f"policy assignment {key!r}: {wrong}")
    return made


def _named(kind: str, key: str) -> str:
    if wrong := name_rule(kind).broken(key):
        raise ArgumentError(f"{kind.replace('_', ' ')} {key!r}: {wrong}")
    return key


def _values(parameters: Mapping[str, Any]) -> dict[str, authorization.ParameterValuesValueArgs] | None:
    return {p: authorization.ParameterValuesValueArgs(value=v) for p, v in parameters.items()} or None


def _last(scope: str) -> str:
    return re.sub(r"/+$", "", scope).rsplit("/", 1)[-1]
