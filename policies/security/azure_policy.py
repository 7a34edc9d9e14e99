"""Azure Policy: definitions, assignments and exemptions that tell what they are for, and exemptions that end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kade.policies.kit import Example, Resource, Result, not_applicable, not_evaluated, rule

DEFINITION = "azure-native:authorization:PolicyDefinition"
SET = "azure-native:authorization:PolicySetDefinition"
AT_GROUP = (f"{DEFINITION}AtManagementGroup", f"{SET}AtManagementGroup")
ASSIGNMENT = "azure-native:authorization:PolicyAssignment"
EXEMPTION = "azure-native:authorization:PolicyExemption"

_TOLD = {"displayName": "Regions", "description": "Resources stand in the EU."}


def _missing(resource: Resource, *names: str) -> Result:
    missing = [name for name in names if not resource.has(name)]
    return f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set" if missing else None


@rule(
    "kade-policy-described",
    "Policies and initiatives tell what they are for",
    severity="low",
    types=[DEFINITION, SET, *AT_GROUP],
    measures=["8.32.01"],
    psrule=["Azure.Policy.Descriptors"],
    remediation="Set displayName, description and metadata.category.",
    absent="Azure shows a name only",
    passes=[{**_TOLD, "metadata": {"category": "Location"}}],
    fails=[{"displayName": "Regions", "metadata": {"category": "Location"}}, Example(_TOLD, type=SET)],
    not_applicable=[{"policyType": "BuiltIn"}],
)
def described(definition: Resource) -> Result:
    if definition.is_("policyType", "BuiltIn", "Static"):
        not_applicable("a policy of Azure itself")
    return _missing(definition, "displayName", "description", "metadata.category")


@rule(
    "kade-policy-assignment-described",
    "Assignments of policies tell what they are for",
    severity="low",
    types=[ASSIGNMENT],
    measures=["8.32.01"],
    psrule=["Azure.Policy.AssignmentDescriptors"],
    remediation="Set displayName and description.",
    absent="Azure shows a name only",
    passes=[_TOLD],
    fails=[{"displayName": "Regions"}, {}],
)
def assignment_described(assignment: Resource) -> Result:
    return _missing(assignment, "displayName", "description")


@rule(
    "kade-policy-assigned-by",
    "Assignments of policies tell who assigned them",
    severity="low",
    types=[ASSIGNMENT],
    measures=["8.32.01", "5.36.01"],
    psrule=["Azure.Policy.AssignmentAssignedBy"],
    remediation="Set metadata.assignedBy.",
    absent="Azure fills it in for assignments made in the portal only",
    passes=[{"metadata": {"assignedBy": "Platform team"}}],
    fails=[{"metadata": {"category": "Location"}}, {}],
)
def assigned_by(assignment: Resource) -> Result:
    return _missing(assignment, "metadata.assignedBy")


@rule(
    "kade-policy-exemption-described",
    "Exemptions from policies tell why",
    severity="low",
    types=[EXEMPTION],
    measures=["5.36.01"],
    psrule=["Azure.Policy.ExemptionDescriptors"],
    remediation="Set displayName and description.",
    absent="nobody knows why",
    passes=[_TOLD],
    fails=[{"displayName": "Regions"}, {}],
)
def exemption_described(exemption: Resource) -> Result:
    return _missing(exemption, "displayName", "description")


@rule(
    "kade-policy-waiver-ends",
    "Waivers of policies end within a year",
    severity="medium",
    types=[EXEMPTION],
    measures=["5.36.01"],
    nis2="21(2)(f)",
    psrule=["Azure.Policy.WaiverExpiry"],
    remediation="Set expiresOn to a date within a year; look again at the waiver then.",
    absent="the waiver never ends",
    passes=[{"exemptionCategory": "Waiver", "expiresOn": "2026-12-31T00:00:00Z"}],
    fails=[
        {"exemptionCategory": "Waiver", "displayName": "For ever"},
        {"exemptionCategory": "waiver", "expiresOn": "2099-01-01T00:00:00Z"},
    ],
    not_applicable=[{"exemptionCategory": "Mitigated"}],
)
def waiver_ends(exemption: Resource) -> Result:
    if exemption.is_("exemptionCategory", "Mitigated"):
        not_applicable("mitigated by other means, not waived")
    if not exemption.has("expiresOn"):
        return "expiresOn is not set"
    try:
        ends = datetime.fromisoformat(exemption.text("expiresOn"))
    except ValueError:
        not_evaluated("expiresOn is not written as a moment")
    if ends.replace(tzinfo=ends.tzinfo or UTC) - datetime.now(UTC) > timedelta(days=366):
        return f"expiresOn is {ends:%Y-%m-%d}, more than a year from now"
    return None
