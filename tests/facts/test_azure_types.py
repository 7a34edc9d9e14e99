"""The table of types: what is in it for the types that components and packs use, and how it is found."""

from importlib.resources import files

import pytest
from ruamel.yaml import YAML

from kade.facts.azure_types import index, module_data, type_by_arm, type_by_token, types_by_arm, unversioned

USED = {
    "resources:ResourceGroup": "Microsoft.Resources/resourceGroups",
    "network:VirtualNetwork": "Microsoft.Network/virtualNetworks",
    "network:Subnet": "Microsoft.Network/virtualNetworks/subnets",
    "network:NetworkSecurityGroup": "Microsoft.Network/networkSecurityGroups",
    "network:RouteTable": "Microsoft.Network/routeTables",
    "network:AzureFirewall": "Microsoft.Network/azureFirewalls",
    "network:FirewallPolicyRuleCollectionGroup": "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
    "network:BastionHost": "Microsoft.Network/bastionHosts",
    "network:VirtualNetworkGateway": "Microsoft.Network/virtualNetworkGateways",
    "network:VirtualNetworkPeering": "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
    "network:PrivateEndpoint": "Microsoft.Network/privateEndpoints",
    "network:PrivateDnsZoneGroup": "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
    "privatedns:PrivateZone": "Microsoft.Network/privateDnsZones",
    "privatedns:VirtualNetworkLink": "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    "management:ManagementGroup": "Microsoft.Management/managementGroups",
    "authorization:PolicyAssignment": "Microsoft.Authorization/policyAssignments",
    "authorization:RoleAssignment": "Microsoft.Authorization/roleAssignments",
    "consumption:Budget": "Microsoft.Consumption/budgets",
    "operationalinsights:Workspace": "Microsoft.OperationalInsights/workspaces",
    "monitor:DiagnosticSetting": "Microsoft.Insights/diagnosticSettings",
    "storage:StorageAccount": "Microsoft.Storage/storageAccounts",
    "keyvault:Vault": "Microsoft.KeyVault/vaults",
    "compute:VirtualMachine": "Microsoft.Compute/virtualMachines",
    "web:WebApp": "Microsoft.Web/sites",
    "sql:Server": "Microsoft.Sql/servers",
    "containerservice:ManagedCluster": "Microsoft.ContainerService/managedClusters",
    "desktopvirtualization:HostPool": "Microsoft.DesktopVirtualization/hostPools",
    "recoveryservices:Vault": "Microsoft.RecoveryServices/vaults",
}


@pytest.mark.parametrize(("key", "arm_type"), USED.items())
def test_the_types_in_use_have_their_arm_type_and_are_found_by_it(key: str, arm_type: str) -> None:
    known = type_by_token(f"azure-native:{key}")
    assert known is not None
    assert known.arm_type.lower() == arm_type.lower()
    found = type_by_arm(arm_type.upper(), "x/y/z")
    assert found is not None
    assert found.arm_type.lower() == arm_type.lower()


def test_a_path_has_the_parameters_that_the_resource_takes() -> None:
    subnet = type_by_token("azure-native:network:Subnet")
    assert subnet is not None
    assert subnet.parameters == ("resourceGroupName", "virtualNetworkName", "subnetName")
    assert subnet.name_input == "subnetName"


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("storage:StorageAccount", "random"),
        ("resources:ResourceGroup", "random"),
        ("network:Subnet", "copy"),
        ("authorization:RoleAssignment", "uuid"),
        ("storage:BlobServiceProperties", "copy"),
        ("web:WebAppApplicationSettings", ""),
    ],
)
def test_names_are_made_as_azure_native_makes_them(key: str, kind: str) -> None:
    known = type_by_token(f"azure-native:{key}")
    assert known is not None
    assert known.autoname == kind


@pytest.mark.parametrize(
    ("key", "replacing", "not_replacing"),
    [
        ("storage:StorageAccount", {"accountName", "location", "isHnsEnabled"}, {"sku", "minimumTlsVersion"}),
        ("network:PrivateEndpoint", {"subnet"}, {"privateLinkServiceConnections"}),
        ("authorization:RoleAssignment", {"principalId", "scope"}, {"description"}),
        ("containerservice:ManagedCluster", {"dnsPrefix", "networkProfile.serviceCidr"}, {"sku"}),
        ("network:VirtualNetwork", {"location", "virtualNetworkName"}, {"addressSpace", "subnets"}),
        ("servicebus:Queue", {"requiresSession"}, {"lockDuration"}),
    ],
)
def test_what_takes_a_new_resource(key: str, replacing: set[str], not_replacing: set[str]) -> None:
    known = type_by_token(f"azure-native:{key}")
    assert known is not None
    assert replacing <= known.replace_on
    assert not not_replacing & known.replace_on


def test_versions_and_old_modules_lead_to_the_same_type() -> None:
    assert unversioned("azure-native:network/v20230201:Subnet") == "azure-native:network:Subnet"
    assert unversioned("azure-native_network_v20230201:network:Subnet") == "azure-native:network:Subnet"
    old = type_by_token("azure-native:insights/v20200202:Component")
    assert old is type_by_token("azure-native:applicationinsights:Component")


def test_the_last_word_of_a_path_tells_resources_of_one_arm_type_apart() -> None:
    found = type_by_arm("Microsoft.Web/sites/config", "app/appsettings")
    assert found is not None
    assert found.token == "azure-native:web:WebAppApplicationSettings"
    at_group = type_by_arm(
        "Microsoft.Authorization/policyDefinitions",
        "/providers/Microsoft.Management/managementGroups/mg/providers/Microsoft.Authorization/policyDefinitions/x",
    )
    assert at_group is not None
    assert at_group.token.endswith("AtManagementGroup")
    assert len(types_by_arm("Microsoft.Authorization/policyDefinitions")) == 2


def test_unknown_types_are_none() -> None:
    assert type_by_token("azure-native:network:Nothing") is None
    assert type_by_token("random:index/randomPet:RandomPet") is None
    assert type_by_arm("Microsoft.Nothing/here") is None


def test_every_entry_is_whole() -> None:
    facts = index()
    assert facts["source"]
    assert facts["date"]
    count = 0
    for keys in facts["arm"].values():
        for key in keys:
            known = type_by_token(f"azure-native:{key}")
            assert known is not None, key
            assert known.path.startswith("/"), key
            for parameter in known.parameters:
                made_up = parameter == known.name_input and known.autoname == "uuid"  # a name that is no input
                assert parameter in known.props or made_up, (key, parameter)
            shapes = module_data(known.module)["shapes"]
            for text in known.props.values():
                for shape in text.partition(":")[2].strip("[]{}").replace(">", "").split("|"):
                    assert not shape or shape.strip("[]{}") in shapes, (key, text)
            count += 1
    assert count > 2000


def test_what_is_stated_by_hand_is_in_the_tables() -> None:
    """A line added to the overrides without making the tables anew would say nothing."""
    stated = YAML(typ="safe").load((files("kade.facts") / "azure_types_overrides.yaml").read_text("utf-8"))["types"]
    for key, said in stated.items():
        module, name = key.split(":")
        made = module_data(module)["types"][name]
        assert {part: made[part] for part in ("path", "arm") if part in said} == {
            part: said[part] for part in ("path", "arm") if part in said
        }, key
        updated = set(said.get("update", []))
        assert set(said.get("replace", [])) - updated <= set(made["replace"]), key
        assert not updated & set(made["replace"]), key
        assert said.get("props", {}).items() <= made["props"].items(), key
