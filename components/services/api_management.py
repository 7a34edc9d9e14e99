"""API Management inside the network: products, tokens, certificates, and a log of who asked for what."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import apimanagement, privatedns

from kade.components.arguments import ArgumentError, normalise
from kade.components.network.diagnostics import send_logs
from kade.components.services.api_policies import product_policy, service_policy
from kade.components.services.request_log import RequestLog, RequestLogArgs
from kade.components.workload.place import PlaceArgs

SKUS = ("Developer", "Premium", "PremiumV2")
_PREFIX = "Microsoft.WindowsAzure.ApiManagement.Gateway.Security"
# Off: old protocols, and ciphers that NCSC (IT Security Guidelines for TLS, 2025) does not call good or sufficient.
_OFF = {
    **{f"{_PREFIX}.{side}Protocols.{p}": "False" for side in ("", "Backend.") for p in ("Tls10", "Tls11", "Ssl30")},
    **{
        f"{_PREFIX}.Ciphers.{cipher}": "False"
        for cipher in (
            "TripleDes168",
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
            "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
            "TLS_RSA_WITH_AES_128_CBC_SHA",
            "TLS_RSA_WITH_AES_128_CBC_SHA256",
            "TLS_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_RSA_WITH_AES_256_CBC_SHA",
            "TLS_RSA_WITH_AES_256_CBC_SHA256",
        )
    },
}


@dataclass
class ApiManagementArgs:
    """Arguments of `ApiManagement`."""

    place: PlaceArgs
    subnet_id: pulumi.Input[str]
    """A subnet of its own: for PremiumV2 delegated to Microsoft.Web/hostingEnvironments, else without delegation."""
    tenant_id: str
    """The tenant whose tokens callers show."""
    publisher_name: str
    publisher_email: str
    audience: str
    """Whom the tokens are for: the application id URI of the API in Entra ID."""
    products: Mapping[str, str] = field(default_factory=dict)
    """Products by key, with what they give access to."""
    name_networks: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Networks by a short key whose machines find it by name: those that answer names for the others, the hubs."""
    sku: str = "PremiumV2"
    """Developer (no guarantee, one instance), Premium or PremiumV2."""
    units: int = 1
    mutual_tls: bool = True
    """Callers show a certificate, and it is checked."""
    calls_a_minute: int = 600
    """Calls a minute for each subscription to a product."""
    request_log_days: int = 1096
    """Days that requests are kept."""
    log_readers: Mapping[str, str] = field(default_factory=dict)
    """Groups that may read the requests: object ids."""


class ApiManagement(pulumi.ComponentResource):
    """The service with its products. Requests go to a log of their own: who, which operation, when, what came of it;
    never the message itself, and no query, where a BSN could stand.
    """

    id: pulumi.Output[str]
    host: pulumi.Output[str]
    principal_id: pulumi.Output[str]

    def __init__(self, name: str, args: ApiManagementArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. Raises `ArgumentError` for another sku, and without an audience."""
        args = normalise(ApiManagementArgs, args)
        if args.sku not in SKUS:
            raise ArgumentError(
                f"{name}: sku is {args.sku!r}; it is one of {', '.join(SKUS)}, which stand in a network"
            )
        policy = service_policy(args.tenant_id, args.audience, mutual_tls=args.mutual_tls)
        super().__init__("kade:index:ApiManagement", name, None, opts)
        place, here = args.place, pulumi.ResourceOptions(parent=self)
        self.service = self._service(name, args, here)
        common = {"resource_group_name": place.resource_group_name, "service_name": self.service.name}
        self.policy = apimanagement.Policy(
            f"{name}-policy", **common, policy_id="policy", format="rawxml", value=policy, opts=here
        )
        self.products = {key: self._product(name, key, does, args, common) for key, does in args.products.items()}
        self.requests = RequestLog(
            f"{name}-requests", RequestLogArgs(place, args.request_log_days, readers=args.log_readers), here
        )
        self._log(name, common, here)
        self._be_found(name, args, here)
        self.id = self.service.id
        self.host = self.service.gateway_url.apply(lambda url: (url or "").removeprefix("https://"))
        self.principal_id = self.service.identity.apply(lambda made: made.principal_id if made else "")
        self.register_outputs({"id": self.id, "host": self.host, "principalId": self.principal_id})

    def _service(
        self, name: str, args: ApiManagementArgs, here: pulumi.ResourceOptions
    ) -> apimanagement.ApiManagementService:
        place = args.place
        service = place.name("api_management")
        # A Developer instance has no zones; Premium wants its units spread evenly.
        zones = list(place.zones) if args.sku != "Developer" and args.units % max(len(place.zones), 1) == 0 else []
        return apimanagement.ApiManagementService(
            f"{name}-service",
            resource_group_name=place.resource_group_name,
            service_name=service,
            location=place.location,
            sku=apimanagement.ApiManagementServiceSkuPropertiesArgs(name=args.sku, capacity=args.units),
            publisher_name=args.publisher_name,
            publisher_email=args.publisher_email,
            virtual_network_type="Internal",
            virtual_network_configuration=apimanagement.VirtualNetworkConfigurationArgs(
                subnet_resource_id=args.subnet_id
            ),
            identity=apimanagement.ApiManagementServiceIdentityArgs(type="SystemAssigned"),
            api_version_constraint=apimanagement.ApiVersionConstraintArgs(min_api_version="2021-08-01"),
            developer_portal_status="Disabled",
            hostname_configurations=[
                apimanagement.HostnameConfigurationArgs(
                    type="Proxy",
                    host_name=f"{service}.azure-api.net",
                    certificate_source="BuiltIn",
                    default_ssl_binding=True,
                    negotiate_client_certificate=args.mutual_tls,
                )
            ],
            custom_properties=_OFF,
            zones=zones or None,
            tags=place.tags,
            opts=here,
        )

    def _product(
        self, name: str, key: str, does: str, args: ApiManagementArgs, common: dict[str, pulumi.Input[str]]
    ) -> apimanagement.Product:
        here = pulumi.ResourceOptions(parent=self, depends_on=[self.policy])
        product = apimanagement.Product(
            f"{name}-product-{key}",
            **common,
            product_id=key,
            display_name=key.replace("-", " ").capitalize(),
            description=does,
            subscription_required=True,
            approval_required=True,
            state="published",
            terms=f"Only for what was agreed with {args.publisher_name}; every request is logged.",
            opts=here,
        )
        apimanagement.ProductPolicy(
            f"{name}-product-{key}-policy",
            **common,
            product_id=product.name,
            policy_id="policy",
            format="rawxml",
            value=product_policy(args.calls_a_minute),
            opts=here,
        )
        return product

    def _be_found(self, name: str, args: ApiManagementArgs, here: pulumi.ResourceOptions) -> None:
        """Inside a network nobody but us answers for its name."""
        if not args.name_networks:
            return
        place = args.place
        common = {"resource_group_name": place.resource_group_name, "location": "global", "tags": place.tags}
        zone = privatedns.PrivateZone(
            f"{name}-zone",
            private_zone_name=f"{place.name('api_management')}.azure-api.net",
            **common,
            opts=here,
        )
        privatedns.PrivateRecordSet(
            f"{name}-address",
            resource_group_name=place.resource_group_name,
            private_zone_name=zone.name,
            record_type="A",
            relative_record_set_name="@",
            ttl=3600,
            a_records=self.service.private_ip_addresses.apply(
                lambda found: [privatedns.ARecordArgs(ipv4_address=address) for address in found or []]
            ),
            opts=here,
        )
        for key, network in args.name_networks.items():
            privatedns.VirtualNetworkLink(
                f"{name}-link-{key}",
                private_zone_name=zone.name,
                virtual_network_link_name=key,
                registration_enabled=False,
                virtual_network=privatedns.SubResourceArgs(id=network),
                **common,
                opts=here,
            )

    def _log(self, name: str, common: dict[str, pulumi.Input[str]], here: pulumi.ResourceOptions) -> None:
        self.logs = send_logs(self, f"{name}-logs", self.service.id, self.requests.id, dedicated=True)
        self.logger = apimanagement.Logger(
            f"{name}-logger", **common, logger_id="azuremonitor", logger_type="azureMonitor", opts=here
        )
        nothing = apimanagement.HttpMessageDiagnosticArgs(
            headers=["X-Request-ID"],
            body=apimanagement.BodyDiagnosticSettingsArgs(bytes=0),
            data_masking=apimanagement.DataMaskingArgs(
                query_params=[apimanagement.DataMaskingEntityArgs(value="*", mode="Hide")]
            ),
        )
        side = apimanagement.PipelineDiagnosticSettingsArgs(request=nothing, response=nothing)
        self.diagnostic = apimanagement.Diagnostic(
            f"{name}-requests-logged",
            **common,
            diagnostic_id="azuremonitor",
            logger_id=self.logger.id,
            always_log="allErrors",
            log_client_ip=True,
            verbosity="information",
            sampling=apimanagement.SamplingSettingsArgs(sampling_type="fixed", percentage=100),
            frontend=side,
            backend=side,
            opts=here,
        )
