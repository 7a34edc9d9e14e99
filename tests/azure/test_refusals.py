"""Where Azure Resource Manager refuses a deployment."""

from collections.abc import Callable

import pytest

from kade.azure.cloud import Cloud
from kade.azure.provider import AzureNative
from kade.engine.plan import Resource
from kade.engine.provider import Made, ProviderError
from kade.engine.values import UNKNOWN

Make = Callable[..., Made]

ACCOUNT = {"kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
NETWORK = {"virtualNetworkName": "hub", "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
VAULT = {"vaultName": "kv-1", "properties": {"tenantId": "t", "sku": {"family": "A", "name": "standard"}}}


def test_a_parent_that_is_missing(make: Make, group: str) -> None:
    with pytest.raises(ProviderError, match=r"ParentResourceNotFound: '.*/virtualNetworks/hub'"):
        make("network:Subnet", "a", {"resourceGroupName": group, "virtualNetworkName": "hub"})


def test_a_group_that_is_not_known_may_stand_outside(make: Make) -> None:
    assert make(
        "network:VirtualNetwork", "hub", {"resourceGroupName": "rg-elsewhere", "location": "westeurope", **NETWORK}
    )


def test_a_parent_that_was_declared_existing() -> None:
    cloud = Cloud(existing=("/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/hub",))
    azure = AzureNative(cloud=cloud).configure({"subscriptionId": "s"})
    group = {"resourceGroupName": "rg", "location": "westeurope"}
    azure.create("u::rg", "azure-native:resources:ResourceGroup", group, preview=False)
    subnet = {"resourceGroupName": "rg", "virtualNetworkName": "hub", "subnetName": "a"}
    assert azure.create("u::a", "azure-native:network:Subnet", subnet, preview=False).id.endswith("/subnets/a")


def test_the_fabric_of_a_vault_is_there_with_it_and_a_vault_is_not(make: Make, group: str) -> None:
    container = {"resourceGroupName": group, "fabricName": "Azure", "containerName": "StorageContainer;Storage;rg;st"}
    with pytest.raises(ProviderError, match=r"ParentResourceNotFound: '.*/vaults/rsv'"):
        make("recoveryservices:ProtectionContainer", "c", {"vaultName": "rsv", **container})
    make("recoveryservices:Vault", "rsv", {"resourceGroupName": group, "vaultName": "rsv", "sku": {"name": "RS0"}})
    assert make("recoveryservices:ProtectionContainer", "c", {"vaultName": "rsv", **container})


def test_fixed_words_in_a_path_are_no_parents(make: Make, group: str) -> None:
    make("storage:StorageAccount", "st", {"resourceGroupName": group, "accountName": "stlinde", **ACCOUNT})
    inputs = {"resourceGroupName": group, "accountName": "stlinde", "containerName": "data"}
    assert make("storage:BlobContainer", "data", inputs).id.endswith("/blobServices/default/containers/data")
    with pytest.raises(ProviderError, match="stother' does not exist"):
        make("storage:BlobContainer", "data", {**inputs, "accountName": "stother"})


def test_a_global_name_that_is_taken_in_another_group(make: Make, group: str) -> None:
    make("resources:ResourceGroup", "two", {"resourceGroupName": "rg-two", "location": "westeurope"})
    make("storage:StorageAccount", "a", {"resourceGroupName": group, "accountName": "stlinde", **ACCOUNT})
    with pytest.raises(ProviderError, match="the name 'stlinde' is taken"):
        make("storage:StorageAccount", "b", {"resourceGroupName": "rg-two", "accountName": "stlinde", **ACCOUNT})


def test_the_same_thing_twice(azure: AzureNative, make: Make, group: str) -> None:
    inputs = {"resourceGroupName": group, **NETWORK}
    made = make("network:VirtualNetwork", "hub", inputs)
    later = AzureNative(cloud=Cloud(standing=azure.cloud.standing))
    with pytest.raises(ProviderError, match=f"already existing resource '{made.id}'"):
        later.create("urn", "azure-native:network:VirtualNetwork", inputs, preview=False)


def test_what_is_in_use_cannot_be_deleted(azure: AzureNative, make: Make, group: str) -> None:
    network = make("network:VirtualNetwork", "hub", {"resourceGroupName": group, **NETWORK})
    subnet = make(
        "network:Subnet",
        "a",
        {"resourceGroupName": group, "virtualNetworkName": "hub", "addressPrefix": "10.0.0.0/24"},
    )
    nic = make(
        "network:NetworkInterface",
        "nic",
        {"resourceGroupName": group, "ipConfigurations": [{"name": "ip", "subnet": {"id": subnet.id}}]},
    )
    for kind, made in (("Subnet", subnet), ("VirtualNetwork", network)):
        with pytest.raises(ProviderError, match=r"in use by '.*networkInterfaces/nic"):
            azure.delete("urn", f"azure-native:network:{kind}", made.id, {}, {})
    azure.delete("urn", "azure-native:network:NetworkInterface", nic.id, {}, {})
    azure.delete("urn", "azure-native:network:VirtualNetwork", network.id, {}, {})
    assert azure.cloud.get(subnet.id) is None


@pytest.mark.parametrize(("level", "update"), [("CanNotDelete", True), ("ReadOnly", False)])
def test_a_lock_on_the_group(azure: AzureNative, make: Make, group: str, level: str, *, update: bool) -> None:
    account = {"resourceGroupName": group, "accountName": "stlinde", **ACCOUNT}
    made = make("storage:StorageAccount", "st", account)
    token = "azure-native:storage:StorageAccount"
    scope = made.id.split("/providers/")[0]
    make("authorization:ManagementLockByScope", "slot", {"scope": scope, "lockName": "slot", "level": level})
    with pytest.raises(ProviderError, match="ScopeLocked"):
        azure.delete("urn", token, made.id, {}, {})
    if update:
        azure.update("urn", token, made.id, account, made.outputs, account, preview=False)
    else:
        with pytest.raises(ProviderError, match="forbids to update"):
            azure.update("urn", token, made.id, account, made.outputs, account, preview=False)


def test_a_vault_that_was_deleted_keeps_its_name(azure: AzureNative, make: Make, group: str) -> None:
    made = make("keyvault:Vault", "kv", {"resourceGroupName": group, **VAULT})
    azure.delete("urn", "azure-native:keyvault:Vault", made.id, {}, {})
    with pytest.raises(ProviderError, match="still holds the name 'kv-1'"):
        make("keyvault:Vault", "kv", {"resourceGroupName": group, **VAULT})


def test_what_the_state_holds_stands(azure: AzureNative, make: Make) -> None:
    id_ = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg-state"
    azure.begin(
        [
            Resource(
                urn="urn:pulumi:dev::t::azure-native:resources/v20240301:ResourceGroup::rg",
                type="azure-native:resources/v20240301:ResourceGroup",
                id=id_,
                inputs={"resourceGroupName": "rg-state", "location": "westeurope"},
                outputs={"name": "rg-state", "location": "westeurope"},
            )
        ],
        dry_run=False,
    )
    network = make("network:VirtualNetwork", "hub", {"resourceGroupName": "rg-state", **NETWORK})
    assert network.outputs["location"] == "westeurope"


def test_a_type_outside_the_table_cannot_be_deployed(azure: AzureNative) -> None:
    with pytest.raises(ProviderError, match="not in Kade's table"):
        azure.create("urn", "azure-native:network:Nothing", {}, preview=False)


def test_a_resource_of_any_type_says_itself_where_it_is(azure: AzureNative, make: Make, group: str) -> None:
    made = make("datafactory:Factory", "adf", {"resourceGroupName": group, "factoryName": "adf"})
    network = {
        "resourceGroupName": group,
        "resourceProviderNamespace": "Microsoft.DataFactory",
        "parentResourcePath": "factories/adf",
        "resourceType": "managedVirtualNetworks",
        "resourceName": "default",
        "apiVersion": "2018-06-01",
    }
    assert make("resources:Resource", "net", network).id == f"{made.id}/managedVirtualNetworks/default"
    with pytest.raises(ProviderError, match="factories/none"):
        make("resources:Resource", "other", {**network, "parentResourcePath": "factories/none"})
    alone = {**network, "parentResourcePath": "", "resourceType": "factories", "resourceName": "two"}
    assert make("resources:Resource", "two", alone).id == f"{str(made.id).rpartition('/')[0]}/two"


def test_an_id_of_another_type(azure: AzureNative) -> None:
    with pytest.raises(ProviderError, match="is not the id of a azure-native:network:Subnet"):
        azure.read("urn", "azure-native:network:Subnet", "/subscriptions/s/resourceGroups/rg", {})


def test_two_owners_of_one_thing_are_found_before_the_deployment(azure: AzureNative, group: str) -> None:
    token = "azure-native:network:VirtualNetwork"
    inputs = {"resourceGroupName": group, **NETWORK}
    assert not azure.check("urn:pulumi:dev::t::x::one", token, None, inputs, preview=True).failures
    assert not azure.check("urn:pulumi:dev::t::x::one", token, None, inputs, preview=True).failures
    other = azure.check("urn:pulumi:prd::t::x::two", token, None, inputs, preview=True)
    assert "is made by urn:pulumi:dev::t::x::one too" in other.failures[0].reason


def test_a_vault_takes_several_access_policies(make: Make, group: str) -> None:
    make("keyvault:Vault", "kv", {"resourceGroupName": group, **VAULT})
    for person in ("a", "b"):
        policy = {"objectId": person, "tenantId": "t", "permissions": {}}
        inputs = {"resourceGroupName": group, "vaultName": "kv-1", "policy": policy}
        assert make("keyvault:AccessPolicy", person, inputs).id.endswith(f"/vaults/kv-1/accessPolicy/{person}")


def test_subscriptions_that_are_not_known_yet_are_not_taken_for_one_another(azure: AzureNative) -> None:
    token, inputs = "azure-native:resources:ResourceGroup", {"resourceGroupName": "rg", "location": "westeurope"}
    for name in ("one", "two"):
        configured = azure.configure({"subscriptionId": UNKNOWN})
        assert not configured.check(f"urn:pulumi:dev::t::x::{name}", token, None, inputs, preview=True).failures


def test_a_quota_of_cores(azure: AzureNative, make: Make, group: str) -> None:
    azure.cloud.quota_cores[azure.settings.subscription] = 6
    machine = {"resourceGroupName": group, "hardwareProfile": {"vmSize": "Standard_D4s_v5"}}
    make("compute:VirtualMachine", "one", {**machine, "vmName": "one"})
    with pytest.raises(ProviderError, match="QuotaExceeded: 4 of 6 cores in westeurope are taken"):
        make("compute:VirtualMachine", "two", {**machine, "vmName": "two"})
    assert make("compute:VirtualMachine", "two", {**machine, "vmName": "two", "location": "northeurope"})
