"""Services that process data elsewhere than where they stand: AI deployments, mail and chat, static sites."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kade.policies.kit import Example, Resource, Result, not_evaluated, rule
from kade.policies.residency.places import EU_ZONE, GLOBAL, MODE, Place, copies_of, judge

AI_DEPLOYMENT = "azure-native:cognitiveservices:Deployment"
COMMUNICATION: Final = ("azure-native:communication:CommunicationService", "azure-native:communication:EmailService")
STATIC_SITE = "azure-native:web:StaticSite"

# Where a data location of Communication Services is. Source: Azure documentation, region availability and data
# residency of Communication Services, 2026. "Europe" is kept in the EU data boundary.
DATA_LOCATIONS: Final = {
    "europe": EU_ZONE,
    "france": "francecentral",
    "germany": "germanywestcentral",
    "norway": "norwayeast",
    "switzerland": "switzerlandnorth",
    "uk": "uksouth",
}


@copies_of(AI_DEPLOYMENT)
def ai_places(deployment: Resource) -> Iterator[Place]:
    """Anywhere for global SKUs, the data zone for zoned ones, the account's own region for the rest."""
    sku = deployment.word("sku.name")
    if sku.startswith("global"):
        yield Place(GLOBAL, "processed", f"sku {deployment.text('sku.name')} sends questions to any region")
    elif sku.startswith("datazone"):
        yield Place(EU_ZONE, "processed", f"sku {deployment.text('sku.name')} sends questions all over its zone")


@rule(
    "kade-residency-ai-processing",
    "AI models answer in regions that the residency rule allows",
    severity="high",
    types=[AI_DEPLOYMENT],
    measures=["B.05.2", "B.09.8"],
    remediation="Set sku.name to Standard or ProvisionedManaged, or DataZoneStandard where the whole EU is allowed.",
    why="A global deployment keeps data at rest where it stands, but sends each question wherever there is room.",
    config=MODE,
    passes=[{"sku": {"name": "Standard"}}, {"sku": {"name": "DataZoneStandard"}}],
    fails=[{"sku": {"name": "GlobalStandard"}}, Example({"sku": {"name": "DataZoneStandard"}}, config={"mode": "nl"})],
)
def ai_processing(deployment: Resource) -> Result:
    yield from judge(deployment, ai_places(deployment))


@copies_of(*COMMUNICATION)
def communication_places(service: Resource) -> Iterator[Place]:
    """Where messages rest: the data location, which is not a region."""
    named = service.word("dataLocation")
    if named in DATA_LOCATIONS:
        yield Place(DATA_LOCATIONS[named], "rests", f"dataLocation is {service.text('dataLocation')}")
    elif named:
        yield Place(named, "rests", f"dataLocation is {service.text('dataLocation')}")


@rule(
    "kade-residency-communication",
    "Mail and messages rest where the residency rule allows",
    severity="high",
    types=list(COMMUNICATION),
    measures=["B.05.2", "B.09.8"],
    remediation="Set dataLocation to Europe, Germany or France; it cannot be changed later.",
    config=MODE,
    passes=[Example({"location": "global", "dataLocation": "Europe"}, type=COMMUNICATION[0])],
    fails=[
        Example({"location": "global", "dataLocation": "United States"}, type=COMMUNICATION[0]),
        Example({"location": "global", "dataLocation": "Europe"}, type=COMMUNICATION[1], config={"mode": "nl"}),
    ],
)
def communication(service: Resource) -> Result:
    if not service.has("dataLocation"):
        not_evaluated("dataLocation is not given")
    yield from judge(service, communication_places(service))


@copies_of(STATIC_SITE)
def static_site_places(site: Resource) -> Iterator[Place]:  # noqa: ARG001 - the same for every site
    """Pages are served from points of presence worldwide; only the functions have a region."""
    yield Place(GLOBAL, "copied", "pages are kept at points of presence worldwide")
