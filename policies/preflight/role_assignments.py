"""Role assignments that Azure refuses, or makes badly."""

from __future__ import annotations

from collections import Counter
from typing import Final

from kade.facts.data import read
from kade.policies.kit import Example, Finding, Resource, Result, Stack, UnknownValueError, rule, stack_rule
from kade.policies.preflight.once import once

ROLE = "azure-native:authorization:RoleAssignment"
_READER: Final = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
_SOME: Final = {
    "scope": "/subscriptions/s",
    "principalId": "p",
    "roleDefinitionId": f"/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/{_READER}",
}


def _grant(assignment: Resource) -> tuple[str, str, str]:
    role = assignment.word("roleDefinitionId").rstrip("/").rpartition("/")[2]
    return assignment.word("scope").rstrip("/"), role, assignment.word("principalId")


@once
def _grants(stack: Stack) -> Counter[tuple[str, str, str]]:
    found: Counter[tuple[str, str, str]] = Counter()
    for assignment in stack.resources(ROLE):
        try:
            found[_grant(assignment)] += 1
        except UnknownValueError:
            continue
    return found


@rule(
    "kade-preflight-role-assigned-once",
    "A role is assigned to a principal once at a scope",
    severity="high",
    types=[ROLE],
    measures=["8.32.01"],
    remediation="Remove one of the two assignments.",
    why="Azure refuses the second, whatever its name: RoleAssignmentExists.",
    joins=True,
    passes=[
        _SOME,
        Example(_SOME, related=[Example({**_SOME, "principalId": "q"}, type=ROLE)]),
        Example(_SOME, related=[Example({**_SOME, "scope": "/subscriptions/t"}, type=ROLE)]),
    ],
    fails=[
        Example(
            _SOME,
            related=[
                Example(
                    {
                        **_SOME,
                        "scope": "/subscriptions/S/",
                        "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{_READER}",
                    },
                    type=ROLE,
                )
            ],
        )
    ],
)
def role_assigned_once(assignment: Resource) -> Result:
    grant = _grant(assignment)
    if all(grant) and _grants(assignment)[grant] > 1:
        return f"the same principal has the same role at {grant[0]} twice"
    return None


@rule(
    "kade-preflight-principal-type",
    "Role assignments say what kind of principal they are for",
    severity="medium",
    types=[ROLE],
    measures=["8.32.01"],
    remediation="Set principalType to User, Group or ServicePrincipal (also for a managed identity).",
    why="Azure looks up an identity that was made a moment ago, does not find it, and fails: PrincipalNotFound.",
    passes=[{**_SOME, "principalType": "ServicePrincipal"}],
    fails=[_SOME],
)
def principal_type(assignment: Resource) -> Result:
    return None if assignment.has("principalType") else "principalType is not set"


@stack_rule(
    "kade-preflight-role-assignment-count",
    "A subscription stays below the number of role assignments that Azure takes",
    severity="medium",
    types=[ROLE],
    measures=["8.32.01"],
    remediation="Assign roles to groups instead of persons, and at a resource group instead of each resource.",
    why="Azure refuses the next: RoleAssignmentLimitExceeded.",
    config={
        "limit": {
            "type": "integer",
            "default": read("service_limits")["role_assignments_per_subscription"]["limit"],
            "description": "role assignments in one subscription",
        }
    },
    passes=[[Example(_SOME)]],
    fails=[[Example(_SOME, config={"limit": 1}), Example({**_SOME, "principalId": "q"})]],
)
def role_assignment_count(stack: Stack) -> Result:
    found: Counter[str] = Counter()
    elsewhere: list[UnknownValueError] = []
    for assignment in stack.resources(ROLE):
        try:
            scope = assignment.word("scope")
        except UnknownValueError as error:
            elsewhere.append(error)
            continue
        if scope.startswith("/subscriptions/"):
            found[scope.split("/")[2]] += 1
    for subscription, count in found.items():
        if count > stack.config["limit"]:
            yield Finding(f"subscription {subscription} has {count} role assignments of {stack.config['limit']}")
    if elsewhere and max(found.values(), default=0) + len(elsewhere) > stack.config["limit"]:
        raise elsewhere[0]
