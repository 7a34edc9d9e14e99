"""API Management services: who can reach them, and how they speak to clients."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from kade.policies.kit import Example, Resource, Result, not_applicable, not_evaluated, rule
from kade.policies.kit.values import UNKNOWN
from kade.policies.security.zones import has_zones

SERVICE = "azure-native:apimanagement:ApiManagementService"
API = "azure-native:apimanagement:Api"
DEFENDER = "azure-native:security:APICollection"

_PREFIX: Final = "Microsoft.WindowsAzure.ApiManagement.Gateway."
PROTOCOLS: Final = (
    "Security.Protocols.Tls10",
    "Security.Protocols.Tls11",
    "Security.Protocols.Ssl30",
    "Security.Backend.Protocols.Tls10",
    "Security.Backend.Protocols.Tls11",
    "Security.Backend.Protocols.Ssl30",
)
# Ciphers without forward secrecy or with CBC; NCSC's TLS guidelines 2025-05 count them as insufficient or to phase out.
CIPHERS: Final = tuple(
    f"Security.Ciphers.{name}"
    for name in (
        "TripleDes168",
        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
        "TLS_RSA_WITH_AES_128_CBC_SHA",
        "TLS_RSA_WITH_AES_128_CBC_SHA256",
        "TLS_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_RSA_WITH_AES_256_CBC_SHA",
        "TLS_RSA_WITH_AES_256_CBC_SHA256",
    )
)
CONSUMPTION: Final = "Consumption"
_LATER, _EARLIER = "2099-01-01T00:00:00Z", "2020-01-01T00:00:00Z"


def _switched_on(service: Resource, names: tuple[str, ...], *, default: bool) -> list[str]:
    """Which of these settings of ``customProperties`` are on; their keys hold dots, so no path leads to them."""
    settings = service.raw("customProperties") or {}
    if not isinstance(settings, Mapping):
        not_evaluated("customProperties is no object")
    lower = {str(key).lower(): value for key, value in settings.items()}
    found = []
    for name in names:
        value = lower.get((_PREFIX + name).lower())
        if value is UNKNOWN:
            not_evaluated(f"customProperties {name} is not known until deployed")
        if default if value is None else str(value).strip().lower() == "true":
            found.append(name)
    return found


@rule(
    "kade-apim-protocols",
    "API Management speaks no SSL 3, TLS 1.0 or TLS 1.1, to clients and to backends",
    severity="high",
    types=[SERVICE],
    measures=["8.24.04", "8.21.04"],
    nis2="21(2)(h)",
    psrule=["Azure.APIM.Protocols"],
    checkov=["CKV_AZURE_173"],
    remediation="Set Security.Protocols.* and Security.Backend.Protocols.* of customProperties to False.",
    absent="Azure refuses the old versions on services made since April 2018",
    passes=[{"customProperties": {_PREFIX + PROTOCOLS[0]: "False"}}, {}],
    fails=[
        {"customProperties": {_PREFIX + PROTOCOLS[1]: "True"}},
        {"customProperties": {_PREFIX + PROTOCOLS[3]: "true"}},
    ],
)
def protocols(service: Resource) -> Result:
    on = _switched_on(service, PROTOCOLS, default=False)
    return f"customProperties turn on {', '.join(on)}" if on else None


@rule(
    "kade-apim-ciphers",
    "API Management offers only ciphers that are good by NCSC's guidelines",
    severity="medium",
    types=[SERVICE],
    measures=["8.24.04"],
    nis2="21(2)(h)",
    psrule=["Azure.APIM.Ciphers"],
    remediation="Set each weak Security.Ciphers.* of customProperties to False.",
    absent="Azure offers the weak ones to clients that ask for them",
    passes=[{"customProperties": {_PREFIX + name: "False" for name in CIPHERS}}],
    fails=[{"customProperties": {_PREFIX + CIPHERS[0]: "True"}}, {}],
    not_applicable=[{"sku": {"name": CONSUMPTION}}],
)
def ciphers(service: Resource) -> Result:
    if service.is_("sku.name", CONSUMPTION):
        not_applicable("the ciphers of the consumption tier cannot be chosen")
    on = _switched_on(service, CIPHERS, default=True)
    return f"customProperties leave on {', '.join(name.rsplit('.', 1)[-1] for name in on)}" if on else None


@rule(
    "kade-apim-managed-identity",
    "API Management signs in with a managed identity",
    severity="medium",
    types=[SERVICE],
    measures=["5.16.02", "5.17.01"],
    nis2="21(2)(i)",
    psrule=["Azure.APIM.ManagedIdentity"],
    remediation="Set identity.type to SystemAssigned, and give that identity its roles.",
    why="Without one, policies hold the passwords of backends and of the key vault.",
    passes=[{"identity": {"type": "SystemAssigned"}}, {"identity": {"type": "SystemAssigned, UserAssigned"}}],
    fails=[{}, {"identity": {"type": "None"}}],
)
def managed_identity(service: Resource) -> Result:
    return "it has no identity" if service.is_("identity.type", "", "None", default="None") else None


@rule(
    "kade-apim-certificate-expiry",
    "No certificate of an API Management host name ends within thirty days",
    severity="medium",
    types=[SERVICE],
    measures=["8.24.02"],
    nis2="21(2)(h)",
    psrule=["Azure.APIM.CertificateExpiry"],
    remediation="Renew the certificate, and refer to it in Key Vault with keyVaultId without a version.",
    deviations=[
        "Azure.APIM.CertificateExpiry: what ends within thirty days depends on the day, so older verdicts differ"
    ],
    passes=[
        {
            "hostnameConfigurations": [
                {"hostName": "api.gemeente.nl", "certificate": {"expiry": "2099-01-01T00:00:00Z"}}
            ]
        },
        {"hostnameConfigurations": [{"hostName": "x.azure-api.net"}]},
        {},
    ],
    fails=[{"hostnameConfigurations": [{"hostName": "api.gemeente.nl", "certificate": {"expiry": _EARLIER}}]}],
)
def certificate_expiry(service: Resource) -> Result:
    soon = datetime.now(UTC) + timedelta(days=30)
    for host in service.items("hostnameConfigurations"):
        written = host.text("certificate.expiry")
        if not written:
            continue
        try:
            ends = datetime.fromisoformat(written.replace("Z", "+00:00"))
        except ValueError:
            not_evaluated(f"{host.at('certificate.expiry')} is no date")
        if (ends if ends.tzinfo else ends.replace(tzinfo=UTC)) < soon:
            yield f"the certificate of {host.text('hostName')} ends on {written[:10]}"


@rule(
    "kade-apim-minimum-api-version",
    "API Management's own interface takes only versions that hide secrets",
    severity="medium",
    types=[SERVICE],
    measures=["8.15.02"],
    nis2="21(2)(e)",
    psrule=["Azure.APIM.MinAPIVersion"],
    remediation="Set apiVersionConstraint.minApiVersion to 2021-08-01 or later.",
    why="Versions before 2021-08-01 return keys and secrets to anyone who may read the service.",
    absent="Azure takes every version",
    passes=[{"apiVersionConstraint": {"minApiVersion": "2021-08-01"}}],
    fails=[{"apiVersionConstraint": {"minApiVersion": "2020-12-01"}}, {}],
)
def minimum_api_version(service: Resource) -> Result:
    version = service.text("apiVersionConstraint.minApiVersion")
    if version[:10] < "2021-08-01":
        return f"apiVersionConstraint.minApiVersion is {version or 'absent'}"
    return None


@rule(
    "kade-apim-public-access",
    "API Management stands in a network, or refuses connections from the internet",
    severity="high",
    types=[SERVICE],
    measures=["8.22.01", "5.15.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_107"],
    remediation="Set virtualNetworkType to Internal, behind the application gateway, or close publicNetworkAccess.",
    absent="Azure puts it on the internet",
    passes=[
        {"virtualNetworkType": "Internal"},
        {"virtualNetworkType": "External"},
        {"publicNetworkAccess": "Disabled"},
    ],
    fails=[{}, {"virtualNetworkType": "None"}],
    not_applicable=[{"sku": {"name": CONSUMPTION}}],
)
def public_access(service: Resource) -> Result:
    if service.is_("sku.name", CONSUMPTION):
        not_applicable("the consumption tier has no network of its own")
    if not service.flag("publicNetworkAccess", default=True):
        return None
    if service.is_("virtualNetworkType", "None", default="None"):
        return "virtualNetworkType is None, and publicNetworkAccess is not Disabled"
    return None


@rule(
    "kade-apim-zones",
    "API Management is spread over availability zones",
    severity="low",
    types=[SERVICE],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.APIM.AvailabilityZone"],
    remediation="Choose sku Premium and set zones to two or more; the same in additionalLocations.",
    why="Only the premium tiers can be spread; a service of another tier stops with its zone.",
    absent="Azure puts all units in one zone",
    passes=[
        {"sku": {"name": "Premium", "capacity": 2}, "zones": ["1", "2"]},
        {"sku": {"name": "Premium"}, "location": "westcentralus"},
        {
            "sku": {"name": "Premium"},
            "zones": ["1", "2"],
            "additionalLocations": [{"location": "northeurope", "zones": ["1", "2"]}],
        },
    ],
    fails=[
        {"sku": {"name": "Developer"}},
        {"sku": {"name": "Premium"}, "zones": ["1"]},
        {"sku": {"name": "Premium"}, "zones": ["1", "2"], "additionalLocations": [{"location": "northeurope"}]},
    ],
)
def zones(service: Resource) -> Result:
    if not service.is_("sku.name", "Premium", "PremiumV2"):
        yield f"sku {service.text('sku.name')} cannot be spread over zones"
    elif (not service.location or has_zones(service.location)) and len(service.texts("zones")) < 2:
        yield "zones names fewer than two zones"
    for place in service.items("additionalLocations"):
        if has_zones(place.text("location")) and len(place.texts("zones")) < 2:
            yield f"additionalLocations: zones of {place.text('location')} names fewer than two zones"


_ONE_API = [Example({}, type=API, name="zaken")]


@rule(
    "kade-apim-defender",
    "Defender for APIs watches every interface of API Management",
    severity="low",
    types=[SERVICE],
    measures=["8.16.04", "8.21.02"],
    nis2="21(2)(b)",
    psrule=["Azure.APIM.DefenderCloud"],
    remediation="Add an azure-native:security:APICollection for each API, and the Defender plan Api.",
    joins=True,
    passes=[Example({}, children=[*_ONE_API, Example({"apiId": "zaken"}, type=DEFENDER)]), {}],
    fails=[Example({}, children=_ONE_API)],
)
def defender(service: Resource) -> Result:
    watched = {_last(found, "apiId") for found in service.children(DEFENDER)}
    for api in service.children(API):
        if _last(api, "apiId") not in watched:
            yield f"API {api.name.rsplit('/', 1)[-1]} is not onboarded to Defender for APIs"


def _last(part: Resource, path: str) -> str:
    """The name in Azure: the property that gives it, else the last part of the resource's own name."""
    return part.word(path) or part.name.rsplit("/", 1)[-1].lower()
