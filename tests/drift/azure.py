"""A thousand resources, once as a state of Pulumi holds them and once as Azure Resource Graph tells of them.

Both forms are written out by hand here, so that the one is no translation of the other by Kade's own tables.
"""

from dataclasses import dataclass

SUBSCRIPTION = "/subscriptions/11111111-1111-4111-8111-111111111111"
HEAD = "urn:pulumi:test.prd.platform::kade::azure-native:"


@dataclass
class Made:
    """One resource in both forms."""

    kind: str
    state: dict
    graph: dict | None


def _made(kind, token, group, path, arm_type, inputs, outputs, graph, *, listed=True):
    id_ = f"{SUBSCRIPTION}/resourceGroups/{group}/providers/{path}"
    name = id_.rsplit("/", 1)[-1]
    state = {
        "urn": f"{HEAD}{token}::{name}",
        "custom": True,
        "id": id_,
        "type": f"azure-native:{token}",
        "inputs": {"resourceGroupName": group, **inputs},
        "outputs": {"name": name, "azureApiVersion": "2024-01-01", **inputs, **outputs},
    }
    empty = {"kind": "", "managedBy": "", "plan": None, "identity": None, "zones": None, "extendedLocation": None}
    body = {
        "id": id_,
        "name": name,
        "type": arm_type,
        "tenantId": "t",
        "resourceGroup": group.lower(),
        **empty,
        **graph,
    }
    body.setdefault("subscriptionId", SUBSCRIPTION.rsplit("/", 1)[-1])
    return Made(kind, state, body if listed else None)


def storage(n, group):
    inputs = {
        "accountName": f"stdata{n:04}",
        "location": "westeurope",
        "kind": "StorageV2",
        "sku": {"name": "Standard_ZRS"},
        "minimumTlsVersion": "TLS1_2",
        "enableHttpsTrafficOnly": True,
        "allowBlobPublicAccess": False,
        "networkRuleSet": {
            "defaultAction": "Deny",
            "bypass": "AzureServices",
            "ipRules": [{"iPAddressOrRange": "192.0.2.20"}, {"iPAddressOrRange": "192.0.2.21"}],
        },
        "tags": {"eigenaar": "platform", "omgeving": "prd"},
    }
    outputs = {
        "accessTier": "Hot",
        "primaryEndpoints": {"blob": f"https://stdata{n:04}.blob.core.windows.net/"},
        "publicNetworkAccess": "Enabled",
        "provisioningState": "Succeeded",
    }
    graph = {
        "location": "westeurope",
        "kind": "StorageV2",
        "sku": {"name": "Standard_ZRS", "tier": "Standard"},
        "tags": {"eigenaar": "platform", "omgeving": "prd"},
        "properties": {
            "minimumTlsVersion": "TLS1_2",
            "supportsHttpsTrafficOnly": True,
            "allowBlobPublicAccess": False,
            "accessTier": "Hot",
            "publicNetworkAccess": "Enabled",
            "networkAcls": {
                "defaultAction": "Deny",
                "bypass": "AzureServices",
                "ipRules": [
                    {"value": "192.0.2.20", "action": "Allow"},
                    {"value": "192.0.2.21", "action": "Allow"},
                ],
                "virtualNetworkRules": [],
            },
            "primaryEndpoints": {"blob": f"https://stdata{n:04}.blob.core.windows.net/"},
            "provisioningState": "Succeeded",
            "creationTime": "2026-02-01T08:00:00Z",
        },
    }
    path = f"Microsoft.Storage/storageAccounts/stdata{n:04}"
    return _made(
        "storage", "storage:StorageAccount", group, path, "microsoft.storage/storageaccounts", inputs, outputs, graph
    )


def security_group(n, group):
    def rule(name, priority, port, graph):
        common = {
            "priority": priority,
            "direction": "Inbound",
            "access": "Allow",
            "protocol": "Tcp",
            "sourceAddressPrefix": "10.0.0.0/8",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "*",
            "destinationPortRange": port,
        }
        if not graph:
            return {"name": name, **common}
        id_ = f"{SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.Network/networkSecurityGroups/nsg-{n:04}"
        return {
            "name": name,
            "id": f"{id_}/securityRules/{name}",
            "etag": 'W/"1"',
            "type": "Microsoft.Network/networkSecurityGroups/securityRules",
            "properties": {
                **common,
                "provisioningState": "Succeeded",
                "sourceAddressPrefixes": [],
                "destinationPortRanges": [],
            },
        }

    inputs = {
        "networkSecurityGroupName": f"nsg-{n:04}",
        "location": "westeurope",
        "securityRules": [rule("https", 100, "443", False), rule("ssh", 110, "22", False)],
    }
    outputs = {"provisioningState": "Succeeded", "resourceGuid": f"guid-{n}"}
    graph = {
        "location": "westeurope",
        "tags": None,
        "properties": {
            "securityRules": [rule("https", 100, "443", True), rule("ssh", 110, "22", True)],
            "defaultSecurityRules": [rule("AllowVnetInBound", 65000, "*", True)],
            "provisioningState": "Succeeded",
            "resourceGuid": f"guid-{n}",
        },
    }
    path = f"Microsoft.Network/networkSecurityGroups/nsg-{n:04}"
    kind = "microsoft.network/networksecuritygroups"
    return _made("nsg", "network:NetworkSecurityGroup", group, path, kind, inputs, outputs, graph)


def network(n, group):
    """A network and, apart from it, its subnet, which the graph tells of inside the network."""
    path = f"Microsoft.Network/virtualNetworks/vnet-{n:04}"
    id_ = f"{SUBSCRIPTION}/resourceGroups/{group}/providers/{path}/subnets/app"
    inputs = {
        "virtualNetworkName": f"vnet-{n:04}",
        "location": "westeurope",
        "addressSpace": {"addressPrefixes": [f"10.{n % 200}.0.0/16", f"172.16.{n % 200}.0/24"]},
        "dhcpOptions": {"dnsServers": ["10.0.0.4", "10.0.0.5"]},
        "tags": {"Eigenaar": "netwerk"},
    }
    graph = {
        "location": "westeurope",
        "tags": {"Eigenaar": "netwerk"},
        "properties": {
            "addressSpace": {"addressPrefixes": [f"10.{n % 200}.0.0/16", f"172.16.{n % 200}.0/24"]},
            "dhcpOptions": {"dnsServers": ["10.0.0.4", "10.0.0.5"]},
            "subnets": [
                {
                    "id": id_,
                    "name": "app",
                    "etag": 'W/"2"',
                    "type": "Microsoft.Network/virtualNetworks/subnets",
                    "properties": {
                        "addressPrefix": f"10.{n % 200}.1.0/24",
                        "defaultOutboundAccess": False,
                        "privateEndpointNetworkPolicies": "Disabled",
                        "privateLinkServiceNetworkPolicies": "Enabled",
                        "provisioningState": "Succeeded",
                        "delegations": [],
                        "ipConfigurations": [{"id": f"{id_}-nic/ipConfigurations/x"}],
                    },
                }
            ],
            "enableDdosProtection": False,
            "provisioningState": "Succeeded",
        },
    }
    kind = "microsoft.network/virtualnetworks"
    outer = _made("network", "network:VirtualNetwork", group, path, kind, inputs, {"subnets": []}, graph)
    inner = {
        "virtualNetworkName": f"vnet-{n:04}",
        "subnetName": "app",
        "addressPrefix": f"10.{n % 200}.1.0/24",
        "defaultOutboundAccess": False,
    }
    subnet = _made("subnet", "network:Subnet", group, f"{path}/subnets/app", "", inner, {"etag": "1"}, {}, listed=False)
    subnet.state["urn"] += f"-{n}"
    return outer, subnet


def address(n, group):
    inputs = {
        "publicIpAddressName": f"pip-{n:04}",
        "location": "westeurope",
        "sku": {"name": "Standard"},
        "publicIPAllocationMethod": "Static",
        "zones": ["1", "2", "3"],
    }
    graph = {
        "location": "westeurope",
        "sku": {"name": "Standard", "tier": "Regional"},
        "zones": ["1", "2", "3"],
        "tags": {},
        "properties": {
            "publicIPAllocationMethod": "Static",
            "publicIPAddressVersion": "IPv4",
            "idleTimeoutInMinutes": 4,
            "ipAddress": "203.0.113.9",
            "ipTags": [],
        },
    }
    path = f"Microsoft.Network/publicIPAddresses/pip-{n:04}"
    outputs = {"ipAddress": "203.0.113.9"}
    kind = "microsoft.network/publicipaddresses"
    return _made("address", "network:PublicIPAddress", group, path, kind, inputs, outputs, graph)


def vault(n, group):
    properties = {
        "tenantId": "22222222-2222-4222-8222-222222222222",
        "sku": {"family": "A", "name": "premium"},
        "enableRbacAuthorization": True,
        "enablePurgeProtection": True,
        "publicNetworkAccess": "Disabled",
    }
    inputs = {"vaultName": f"kv-{n:04}", "location": "westeurope", "properties": properties}
    outputs = {
        "properties": {**properties, "vaultUri": f"https://kv-{n:04}.vault.azure.net/", "softDeleteRetentionInDays": 90}
    }
    graph = {
        "location": "westeurope",
        "tags": {},
        "properties": {
            **properties,
            "sku": {"family": "A", "name": "premium"},
            "accessPolicies": [],
            "softDeleteRetentionInDays": 90,
            "vaultUri": f"https://kv-{n:04}.vault.azure.net/",
            "provisioningState": "Succeeded",
        },
    }
    path = f"Microsoft.KeyVault/vaults/kv-{n:04}"
    return _made("vault", "keyvault:Vault", group, path, "microsoft.keyvault/vaults", inputs, outputs, graph)


def route_table(n, group):
    path = f"Microsoft.Network/routeTables/rt-{n:04}"
    id_ = f"{SUBSCRIPTION}/resourceGroups/{group}/providers/{path}"
    route = {"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.0.0.4"}
    inputs = {
        "routeTableName": f"rt-{n:04}",
        "location": "westeurope",
        "disableBgpRoutePropagation": True,
        "routes": [{"name": "all", **route}],
    }
    graph = {
        "location": "westeurope",
        "properties": {
            "disableBgpRoutePropagation": True,
            "routes": [
                {
                    "name": "all",
                    "id": f"{id_}/routes/all",
                    "etag": "x",
                    "properties": {**route, "hasBgpOverride": False},
                }
            ],
            "subnets": [{"id": f"{SUBSCRIPTION}/x/subnets/app"}],
        },
    }
    return _made("routes", "network:RouteTable", group, path, "microsoft.network/routetables", inputs, {}, graph)


def workspace(n, group):
    inputs = {
        "workspaceName": f"log-{n:04}",
        "location": "westeurope",
        "retentionInDays": 183,
        "sku": {"name": "PerGB2018"},
        "features": {"disableLocalAuth": True},
    }
    graph = {
        "location": "westeurope",
        "properties": {
            "retentionInDays": 183,
            "sku": {"name": "pergb2018", "lastSkuUpdate": "2026-01-01T00:00:00Z"},
            "features": {"disableLocalAuth": True, "legacy": 0, "searchVersion": 1},
            "workspaceCapping": {"dailyQuotaGb": -1, "dataIngestionStatus": "RespectQuota"},
            "publicNetworkAccessForIngestion": "Enabled",
            "customerId": "c",
        },
    }
    path = f"Microsoft.OperationalInsights/workspaces/log-{n:04}"
    kind = "microsoft.operationalinsights/workspaces"
    return _made("workspace", "operationalinsights:Workspace", group, path, kind, inputs, {"customerId": "c"}, graph)


def group_of(name):
    id_ = f"{SUBSCRIPTION}/resourceGroups/{name}"
    state = {
        "urn": f"{HEAD}resources:ResourceGroup::{name}",
        "custom": True,
        "id": id_,
        "type": "azure-native:resources:ResourceGroup",
        "inputs": {"resourceGroupName": name, "location": "westeurope", "tags": {"eigenaar": "platform"}},
        "outputs": {"name": name, "location": "westeurope", "tags": {"eigenaar": "platform"}},
    }
    graph = {
        "id": id_,
        "name": name,
        "type": "microsoft.resources/subscriptions/resourcegroups",
        "location": "westeurope",
        "tags": {"eigenaar": "platform"},
        "properties": {"provisioningState": "Succeeded"},
        "subscriptionId": SUBSCRIPTION.rsplit("/", 1)[-1],
    }
    return Made("group", state, graph)


def thousand(size=1000):
    """So many resources, over ten resource groups and eight kinds."""
    made = [group_of(f"rg-{n}") for n in range(10)]
    makers = (storage, security_group, network, address, vault, route_table, workspace)
    n = 0
    while len(made) < size:
        found = makers[n % len(makers)](n // len(makers), f"rg-{n % 10}")
        made += found if isinstance(found, tuple) else [found]
        n += 1
    return made[:size]
