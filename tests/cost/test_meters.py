"""What is paid for each type of resource, and how much of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi_azure_native
import pytest

import kade.cost.meters  # noqa: F401 - fills the table
from kade.cost.costing import is_free
from kade.cost.model import PRICED, Around, Meter, Seen
from kade.engine.plan import Resource
from kade.engine.values import UNKNOWN

SDK = Path(pulumi_azure_native.__file__).parent


def resource(type_: str, **inputs: Any) -> Resource:
    return Resource(urn=f"urn:pulumi:s::p::azure-native:{type_}::it", type=f"azure-native:{type_}", inputs=inputs)


def meters(type_: str, *others: Resource, **inputs: Any) -> list[Meter]:
    it = resource(type_, **inputs)
    return list(PRICED[it.type](Seen(it, Around([it, *others]))))


def told(found: list[Meter]) -> list[tuple[str, float, str]]:
    """What is counted, with its quantity."""
    return [(meter.what, meter.quantity, meter.per) for meter in found if not meter.usage]


DISK = {"managedDisk": {"storageAccountType": "Premium_ZRS"}, "diskSizeGB": 100}
WINDOWS = {
    "hardwareProfile": {"vmSize": "Standard_D4s_v5"},
    "storageProfile": {"osDisk": {"osType": "Windows", "managedDisk": {"storageAccountType": "Premium_LRS"}}},
}


@pytest.mark.parametrize(
    ("type_", "inputs", "expected"),
    [
        ("network:AzureFirewall", {"sku": {"tier": "Premium"}}, [("firewall Premium", 1, "hour")]),
        ("network:BastionHost", {"sku": {"name": "Developer"}}, []),
        ("network:BastionHost", {"sku": {"name": "Standard"}}, [("Bastion Standard", 1, "hour")]),
        (
            "network:BastionHost",
            {"sku": {"name": "Standard"}, "scaleUnits": 5},
            [("Bastion Standard", 1, "hour"), ("its further scale units", 3, "hour")],
        ),
        (
            "network:PublicIPAddress",
            {"ddosSettings": {"protectionMode": "Enabled"}},
            [("DDoS protection of an address", 1, "hour"), ("public address", 1, "hour")],
        ),
        ("network:NatGateway", {}, [("NAT gateway", 1, "hour")]),
        ("network:PublicIPAddress", {"publicIPAddressVersion": "IPv6"}, []),
        ("network:PublicIPAddress", {"sku": {"name": "Standard"}}, [("public address", 1, "hour")]),
        ("network:PublicIPPrefix", {"prefixLength": 28}, [("public address", 16, "hour")]),
        ("network:PrivateEndpoint", {}, [("private endpoint", 1, "hour")]),
        ("network:VirtualNetworkGateway", {"sku": {"name": "VpnGw2AZ"}}, [("VPN gateway VpnGw2AZ", 1, "hour")]),
        (
            "network:VirtualNetworkGateway",
            {"sku": {"name": "ErGw1AZ"}, "gatewayType": "ExpressRoute"},
            [("ExpressRoute gateway ErGw1AZ", 1, "hour")],
        ),
        (
            "network:ExpressRouteCircuit",
            {"serviceProviderProperties": {"bandwidthInMbps": 1000}, "sku": {"tier": "Standard"}},
            [("ExpressRoute circuit 1 Gbps", 1, "month")],
        ),
        (
            "network:ApplicationGateway",
            {"sku": {"tier": "WAF_v2"}, "autoscaleConfiguration": {"minCapacity": 2}},
            [("application gateway WAF v2", 1, "hour"), ("its capacity units", 20, "hour")],
        ),
        ("network:DdosProtectionPlan", {}, [("DDoS protection plan", 1, "hour")]),
        ("dns:Zone", {}, [("public DNS zone", 1, "month")]),
        ("privatedns:PrivateZone", {}, [("private DNS zone", 1, "month")]),
        ("dnsresolver:OutboundEndpoint", {}, [("DNS resolver, outbound", 1, "month")]),
        (
            "compute:VirtualMachine",
            WINDOWS,
            [("Standard_D4s_v5 with Windows", 1, "hour"), ("disk P10 LRS", 1, "month")],
        ),
        (
            "compute:VirtualMachine",
            {**WINDOWS, "licenseType": "Windows_Server"},
            [("Standard_D4s_v5 with Windows", 1, "hour"), ("disk P10 LRS", 1, "month")],
        ),
        (
            "compute:VirtualMachine",
            {**WINDOWS, "licenseType": "Windows_Client"},
            [("Standard_D4s_v5", 1, "hour"), ("disk P10 LRS", 1, "month")],
        ),
        (
            "compute:VirtualMachine",
            {
                "hardwareProfile": {"vmSize": "Standard_D2s_v5"},
                "osProfile": {"linuxConfiguration": {}},
                "storageProfile": {"osDisk": {"diffDiskSettings": {}}, "dataDisks": [DISK, {"createOption": "Attach"}]},
            },
            [("Standard_D2s_v5", 1, "hour"), ("disk P10 ZRS", 1, "month")],
        ),
        ("compute:Disk", {"sku": {"name": "StandardSSD_LRS"}, "diskSizeGB": 513}, [("disk E30 LRS", 1, "month")]),
        ("compute:Disk", {"sku": {"name": "Standard_LRS"}, "diskSizeGB": 4}, [("disk S4 LRS", 1, "month")]),
        ("compute:Disk", {"sku": {"name": "UltraSSD_LRS"}, "diskSizeGB": 4}, []),
        (
            "containerservice:ManagedCluster",
            {
                "sku": {"tier": "Standard"},
                "agentPoolProfiles": [{"vmSize": "Standard_D4s_v5", "minCount": 3, "count": 5}],
            },
            [("Kubernetes, Standard", 1, "hour"), ("Standard_D4s_v5", 3, "hour")],
        ),
        ("web:AppServicePlan", {"sku": {"name": "P1v3", "capacity": 2}}, [("App Service P1v3", 2, "hour")]),
        ("web:AppServicePlan", {"sku": {"name": "F1"}}, []),
        ("web:AppServicePlan", {"sku": {"name": "Y1"}}, []),
        ("web:AppServicePlan", {"sku": {"name": "FC1"}}, []),
        (
            "sql:Database",
            {"sku": {"name": "GP_Gen5_4"}, "zoneRedundant": True, "maxSizeBytes": 64 * 1024**3},
            [
                ("database GP_Gen5_4", 1, "hour"),
                ("its licence of SQL Server", 4, "hour"),
                ("GP_Gen5_4 over zones", 1, "hour"),
                ("its storage", 64, "month"),
            ],
        ),
        ("sql:Database", {"sku": {"name": "GP_S_Gen5", "capacity": 2}}, []),
        (
            "sql:ManagedInstance",
            {"sku": {"name": "GP_Gen5"}, "vCores": 8, "storageSizeInGB": 256, "zoneRedundant": True},
            [
                ("instance GP_Gen5, 8 cores", 1, "hour"),
                ("GP_Gen5 over zones", 1, "hour"),
                ("its licence of SQL Server", 8, "hour"),
                ("its storage", 224, "month"),
            ],
        ),
        (
            "dbforpostgresql:Server",
            {
                "sku": {"name": "Standard_D2ds_v5", "tier": "GeneralPurpose"},
                "highAvailability": {"mode": "ZoneRedundant"},
                "storage": {"storageSizeGB": 64},
            },
            [("server D2ds_v5", 2, "hour"), ("its storage", 128, "month")],
        ),
        ("storage:StorageAccount", {"sku": {"name": "Standard_ZRS"}}, []),
        (
            "apimanagement:ApiManagementService",
            {"sku": {"name": "PremiumV2", "capacity": 2}},
            [("API Management PremiumV2", 2, "hour")],
        ),
        ("servicebus:Namespace", {"sku": {"name": "Premium", "capacity": 1}}, [("Service Bus Premium", 1, "hour")]),
        ("containerregistry:Registry", {"sku": {"name": "Premium"}}, [("registry Premium", 1, "day")]),
        ("security:Pricing", {"pricingTier": "Free"}, []),
        (
            "applicationinsights:WebTest",
            {"webTestKind": "standard", "frequency": 300, "locations": [{}, {}]},
            [("availability test", 730 * 12 * 2, "month")],
        ),
    ],
)
def test_what_is_counted(type_, inputs, expected):
    assert told(meters(type_, **inputs)) == expected


def test_the_names_of_the_price_list():
    """The parts of a name that vary: tier, series, cores, operating system."""
    plan = meters("web:AppServicePlan", sku={"name": "P1mv3"}, reserved=True)[0]
    assert (plan.product, plan.sku) == ("Azure App Service Premium v3 Plan - Linux", "P1 ?mv3")
    server = meters("dbformysql:Server", sku={"name": "Standard_E4ads_v5", "tier": "MemoryOptimized"})[0]
    assert server.product == "Azure Database for MySQL Flexible Server Memory Optimized (- )?Eadsv5.*"
    assert (server.sku, server.meter) == ("4 vCore", "vCore")
    windows = meters("compute:VirtualMachine", **WINDOWS)[0]
    assert windows.size == "Standard_D4s_v5"
    assert windows.licensed is not None
    assert windows.licensed.product != windows.product


def test_a_share_is_paid_as_its_account_says():
    premium = resource("storage:StorageAccount", accountName="a", sku={"name": "Premium_ZRS"}, kind="FileStorage")
    share = meters("storage:FileShare", premium, accountName="a", shareQuota=512)
    assert told(share) == [("share Premium ZRS", 512, "month")]
    assert told(meters("storage:FileShare", accountName="other", shareQuota=512)) == []


def test_the_region_is_its_own_or_that_of_its_group():
    group = resource("resources:ResourceGroup", resourceGroupName="g", location="North Europe")
    around = Around([group])
    assert Seen(resource("network:NatGateway", resourceGroupName="g"), around).region == "northeurope"
    assert Seen(resource("network:NatGateway", location="West Europe"), around).region == "westeurope"
    assert Seen(resource("network:NatGateway", resourceGroupName="h"), around).region == ""


def test_what_is_not_known_yet_is_as_if_it_were_not_there():
    assert told(meters("network:BastionHost", sku=UNKNOWN)) == [("Bastion Basic", 1, "hour")]


def test_no_type_is_both_free_and_paid_and_each_is_a_type():
    for type_ in PRICED:
        assert not is_free(type_), type_
        _package, module, name = type_.split(":")
        files = {file.stem.replace("_", "") for file in (SDK / module).glob("*.py")}
        assert name.lower() in files, type_
