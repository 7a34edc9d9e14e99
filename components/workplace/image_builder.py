"""What Image Builder may: write versions into the gallery, and build inside two subnets that it cannot change."""

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import managedidentity

from kade.components.landing_zone.roles import assign_role
from kade.components.workload.place import PlaceArgs

# Image Builder asks virtualNetworks/read and subnets/join/action (Microsoft Learn, "Configure Azure VM Image Builder
# permissions"). Of what this role gives a subnet knows only the joining; Network Contributor could change it.
JOINS = "Virtual Machine Contributor"


@dataclass
class BuildPlaceArgs:
    """Two subnets of one network, from which nothing is reached by a public address."""

    subnet_id: pulumi.Input[str]
    """Where the machine that becomes the image stands."""
    container_subnet_id: pulumi.Input[str]
    """Where the container that builds it runs, delegated to Microsoft.ContainerInstance/containerGroups."""


def give_builder(
    parent: pulumi.Resource,
    name: str,
    place: PlaceArgs,
    build: BuildPlaceArgs,
    identity: managedidentity.UserAssignedIdentity,
    gallery_id: pulumi.Input[str],
) -> list[pulumi.Resource]:
    """The roles of the identity that builds."""
    network = pulumi.Output.from_input(build.subnet_id).apply(lambda id_: id_.rpartition("/subnets/")[0])
    scopes: dict[str, tuple[pulumi.Input[str], str, str]] = {
        "publish": (gallery_id, "Compute Gallery Artifacts Publisher", "Writes the images that it builds"),
        "network": (network, "Reader", "Sees the network that it builds in"),
        "machine": (build.subnet_id, JOINS, "Builds inside this subnet, without an address"),
        "container": (build.container_subnet_id, JOINS, "Builds from this subnet"),
    }
    return [
        assign_role(
            f"{name}-{key}",
            scope=scope,
            role=role,
            principal_id=identity.principal_id,
            principal_type="ServicePrincipal",
            key=pulumi.Output.concat(place.resource_group_name, "/", place.name("user_assigned_identity", "builder")),
            description=why,
            opts=pulumi.ResourceOptions(parent=parent),
        )
        for key, (scope, role, why) in scopes.items()
    ]
