"""Location evidence: the places of every resource, each with its reason, and plainly what a plan cannot show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kade.policies.kit import Resource, Stack, UnknownValueError
from kade.policies.residency import copies, copies_databases, processing
from kade.policies.residency.locations import arm_type, global_kind
from kade.policies.residency.places import COPIES, GLOBAL, Place, judge

REGISTERED: Final = (copies, copies_databases, processing)  # importing them is what fills COPIES
OK, OUTSIDE, UNKNOWN = "within", "outside", "not evaluated"

# Azure Resource Manager's own metadata: who may do what, and what is where. No data of citizens is in it.
METADATA: Final = (
    "microsoft.authorization/",
    "microsoft.management/",
    "microsoft.security/",
    "microsoft.consumption/",
    "microsoft.costmanagement/",
    "microsoft.policyinsights/",
    "microsoft.resources/deployments",
    "microsoft.resources/tags",
    "microsoft.insights/diagnosticsettings",
    "microsoft.subscription/",
    "microsoft.features/",
)
METADATA_REASON: Final = "metadata of Azure Resource Manager, which Microsoft keeps worldwide; no data of citizens"

CANNOT_SHOW: Final = {
    "Support access": "People of Microsoft may see data in a support case. Customer Lockbox asks you first; it is a "
    "choice in the tenant that no plan shows.",
    "Identity service": "Entra ID keeps names and sign-ins by the tenant's country, and some of it worldwide.",
    "Telemetry": "Microsoft collects diagnostic data of its services; part of it leaves the EU data boundary.",
    "Foreign law": "Microsoft is an American company: authorities there can order it to hand over data, wherever it "
    "is. Whether that risk is acceptable is a decision of the municipality, not a property of a resource.",
}


@dataclass(frozen=True)
class Evidence:
    """One resource: where its data is, why, and whether that is within the residency rule."""

    resource: Resource
    places: tuple[Place, ...]
    verdict: str  # within, outside, not evaluated
    reason: str = ""


def evidence(stack: Stack, config: Mapping[str, Any]) -> list[Evidence]:
    """A line for every resource; none is left out, and none is passed in silence.

    ``config`` is the residency rule, as the rules' own settings: ``mode`` and ``regions``.
    """
    for resource in stack.all:
        resource.config = config
    return [_line(resource) for resource in stack.all]


def _line(resource: Resource) -> Evidence:
    places: list[Place] = []
    try:
        places += _own(resource)
        for copies in COPIES.get(resource.type, ()):
            places += copies(resource)
        if not places:
            return Evidence(resource, (), UNKNOWN, f"where {arm_type(resource) or resource.type} is, is not known")
        findings = _outside(resource, places)
    except UnknownValueError as problem:
        return Evidence(resource, tuple(places), UNKNOWN, str(problem))
    return Evidence(resource, tuple(places), OUTSIDE if findings else OK, "; ".join(findings))


def _outside(resource: Resource, places: list[Place]) -> list[str]:
    judged = [place for place in places if not (place.region == GLOBAL and place.kind == "metadata")]
    return [finding.message for finding in judge(resource, judged)]


def _own(resource: Resource) -> list[Place]:
    """Where the resource itself is: its location, else that of what it stands in, else ARM's own metadata."""
    kind = arm_type(resource)
    if resource.location == GLOBAL:
        known = global_kind(resource)
        if known is None:
            raise UnknownValueError("its location is global, and for this type it is not known what that means")
        return [Place(GLOBAL, "metadata" if known.acceptable else "processed", known.reason)]
    if resource.location:
        return [Place(resource.location, "rests", "its location")]
    if kind.startswith(METADATA):
        return [Place(GLOBAL, "metadata", METADATA_REASON)]
    above = resource.parent()
    while above is not None:
        if above.location and above.location != GLOBAL:
            return [Place(above.location, "rests", f"in {above.shown}")]
        if above.location == GLOBAL:
            return _own(above)
        above = above.parent()
    if kind == "microsoft.resources/resourcegroups":
        raise UnknownValueError("the resource group has no location")
    return []
