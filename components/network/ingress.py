"""The way in from the internet: Application Gateway with a web application firewall."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import network

from kade.components.arguments import normalise
from kade.components.naming import Naming
from kade.components.network.diagnostics import send_logs
from kade.components.network.ingress_parts import Parts, ssl_policy
from kade.components.network.public_ip import public_ip


@dataclass
class IngressHostArgs:
    """One public name and what is behind it."""

    hostname: str
    backend: pulumi.Input[str]
    """The name of the application behind the gateway; it is asked by TLS on port 443, under this name."""
    certificate_secret_id: pulumi.Input[str]
    """The certificate in a key vault, without a version so that a renewed one is taken over:
    ``https://<vault>.vault.azure.net/secrets/<name>``."""
    health_path: str = "/"
    """The page that tells whether it is well."""
    hsts_seconds: int = 31536000
    """How long browsers keep to TLS for this name; internet.nl asks for a year."""
    content_security_policy: str = ""
    """The header of that name; empty leaves what the application answers."""
    referrer_policy: str = "same-origin"
    """The header of that name; empty leaves what the application answers."""
    security_txt_url: str = ""
    """Where /.well-known/security.txt of this name is sent on to; empty leaves it to the application."""


@dataclass
class IngressArgs:
    """Arguments of `Ingress`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    workload: str
    """What the gateway is for: a part of its names."""
    subnet_id: pulumi.Input[str]
    """A subnet of its own: with `ingress_rules` in its security group, and no route of 0.0.0.0/0 to a firewall."""
    identity_id: pulumi.Input[str]
    """A user-assigned identity that may read the certificates (Key Vault Secrets User)."""
    hosts: Mapping[str, IngressHostArgs]
    """Public names by a short key; their order is that of the rules."""
    waf_mode: str = "Prevention"
    """Prevention refuses attacks, Detection only reports them."""
    minimum_instances: int = 1
    maximum_instances: int = 5
    ipv6: bool = False
    """A second public address, of IPv6; the subnet has to be dual stack, and a gateway cannot get one later."""
    zones: Sequence[str] = ()
    ddos_mode: str = ""
    """Protection of its public address: Enabled, VirtualNetworkInherited, or empty for none."""
    workspace_id: pulumi.Input[str] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


class Ingress(pulumi.ComponentResource):
    """A gateway that takes TLS 1.2 and 1.3 only, sends plain HTTP on to TLS, and stops known attacks."""

    id: pulumi.Output[str]
    address: pulumi.Output[str]
    address_ipv6: pulumi.Output[str]
    """Empty without IPv6."""

    def __init__(self, name: str, args: IngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. ValueError without hosts, and for a mode or a number of instances that Azure refuses."""
        args = normalise(IngressArgs, args)
        _check(args)
        super().__init__("kade:index:Ingress", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        self.public_ip = public_ip(self, f"{name}-address", args, f"{args.workload}-ingress")
        self.public_ips = {"public": self.public_ip}
        if args.ipv6:
            part = f"{args.workload}-ingress-ipv6"
            self.public_ips["public-ipv6"] = public_ip(self, f"{name}-address-ipv6", args, part, "IPv6")
        self.waf = network.WebApplicationFirewallPolicy(
            f"{name}-waf",
            resource_group_name=args.resource_group_name,
            policy_name=args.names.of("web_application_firewall_policy", args.workload),
            location=args.location,
            managed_rules=network.ManagedRulesDefinitionArgs(
                managed_rule_sets=[
                    network.ManagedRuleSetArgs(
                        rule_set_type="Microsoft_DefaultRuleSet", rule_set_version="2.1", rule_group_overrides=[]
                    ),
                    network.ManagedRuleSetArgs(
                        rule_set_type="Microsoft_BotManagerRuleSet", rule_set_version="1.1", rule_group_overrides=[]
                    ),
                ]
            ),
            policy_settings=network.PolicySettingsArgs(
                state="Enabled",
                mode=args.waf_mode,
                request_body_check=True,
                max_request_body_size_in_kb=128,
                file_upload_limit_in_mb=100,
            ),
            tags=args.tags,
            opts=here,
        )
        gateway = args.names.of("application_gateway", args.workload)
        parts = Parts(self.public_ip.id, gateway, args.hosts, list(self.public_ips))
        self.gateway = network.ApplicationGateway(
            f"{name}-gateway",
            resource_group_name=args.resource_group_name,
            application_gateway_name=gateway,
            location=args.location,
            sku=network.ApplicationGatewaySkuArgs(name="WAF_v2", tier="WAF_v2"),
            autoscale_configuration=network.ApplicationGatewayAutoscaleConfigurationArgs(
                min_capacity=args.minimum_instances, max_capacity=args.maximum_instances
            ),
            identity=network.ManagedServiceIdentityArgs(
                type=network.ResourceIdentityType.USER_ASSIGNED, user_assigned_identities=[args.identity_id]
            ),
            firewall_policy=network.SubResourceArgs(id=self.waf.id),
            force_firewall_policy_association=True,
            enable_http2=True,
            ssl_policy=ssl_policy(),
            gateway_ip_configurations=[
                network.ApplicationGatewayIPConfigurationArgs(
                    name="subnet", subnet=network.SubResourceArgs(id=args.subnet_id)
                )
            ],
            frontend_ip_configurations=[
                network.ApplicationGatewayFrontendIPConfigurationArgs(
                    name=frontend, public_ip_address=network.SubResourceArgs(id=address.id)
                )
                for frontend, address in self.public_ips.items()
            ],
            frontend_ports=[
                network.ApplicationGatewayFrontendPortArgs(name=f"port-{port}", port=port) for port in (80, 443)
            ],
            ssl_certificates=parts.certificates(),
            http_listeners=parts.listeners(),
            backend_address_pools=parts.pools(),
            backend_http_settings_collection=parts.settings(),
            probes=parts.probes(),
            redirect_configurations=parts.redirects(),
            rewrite_rule_sets=parts.rewrites(),
            url_path_maps=parts.path_maps() or None,
            request_routing_rules=parts.rules(),
            zones=list(args.zones) or None,
            tags=args.tags,
            opts=here,
        )
        self.logs = send_logs(self, f"{name}-logs", self.gateway.id, args.workspace_id)
        self.id = self.gateway.id
        self.address = self.public_ip.ip_address.apply(lambda found: found or "")
        six = self.public_ips.get("public-ipv6")
        empty = pulumi.Output.from_input("")
        self.address_ipv6 = six.ip_address.apply(lambda found: found or "") if six is not None else empty
        self.register_outputs({"id": self.id, "address": self.address, "addressIpv6": self.address_ipv6})


def _check(args: IngressArgs) -> None:
    if not args.hosts:
        raise ValueError("hosts: a gateway without a public name cannot be made; give at least one")
    if args.waf_mode not in ("Prevention", "Detection"):
        raise ValueError(f"waf_mode: {args.waf_mode!r} is not Prevention or Detection")
    if not 0 <= args.minimum_instances <= args.maximum_instances <= 125 or args.maximum_instances < 2:
        raise ValueError(
            f"minimum_instances and maximum_instances: {args.minimum_instances} to {args.maximum_instances} cannot be; "
            f"the maximum lies between 2 and 125, and the minimum below it"
        )
