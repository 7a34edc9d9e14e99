"""The vault of a service's certificates and secrets, which warns before one of them ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import authorization, eventgrid

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.key_vault import KeyVault, KeyVaultArgs
from kade.components.landing_zone.roles import assign_role
from kade.components.workload.place import PlaceArgs
from kade.components.workload.private_endpoint import private_endpoint
from kade.facts.governance import built_in_definition

# Key Vault says these by itself, thirty days ahead (Microsoft Learn, "Azure Key Vault as Event Grid source").
EVENTS = ("CertificateNearExpiry", "CertificateExpired", "SecretNearExpiry", "SecretExpired")


@dataclass
class CertificateVaultArgs:
    """Arguments of `CertificateVault`."""

    place: PlaceArgs
    tenant_id: str
    readers: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Who reads certificates and secrets, by a short key: principal ids of managed identities."""
    alert_days: int = 60
    """Days before its end that a certificate counts as a fault in Azure Policy, 7 to 365. PKIoverheid takes weeks."""
    action_group_ids: Sequence[pulumi.Input[str]] = ()
    """Who hears it when a certificate or secret is about to end (30 days ahead, by Key Vault itself) or has ended."""
    premium: bool = True
    """Keys of certificates in hardware."""
    retention_days: int = 90
    """Days that a deleted vault, certificate or secret can be brought back, 7 to 90."""


class CertificateVault(pulumi.ComponentResource):
    """A closed key vault with its private endpoint, its readers, and warnings. What is in it is put there by hand or
    by a certificate authority that Key Vault knows, which then renews it; a PKIoverheid certificate is imported.
    """

    id: pulumi.Output[str]
    uri: pulumi.Output[str]

    def __init__(self, name: str, args: CertificateVaultArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. Raises `ArgumentError` for days outside 7 to 365."""
        args = normalise(CertificateVaultArgs, args)
        if not 7 <= args.alert_days <= 365:
            raise ArgumentError(f"{name}: alert_days is {args.alert_days}; 7 to 365")
        super().__init__("kade:index:CertificateVault", name, None, opts)
        place, here = args.place, pulumi.ResourceOptions(parent=self)
        vault = KeyVaultArgs(
            names=place.names,
            resource_group_name=place.resource_group_name,
            location=place.location,
            tenant_id=args.tenant_id,
            workload=f"{place.short or place.workload}c",
            premium=args.premium,
            retention_days=args.retention_days,
            workspace_id=place.workspace_id,
            tags=place.tags,
        )
        self.vault = KeyVault(name, vault, here)
        self.endpoint = private_endpoint(self, name, place, "certificaten", self.vault.id, "key_vault")
        self.readers = {
            key: assign_role(
                f"{name}-{key}",
                scope=self.vault.id,
                role="Key Vault Secrets User",
                principal_id=principal,
                principal_type="ServicePrincipal",
                description="Reads certificates and secrets",
                key=f"{place.workload}-{key}",
                opts=here,
            )
            for key, principal in args.readers.items()
        }
        self.watch = self._watch(name, args, here)
        if args.action_group_ids:
            self._warn(name, args, here)
        self.id = self.vault.id
        self.uri = self.vault.uri
        self.register_outputs({"id": self.id, "uri": self.uri})

    def secret(self, secret: str) -> pulumi.Output[str]:
        """The address of a secret or certificate without a version, so that a renewed one is taken over."""
        # The address follows from the name, and is known before the vault is made.
        return pulumi.Output.concat("https://", self.vault.name, f".vault.azure.net/secrets/{secret}")

    def _watch(
        self, name: str, args: CertificateVaultArgs, here: pulumi.ResourceOptions
    ) -> authorization.PolicyAssignment:
        """Azure Policy looks at each certificate every day, and counts what ends soon as a fault."""
        place = args.place
        return authorization.PolicyAssignment(
            f"{name}-ends-soon",
            scope=self.vault.id,
            policy_assignment_name=f"certificaten-{args.alert_days}-dagen",
            display_name=f"Certificates are renewed {args.alert_days} days before they end",
            policy_definition_id=built_in_definition("certificate_expiry"),
            description="PKIoverheid certificates take weeks to get; who keeps them sees here what has to be renewed",
            metadata={"assignedBy": place.workload},
            parameters={"daysToExpire": authorization.ParameterValuesValueArgs(value=args.alert_days)},
            opts=here,
        )

    def _warn(self, name: str, args: CertificateVaultArgs, here: pulumi.ResourceOptions) -> None:
        place = args.place
        self.topic = eventgrid.SystemTopic(
            f"{name}-events",
            resource_group_name=place.resource_group_name,
            system_topic_name=place.name("event_grid_system_topic", "cert"),
            location=place.location,
            source=self.vault.id,
            topic_type="Microsoft.KeyVault.vaults",
            identity=eventgrid.IdentityInfoArgs(type="SystemAssigned"),
            tags=place.tags,
            opts=here,
        )
        self.warning = eventgrid.SystemTopicEventSubscription(
            f"{name}-warning",
            resource_group_name=place.resource_group_name,
            system_topic_name=self.topic.name,
            event_subscription_name="loopt-af",
            event_delivery_schema="CloudEventSchemaV1_0",
            filter=eventgrid.EventSubscriptionFilterArgs(
                included_event_types=[f"Microsoft.KeyVault.{event}" for event in EVENTS]
            ),
            destination=eventgrid.MonitorAlertEventSubscriptionDestinationArgs(
                endpoint_type="MonitorAlert",
                severity="Sev1",
                action_groups=list(args.action_group_ids),
                description="A certificate or secret is about to end, or has ended",
            ),
            opts=here,
        )
