"""A landing zone of about as many resources as the configuration asks, in the proportions of a real one.

One spoke is 47 resources: a resource group, a network with four subnets, four security groups of six rules, a route
table, two peerings, six private endpoints with their zone groups, four virtual machines with card, disk and public
address, the services behind the endpoints, diagnostic settings and two roles. Outputs flow between them as in a
real program.
"""

import uuid

import pulumi
from pulumi_azure_native import (
    authorization,
    compute,
    keyvault,
    monitor,
    network,
    operationalinsights,
    privatedns,
    resources,
    storage,
)

LOCATION = "westeurope"
SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"
PER_SPOKE = 47
SEGMENTS = ("frontend", "backend", "data", "beheer")
PORTS = {"https": 443, "sql": 1433, "postgres": 5432, "rdp": 3389, "ssh": 22}

wanted = pulumi.Config().get_int("resources") or 1000
spokes = max(1, wanted // PER_SPOKE)


def security_group(name: str, group: resources.ResourceGroup, spoke: int) -> network.NetworkSecurityGroup:
    """Five allowed flows from the hub, and one denial of the rest."""
    source = f"10.{spoke // 250}.{spoke % 250}.0/24"
    rules = [
        network.SecurityRuleArgs(
            name=f"allow-{service}",
            priority=100 + 10 * index,
            direction="Inbound",
            access="Allow",
            protocol="Tcp",
            source_address_prefix=source,
            source_port_range="*",
            destination_address_prefix="VirtualNetwork",
            destination_port_range=str(port),
        )
        for index, (service, port) in enumerate(PORTS.items())
    ]
    rules.append(
        network.SecurityRuleArgs(
            name="deny-rest",
            priority=4096,
            direction="Inbound",
            access="Deny",
            protocol="*",
            source_address_prefix="*",
            source_port_range="*",
            destination_address_prefix="*",
            destination_port_range="*",
        )
    )
    return network.NetworkSecurityGroup(
        name, resource_group_name=group.name, location=LOCATION, security_rules=rules, tags=TAGS
    )


TAGS = {"gemeente": "referentie", "omgeving": "prd", "kostenplaats": "4711"}
hub_group = resources.ResourceGroup("rg-hub", location=LOCATION, tags=TAGS)
hub = network.VirtualNetwork(
    "vnet-hub",
    resource_group_name=hub_group.name,
    location=LOCATION,
    address_space=network.AddressSpaceArgs(address_prefixes=["10.255.0.0/16"]),
    tags=TAGS,
)
workspace = operationalinsights.Workspace(
    "log-platform",
    resource_group_name=hub_group.name,
    location=LOCATION,
    sku=operationalinsights.WorkspaceSkuArgs(name="PerGB2018"),
    retention_in_days=90,
    tags=TAGS,
)
zone = privatedns.PrivateZone(
    "privatelink.blob.core.windows.net",
    private_zone_name="privatelink.blob.core.windows.net",
    resource_group_name=hub_group.name,
    location="global",
)


def diagnostics(name: str, target: pulumi.CustomResource) -> None:
    """Send the logs of one resource to the workspace."""
    monitor.DiagnosticSetting(
        name,
        resource_uri=target.id,
        workspace_id=workspace.id,
        logs=[monitor.DiagnosticsLogSettingsArgs(category_group="allLogs", enabled=True)],
    )


def spoke(index: int) -> None:
    """One spoke, with everything in it."""
    prefix = f"10.{index // 250}.{index % 250}"
    group = resources.ResourceGroup(f"rg-{index}", location=LOCATION, tags=TAGS)
    table = network.RouteTable(
        f"rt-{index}",
        resource_group_name=group.name,
        location=LOCATION,
        routes=[
            network.RouteArgs(
                name="default",
                address_prefix="0.0.0.0/0",
                next_hop_type="VirtualAppliance",
                next_hop_ip_address="10.255.0.4",
            )
        ],
        tags=TAGS,
    )
    groups = [security_group(f"nsg-{index}-{segment}", group, index) for segment in SEGMENTS]
    vnet = network.VirtualNetwork(
        f"vnet-{index}",
        resource_group_name=group.name,
        location=LOCATION,
        address_space=network.AddressSpaceArgs(address_prefixes=[f"{prefix}.0/24"]),
        subnets=[
            network.SubnetArgs(
                name=f"snet-{segment}",
                address_prefix=f"{prefix}.{64 * position}/26",
                network_security_group=network.NetworkSecurityGroupArgs(id=groups[position].id),
                route_table=network.RouteTableArgs(id=table.id),
                default_outbound_access=False,
            )
            for position, segment in enumerate(SEGMENTS)
        ],
        tags=TAGS,
    )
    network.VirtualNetworkPeering(
        f"peer-{index}-hub",
        resource_group_name=group.name,
        virtual_network_name=vnet.name,
        remote_virtual_network=network.SubResourceArgs(id=hub.id),
        allow_forwarded_traffic=True,
    )
    network.VirtualNetworkPeering(
        f"peer-hub-{index}",
        resource_group_name=hub_group.name,
        virtual_network_name=hub.name,
        remote_virtual_network=network.SubResourceArgs(id=vnet.id),
        allow_gateway_transit=True,
    )
    account = storage.StorageAccount(
        f"st{index}",
        resource_group_name=group.name,
        location=LOCATION,
        sku=storage.SkuArgs(name="Standard_ZRS"),
        kind="StorageV2",
        minimum_tls_version="TLS1_2",
        allow_blob_public_access=False,
        public_network_access="Disabled",
        enable_https_traffic_only=True,
        network_rule_set=storage.NetworkRuleSetArgs(default_action=storage.DefaultAction.DENY, bypass="AzureServices"),
        tags=TAGS,
    )
    vault = keyvault.Vault(
        f"kv{index}",
        resource_group_name=group.name,
        location=LOCATION,
        properties=keyvault.VaultPropertiesArgs(
            tenant_id="00000000-0000-0000-0000-000000000000",
            sku=keyvault.SkuArgs(family="A", name=keyvault.SkuName.STANDARD),
            enable_rbac_authorization=True,
            enable_purge_protection=True,
            public_network_access="Disabled",
        ),
        tags=TAGS,
    )
    subnet = vnet.id.apply(lambda id: f"{id}/subnets/snet-data")
    for number in range(6):
        endpoint = network.PrivateEndpoint(
            f"pep-{index}-{number}",
            resource_group_name=group.name,
            location=LOCATION,
            subnet=network.SubnetArgs(id=subnet),
            private_link_service_connections=[
                network.PrivateLinkServiceConnectionArgs(
                    name="link", private_link_service_id=account.id if number % 2 else vault.id, group_ids=["blob"]
                )
            ],
            tags=TAGS,
        )
        network.PrivateDnsZoneGroup(
            f"zone-{index}-{number}",
            resource_group_name=group.name,
            private_endpoint_name=endpoint.name,
            private_dns_zone_configs=[network.PrivateDnsZoneConfigArgs(name="blob", private_dns_zone_id=zone.id)],
        )
    for number in range(4):
        network.PublicIPAddress(
            f"pip-{index}-{number}",
            resource_group_name=group.name,
            location=LOCATION,
            sku=network.PublicIPAddressSkuArgs(name="Standard"),
            public_ip_allocation_method="Static",
            zones=["1", "2", "3"],
            tags=TAGS,
        )
        card = network.NetworkInterface(
            f"nic-{index}-{number}",
            resource_group_name=group.name,
            location=LOCATION,
            ip_configurations=[
                network.NetworkInterfaceIPConfigurationArgs(name="ip", subnet=network.SubnetArgs(id=subnet))
            ],
            tags=TAGS,
        )
        disk = compute.Disk(
            f"disk-{index}-{number}",
            resource_group_name=group.name,
            location=LOCATION,
            disk_size_gb=256,
            creation_data=compute.CreationDataArgs(create_option="Empty"),
            sku=compute.DiskSkuArgs(name="Premium_ZRS"),
            tags=TAGS,
        )
        compute.VirtualMachine(
            f"vm-{index}-{number}",
            resource_group_name=group.name,
            location=LOCATION,
            hardware_profile=compute.HardwareProfileArgs(vm_size="Standard_D4s_v5"),
            network_profile=compute.NetworkProfileArgs(
                network_interfaces=[compute.NetworkInterfaceReferenceArgs(id=card.id, primary=True)]
            ),
            storage_profile=compute.StorageProfileArgs(
                image_reference=compute.ImageReferenceArgs(
                    publisher="MicrosoftWindowsServer",
                    offer="WindowsServer",
                    sku="2025-datacenter-g2",
                    version="latest",
                ),
                os_disk=compute.OSDiskArgs(create_option="FromImage", managed_disk=compute.ManagedDiskParametersArgs()),
                data_disks=[
                    compute.DataDiskArgs(
                        create_option="Attach", lun=0, managed_disk=compute.ManagedDiskParametersArgs(id=disk.id)
                    )
                ],
            ),
            security_profile=compute.SecurityProfileArgs(encryption_at_host=True, security_type="TrustedLaunch"),
            tags=TAGS,
        )
    for number, target in enumerate((vnet, account, vault, *groups[:3])):
        diagnostics(f"diag-{index}-{number}", target)
    for role in ("reader", "contributor"):
        authorization.RoleAssignment(
            f"role-{index}-{role}",
            role_assignment_name=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{index}-{role}")),
            scope=group.id,
            role_definition_id=f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{uuid.UUID(int=index)}",
            principal_id=str(uuid.UUID(int=index + 1)),
            principal_type="Group",
        )
    pulumi.export(f"spoke-{index}", vnet.id)


for number in range(spokes):
    spoke(number)
