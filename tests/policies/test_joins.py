from typing import Any

from kade.policies.kit import UNKNOWN, Resource, Stack

NETWORK = "azure-native:network:VirtualNetwork"
SUBNET = "azure-native:network:Subnet"
GROUP = "azure-native:network:NetworkSecurityGroup"
FIREWALL = "azure-native:network:AzureFirewall"
SITE = "azure-native:web:WebApp"
SETTINGS = "azure-native:web:WebAppApplicationSettings"
LOCK = "azure-native:authorization:ManagementLockByScope"


def resource(type_: str, name: str, props: dict[str, Any] | None = None, *depends_on: Resource) -> Resource:
    urn = f"urn:pulumi:prd::kade::{type_}::{name}"
    return Resource(type_, props or {}, name=name, urn=urn, depends_on=[r.urn for r in depends_on])


def test_a_dependency_of_the_right_type_is_the_parent_and_the_others_are_related() -> None:
    group, network = resource(GROUP, "nsg"), resource(NETWORK, "hub")
    subnet = resource(SUBNET, "web", {"virtualNetworkName": UNKNOWN}, group, network)
    Stack([group, network, subnet])
    assert subnet.parent() is network
    assert network.children(SUBNET) == [subnet]
    assert group.children() == []
    assert {r.name for r in subnet.related()} == {"nsg", "hub"}
    assert group.related(SUBNET) == [subnet]


def test_names_decide_before_dependencies() -> None:
    hub = resource(NETWORK, "a", {"virtualNetworkName": "vnet-hub"})
    spoke = resource(NETWORK, "b", {"virtualNetworkName": "vnet-spoke"})
    subnet = resource(SUBNET, "s", {"virtualNetworkName": "VNET-SPOKE", "subnetName": "web"}, hub)
    Stack([hub, spoke, subnet])
    assert subnet.parent() is spoke


def test_two_resources_of_one_name_are_no_parent_and_child() -> None:
    network, firewall = resource(NETWORK, "hub"), resource(FIREWALL, "hub", {"name": "hub"})
    Stack([network, firewall])
    assert firewall.parent() is None
    assert network.children() == []


def test_an_input_called_name_can_be_the_parents() -> None:
    site, settings = resource(SITE, "app", {"name": "app-x"}), resource(SETTINGS, "s", {"name": "app-x"})
    Stack([site, settings])
    assert site.children(SETTINGS) == [settings]


def test_an_extension_is_a_child_of_what_its_scope_names() -> None:
    id_ = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/hub"
    network = Resource(NETWORK, {}, name="hub", id_=id_)
    lock, other = resource(LOCK, "lock", {"scope": id_.lower()}), resource(LOCK, "other", {"scope": "/subscriptions/s"})
    Stack([network, lock, other])
    assert network.children(LOCK) == [lock]
    assert other.parent() is None


def test_grandchildren_are_children_and_an_id_in_a_property_relates() -> None:
    base = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/hub"
    network = Resource(NETWORK, {}, name="hub", id_=base)
    subnet = Resource(SUBNET, {}, name="web", id_=f"{base}/subnets/web")
    endpoint = resource("azure-native:network:PrivateEndpoint", "pe", {"subnet": {"id": f"{base}/subnets/WEB"}})
    Stack([endpoint, subnet, network])
    assert subnet.parent() is network
    assert {r.name for r in endpoint.related()} == {"web", "hub"}


def test_an_unknown_scope_is_what_that_property_depends_on_not_another() -> None:
    workspace, network = resource("azure-native:operationalinsights:Workspace", "logs"), resource(NETWORK, "hub")
    setting = Resource(
        "azure-native:monitor:DiagnosticSetting",
        {"resourceUri": UNKNOWN, "workspaceId": UNKNOWN},
        name="to-logs",
        urn="urn:pulumi:prd::kade::azure-native:monitor:DiagnosticSetting::to-logs",
        depends_on=[workspace.urn, network.urn],
        depends_by={"workspaceId": [workspace.urn], "resourceUri": [network.urn]},
    )
    Stack([workspace, network, setting])
    assert setting.parent() is network
