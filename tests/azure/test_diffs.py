"""Which changes are made in place and which take a new resource."""

import pytest

from kade.azure.provider import AzureNative
from kade.engine.provider import Change, Diff, Tree


def diff(azure: AzureNative, kind: str, old: Tree, new: Tree, outputs: Tree | None = None) -> Diff:
    return azure.diff("urn", f"azure-native:{kind}", "id", old, outputs or {}, new)


CLUSTER = {"sku": {"name": "Basic", "tier": "Paid"}, "networkProfile": {"serviceCidr": "10.0.0.0/16"}}


@pytest.mark.parametrize(
    ("kind", "old", "new", "change"),
    [
        ("storage:StorageAccount", {"accountName": "a"}, {"accountName": "b"}, Change.REPLACE),
        ("storage:StorageAccount", {"tags": {"a": "1"}}, {"tags": {"a": "2"}}, Change.UPDATE),
        ("storage:StorageAccount", {"location": "West Europe"}, {"location": "westeurope"}, Change.NONE),
        ("storage:StorageAccount", {"location": "westeurope"}, {"location": "northeurope"}, Change.REPLACE),
        ("storage:StorageAccount", {}, {"azureApiVersion": "2024-01-01"}, Change.NONE),
        ("network:PrivateEndpoint", {"subnet": {"id": "a"}}, {"subnet": {"id": "b"}}, Change.REPLACE),
        ("network:Subnet", {"addressPrefix": "10.0.0.0/24"}, {"addressPrefix": "10.0.1.0/24"}, Change.UPDATE),
        (
            "containerservice:ManagedCluster",
            CLUSTER,
            {**CLUSTER, "sku": {"name": "Base", "tier": "Standard"}},
            Change.NONE,
        ),
        (
            "containerservice:ManagedCluster",
            CLUSTER,
            {**CLUSTER, "networkProfile": {"serviceCidr": "10.1.0.0/16"}},
            Change.REPLACE,
        ),
        ("containerservice:ManagedCluster", {}, {"networkProfile": {"podCidr": "10.1.0.0/16"}}, Change.REPLACE),
        ("containerservice:ManagedCluster", {}, {"networkProfile": {"loadBalancerSku": "standard"}}, Change.UPDATE),
        ("network:Nothing", {"a": 1}, {"a": 2}, Change.UPDATE_REPLACE_UNKNOWN),
    ],
)
def test_change(azure: AzureNative, kind: str, old: Tree, new: Tree, change: Change) -> None:
    assert diff(azure, kind, old, new).change is change


def test_paths_say_where(azure: AzureNative) -> None:
    old = {"subnets": [{"name": "a", "addressPrefix": "10.0.0.0/24"}], "location": "westeurope"}
    new = {"subnets": [{"name": "a", "addressPrefix": "10.0.1.0/24"}, {"name": "b"}], "location": "northeurope"}
    found = diff(azure, "network:VirtualNetwork", old, new)
    assert found.changed == {"subnets[0].addressPrefix": "update", "subnets[1]": "add", "location": "update"}
    assert found.replaces == ["location"]


def test_a_property_that_is_added_as_it_stands_already_replaces_nothing(azure: AzureNative) -> None:
    found = diff(azure, "storage:StorageAccount", {}, {"location": "westeurope"}, {"location": "westeurope"})
    assert found.change is Change.UPDATE


def test_a_given_name_must_be_freed_first_and_a_drawn_one_not(azure: AzureNative) -> None:
    given = diff(azure, "storage:StorageAccount", {"location": "a"}, {"location": "b"})
    assert given.delete_before_replace
    mark = {"__createBeforeDelete": True}
    drawn = diff(azure, "storage:StorageAccount", {"location": "a", **mark}, {"location": "b", **mark})
    assert not drawn.delete_before_replace
