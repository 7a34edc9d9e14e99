"""The parts of an Application Gateway, for each public name: they refer to each other by ids made of their names."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import pulumi
from pulumi_azure_native import network

from kade.components.network.rules import SecurityRule

# TLS 1.3 has its own ciphers, which Azure adds; of TLS 1.2 those that NCSC calls good (IT Security Guidelines for TLS).
_CIPHERS = (
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
)


def ssl_policy() -> network.ApplicationGatewaySslPolicyArgs:
    """TLS 1.2 and 1.3 with the ciphers that NCSC calls good."""
    return network.ApplicationGatewaySslPolicyArgs(
        policy_type="CustomV2", min_protocol_version="TLSv1_2", cipher_suites=list(_CIPHERS)
    )


def ingress_rules(own: str, first_priority: int = 200) -> list[SecurityRule]:
    """What the gateway itself needs of its subnet's security group, besides the flows of the matrix.

    Source: Microsoft Learn, "Application Gateway infrastructure configuration": Azure manages it over 65200-65535, and
    its way out to the internet may not be blocked. Nothing else stands in its subnet, and it begins no connection there
    but to look up certificates (80) and to reach services of Azure (443).
    """
    return [
        SecurityRule(
            "allow-gateway-manager",
            first_priority,
            "Inbound",
            "Allow",
            "Tcp",
            ("GatewayManager",),
            (own,),
            ("65200-65535",),
            "Azure manages Application Gateway",
        ),
        SecurityRule(
            "allow-gateway-out",
            first_priority,
            "Outbound",
            "Allow",
            "Tcp",
            (own,),
            ("Internet",),
            ("80", "443"),
            "Application Gateway checks certificates and reaches Azure",
        ),
    ]


class Parts:
    """Lists of the gateway's parts. ``hosts`` are `IngressHostArgs` by key, ``frontends`` its public addresses by name.

    ``sibling`` is the id of something in the same resource group, from which the gateway's own id follows.
    """

    def __init__(
        self, sibling: pulumi.Output[str], gateway: str, hosts: Mapping[str, Any], frontends: Sequence[str]
    ) -> None:
        self._hosts = hosts
        # A listener has one address: each name has its listeners on every one, told apart by what follows "public".
        self._frontends = {frontend: frontend.removeprefix("public") for frontend in frontends}
        group = sibling.apply(lambda found: found.split("/providers/")[0])
        self._base = pulumi.Output.concat(group, "/providers/Microsoft.Network/applicationGateways/", gateway)

    def _ref(self, kind: str, name: str) -> network.SubResourceArgs:
        return network.SubResourceArgs(id=pulumi.Output.concat(self._base, f"/{kind}/{name}"))

    def certificates(self) -> list[network.ApplicationGatewaySslCertificateArgs]:
        """Certificates from a key vault."""
        return [
            network.ApplicationGatewaySslCertificateArgs(name=key, key_vault_secret_id=host.certificate_secret_id)
            for key, host in self._hosts.items()
        ]

    def listeners(self) -> list[network.ApplicationGatewayHttpListenerArgs]:
        """For each name and address one on TLS, and one on plain HTTP that only redirects."""
        found: list[network.ApplicationGatewayHttpListenerArgs] = []
        for (key, host), (frontend, suffix) in product(self._hosts.items(), self._frontends.items()):
            for protocol, port in (("Https", 443), ("Http", 80)):
                tls = protocol == "Https"
                found.append(
                    network.ApplicationGatewayHttpListenerArgs(
                        name=f"{key}-{protocol.lower()}{suffix}",
                        frontend_ip_configuration=self._ref("frontendIPConfigurations", frontend),
                        frontend_port=self._ref("frontendPorts", f"port-{port}"),
                        protocol=protocol,
                        host_name=host.hostname,
                        require_server_name_indication=tls,
                        ssl_certificate=self._ref("sslCertificates", key) if tls else None,
                    )
                )
        return found

    def pools(self) -> list[network.ApplicationGatewayBackendAddressPoolArgs]:
        """What is behind each name."""
        return [
            network.ApplicationGatewayBackendAddressPoolArgs(
                name=key, backend_addresses=[network.ApplicationGatewayBackendAddressArgs(fqdn=host.backend)]
            )
            for key, host in self._hosts.items()
        ]

    def settings(self) -> list[network.ApplicationGatewayBackendHttpSettingsArgs]:
        """How what is behind is asked: by TLS, under its own name, without stickiness."""
        return [
            network.ApplicationGatewayBackendHttpSettingsArgs(
                name=key,
                port=443,
                protocol="Https",
                cookie_based_affinity="Disabled",
                pick_host_name_from_backend_address=True,
                request_timeout=60,
                probe=self._ref("probes", key),
            )
            for key in self._hosts
        ]

    def probes(self) -> list[network.ApplicationGatewayProbeArgs]:
        """Whether what is behind is well."""
        return [
            network.ApplicationGatewayProbeArgs(
                name=key,
                protocol="Https",
                path=host.health_path,
                interval=30,
                timeout=30,
                unhealthy_threshold=3,
                pick_host_name_from_backend_http_settings=True,
            )
            for key, host in self._hosts.items()
        ]

    def redirects(self) -> list[network.ApplicationGatewayRedirectConfigurationArgs]:
        """Plain HTTP goes on to TLS of the same name, and security.txt to where the organisation has it."""
        found = [
            network.ApplicationGatewayRedirectConfigurationArgs(
                name=key,
                redirect_type="Permanent",
                target_listener=self._ref("httpListeners", f"{key}-https"),
                include_path=True,
                include_query_string=True,
            )
            for key in self._hosts
        ]
        for key, host in self._sent_on():
            found.append(
                network.ApplicationGatewayRedirectConfigurationArgs(
                    name=f"{key}-security-txt",
                    redirect_type="Found",
                    target_url=host.security_txt_url,
                    include_path=False,
                    include_query_string=False,
                )
            )
        return found

    def _sent_on(self) -> list[tuple[str, Any]]:
        return [(key, host) for key, host in self._hosts.items() if host.security_txt_url]

    def path_maps(self) -> list[network.ApplicationGatewayUrlPathMapArgs]:
        """For names whose security.txt is elsewhere: that one path apart (RFC 9116 allows to send it on)."""
        return [
            network.ApplicationGatewayUrlPathMapArgs(
                name=key,
                default_backend_address_pool=self._ref("backendAddressPools", key),
                default_backend_http_settings=self._ref("backendHttpSettingsCollection", key),
                default_rewrite_rule_set=self._ref("rewriteRuleSets", key),
                path_rules=[
                    network.ApplicationGatewayPathRuleArgs(
                        name="security-txt",
                        paths=["/.well-known/security.txt", "/security.txt"],
                        redirect_configuration=self._ref("redirectConfigurations", f"{key}-security-txt"),
                    )
                ],
            )
            for key, _ in self._sent_on()
        ]

    def rewrites(self) -> list[network.ApplicationGatewayRewriteRuleSetArgs]:
        """Headers that assessments of DigiD and internet.nl ask for, and no word of what software answers."""
        found: list[network.ApplicationGatewayRewriteRuleSetArgs] = []
        for key, host in self._hosts.items():
            headers = [
                ("Strict-Transport-Security", f"max-age={host.hsts_seconds}; includeSubDomains"),
                ("X-Content-Type-Options", "nosniff"),
                *((("Content-Security-Policy", host.content_security_policy),) if host.content_security_policy else ()),
                *((("Referrer-Policy", host.referrer_policy),) if host.referrer_policy else ()),
                ("Server", ""),
                ("X-Powered-By", ""),
            ]
            actions = network.ApplicationGatewayRewriteRuleActionSetArgs(
                response_header_configurations=[
                    network.ApplicationGatewayHeaderConfigurationArgs(header_name=header, header_value=value)
                    for header, value in headers
                ]
            )
            rule = network.ApplicationGatewayRewriteRuleArgs(name="headers", rule_sequence=100, action_set=actions)
            found.append(network.ApplicationGatewayRewriteRuleSetArgs(name=key, rewrite_rules=[rule]))
        return found

    def rules(self) -> list[network.ApplicationGatewayRequestRoutingRuleArgs]:
        """Which listener leads where."""
        found: list[network.ApplicationGatewayRequestRoutingRuleArgs] = []
        for number, ((key, host), suffix) in enumerate(product(self._hosts.items(), self._frontends.values())):
            by_path = bool(host.security_txt_url)
            found.append(
                network.ApplicationGatewayRequestRoutingRuleArgs(
                    name=f"{key}-https{suffix}",
                    rule_type="PathBasedRouting" if by_path else "Basic",
                    priority=100 + 20 * number,
                    http_listener=self._ref("httpListeners", f"{key}-https{suffix}"),
                    url_path_map=self._ref("urlPathMaps", key) if by_path else None,
                    backend_address_pool=None if by_path else self._ref("backendAddressPools", key),
                    backend_http_settings=None if by_path else self._ref("backendHttpSettingsCollection", key),
                    rewrite_rule_set=None if by_path else self._ref("rewriteRuleSets", key),
                )
            )
            found.append(
                network.ApplicationGatewayRequestRoutingRuleArgs(
                    name=f"{key}-http{suffix}",
                    rule_type="Basic",
                    priority=110 + 20 * number,
                    http_listener=self._ref("httpListeners", f"{key}-http{suffix}"),
                    redirect_configuration=self._ref("redirectConfigurations", key),
                )
            )
        return found
