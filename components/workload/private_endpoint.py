"""A private endpoint with its name in a private DNS zone."""

import pulumi
from pulumi_azure_native import network

from kade.components.workload.place import PlaceArgs
from kade.facts.private_link import private_link_zones


def private_endpoint(
    parent: pulumi.Resource,
    name: str,
    place: PlaceArgs,
    part: str,
    resource_id: pulumi.Input[str],
    service: str,
    *,
    group: str = "",
) -> network.PrivateEndpoint | None:
    """The endpoint of a resource for a ``service`` of `kade.facts.private_link`; None without a subnet for it.

    ``group`` is the sub-resource, where a service has several with names in one zone.
    """
    if place.endpoint_subnet_id is None:
        return None
    group = group or GROUPS[service]
    zone = private_link_zones(place.location, [service])[-1 if service in _LAST else 0].name
    here = pulumi.ResourceOptions(parent=parent)
    endpoint = network.PrivateEndpoint(
        f"{name}-endpoint",
        resource_group_name=place.resource_group_name,
        private_endpoint_name=place.name("private_endpoint", part),
        custom_network_interface_name=place.name("network_interface", f"{part}-pe"),
        location=place.location,
        subnet=network.SubnetArgs(id=place.endpoint_subnet_id),
        private_link_service_connections=[
            network.PrivateLinkServiceConnectionArgs(name=part, private_link_service_id=resource_id, group_ids=[group])
        ],
        tags=place.tags,
        opts=here,
    )
    if zone in place.dns_zone_ids:
        network.PrivateDnsZoneGroup(
            f"{name}-endpoint-name",
            resource_group_name=place.resource_group_name,
            private_endpoint_name=endpoint.name,
            private_dns_zone_group_name="default",
            private_dns_zone_configs=[
                network.PrivateDnsZoneConfigArgs(
                    name=zone.replace(".", "-"), private_dns_zone_id=place.dns_zone_ids[zone]
                )
            ],
            opts=here,
        )
    return endpoint


# Microsoft Learn, "Azure services that support Private Link": the sub-resource by service.
GROUPS = {
    "key_vault": "vault",
    "storage_blob": "blob",
    "storage_file": "file",
    "sql": "sqlServer",
    "postgresql": "postgresqlServer",
    "mysql": "mysqlServer",
    "app_service": "sites",
    "container_apps": "managedEnvironments",
    "storage_dfs": "dfs",
    "storage_queue": "queue",
    "service_bus": "namespace",
    "event_grid": "topic",
    "data_factory": "dataFactory",
}
# Services whose first zone is for something else: the portal of data factories, the tenant's one global endpoint.
_LAST = ("data_factory", "virtual_desktop")
