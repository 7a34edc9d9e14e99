"""Data Factory in a network that Azure manages for it: it reaches data over private endpoints, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import datafactory, resources

from kade.components.arguments import ArgumentError, normalise
from kade.components.network.diagnostics import send_logs
from kade.components.workload.place import DataArgs, PlaceArgs, protection
from kade.components.workload.private_endpoint import private_endpoint

NETWORK = "default"  # the only name that Azure takes
RUNTIME = "beheerd"


@dataclass
class ReachedArgs:
    """Something that the factory reaches."""

    resource_id: pulumi.Input[str]
    group: str
    """What of it, as private link calls it: ``dfs``, ``blob``, ``vault``, ``postgresqlServer``, ``sqlServer``."""


@dataclass
class DataFactoryArgs:
    """Arguments of `DataFactory`."""

    place: PlaceArgs
    data: DataArgs
    reaches: Mapping[str, ReachedArgs] = field(default_factory=dict)
    """What it reaches, by a short key. The owner of each approves the connection once, in the portal or with az."""
    identities: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Identities besides its own that its steps can use, by a short key: resource ids of managed identities."""
    cores: int = 8
    """Cores of a data flow: 8, 16, 32 …; paid for while it runs."""


class DataFactory(pulumi.ComponentResource):
    """A factory without public access, its managed network, a runtime in its region, endpoints to what it reaches."""

    id: pulumi.Output[str]
    name: pulumi.Output[str]
    principal_id: pulumi.Output[str]

    def __init__(self, name: str, args: DataFactoryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. Raises `ArgumentError` where the data asks for a key of our own and none is given."""
        args = normalise(DataFactoryArgs, args)
        place = args.place
        found = protection(name, args.data, place.zones)
        if args.cores < 8 or args.cores % 8:
            raise ArgumentError(f"{name}: cores is {args.cores}; a data flow takes 8 or a multiple of it")
        super().__init__("kade:index:DataFactory", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        key = args.data.key if found.customer_managed_key else None
        identities = [*args.identities.values(), *([key.identity_id] if key else [])]
        self.factory = datafactory.Factory(
            f"{name}-factory",
            resource_group_name=place.resource_group_name,
            factory_name=place.name("data_factory"),
            location=place.location,
            public_network_access="Disabled",
            identity=datafactory.FactoryIdentityArgs(
                type="SystemAssigned,UserAssigned" if identities else "SystemAssigned",
                user_assigned_identities=identities or None,
            ),
            encryption=(
                datafactory.EncryptionConfigurationArgs(
                    key_name=key.key_name,
                    vault_base_url=key.vault_uri,
                    identity=datafactory.CMKIdentityDefinitionArgs(user_assigned_identity=key.identity_id),
                )
                if key
                else None
            ),
            tags=place.tags,
            opts=here,
        )
        self._network(name, args)
        self.credentials = {
            one: datafactory.CredentialOperation(
                f"{name}-credential-{one}",
                resource_group_name=place.resource_group_name,
                factory_name=self.factory.name,
                credential_name=one,
                properties=datafactory.ManagedIdentityCredentialArgs(type="ManagedIdentity", resource_id=identity),
                opts=here,
            )
            for one, identity in args.identities.items()
        }
        private_endpoint(self, name, place, "factory", self.factory.id, "data_factory")
        send_logs(self, f"{name}-logs", self.factory.id, place.workspace_id, dedicated=True)
        self.id = self.factory.id
        self.name = self.factory.name
        self.principal_id = self.factory.identity.apply(lambda made: made.principal_id if made else "")
        self.register_outputs({"id": self.id, "name": self.name, "principalId": self.principal_id})

    def _network(self, name: str, args: DataFactoryArgs) -> None:
        place, here = args.place, pulumi.ResourceOptions(parent=self)
        common = {"resource_group_name": place.resource_group_name, "factory_name": self.factory.name}
        # azure-native has no class for it, so it is made by its name in Azure Resource Manager.
        self.network = resources.Resource(
            f"{name}-network",
            resource_group_name=place.resource_group_name,
            resource_provider_namespace="Microsoft.DataFactory",
            parent_resource_path=pulumi.Output.concat("factories/", self.factory.name),
            resource_type="managedVirtualNetworks",
            resource_name_=NETWORK,
            api_version="2018-06-01",
            properties={},
            opts=here,
        )
        after = pulumi.ResourceOptions(parent=self, depends_on=[self.network])
        self.runtime = datafactory.IntegrationRuntime(
            f"{name}-runtime",
            **common,
            integration_runtime_name=RUNTIME,
            properties=datafactory.ManagedIntegrationRuntimeArgs(
                type="Managed",
                managed_virtual_network=datafactory.ManagedVirtualNetworkReferenceArgs(
                    type="ManagedVirtualNetworkReference", reference_name=NETWORK
                ),
                compute_properties=datafactory.IntegrationRuntimeComputePropertiesArgs(
                    # Named, because AutoResolve may choose another region.
                    location=place.location,
                    data_flow_properties=datafactory.IntegrationRuntimeDataFlowPropertiesArgs(
                        compute_type="General", core_count=args.cores, time_to_live=10, cleanup=False
                    ),
                ),
            ),
            opts=after,
        )
        self.reached = {
            key: datafactory.ManagedPrivateEndpoint(
                f"{name}-reaches-{key}",
                **common,
                managed_virtual_network_name=NETWORK,
                managed_private_endpoint_name=key,
                properties=datafactory.ManagedPrivateEndpointArgs(
                    private_link_resource_id=item.resource_id, group_id=item.group
                ),
                opts=after,
            )
            for key, item in args.reaches.items()
        }
