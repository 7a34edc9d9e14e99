"""What is known before a deployment, and what stands after it."""

import re
from collections.abc import Callable

from kade.azure.provider import AzureNative
from kade.engine.provider import Made
from kade.engine.values import UNKNOWN

Make = Callable[..., Made]

NETWORK = {"virtualNetworkName": "hub", "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}


def test_a_preview_knows_what_was_given_and_nothing_else(make: Make, group: str) -> None:
    made = make("network:VirtualNetwork", "hub", {"resourceGroupName": group, **NETWORK}, preview=True)
    assert made.id is UNKNOWN
    assert made.outputs["name"] == "hub"
    assert made.outputs["type"] == "Microsoft.Network/virtualNetworks"
    assert made.outputs["location"] == "westeurope"
    assert made.outputs["addressSpace"]["addressPrefixes"] == ["10.0.0.0/16"]
    assert made.outputs["addressSpace"]["ipamPoolPrefixAllocations"] is UNKNOWN
    assert made.outputs["provisioningState"] is UNKNOWN
    assert made.outputs["subnets"] is UNKNOWN


def test_a_drawn_name_is_not_known_in_a_preview(make: Make) -> None:
    assert make("resources:ResourceGroup", "rg", {"location": "westeurope"}, preview=True).outputs["name"] is UNKNOWN


def test_a_deployed_network_and_its_parts_have_ids(make: Make, group: str) -> None:
    subnets = [{"name": "a", "addressPrefix": "10.0.0.0/24"}]
    made = make("network:VirtualNetwork", "hub", {"resourceGroupName": group, **NETWORK, "subnets": subnets})
    assert re.fullmatch(
        r"/subscriptions/[0-9a-f-]{36}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/hub", made.id
    )
    assert made.outputs["subnets"][0]["id"] == f"{made.id}/subnets/a"
    assert made.outputs["provisioningState"] == "Succeeded"
    assert "virtualNetworkName" not in made.outputs


def test_private_addresses_come_from_the_subnet_after_azures_own_four(make: Make, group: str) -> None:
    subnets = [{"name": "a", "addressPrefix": "10.0.0.0/24"}]
    network = make("network:VirtualNetwork", "hub", {"resourceGroupName": group, **NETWORK, "subnets": subnets})
    configuration = [{"name": "ip", "subnet": {"id": f"{network.id}/subnets/a"}}]
    addresses = [
        make("network:NetworkInterface", name, {"resourceGroupName": group, "ipConfigurations": configuration}).outputs[
            "ipConfigurations"
        ][0]["privateIPAddress"]
        for name in ("one", "two")
    ]
    assert addresses == ["10.0.0.4", "10.0.0.5"]


def test_endpoints_and_identities_have_azures_form(make: Make, group: str) -> None:
    account = {"accountName": "stlinde", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    storage = make("storage:StorageAccount", "st", {"resourceGroupName": group, **account})
    assert storage.outputs["primaryEndpoints"]["blob"] == "https://stlinde.blob.core.windows.net/"
    properties = {"tenantId": "t", "sku": {"family": "A", "name": "standard"}}
    vault = make("keyvault:Vault", "kv", {"resourceGroupName": group, "vaultName": "kv-1", "properties": properties})
    assert vault.outputs["properties"]["vaultUri"] == "https://kv-1.vault.azure.net/"
    assert vault.outputs["properties"]["tenantId"] == "t"
    instance = make("sql:ManagedInstance", "mi", {"resourceGroupName": group, "managedInstanceName": "sqlmi-1"})
    assert re.fullmatch(r"sqlmi-1\.\w+\.database\.windows\.net", instance.outputs["fullyQualifiedDomainName"])
    identity = make("managedidentity:UserAssignedIdentity", "id", {"resourceGroupName": group})
    assert re.fullmatch(r"[0-9a-f-]{36}", identity.outputs["principalId"])


def test_identities_that_go_in_as_a_list_come_out_as_a_map(make: Make, group: str) -> None:
    identity = make("managedidentity:UserAssignedIdentity", "id", {"resourceGroupName": group})
    plan = {"resourceGroupName": group, "identity": {"type": "UserAssigned", "userAssignedIdentities": [identity.id]}}
    site = make("web:WebApp", "app", plan)
    found = site.outputs["identity"]["userAssignedIdentities"][identity.id]
    assert found == {"clientId": identity.outputs["clientId"], "principalId": identity.outputs["principalId"]}
    shown = make("web:WebApp", "other", plan, preview=True)
    assert shown.outputs["identity"]["userAssignedIdentities"] is UNKNOWN


def test_two_runs_give_the_same(azure: AzureNative, make: Make, group: str) -> None:
    first = make("operationalinsights:Workspace", "log", {"resourceGroupName": group})
    azure.delete("urn", "azure-native:operationalinsights:Workspace", first.id, {}, {})
    assert make("operationalinsights:Workspace", "log", {"resourceGroupName": group}) == first


def test_an_update_keeps_what_azure_computed(azure: AzureNative, make: Make, group: str) -> None:
    account = {
        "resourceGroupName": group,
        "accountName": "stlinde",
        "kind": "StorageV2",
        "sku": {"name": "Standard_LRS"},
    }
    made = make("storage:StorageAccount", "st", {**account, "tags": {"a": "1"}})
    token = "azure-native:storage:StorageAccount"
    for preview in (True, False):
        changed = azure.update(
            "urn", token, made.id, {**account, "tags": {"a": "1"}}, made.outputs, {**account}, preview=preview
        )
        assert changed.outputs["primaryEndpoints"] == made.outputs["primaryEndpoints"]
        assert changed.outputs["name"] == "stlinde"
        assert "tags" not in changed.outputs


def test_what_was_read_is_told_apart_from_what_stands(azure: AzureNative, make: Make, group: str) -> None:
    token = "azure-native:network:VirtualNetwork"
    made = make("network:VirtualNetwork", "hub", {"resourceGroupName": group, **NETWORK})
    stands = azure.read("urn", token, made.id, {})
    assert stands is not None
    assert stands[1] == made.outputs
    elsewhere = made.id.replace("/hub", "/other")
    read = azure.read("urn", token, elsewhere, {})
    assert read is not None
    assert read[0] == {"resourceGroupName": "rg", "virtualNetworkName": "other"}
    assert read[1]["name"] == "other"
    assert UNKNOWN not in read[1].values()
