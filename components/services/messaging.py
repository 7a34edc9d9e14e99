"""Notifications between systems: topics on Service Bus, which keep a message until it is read, and on Event Grid."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import eventgrid, servicebus

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.access import give_access
from kade.components.network.diagnostics import send_logs
from kade.components.protection import Protection
from kade.components.workload.place import DataArgs, PlaceArgs, access_of, held, protection
from kade.components.workload.private_endpoint import private_endpoint
from kade.components.workload.store import lock


@dataclass
class MessagingArgs:
    """Arguments of `Messaging`."""

    place: PlaceArgs
    data: DataArgs
    topics: Sequence[str] = ()
    """Topics, one for each kind of notification; each has a subscription ``archief`` that keeps what nobody took."""
    queues: Sequence[str] = ()
    """Queues, for work that one reader takes."""
    event_grid: bool = False
    """An Event Grid topic besides, for subscribers inside Azure."""
    sku: str = "Premium"
    """Premium; Standard answers the internet and is for public data only."""
    units: int = 1
    """Messaging units of Premium: 1, 2, 4, 8 or 16."""


class Messaging(pulumi.ComponentResource):
    """A Service Bus namespace without keys, and what is in it. A message that cannot be delivered is kept apart."""

    namespace_name: pulumi.Output[str]
    host: pulumi.Output[str]

    def __init__(self, name: str, args: MessagingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. Raises `ArgumentError` for Standard with data that is not public, and without topics and queues."""
        args = normalise(MessagingArgs, args)
        place, data = args.place, args.data
        found = protection(name, data, place.zones)
        _check(name, args, found)
        super().__init__("kade:index:Messaging", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        self.namespace = self._namespace(name, args, found)
        common = {"resource_group_name": place.resource_group_name, "namespace_name": self.namespace.name}
        self.queues = {
            key: servicebus.Queue(
                f"{name}-queue-{key}",
                **common,
                queue_name=key,
                dead_lettering_on_message_expiration=True,
                default_message_time_to_live="P14D",
                max_delivery_count=10,
                requires_duplicate_detection=True,
                opts=held(self, data),
            )
            for key in args.queues
        }
        self.topics: dict[str, servicebus.Topic] = {}
        for key in args.topics:
            topic = servicebus.Topic(
                f"{name}-topic-{key}",
                **common,
                topic_name=key,
                default_message_time_to_live="P14D",
                requires_duplicate_detection=True,
                support_ordering=True,
                opts=held(self, data),
            )
            self.topics[key] = topic
            servicebus.Subscription(
                f"{name}-topic-{key}-archive",
                **common,
                topic_name=topic.name,
                subscription_name="archief",
                dead_lettering_on_message_expiration=True,
                max_delivery_count=10,
                opts=here,
            )
        if args.sku == "Premium":
            self.endpoint = private_endpoint(self, name, place, "berichten", self.namespace.id, "service_bus")
        send_logs(self, f"{name}-logs", self.namespace.id, place.workspace_id)
        lock(self, name, self.namespace.id, found, data)
        role = "Azure Service Bus Data Receiver"
        give_access(f"{name}-access", self.namespace.id, access_of(data, found, role), here)
        if args.event_grid:
            self._event_grid(name, place, here)
        self.namespace_name = self.namespace.name
        self.host = pulumi.Output.concat(self.namespace.name, ".servicebus.windows.net")
        self.register_outputs({"namespaceName": self.namespace_name, "host": self.host})

    def _namespace(self, name: str, args: MessagingArgs, found: Protection) -> servicebus.Namespace:
        place, premium = args.place, args.sku == "Premium"
        key = args.data.key if found.customer_managed_key else None
        return servicebus.Namespace(
            f"{name}-namespace",
            resource_group_name=place.resource_group_name,
            namespace_name=place.name("service_bus_namespace"),
            location=place.location,
            sku=servicebus.SBSkuArgs(name=args.sku, tier=args.sku, capacity=args.units if premium else None),
            premium_messaging_partitions=1 if premium else None,
            disable_local_auth=True,
            minimum_tls_version=found.minimum_tls,
            public_network_access="Disabled" if premium else "Enabled",
            zone_redundant=bool(place.zones) if premium else None,
            identity=servicebus.IdentityArgs(
                type="UserAssigned" if key else "SystemAssigned",
                user_assigned_identities=[key.identity_id] if key else None,
            ),
            encryption=(
                servicebus.EncryptionArgs(
                    key_source="Microsoft.KeyVault",
                    require_infrastructure_encryption=found.double_encryption,
                    key_vault_properties=[
                        servicebus.KeyVaultPropertiesArgs(
                            key_name=key.key_name,
                            key_vault_uri=key.vault_uri,
                            identity=servicebus.UserAssignedIdentityPropertiesArgs(
                                user_assigned_identity=key.identity_id
                            ),
                        )
                    ],
                )
                if key
                else None
            ),
            tags=place.tags,
            opts=held(self, args.data),
        )

    def _event_grid(self, name: str, place: PlaceArgs, here: pulumi.ResourceOptions) -> None:
        self.grid = eventgrid.Topic(
            f"{name}-grid",
            resource_group_name=place.resource_group_name,
            topic_name=place.name("event_grid_topic"),
            location=place.location,
            input_schema="CloudEventSchemaV1_0",
            disable_local_auth=True,
            public_network_access="Disabled",
            minimum_tls_version_allowed="1.2",
            data_residency_boundary="WithinRegion",
            identity=eventgrid.IdentityInfoArgs(type="SystemAssigned"),
            tags=place.tags,
            opts=here,
        )
        self.grid_endpoint = private_endpoint(self, f"{name}-grid", place, "grid", self.grid.id, "event_grid")
        send_logs(self, f"{name}-grid-logs", self.grid.id, place.workspace_id)


def _check(name: str, args: MessagingArgs, found: Protection) -> None:
    if args.sku not in ("Standard", "Premium"):
        raise ArgumentError(f"{name}: sku is {args.sku!r}; Standard or Premium")
    if args.sku == "Standard" and found.classification != "public":
        raise ArgumentError(
            f"{name}: a Standard namespace answers the internet; {found.classification} data asks Premium"
        )
    if not args.topics and not args.queues:
        raise ArgumentError(f"{name}: give topics or queues; a namespace without them carries nothing")
