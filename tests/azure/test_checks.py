"""What the local Azure finds wrong with inputs, and what it fills in."""

import pytest

from kade.azure.provider import AzureNative
from kade.engine.provider import Checked, Tree
from kade.engine.values import UNKNOWN

STORAGE = {"resourceGroupName": "rg", "location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}


def check(azure: AzureNative, kind: str, inputs: Tree, old: Tree | None = None, *, name: str = "x") -> Checked:
    token = f"azure-native:{kind}"
    return azure.check(f"urn:pulumi:dev::test::{token}::{name}", token, old, inputs, preview=True)


def failures(checked: Checked) -> dict[str, str]:
    return {failure.property: failure.reason for failure in checked.failures}


def test_a_misspelt_key_deep_inside_is_found_with_the_name_that_was_meant(azure: AzureNative) -> None:
    found = failures(
        check(
            azure,
            "storage:StorageAccount",
            {**STORAGE, "networkRuleSet": {"ipRules": [{"iPAdressOrRange": "1.2.3.4"}]}},
        )
    )
    assert 'Did you mean "iPAddressOrRange"?' in found["networkRuleSet.ipRules[0].iPAdressOrRange"]


def test_a_python_spelling_is_answered_in_python_spelling(azure: AzureNative) -> None:
    network = {"resourceGroupName": "rg", "location": "westeurope", "addressSpace": {"address_prefixs": ["10.0.0.0/8"]}}
    found = failures(check(azure, "network:VirtualNetwork", network))
    assert 'Did you mean "address_prefixes"?' in found["addressSpace.address_prefixs"]


@pytest.mark.parametrize(
    ("inputs", "path", "said"),
    [
        ({"sku": {}}, "sku.name", "missing required property"),
        ({"sku": "Standard_LRS"}, "sku", "should be a SkuArgs, but is a string"),
        ({"allowBlobPublicAccess": "no"}, "allowBlobPublicAccess", "should be a boolean"),
        ({"tags": {"a": 1}}, "tags.a", "should be a string, but is a number"),
        ({"networkRuleSet": {"ipRules": {}}}, "networkRuleSet.ipRules", "should be a list"),
        ({"minimumTlsVersio": "TLS1_2"}, "minimumTlsVersio", 'Did you mean "minimumTlsVersion"?'),
    ],
)
def test_missing_and_wrong_values(azure: AzureNative, inputs: Tree, path: str, said: str) -> None:
    assert said in failures(check(azure, "storage:StorageAccount", {**STORAGE, **inputs}))[path]


def test_an_enum_is_met_in_any_letter_case_and_a_new_value_is_only_a_warning(azure: AzureNative) -> None:
    assert not check(azure, "storage:StorageAccount", {**STORAGE, "accessTier": "HOT"}).warnings
    checked = check(azure, "storage:StorageAccount", {**STORAGE, "minimumTlsVersion": "TLS1_4"})
    assert not checked.failures
    assert [warning.property for warning in checked.warnings] == ["minimumTlsVersion"]


def test_unknown_values_are_nothing_wrong_and_nulls_are_absent(azure: AzureNative) -> None:
    checked = check(azure, "storage:StorageAccount", {**STORAGE, "sku": UNKNOWN, "tags": None, "accountName": UNKNOWN})
    assert not checked.failures
    assert "tags" not in checked.inputs


@pytest.mark.parametrize(
    ("kind", "inputs", "path"),
    [
        ("storage:StorageAccount", {**STORAGE, "accountName": "St-1"}, "accountName"),
        ("resources:ResourceGroup", {"location": "westeurope", "resourceGroupName": "r" * 91}, "resourceGroupName"),
        (
            "authorization:PolicyAssignment",
            {
                "scope": "/providers/Microsoft.Management/managementGroups/mg",
                "policyAssignmentName": "a" * 25,
                "policyDefinitionId": "x",
            },
            "policyAssignmentName",
        ),
    ],
)
def test_a_name_that_azure_refuses(azure: AzureNative, kind: str, inputs: Tree, path: str) -> None:
    assert path in failures(check(azure, kind, inputs))


def test_a_name_that_stands_already_is_not_judged_again(azure: AzureNative) -> None:
    inputs = {**STORAGE, "accountName": "St-1"}
    assert not check(azure, "storage:StorageAccount", inputs, old=inputs).failures


def test_a_name_is_made_once_and_taken_over(azure: AzureNative) -> None:
    first = check(azure, "storage:StorageAccount", STORAGE, name="logs").inputs
    assert first["accountName"].startswith("logs")
    assert len(first["accountName"]) == len("logs") + 8
    again = check(azure, "storage:StorageAccount", STORAGE, name="logs").inputs
    assert again["accountName"] == first["accountName"]
    renamed = check(azure, "storage:StorageAccount", STORAGE, old=first, name="other").inputs
    assert renamed["accountName"] == first["accountName"]
    other = AzureNative(cloud=type(azure.cloud)(seed="another"))
    assert check(other, "storage:StorageAccount", STORAGE, name="logs").inputs["accountName"] != first["accountName"]


def test_a_child_gets_the_name_in_the_program_and_a_role_assignment_a_guid(azure: AzureNative) -> None:
    subnet = {"resourceGroupName": "rg", "virtualNetworkName": "v", "addressPrefix": "10.0.0.0/24"}
    assert check(azure, "network:Subnet", subnet, name="snet").inputs["subnetName"] == "snet"
    role = {"scope": "/subscriptions/s", "principalId": "p", "roleDefinitionId": "r"}
    assert len(check(azure, "authorization:RoleAssignment", role).inputs["roleAssignmentName"]) == 36


def test_the_location_comes_from_the_configuration_or_the_resource_group(azure: AzureNative, group: str) -> None:
    network = {"resourceGroupName": group, "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
    assert check(azure, "network:VirtualNetwork", network).inputs["location"] == "westeurope"
    configured = azure.configure({"location": "northeurope"})
    assert check(configured, "network:VirtualNetwork", network).inputs["location"] == "northeurope"
    unknown = {**network, "resourceGroupName": UNKNOWN}
    assert check(azure, "network:VirtualNetwork", unknown).inputs["location"] is UNKNOWN


def test_a_program_with_another_major_version_is_not_held_to_ours(azure: AzureNative) -> None:
    older = azure.configure({"version": "2.92.0"})
    checked = check(older, "storage:StorageAccount", {**STORAGE, "aPropertyOfThen": 1})
    assert not checked.failures
    assert "azureApiVersion" not in checked.inputs


def test_what_the_sdk_does_not_have_passes(azure: AzureNative) -> None:
    assert not check(azure, "network:Nothing", {"a": 1}).failures
