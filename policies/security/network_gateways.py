"""VPN and ExpressRoute gateways, and their connections."""

from __future__ import annotations

from typing import Final

from kade.policies.kit import Resource, Result, not_applicable, rule

GATEWAY = "azure-native:network:VirtualNetworkGateway"
CONNECTION = "azure-native:network:VirtualNetworkGatewayConnection"

_OLD_VPN: Final = ("Basic", "Standard", "HighPerformance")
_OLD_EXPRESSROUTE: Final = ("Standard", "HighPerformance", "UltraPerformance")
# Insufficient by NCSC's guidelines for IPsec and TLS, or broken.
_WEAK: Final = {
    "ikeEncryption": {"des", "des3"},
    "ikeIntegrity": {"md5", "sha1"},
    "ipsecEncryption": {"none", "des", "des3"},
    "ipsecIntegrity": {"md5", "sha1"},
    "dhGroup": {"none", "dhgroup1", "dhgroup2"},
    "pfsGroup": {"none", "pfs1", "pfs2"},
}


@rule(
    "kade-vpn-gateway-sku",
    "VPN gateways are of a current size",
    severity="medium",
    types=[GATEWAY],
    measures=["8.24.04"],
    nis2="21(2)(h)",
    psrule=["Azure.VNG.VPNLegacySKU"],
    remediation="Set sku.name to VpnGw1AZ or higher.",
    why="The old sizes know weak algorithms only, and Azure stopped them in 2025.",
    passes=[{"gatewayType": "Vpn", "sku": {"name": "VpnGw1AZ"}}],
    fails=[{"gatewayType": "Vpn", "sku": {"name": "Basic"}}],
    not_applicable=[{"gatewayType": "ExpressRoute", "sku": {"name": "Standard"}}],
)
def vpn_sku(gateway: Resource) -> Result:
    _of_kind(gateway, "Vpn")
    return f"sku.name is {gateway.text('sku.name')}" if gateway.is_("sku.name", *_OLD_VPN) else None


@rule(
    "kade-vpn-gateway-zones",
    "VPN gateways are spread over availability zones",
    severity="low",
    types=[GATEWAY],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.VNG.VPNAvailabilityZoneSKU"],
    remediation="Choose a sku that ends in AZ.",
    passes=[{"gatewayType": "Vpn", "sku": {"name": "VpnGw2AZ"}}],
    fails=[{"gatewayType": "Vpn", "sku": {"name": "VpnGw2"}}],
    not_applicable=[{"gatewayType": "ExpressRoute", "sku": {"name": "Standard"}}],
)
def vpn_zones(gateway: Resource) -> Result:
    _of_kind(gateway, "Vpn")
    return None if gateway.word("sku.name").endswith("az") else f"sku.name is {gateway.text('sku.name', 'absent')}"


@rule(
    "kade-vpn-gateway-active-active",
    "VPN gateways are active on two sides",
    severity="low",
    types=[GATEWAY],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.VNG.VPNActiveActive"],
    remediation="Set activeActive to true, with two addresses.",
    passes=[{"gatewayType": "Vpn", "activeActive": True}],
    fails=[{"gatewayType": "Vpn", "activeActive": False}, {"gatewayType": "Vpn"}],
    not_applicable=[{"gatewayType": "ExpressRoute"}],
)
def vpn_active_active(gateway: Resource) -> Result:
    _of_kind(gateway, "Vpn")
    return None if gateway.flag("activeActive", default=False) else "activeActive is not true"


@rule(
    "kade-expressroute-gateway-zones",
    "ExpressRoute gateways are spread over availability zones",
    severity="low",
    types=[GATEWAY],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.VNG.ERLegacySKU", "Azure.VNG.ERAvailabilityZoneSKU"],
    remediation="Set sku.name to ErGw1AZ or higher.",
    passes=[{"gatewayType": "ExpressRoute", "sku": {"name": "ErGw1AZ"}}],
    fails=[{"gatewayType": "ExpressRoute", "sku": {"name": "Standard"}}],
    not_applicable=[{"gatewayType": "Vpn", "sku": {"name": "VpnGw1"}}],
)
def expressroute_zones(gateway: Resource) -> Result:
    _of_kind(gateway, "ExpressRoute")
    old = gateway.is_("sku.name", *_OLD_EXPRESSROUTE)
    return f"sku.name is {gateway.text('sku.name')}" if old or not gateway.word("sku.name").endswith("az") else None


def _of_kind(gateway: Resource, kind: str) -> None:
    if not gateway.is_("gatewayType", kind):
        not_applicable(f"it is no {kind} gateway")


@rule(
    "kade-vpn-connection-algorithms",
    "VPN connections use only strong algorithms",
    severity="medium",
    types=[CONNECTION],
    measures=["8.24.04", "8.21.04"],
    nis2="21(2)(h)",
    remediation="Set ipsecPolicies with AES256 or GCMAES256, SHA256 or better, and DHGroup14, 24 or ECP384.",
    why="Without a policy of your own Azure agrees on what the other side offers, SHA1 and DHGroup2 included.",
    passes=[
        {
            "connectionType": "IPsec",
            "ipsecPolicies": [
                {
                    "ikeEncryption": "AES256",
                    "ikeIntegrity": "SHA384",
                    "ipsecEncryption": "GCMAES256",
                    "dhGroup": "ECP384",
                }
            ],
        }
    ],
    fails=[
        {"connectionType": "IPsec"},
        {"connectionType": "IPsec", "ipsecPolicies": [{"ikeEncryption": "DES3", "ikeIntegrity": "SHA384"}]},
        {"connectionType": "IPsec", "ipsecPolicies": [{"ikeEncryption": "AES256", "ikeIntegrity": "SHA1"}]},
        {"connectionType": "IPsec", "ipsecPolicies": [{"ikeEncryption": "AES256", "dhGroup": "DHGroup2"}]},
    ],
    not_applicable=[{"connectionType": "ExpressRoute"}],
)
def vpn_algorithms(connection: Resource) -> Result:
    if not connection.is_("connectionType", "IPsec"):
        not_applicable("it is no VPN connection")
    policies = list(connection.items("ipsecPolicies"))
    if not policies:
        yield "ipsecPolicies is empty"
    for policy in policies:
        for name, weak in _WEAK.items():
            if policy.word(name) in weak:
                yield f"ipsecPolicies: {name} is {policy.text(name)}"
