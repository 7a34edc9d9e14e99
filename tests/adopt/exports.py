"""Made-up exports of a municipality that stood before Kade came: foreign names, a hub that Terraform owns."""

import json

TENANT = "91d0c5b4-2f1e-4a6b-8c39-7e40f2a1d6e8"
PLATFORM = "5c7e2b19-0d44-4b8f-9a63-2f8d1c6e7001"
APPLICATIONS = "5c7e2b19-0d44-4b8f-9a63-2f8d1c6e7002"
NEIGHBOUR = "5c7e2b19-0d44-4b8f-9a63-2f8d1c6e7099"
NETWORK_GROUP = f"/subscriptions/{PLATFORM}/resourceGroups/RG-NETWERK-OUD"
HUB = f"{NETWORK_GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-kern"
FIREWALL = f"{NETWORK_GROUP}/providers/Microsoft.Network/azureFirewalls/brandmuur"
WORKSPACE = f"/subscriptions/{PLATFORM}/resourceGroups/rg-logboek/providers/Microsoft.OperationalInsights/workspaces/la"
APPLICATION_NETWORK = (
    f"/subscriptions/{APPLICATIONS}/resourceGroups/rg-zaken/providers/Microsoft.Network/virtualNetworks/vnet-zaken"
)
ZONES = f"/subscriptions/{PLATFORM}/resourceGroups/rg-zones/providers/Microsoft.Network/privateDnsZones"


def resource(id_, type_, location="westeurope", tags=None, **properties):
    subscription = id_.split("/")[2] if id_.startswith("/subscriptions/") else ""
    return {
        "id": id_,
        "name": id_.rsplit("/", 1)[-1],
        "type": type_,
        "location": location,
        "tenantId": TENANT,
        "subscriptionId": subscription,
        "tags": tags,
        "properties": properties,
    }


def chain(*groups):
    """The groups above something, the nearest first, and the tenant's root last, as Resource Graph gives them."""
    return [{"name": name, "displayName": name} for name in (*groups, TENANT)]


def subscription(id_, name, *groups, tags=None):
    made = resource(
        f"/subscriptions/{id_}",
        "microsoft.resources/subscriptions",
        "",
        tags,
        managementGroupAncestorsChain=chain(*groups),
        state="Enabled",
    )
    return {**made, "name": name}


def group(name, display, *above):
    details = {"parent": {"id": f"x/{above[0]}", "name": above[0]}, "managementGroupAncestorsChain": chain(*above)}
    id_ = f"/providers/Microsoft.Management/managementGroups/{name}"
    return resource(id_, "microsoft.management/managementgroups", "", displayName=display, details=details)


def standing():
    """Everything that the municipality's administrator may see: nothing at the tenant's root."""
    top = ("mg-dui-top", "mg-duinstreek-gemeenten")
    return [
        group("mg-dui-top", "Duinrand", "mg-duinstreek-gemeenten"),
        group("mg-dui-beheer", "Beheer", *top),
        group("mg-dui-werk", "Werklasten", *top),
        group("mg-dui-intern", "Intern", "mg-dui-werk", *top),
        subscription(PLATFORM, "Azure-abonnement 1", "mg-dui-beheer", *top, tags={"afdeling": "ICT"}),
        subscription(APPLICATIONS, "Azure-abonnement 2", "mg-dui-intern", "mg-dui-werk", *top),
        subscription(NEIGHBOUR, "Strandhoek productie", "mg-strandhoek", "mg-duinstreek-gemeenten"),
        resource(NETWORK_GROUP, "microsoft.resources/subscriptions/resourcegroups"),
        resource(
            HUB,
            "microsoft.network/virtualnetworks",
            addressSpace={"addressPrefixes": ["10.40.0.0/23"]},
            subnets=[
                {"name": name, "id": f"{HUB}/subnets/{name}"}
                for name in ("AzureFirewallSubnet", "GatewaySubnet", "AzureBastionSubnet")
            ],
        ),
        resource(
            FIREWALL,
            "microsoft.network/azurefirewalls",
            ipConfigurations=[
                {
                    "name": "een",
                    "properties": {
                        "privateIPAddress": "10.40.0.4",
                        "subnet": {"id": f"{HUB}/subnets/AzureFirewallSubnet"},
                    },
                }
            ],
        ),
        resource(WORKSPACE, "microsoft.operationalinsights/workspaces", retentionInDays=90),
        resource(
            APPLICATION_NETWORK,
            "microsoft.network/virtualnetworks",
            addressSpace={"addressPrefixes": ["10.40.8.0/24"]},
            subnets=[{"name": "default"}],
        ),
        resource(f"{ZONES}/privatelink.vaultcore.azure.net", "microsoft.network/privatednszones", "global"),
        resource(f"{ZONES}/privatelink.blob.core.windows.net", "microsoft.network/privatednszones", "global"),
        resource(
            f"/subscriptions/{PLATFORM}/providers/Microsoft.Security/pricings/Arm",
            "microsoft.security/pricings",
            "",
            pricingTier="Free",
        ),
    ]


def graph(file, items=None):
    """The output of `az graph query`."""
    items = standing() if items is None else items
    file.write_text(json.dumps({"count": len(items), "total_records": len(items), "data": items}))
    return file


SECRET = "geheim-1"


def terraform(file, *ids):
    """A Terraform state that manages these ids; it holds secrets, as states do."""
    resources = [
        {
            "mode": "managed",
            "type": "azurerm_thing",
            "name": f"t{n}",
            "module": "module.hub",
            "instances": [{"attributes": {"id": id_, "admin_password": SECRET}}],
        }
        for n, id_ in enumerate(ids)
    ]
    outputs = {
        "hub_id": {"value": HUB, "type": "string"},
        "sleutel": {"value": SECRET, "type": "string", "sensitive": True},
    }
    file.write_text(json.dumps({"version": 4, "resources": resources, "outputs": outputs}))
    return file
