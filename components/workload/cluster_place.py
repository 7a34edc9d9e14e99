"""A place in a cluster that stands: a namespace with limits, and an identity for what runs in it.

What runs there is deployed by the application's own pipeline or by Flux: this gives it room, a closed network and a way
to sign in to Azure without secrets.
"""

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import containerservice, managedidentity

from kade.components.arguments import ArgumentError, normalise
from kade.components.workload.identity import identity_of
from kade.components.workload.place import PlaceArgs


@dataclass
class ClusterPlaceArgs:
    """Arguments of `ClusterPlace`."""

    place: PlaceArgs
    cluster_name: pulumi.Input[str]
    cluster_resource_group_name: pulumi.Input[str]
    oidc_issuer_url: pulumi.Input[str]
    """The issuer of the cluster's tokens, by which Entra ID knows what runs in it."""
    cores: float
    """Cores that it may take, all of its containers together."""
    memory_gb: float
    """Gigabytes of memory that it may take."""
    service_account: str = "toepassing"
    """The service account in the namespace that may sign in as the identity."""


class ClusterPlace(pulumi.ComponentResource):
    """A namespace of a cluster with a quota and closed traffic, an identity, and the trust between the two."""

    namespace: pulumi.Output[str]
    identity_client_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: ClusterPlaceArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(ClusterPlaceArgs, args)
        if args.cores <= 0 or args.memory_gb <= 0:
            raise ArgumentError(f"{name}: a quota of {args.cores:g} cores and {args.memory_gb:g} GB lets nothing run")
        super().__init__("kade:index:ClusterPlace", name, None, opts)
        place, here = args.place, pulumi.ResourceOptions(parent=self)
        cpu, memory = f"{round(args.cores * 1000)}m", f"{round(args.memory_gb * 1024)}Mi"
        self.space = containerservice.ManagedNamespace(
            f"{name}-namespace",
            resource_group_name=args.cluster_resource_group_name,
            resource_name_=args.cluster_name,
            managed_namespace_name=place.workload,
            location=place.location,
            properties=containerservice.NamespacePropertiesArgs(
                adoption_policy="Never",
                delete_policy="Keep",
                default_network_policy=containerservice.NetworkPoliciesArgs(
                    ingress="AllowSameNamespace", egress="AllowAll"
                ),
                default_resource_quota=containerservice.ResourceQuotaArgs(
                    cpu_request=cpu, cpu_limit=cpu, memory_request=memory, memory_limit=memory
                ),
                # The strictest of the three Pod Security Standards.
                labels={"pod-security.kubernetes.io/enforce": "restricted"},
            ),
            tags=place.tags,
            opts=here,
        )
        self.identity = identity_of(self, name, place, "cluster", args.cluster_resource_group_name)
        self.trust = managedidentity.FederatedIdentityCredential(
            f"{name}-trust",
            resource_group_name=args.cluster_resource_group_name,
            resource_name_=self.identity.name,
            federated_identity_credential_resource_name="cluster",
            issuer=args.oidc_issuer_url,
            subject=f"system:serviceaccount:{place.workload}:{args.service_account}",
            audiences=["api://AzureADTokenExchange"],
            opts=here,
        )
        self.namespace = self.space.name
        self.identity_client_id = self.identity.client_id
        self.register_outputs({"namespace": self.namespace, "identityClientId": self.identity_client_id})
