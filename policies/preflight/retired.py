"""Services and API versions that Azure has ended, or will end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from kade.facts.retirements import Retirement, read_on, retired_versions, retirements
from kade.policies.kit import Example, Resource, Result, rule
from kade.policies.preflight.azure_ids import known_type

_ALL = {type_: list(entries) for type_, entries in groupby(retirements(), key=lambda entry: entry.type)}
_GONE = [t for t, entries in _ALL.items() if any(e.date <= read_on() for e in entries)]
_GOING = [t for t, entries in _ALL.items() if any(e.date > read_on() for e in entries)]
ADDRESS = "azure-native:network:PublicIPAddress"
GATEWAY = "azure-native:network:VirtualNetworkGateway"
PROFILE = "azure-native:cdn:Profile"
APIM = "azure-native:apimanagement:ApiManagementService"
REGISTRY = "azure-native:containerregistry:Registry"


def _met(resource: Resource) -> Iterator[Retirement]:
    for entry in _ALL.get(resource.type, []):
        if all(resource.word(path) in values for path, values in entry.where.items()):
            yield entry


def _said(entry: Retirement, verb: str) -> str:
    return f"Azure {verb} {entry.what} on {entry.date.day} {entry.date:%B %Y}; take {entry.instead} ({entry.source})"


@rule(
    "kade-preflight-retired",
    "Nothing is of a kind that Azure has ended",
    severity="medium",
    types=_GONE,
    measures=["8.08.01", "8.32.01"],
    remediation="Take what the message names, and move what stands.",
    why="Azure makes no new one, gives no support, and may switch off what stands.",
    passes=[
        Example({"sku": {"name": "Standard"}}, type=ADDRESS),
        Example({"gatewayType": "Vpn", "sku": {"name": "VpnGw1AZ"}}, type=GATEWAY),
        Example({"gatewayType": "ExpressRoute", "sku": {"name": "Standard"}}, type=GATEWAY),
    ],
    fails=[
        Example({"sku": {"name": "Basic"}}, type=ADDRESS),
        Example({"gatewayType": "Vpn", "sku": {"name": "VpnGw2"}}, type=GATEWAY),
        Example({"sku": {"name": "Standard_Verizon"}}, type=PROFILE),
        Example({"sku": {"name": "WAF_Medium", "tier": "WAF"}}, type="azure-native:network:ApplicationGateway"),
        Example({"sku": {"name": "standard"}}, type="azure-native:databricks:Workspace"),
    ],
)
def retired(resource: Resource) -> Result:
    for entry in _met(resource):
        if entry.date <= read_on():
            yield _said(entry, "ended")


@rule(
    "kade-preflight-retiring",
    "Nothing new is of a kind that Azure will end",
    severity="low",
    types=_GOING,
    measures=["8.32.01"],
    remediation="Take what the message names, or plan the move before that day.",
    why="What is made now has to be moved again within a few years.",
    passes=[Example({"sku": {"name": "Premium_AzureFrontDoor"}}, type=PROFILE)],
    fails=[
        Example({"sku": {"name": "Standard_Microsoft"}}, type=PROFILE),
        Example({"sku": {"name": "Premium", "family": "P", "capacity": 1}}, type="azure-native:redis:Redis"),
        Example({}, type="azure-native:frontdoor:FrontDoor"),
    ],
)
def retiring(resource: Resource) -> Result:
    for entry in _met(resource):
        if entry.date > read_on():
            yield _said(entry, "ends")


@rule(
    "kade-preflight-api-version",
    "Resources are written for API versions that Azure still has",
    severity="high",
    types=["*"],
    measures=["8.32.01"],
    remediation="Use the type without a version, or a newer one.",
    why="Azure answers a version that is gone with an error.",
    absent="azure-native's default version of the type, which is a current one",
    passes=[
        Example({}, type=APIM),
        Example({}, type=APIM, api_version="2022-08-01"),
        Example({}, type=REGISTRY, api_version="2023-07-01"),
    ],
    fails=[
        Example({}, type=APIM, api_version="2020-12-01"),
        Example({}, type=REGISTRY, api_version="2017-03-01"),
    ],
)
def api_version(resource: Resource) -> Result:
    known = known_type(resource)
    arm_type = (resource.arm_type or (known.arm_type if known else "")).lower()
    for entry in retired_versions():
        if resource.api_version and arm_type.startswith(entry.arm.lower()) and resource.api_version < entry.before:
            ended = f"{entry.date.day} {entry.date:%B %Y} ({entry.source})"
            yield f"{resource.api_version}: Azure ended the versions of {entry.arm} before {entry.before} on {ended}"
