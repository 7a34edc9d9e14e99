"""Functions of azure-native: what they give, before and after a deployment."""

import base64
import json
from collections.abc import Callable

import pytest

from kade.azure.provider import AzureNative
from kade.engine.provider import Made, ProviderError
from kade.engine.values import UNKNOWN, Secret

Make = Callable[..., Made]

ACCOUNT = {"accountName": "stlinde", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}


def test_client_config_is_the_configured_one(azure: AzureNative) -> None:
    configured = azure.configure({"subscriptionId": "s", "tenantId": "t", "clientId": "c"})
    given = configured.invoke("azure-native:authorization:getClientConfig", {}, preview=True)
    assert (given["subscriptionId"], given["tenantId"], given["clientId"]) == ("s", "t", "c")


def test_a_token_is_secret(azure: AzureNative) -> None:
    given = azure.invoke("azure-native:authorization:getClientToken", {}, preview=True)
    assert isinstance(given["token"], Secret)


def test_keys_of_what_stands_are_secret_and_stay_the_same(azure: AzureNative, make: Make, group: str) -> None:
    make("storage:StorageAccount", "st", {"resourceGroupName": group, **ACCOUNT})
    asked = {"resourceGroupName": group, "accountName": "stlinde"}
    first = azure.invoke("azure-native:storage:listStorageAccountKeys", asked, preview=False)
    assert [key["keyName"] for key in first["keys"]] == ["key1", "key2"]
    assert all(isinstance(key["value"], Secret) for key in first["keys"])
    assert first == azure.invoke("azure-native:storage:listStorageAccountKeys", asked, preview=True)


def test_a_function_of_azure_native_2_that_has_moved(azure: AzureNative, make: Make, group: str) -> None:
    inputs = {"resourceGroupName": group, "accountName": "cosmos", "databaseAccountOfferType": "Standard"}
    inputs["locations"] = [{"locationName": "westeurope", "failoverPriority": 0}]
    make("cosmosdb:DatabaseAccount", "cosmos", inputs)
    given = azure.invoke(
        "azure-native:documentdb:listDatabaseAccountKeys",
        {"resourceGroupName": group, "accountName": "cosmos"},
        preview=False,
    )
    assert isinstance(given["primaryMasterKey"], Secret)


def test_shared_keys_have_another_verb(azure: AzureNative, make: Make, group: str) -> None:
    make("operationalinsights:Workspace", "log", {"resourceGroupName": group, "workspaceName": "log-1"})
    given = azure.invoke(
        "azure-native:operationalinsights:getSharedKeys",
        {"resourceGroupName": group, "workspaceName": "log-1"},
        preview=False,
    )
    assert isinstance(given["primarySharedKey"], Secret)


def test_a_get_function_gives_what_stands(azure: AzureNative, make: Make, group: str) -> None:
    made = make("storage:StorageAccount", "st", {"resourceGroupName": group, **ACCOUNT})
    given = azure.invoke(
        "azure-native:storage:getStorageAccount", {"resourceGroupName": group, "accountName": "stlinde"}, preview=False
    )
    assert given["id"] == made.id
    assert given["primaryEndpoints"] == made.outputs["primaryEndpoints"]


def test_what_does_not_stand_is_unknown_in_a_preview_and_refused_after(azure: AzureNative) -> None:
    token, asked = "azure-native:storage:getStorageAccount", {"resourceGroupName": "rg", "accountName": "x"}
    given = azure.invoke(token, asked, preview=True)
    assert given["name"] == "x"
    assert given["primaryEndpoints"] is UNKNOWN
    with pytest.raises(ProviderError, match="does not stand in this stack"):
        azure.invoke(token, asked, preview=False)


def test_a_function_that_only_azure_can_answer(azure: AzureNative) -> None:
    token = "azure-native:network:getVirtualNetworkGatewayVpnclientConnectionHealth"
    assert all(value is UNKNOWN for value in azure.invoke(token, {}, preview=True).values())
    with pytest.raises(ProviderError, match="only Azure knows"):
        azure.invoke(token, {}, preview=False)


def test_a_pool_has_a_token_while_it_says_until_when_and_it_is_secret(
    azure: AzureNative, make: Make, group: str
) -> None:
    pool = {"hostPoolType": "Pooled", "loadBalancerType": "BreadthFirst", "preferredAppGroupType": "Desktop"}
    until = {"expirationTime": "2026-12-18T12:00:00Z", "registrationTokenOperation": "Update"}
    for name, info in (("open", {"registrationInfo": until}), ("closed", {})):
        make("desktopvirtualization:HostPool", name, {"resourceGroupName": group, "hostPoolName": name, **pool, **info})
    function = "azure-native:desktopvirtualization:listHostPoolRegistrationTokens"
    asked = {name: {"resourceGroupName": group, "hostPoolName": name} for name in ("open", "closed", "none")}
    (token,) = azure.invoke(function, asked["open"], preview=False)["value"]
    assert isinstance(token["token"], Secret)
    assert azure.invoke(function, asked["closed"], preview=False)["value"] == []
    assert azure.invoke(function, asked["none"], preview=True)["value"] is UNKNOWN


@pytest.mark.parametrize("whose", ["User", "Admin"])
def test_credentials_of_a_cluster_are_a_kubeconfig_and_secret(
    azure: AzureNative, make: Make, group: str, whose: str
) -> None:
    pool = {"name": "agents", "mode": "System", "count": 3, "vmSize": "Standard_D2s_v5"}
    inputs = {"resourceGroupName": group, "resourceName": "aks-1", "dnsPrefix": "aks", "agentPoolProfiles": [pool]}
    made = make("containerservice:ManagedCluster", "aks", {**inputs, "identity": {"type": "SystemAssigned"}})
    token = f"azure-native:containerservice:listManagedCluster{whose}Credentials"
    asked = {"resourceGroupName": group, "resourceName": "aks-1"}
    (given,) = azure.invoke(token, asked, preview=False)["kubeconfigs"]
    assert isinstance(given["value"], Secret)
    config = json.loads(base64.b64decode(str(given["value"].value)))
    assert config["clusters"][0]["cluster"]["server"] == f"https://{made.outputs['fqdn']}:443"
    assert config["current-context"] == config["contexts"][0]["name"] == "aks-1"
    assert config["users"][0]["name"] == config["contexts"][0]["context"]["user"]
