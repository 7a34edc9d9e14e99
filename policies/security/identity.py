"""Roles: who may do what, and which identities outside Azure may act as ours."""

from __future__ import annotations

from typing import Final

from kade.facts.roles import administrative_roles, role_id
from kade.policies.kit import Resource, Result, not_applicable, rule

ASSIGNMENT = "azure-native:authorization:RoleAssignment"
DEFINITION = "azure-native:authorization:RoleDefinition"
CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential"

_GITHUB: Final = "https://token.actions.githubusercontent.com"
_OWNER = "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
_READER = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"


@rule(
    "kade-role-to-groups",
    "Roles are given to groups and identities, not to single people",
    severity="medium",
    types=[ASSIGNMENT],
    measures=["5.15.01", "5.18.02", "8.02.01"],
    nis2="21(2)(i)",
    remediation="Give the role to a group of Entra ID (principalType Group) that the person is a member of.",
    why="A role given to a person outlives their job; a group is reviewed, and follows the register of staff.",
    absent="Azure finds out by itself, so nothing is said",
    passes=[{"principalType": "Group"}, {"principalType": "ServicePrincipal"}, {}],
    fails=[{"principalType": "User"}],
)
def to_groups(assignment: Resource) -> Result:
    if assignment.is_("principalType", "User"):
        return "principalType is User"
    return None


@rule(
    "kade-role-no-standing-administrator",
    "Nobody stands as administrator of rights without conditions",
    severity="high",
    types=[ASSIGNMENT],
    measures=["8.02.01", "5.18.01"],
    nis2="21(2)(i)",
    remediation="Make the role eligible (PIM) in place of assigned, or set a condition that names the roles that may "
    "be given on.",
    why="Who may give rights to others may do everything; such a role is taken up when needed, and laid down again.",
    passes=[
        {"roleDefinitionId": _READER},
        {"roleDefinitionId": _OWNER, "condition": "(!(ActionMatches{'…/roleAssignments/write'}))"},
    ],
    fails=[{"roleDefinitionId": _OWNER, "principalType": "Group"}],
)
def no_standing_administrator(assignment: Resource) -> Result:
    given = assignment.word("roleDefinitionId").rsplit("/", 1)[-1]
    for name in administrative_roles():
        if given == role_id(name) and not assignment.refers("condition"):
            return f"{name} is given for good, without a condition"
    return None


@rule(
    "kade-role-no-custom-owner",
    "No role of our own may do everything in a subscription",
    severity="high",
    types=[DEFINITION],
    measures=["8.02.01", "5.15.01"],
    nis2="21(2)(i)",
    checkov=["CKV_AZURE_39"],
    remediation="Name in permissions.actions what the role may do, in place of *.",
    why="Such a role is an owner under another name, and no review or policy on owners sees it.",
    passes=[
        {"assignableScopes": ["/subscriptions/s"], "permissions": [{"actions": ["Microsoft.Compute/*/read"]}]},
        {"assignableScopes": ["/subscriptions/s/resourceGroups/g"], "permissions": [{"actions": ["*"]}]},
    ],
    fails=[
        {"assignableScopes": ["/subscriptions/s"], "permissions": [{"actions": ["*"], "notActions": []}]},
        {"assignableScopes": ["/"], "permissions": [{"actions": ["*"]}]},
    ],
    not_applicable=[{"roleType": "BuiltInRole", "permissions": [{"actions": ["*"]}]}],
)
def no_custom_owner(definition: Resource) -> Result:
    if definition.is_("roleType", "BuiltInRole") or definition.is_("type", "BuiltInRole"):
        not_applicable("a role of Azure itself")
    if not any("*" in permission.texts("actions") for permission in definition.items("permissions")):
        return None
    scopes = definition.texts("assignableScopes")
    wide = [scope for scope in scopes if "/resourcegroups/" not in scope.lower()]
    return f"permissions.actions holds *, and it can be given on {wide[0]}" if wide else None


@rule(
    "kade-identity-no-pull-requests",
    "Pull requests cannot act as an identity of ours",
    severity="high",
    types=[CREDENTIAL],
    measures=["5.15.01", "8.31.02"],
    nis2="21(2)(d)",
    remediation="Tie subject to an environment with reviewers, as repo:ORG/REPO:environment:production.",
    why="Whoever may open a pull request may change the workflow that it runs, and so do all that the identity may.",
    passes=[{"issuer": _GITHUB, "subject": "repo:lindewaard/platform:environment:production"}],
    fails=[{"issuer": _GITHUB, "subject": "repo:lindewaard/platform:pull_request"}],
    not_applicable=[
        {"issuer": "https://westeurope.oic.prod-aks.azure.com/t/c", "subject": "system:serviceaccount:a:b"}
    ],
)
def no_pull_requests(credential: Resource) -> Result:
    if not credential.word("issuer").startswith(_GITHUB):
        not_applicable("not for GitHub")
    if credential.word("subject").endswith(":pull_request"):
        return f"subject is {credential.text('subject')}"
    return None
