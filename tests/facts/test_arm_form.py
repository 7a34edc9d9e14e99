"""ARM resources in azure-native's form: renamed, flattened, in any letter case, and odd ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kade.facts.arm_form import from_arm, parse_id, type_in
from kade.facts.azure_types import type_by_token

NETWORK = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/hub"


def _inputs(resource: dict) -> dict:
    made = from_arm(resource)
    assert made is not None
    return made[1]


def test_renamed_properties_get_azure_natives_names_in_any_letter_case() -> None:
    inputs = _inputs(
        {
            "type": "microsoft.storage/STORAGEACCOUNTS",
            "name": "st",
            "properties": {
                "SupportsHTTPSTrafficOnly": True,
                "networkAcls": {"defaultAction": "deny", "ipRules": [{"value": "10.0.0.1"}]},
            },
        }
    )
    assert inputs == {
        "accountName": "st",
        "enableHttpsTrafficOnly": True,
        "networkRuleSet": {"defaultAction": "deny", "ipRules": [{"iPAddressOrRange": "10.0.0.1"}]},
    }


def test_nested_properties_are_flattened() -> None:
    inputs = _inputs(
        {
            "id": NETWORK,
            "type": "Microsoft.Network/virtualNetworks",
            "name": "hub",
            "properties": {
                "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
                "subnets": [{"name": "a", "properties": {"addressPrefix": "10.0.0.0/24"}}],
            },
        }
    )
    assert inputs["subnets"] == [{"name": "a", "addressPrefix": "10.0.0.0/24"}]
    assert inputs["resourceGroupName"] == "rg"
    assert inputs["virtualNetworkName"] == "hub"


def test_a_type_that_is_not_flattened_stays_so() -> None:
    inputs = _inputs(
        {"type": "Microsoft.KeyVault/vaults", "name": "kv", "properties": {"EnableRbacAuthorization": True}}
    )
    assert inputs == {"vaultName": "kv", "properties": {"enableRbacAuthorization": True}}


def test_names_of_parents_come_from_a_name_with_slashes() -> None:
    inputs = _inputs({"type": "Microsoft.Network/virtualNetworks/subnets", "name": "hub/a", "properties": {}})
    assert inputs == {"virtualNetworkName": "hub", "subnetName": "a"}


def test_what_the_table_does_not_know_keeps_its_name() -> None:
    inputs = _inputs({"type": "Microsoft.Storage/storageAccounts", "properties": {"notYetKnown": 1}, "zones": ["1"]})
    assert inputs == {"notYetKnown": 1, "zones": ["1"]}


def test_properties_that_are_not_known_as_a_whole_are_not_known_one_by_one() -> None:
    unknown = object()
    inputs = _inputs({"type": "Microsoft.Storage/storageAccounts", "properties": unknown})
    assert inputs["enableHttpsTrafficOnly"] is unknown
    assert "sku" not in inputs


@pytest.mark.parametrize("properties", [None, "text", 3, [], {"networkAcls": None}, {"networkAcls": "text"}])
def test_odd_shapes_do_no_harm(properties: object) -> None:
    assert from_arm({"type": "Microsoft.Storage/storageAccounts", "name": "st", "properties": properties}) is not None


def test_records_of_private_dns_have_their_own_arm_types() -> None:
    made = from_arm({"type": "Microsoft.Network/privateDnsZones/A", "name": "intern.nl/www", "properties": {"ttl": 60}})
    assert made is not None
    token, inputs = made
    assert token == "azure-native:privatedns:PrivateRecordSet"
    assert inputs["recordType"] == "A"
    assert inputs["relativeRecordSetName"] == "www"
    assert inputs["privateZoneName"] == "intern.nl"


@pytest.mark.parametrize(
    ("id_", "arm_type"),
    [
        (NETWORK, "Microsoft.Network/virtualNetworks"),
        (f"{NETWORK}/subnets/a", "Microsoft.Network/virtualNetworks/subnets"),
        (f"{NETWORK}/providers/Microsoft.Insights/diagnosticSettings/d", "Microsoft.Insights/diagnosticSettings"),
        ("/subscriptions/s/resourceGroups/rg", "Microsoft.Resources/resourceGroups"),
        ("nothing", ""),
    ],
)
def test_the_type_in_an_id(id_: str, arm_type: str) -> None:
    assert type_in(id_) == arm_type


def test_an_id_gives_its_parameters_and_a_scope_is_a_whole_id() -> None:
    setting = type_by_token("azure-native:monitor:DiagnosticSetting")
    assert setting is not None
    parts = parse_id(setting, f"{NETWORK}/providers/microsoft.insights/diagnosticSettings/d")
    assert parts["name"] == "d"
    assert parts["resourceUri"] == NETWORK.strip("/")
    assert parse_id(setting, NETWORK) == {}


_TEXT = st.text("abcdefgh", min_size=1, max_size=6)
_RULE = st.fixed_dictionaries(
    {"name": _TEXT, "access": st.sampled_from(["Allow", "Deny"]), "priority": st.integers(100, 4096)},
    optional={"sourceAddressPrefixes": st.lists(_TEXT, max_size=3), "description": _TEXT},
)


@given(rules=st.lists(_RULE, max_size=4), tags=st.dictionaries(_TEXT, _TEXT, max_size=3))
def test_what_is_flattened_and_what_is_not_keep_their_values(rules: list[dict], tags: dict[str, str]) -> None:
    written = [{"name": rule["name"], "properties": {k: v for k, v in rule.items() if k != "name"}} for rule in rules]
    found = from_arm(
        {
            "type": "Microsoft.Network/networkSecurityGroups",
            "name": "nsg",
            "location": "westeurope",
            "tags": tags,
            "properties": {"securityRules": written},
        }
    )
    inputs = {"networkSecurityGroupName": "nsg", "location": "westeurope", "securityRules": rules, "tags": tags}
    assert found == ("azure-native:network:NetworkSecurityGroup", inputs)
