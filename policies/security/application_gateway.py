"""Application gateways: what they speak, whether they inspect, and whether they stay up."""

from __future__ import annotations

from typing import Final

from kade.policies.kit import Resource, Result, not_applicable, rule
from kade.policies.security.zones import needs_zones

GATEWAY = "azure-native:network:ApplicationGateway"

# Predefined policies that refuse TLS below 1.2. Source: Azure documentation, Application Gateway TLS policy overview.
GOOD_TLS: Final = ("AppGwSslPolicy20170401S", "AppGwSslPolicy20220101", "AppGwSslPolicy20220101S")
_V2: Final = ("Standard_v2", "WAF_v2", "Basic")
_PUBLIC = {"frontendIPConfigurations": [{"name": "public", "publicIPAddress": {"id": "/publicIPAddresses/pip"}}]}
_CLASSIC = {"sku": {"tier": "WAF"}}


def _classic_waf(gateway: Resource) -> None:
    """Leave the rule where the firewall is not written in the gateway itself."""
    if not gateway.word("sku.tier").startswith("waf"):
        not_applicable("its tier has no web application firewall")
    if gateway.refers("firewallPolicy.id"):
        not_applicable("its firewall is a policy of its own")


@rule(
    "kade-application-gateway-waf",
    "An application gateway on the internet has a web application firewall",
    severity="high",
    types=[GATEWAY],
    measures=["8.21.02", "U.12.1"],
    nis2="21(2)(e)",
    psrule=["Azure.AppGw.UseWAF"],
    checkov=["CKV_AZURE_120"],
    remediation="Set sku.tier to WAF_v2, and firewallPolicy to a policy in prevention.",
    passes=[{**_PUBLIC, "sku": {"tier": "WAF_v2"}, "firewallPolicy": {"id": "/policies/waf"}}, {**_PUBLIC, **_CLASSIC}],
    fails=[{**_PUBLIC, "sku": {"tier": "Standard_v2"}}],
    not_applicable=[{"frontendIPConfigurations": [{"name": "in", "privateIPAddress": "10.0.0.4"}]}],
)
def waf(gateway: Resource) -> Result:
    if not any(front.refers("publicIPAddress.id") for front in gateway.items("frontendIPConfigurations")):
        not_applicable("it is not on the internet")
    if gateway.word("sku.tier").startswith("waf"):
        return None
    return f"sku.tier is {gateway.text('sku.tier', 'absent')}, which has no web application firewall"


@rule(
    "kade-application-gateway-waf-enabled",
    "The web application firewall in a gateway is on",
    severity="high",
    types=[GATEWAY],
    measures=["8.21.02"],
    nis2="21(2)(e)",
    psrule=["Azure.AppGw.WAFEnabled"],
    remediation="Set webApplicationFirewallConfiguration.enabled to true, or better firewallPolicy to a policy.",
    absent="Azure inspects nothing",
    passes=[{**_CLASSIC, "webApplicationFirewallConfiguration": {"enabled": True}}],
    fails=[{**_CLASSIC, "webApplicationFirewallConfiguration": {"enabled": False}}, _CLASSIC],
    not_applicable=[{"sku": {"tier": "Standard_v2"}}, {**_CLASSIC, "firewallPolicy": {"id": "/policies/waf"}}],
)
def waf_enabled(gateway: Resource) -> Result:
    _classic_waf(gateway)
    if gateway.flag("webApplicationFirewallConfiguration.enabled", default=False):
        return None
    return "webApplicationFirewallConfiguration.enabled is not true"


@rule(
    "kade-application-gateway-waf-prevention",
    "The web application firewall in a gateway refuses attacks instead of only noting them",
    severity="high",
    types=[GATEWAY],
    measures=["8.21.02"],
    nis2="21(2)(e)",
    psrule=["Azure.AppGw.Prevention"],
    remediation="Set webApplicationFirewallConfiguration.firewallMode to Prevention.",
    absent="Azure only notes them",
    passes=[{**_CLASSIC, "webApplicationFirewallConfiguration": {"enabled": True, "firewallMode": "Prevention"}}],
    fails=[{**_CLASSIC, "webApplicationFirewallConfiguration": {"enabled": True, "firewallMode": "Detection"}}],
    not_applicable=[{"sku": {"tier": "Standard_v2"}}],
)
def waf_prevention(gateway: Resource) -> Result:
    _classic_waf(gateway)
    if gateway.is_("webApplicationFirewallConfiguration.firewallMode", "Prevention"):
        return None
    return "webApplicationFirewallConfiguration.firewallMode is not Prevention"


@rule(
    "kade-application-gateway-owasp",
    "The web application firewall in a gateway uses OWASP's rules of version 3 or later",
    severity="medium",
    types=[GATEWAY],
    measures=["8.21.02"],
    nis2="21(2)(e)",
    psrule=["Azure.AppGw.OWASP"],
    remediation="Set ruleSetType to OWASP and ruleSetVersion to 3.2 in webApplicationFirewallConfiguration.",
    passes=[
        {**_CLASSIC, "webApplicationFirewallConfiguration": {"ruleSetType": "OWASP", "ruleSetVersion": "3.2"}},
        {**_CLASSIC, "webApplicationFirewallConfiguration": {"ruleSetType": "OWASP", "ruleSetVersion": "3.0"}},
    ],
    fails=[{**_CLASSIC, "webApplicationFirewallConfiguration": {"ruleSetType": "OWASP", "ruleSetVersion": "2.2.9"}}],
    not_applicable=[{"sku": {"tier": "Standard_v2"}}],
)
def owasp(gateway: Resource) -> Result:
    _classic_waf(gateway)
    version = gateway.text("webApplicationFirewallConfiguration.ruleSetVersion")
    if not gateway.is_("webApplicationFirewallConfiguration.ruleSetType", "OWASP"):
        return "webApplicationFirewallConfiguration.ruleSetType is not OWASP"
    return (
        None if version[:1] >= "3" else f"webApplicationFirewallConfiguration.ruleSetVersion is {version or 'absent'}"
    )


@rule(
    "kade-application-gateway-waf-rules",
    "No rules of the web application firewall in a gateway are off",
    severity="low",
    types=[GATEWAY],
    measures=["8.21.02"],
    nis2="21(2)(e)",
    psrule=["Azure.AppGw.WAFRules"],
    remediation="Empty disabledRuleGroups of webApplicationFirewallConfiguration; make an exclusion for the one field.",
    passes=[{**_CLASSIC, "webApplicationFirewallConfiguration": {"disabledRuleGroups": []}}],
    fails=[{**_CLASSIC, "webApplicationFirewallConfiguration": {"disabledRuleGroups": [{"ruleGroupName": "x"}]}}],
    not_applicable=[{"sku": {"tier": "Standard_v2"}}],
)
def waf_rules(gateway: Resource) -> Result:
    _classic_waf(gateway)
    for group in gateway.items("webApplicationFirewallConfiguration.disabledRuleGroups"):
        yield f"rules of {group.text('ruleGroupName')} are off"


@rule(
    "kade-application-gateway-waf-policy",
    "The web application firewall of a v2 gateway is a policy",
    severity="low",
    types=[GATEWAY],
    measures=["8.20.01"],
    psrule=["Azure.AppGw.MigrateWAFPolicy"],
    remediation="Move webApplicationFirewallConfiguration to a policy, and name it in firewallPolicy.",
    why="Azure no longer takes configuration in the gateway itself from March 2027.",
    passes=[{"sku": {"tier": "WAF_v2"}, "firewallPolicy": {"id": "/policies/waf"}}],
    fails=[{"sku": {"tier": "WAF_v2"}, "webApplicationFirewallConfiguration": {"enabled": True}}],
    not_applicable=[{"sku": {"tier": "Standard_v2"}}, _CLASSIC],
)
def waf_policy(gateway: Resource) -> Result:
    if not gateway.is_("sku.tier", "WAF_v2"):
        not_applicable("its tier is not WAF_v2")
    return None if gateway.refers("firewallPolicy.id") else "firewallPolicy is not set"


@rule(
    "kade-application-gateway-tls",
    "Application gateways refuse TLS below 1.2",
    severity="high",
    types=[GATEWAY],
    measures=["8.24.04", "5.14.01"],
    nis2="21(2)(h)",
    psrule=["Azure.AppGw.SSLPolicy"],
    checkov=["CKV_AZURE_218"],
    remediation="Set sslPolicy.policyType to Predefined and policyName to AppGwSslPolicy20220101S.",
    absent="Azure takes AppGwSslPolicy20150501 for older API versions, which lets TLS 1.0 through",
    passes=[
        {"sslPolicy": {"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101S"}},
        {"sslPolicy": {"policyType": "CustomV2", "minProtocolVersion": "TLSv1_3"}},
    ],
    fails=[
        {"sslPolicy": {"policyType": "Predefined", "policyName": "AppGwSslPolicy20150501"}},
        {"sslPolicy": {"policyType": "Custom", "minProtocolVersion": "TLSv1_1"}},
        {},
    ],
)
def tls(gateway: Resource) -> Result:
    if gateway.is_("sslPolicy.policyName", *GOOD_TLS):
        return None
    written = gateway.word("sslPolicy.minProtocolVersion")
    return None if written in {"tlsv1_2", "tlsv1_3"} else "sslPolicy lets TLS below 1.2 through"


@rule(
    "kade-application-gateway-https",
    "Application gateways answer over HTTPS, or send visitors there",
    severity="high",
    types=[GATEWAY],
    measures=["8.21.04", "5.14.01"],
    nis2="21(2)(h)",
    psrule=["Azure.AppGw.UseHTTPS"],
    checkov=["CKV_AZURE_217"],
    remediation="Give each listener protocol Https, or let the routing rule of the other redirect to one that has it.",
    passes=[
        {"httpListeners": [{"name": "site", "protocol": "Https"}]},
        {
            "httpListeners": [{"name": "old", "protocol": "Http"}],
            "requestRoutingRules": [
                {"name": "go", "httpListener": {"id": "/g/httpListeners/old"}, "redirectConfiguration": {"id": "/r"}}
            ],
        },
        {},
    ],
    fails=[
        {"httpListeners": [{"name": "site", "protocol": "Http"}]},
        {
            "httpListeners": [{"name": "site", "protocol": "Http"}],
            "requestRoutingRules": [{"name": "r", "httpListener": {"id": "/g/httpListeners/site"}}],
        },
    ],
)
def https(gateway: Resource) -> Result:
    plain = {listener.word("name") for listener in gateway.items("httpListeners") if listener.is_("protocol", "Http")}
    if not plain:
        return
    redirected = {
        routing.word("httpListener.id").rsplit("/", 1)[-1]
        for routing in gateway.items("requestRoutingRules")
        if routing.refers("redirectConfiguration.id")
    }
    for name in sorted(plain - redirected):
        yield f"listener {name} answers over HTTP"


@rule(
    "kade-application-gateway-v2",
    "Application gateways are of the second version",
    severity="medium",
    types=[GATEWAY],
    measures=["8.08.01"],
    psrule=["Azure.AppGw.MigrateV2"],
    remediation="Move to sku Standard_v2 or WAF_v2.",
    why="Azure stopped the first version on 28 April 2026.",
    passes=[{"sku": {"tier": "WAF_v2"}}, {"sku": {"tier": "Standard_v2"}}],
    fails=[{"sku": {"tier": "WAF"}}, {"sku": {"tier": "Standard"}}],
)
def second_version(gateway: Resource) -> Result:
    return None if gateway.is_("sku.tier", *_V2) else f"sku.tier is {gateway.text('sku.tier', 'absent')}"


@rule(
    "kade-application-gateway-instances",
    "Application gateways run at least two instances",
    severity="medium",
    types=[GATEWAY],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.AppGw.MinInstance"],
    remediation="Set autoscaleConfiguration.minCapacity or sku.capacity to 2 or more.",
    passes=[{"sku": {"capacity": 2}}, {"autoscaleConfiguration": {"minCapacity": 2}}],
    fails=[{"sku": {"capacity": 1}}, {"autoscaleConfiguration": {"minCapacity": 0}}],
)
def instances(gateway: Resource) -> Result:
    least = gateway.number("autoscaleConfiguration.minCapacity", gateway.number("sku.capacity", 0.0))
    return None if least >= 2 else f"it may run {least:g} instances"


@rule(
    "kade-application-gateway-size",
    "Application gateways of the first version are of medium size or larger",
    severity="low",
    types=[GATEWAY],
    measures=["8.13.02"],
    psrule=["Azure.AppGw.MinSku"],
    remediation="Move to sku Standard_v2 or WAF_v2.",
    passes=[{"sku": {"name": "Standard_Medium"}}, {"sku": {"name": "WAF_v2"}}],
    fails=[{"sku": {"name": "Standard_Small"}}],
)
def size(gateway: Resource) -> Result:
    return "sku.name is Standard_Small" if gateway.is_("sku.name", "Standard_Small") else None


@rule(
    "kade-application-gateway-zones",
    "Application gateways are spread over availability zones",
    severity="low",
    types=[GATEWAY],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.AppGw.AvailabilityZone"],
    remediation="Set zones to 1, 2 and 3.",
    absent="Azure puts it in no zone in particular",
    passes=[{"sku": {"tier": "WAF_v2"}, "location": "westeurope", "zones": ["1", "2", "3"]}],
    fails=[
        {"sku": {"tier": "WAF_v2"}, "location": "westeurope"},
        {"sku": {"tier": "WAF_v2"}, "location": "westeurope", "zones": ["1"]},
    ],
    not_applicable=[{"sku": {"tier": "WAF"}}, {"sku": {"tier": "WAF_v2"}, "location": "westcentralus"}],
)
def zones(gateway: Resource) -> Result:
    if not gateway.is_("sku.tier", *_V2):
        not_applicable("the first version has no zones")
    needs_zones(gateway)
    return None if len(gateway.texts("zones")) >= 2 else "zones names fewer than two zones"
