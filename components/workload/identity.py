"""The identity of a part of a workload: what it signs in with to vaults, stores and registries."""

import pulumi
from pulumi_azure_native import managedidentity

from kade.components.workload.place import PlaceArgs


def identity_of(
    parent: pulumi.Resource,
    name: str,
    place: PlaceArgs,
    part: str,
    resource_group_name: pulumi.Input[str] | None = None,
) -> managedidentity.UserAssignedIdentity:
    """An identity named after its part, in the place's resource group unless another is given."""
    return managedidentity.UserAssignedIdentity(
        f"{name}-identity",
        resource_group_name=place.resource_group_name if resource_group_name is None else resource_group_name,
        resource_name_=place.name("user_assigned_identity", part),
        location=place.location,
        tags=place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
