"""What API Management publishes: APIs, products, backends, named values and policies."""

from __future__ import annotations

import re
from typing import Final

from kade.policies.kit import Resource, Result, not_applicable, rule

API = "azure-native:apimanagement:Api"
BACKEND = "azure-native:apimanagement:Backend"
NAMED_VALUE = "azure-native:apimanagement:NamedValue"
PRODUCT = "azure-native:apimanagement:Product"
SCOPED_POLICIES: Final = (
    "azure-native:apimanagement:ApiPolicy",
    "azure-native:apimanagement:ApiOperationPolicy",
    "azure-native:apimanagement:ProductPolicy",
)
POLICIES: Final = ("azure-native:apimanagement:Policy", *SCOPED_POLICIES)
SECTIONS: Final = ("inbound", "backend", "outbound", "on-error")
SAMPLES: Final = ("unlimited", "starter")

_ALL_BASE: Final = "".join(f"<{section}><base /></{section}>" for section in SECTIONS)
# Policies hold expressions with quotes and angle brackets in them, so they are often no well-formed XML.
_WILDCARD = re.compile(r"<(origin|method|header)>\s*\*\s*</\1>", re.IGNORECASE)


@rule(
    "kade-apim-https-apis",
    "APIs are offered over HTTPS only",
    severity="high",
    types=[API],
    measures=["8.21.04", "5.14.01"],
    nis2="21(2)(h)",
    psrule=["Azure.APIM.HTTPEndpoint"],
    remediation="Set protocols to https (and wss).",
    absent="Azure offers HTTPS only",
    passes=[{"protocols": ["https"]}, {"protocols": ["wss"]}, {}],
    fails=[{"protocols": ["http", "https"]}, {"protocols": ["HTTP"]}],
)
def https_apis(api: Resource) -> Result:
    open_ones = [name for name in api.words("protocols") if name in {"http", "ws"}]
    return f"protocols has {', '.join(open_ones)}" if open_ones else None


@rule(
    "kade-apim-https-backends",
    "API Management speaks to backends over HTTPS only",
    severity="high",
    types=[API, BACKEND],
    measures=["8.21.04"],
    nis2="21(2)(h)",
    psrule=["Azure.APIM.HTTPBackend"],
    checkov=["CKV_AZURE_215"],
    remediation="Give url of the backend, and serviceUrl of the API, as https://.",
    passes=[{"serviceUrl": "https://zaken.gemeente.nl"}, {"url": "https://zaken.gemeente.nl"}, {}],
    fails=[{"serviceUrl": "http://zaken.gemeente.nl"}, {"url": "http://zaken.gemeente.nl"}],
)
def https_backends(part: Resource) -> Result:
    for name in ("url", "serviceUrl"):
        if part.word(name).startswith("http://"):
            return f"{name} begins with http://"
    return None


@rule(
    "kade-apim-named-values-in-key-vault",
    "Named values stand in Key Vault",
    severity="medium",
    types=[NAMED_VALUE],
    measures=["8.15.02", "U.05.2"],
    nis2="21(2)(h)",
    psrule=["Azure.APIM.EncryptValues"],
    remediation="Set keyVault.secretIdentifier, and secret to true.",
    why="A value in API Management itself is not renewed with the key vault, and nobody sees who read it.",
    absent="Azure shows the value to anyone who may read the service",
    passes=[{"keyVault": {"secretIdentifier": "https://kv.vault.azure.net/secrets/s"}, "secret": True}],
    fails=[{"secret": False}, {"secret": True}, {}],
)
def named_values_in_key_vault(value: Resource) -> Result:
    return None if value.refers("keyVault.secretIdentifier") else "keyVault.secretIdentifier is not set"


@rule(
    "kade-apim-product-subscription",
    "Products ask for a subscription",
    severity="medium",
    types=[PRODUCT],
    measures=["5.15.01"],
    nis2="21(2)(i)",
    psrule=["Azure.APIM.ProductSubscription"],
    remediation="Set subscriptionRequired to true.",
    absent="Azure asks for one",
    passes=[{"subscriptionRequired": True}, {}],
    fails=[{"subscriptionRequired": False}],
)
def product_subscription(product: Resource) -> Result:
    return None if product.flag("subscriptionRequired", default=True) else "subscriptionRequired is false"


@rule(
    "kade-apim-product-approval",
    "A subscription to a product is approved by somebody",
    severity="low",
    types=[PRODUCT],
    measures=["5.15.01", "5.18.01"],
    nis2="21(2)(i)",
    psrule=["Azure.APIM.ProductApproval"],
    remediation="Set approvalRequired to true.",
    absent="Azure approves by itself",
    passes=[{"approvalRequired": True}],
    fails=[{"approvalRequired": False}, {}],
)
def product_approval(product: Resource) -> Result:
    return None if product.flag("approvalRequired", default=False) else "approvalRequired is not true"


@rule(
    "kade-apim-product-terms",
    "A product has terms of use",
    severity="low",
    types=[PRODUCT],
    measures=["5.23.01"],
    psrule=["Azure.APIM.ProductTerms"],
    remediation="Write the terms in terms: what the interface is for, and what may be done with its data.",
    passes=[{"terms": "Alleen voor ketenpartners met een overeenkomst."}],
    fails=[{}, {"terms": ""}],
)
def product_terms(product: Resource) -> Result:
    return None if product.has("terms") else "terms is empty"


@rule(
    "kade-apim-product-description",
    "A product has a name and a description",
    severity="low",
    types=[PRODUCT],
    measures=["5.09.01"],
    psrule=["Azure.APIM.ProductDescriptors"],
    remediation="Set displayName and description.",
    passes=[{"displayName": "Zaken", "description": "Zaken van de gemeente"}],
    fails=[{"displayName": "Zaken"}, {}],
)
def product_description(product: Resource) -> Result:
    missing = [name for name in ("displayName", "description") if not product.has(name)]
    return f"{' and '.join(missing)} not set" if missing else None


@rule(
    "kade-apim-api-description",
    "An API has a name and a description",
    severity="low",
    types=[API],
    measures=["5.09.01"],
    psrule=["Azure.APIM.APIDescriptors"],
    remediation="Set displayName and description.",
    passes=[{"displayName": "Zaken", "description": "Zaken van de gemeente"}],
    fails=[{"displayName": "Zaken"}, {}],
)
def api_description(api: Resource) -> Result:
    missing = [name for name in ("displayName", "description") if not api.has(name)]
    return f"{' and '.join(missing)} not set" if missing else None


@rule(
    "kade-apim-no-sample-products",
    "Azure's sample products are removed",
    severity="low",
    types=[PRODUCT],
    measures=["8.20.01"],
    psrule=["Azure.APIM.SampleProducts"],
    remediation="Delete the products Starter and Unlimited: anyone may subscribe to them.",
    passes=[{"productId": "zaken", "displayName": "Zaken"}],
    fails=[{"productId": "unlimited"}, {"productId": "starter"}],
)
def no_sample_products(product: Resource) -> Result:
    name = product.word("productId", product.name.rsplit("/", 1)[-1].lower())
    return f"{name} is one of Azure's sample products" if name in SAMPLES else None


@rule(
    "kade-apim-cors-origins",
    "Policies name the sites, methods and headers that a browser may use",
    severity="medium",
    types=list(POLICIES),
    measures=["8.22.01"],
    nis2="21(2)(e)",
    psrule=["Azure.APIM.CORSPolicy"],
    remediation="Name each origin, method and header in the cors policy, instead of *.",
    why="With * any site that a civil servant visits can call the interface from his browser.",
    passes=[
        {"value": "<policies><inbound><cors><allowed-origins><origin>https://x.nl</origin></allowed-origins></cors>"},
        {"value": "<policies><inbound><base /></inbound></policies>"},
    ],
    fails=[
        {"value": "<policies><inbound><cors><allowed-origins><origin>*</origin></allowed-origins></cors>"},
        {"value": "<policies><inbound><cors><allowed-methods><method>*</method></allowed-methods></cors>"},
    ],
    not_applicable=[{"format": "xml-link", "value": "https://store.gemeente.nl/policy.xml"}],
)
def cors_origins(policy: Resource) -> Result:
    if _linked(policy):
        not_applicable("the policy stands elsewhere, behind a link")
    for found in dict.fromkeys(match.group(1).lower() for match in _WILDCARD.finditer(policy.text("value"))):
        yield f"its cors policy allows every {found}"


@rule(
    "kade-apim-policy-base",
    "Policies of an API or a product build on those above them",
    severity="low",
    types=list(SCOPED_POLICIES),
    measures=["8.32.01"],
    psrule=["Azure.APIM.PolicyBase"],
    remediation="Put <base /> in inbound, backend, outbound and on-error.",
    why="Without it the checks that hold for all interfaces are silently left out here.",
    passes=[{"value": f"<policies>{_ALL_BASE}</policies>"}],
    fails=[
        {"value": "<policies><inbound><base /></inbound><backend></backend></policies>"},
        {"value": "<policies><inbound></inbound></policies>"},
    ],
    not_applicable=[{"format": "rawxml-link", "value": "https://store.gemeente.nl/policy.xml"}],
)
def policy_base(policy: Resource) -> Result:
    if _linked(policy):
        not_applicable("the policy stands elsewhere, behind a link")
    text = policy.text("value")
    lacking = [name for name in SECTIONS if not re.search(rf"<{name}>.*?<base\s*/>.*?</{name}>", text, re.DOTALL)]
    return f"<base /> is missing in {', '.join(lacking)}" if lacking else None


def _linked(policy: Resource) -> bool:
    return policy.is_("format", "xml-link", "rawxml-link")
