"""The connectivity layer: hubs and private DNS in production, and in every environment its own spokes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi

from kade.components.network.private_dns import PrivateDns
from kade.components.network.spoke import Spoke
from kade.estate import Estate
from kade.stacks.connectivity_addresses import plan_of
from kade.stacks.connectivity_alerts import make_alerts
from kade.stacks.connectivity_context import Context
from kade.stacks.connectivity_dns import existing_zone_ids, make_dns_policies, make_private_dns
from kade.stacks.connectivity_endpoints import make_endpoints
from kade.stacks.connectivity_hubs import all_hub_facts, make_hubs
from kade.stacks.connectivity_public_dns import make_public_dns
from kade.stacks.connectivity_requests import requests_of
from kade.stacks.connectivity_spokes import make_spokes
from kade.stacks.connectivity_topology import HubFacts


def run(estate: Estate, environment: str) -> None:
    """Make the layer in one environment, and export what later layers read: hubs, spokes, zones."""
    plan = plan_of(estate)
    if plan.unrecorded:
        _say_unrecorded(estate, plan.unrecorded)
    for warning in plan.warnings:
        pulumi.log.warn(warning)
    context = Context(estate, environment, plan)
    hubs = all_hub_facts(context)
    if context.production:
        make_hubs(context, hubs)
        make_alerts(context, hubs)
    spokes = make_spokes(context, hubs)
    zones = make_private_dns(context, hubs, spokes)
    make_dns_policies(context, hubs, spokes)
    make_endpoints(context, spokes, zones)
    public = make_public_dns(context)
    _export(context, hubs, spokes, zones)
    if public:
        pulumi.export("publicDnsNameServers", {key: zone.name_servers for key, zone in public.items()})


def _export(context: Context, hubs: dict[str, HubFacts], spokes: dict[str, Spoke], zones: PrivateDns | None) -> None:
    """Outputs, in Pulumi's camel case; a later layer finds a spoke by its key."""
    made: dict[str, Any] = {
        key: {
            "id": spoke.id,
            "name": spoke.name,
            "subnetIds": spoke.subnet_ids,
            "resourceGroup": spoke.resource_group_name,
        }
        for key, spoke in spokes.items()
    }
    pulumi.export("spokes", made)
    if context.production:
        exported = {
            key: {
                "id": hub.id,
                "name": hub.name,
                "resourceGroup": hub.group,
                "firewallIp": hub.firewall_ip,
                "firewallPolicy": hub.firewall_policy,
                "nameServers": list(hub.name_servers),
                "vpnAddresses": hub.vpn_addresses,
            }
            for key, hub in hubs.items()
        }
        pulumi.export("hubs", exported)
        pulumi.export("flowLogStorage", context.flow_logs.ids)
        pulumi.export("requests", {r.key: r.as_output() for r in requests_of(context.estate, context.plan)})
        pulumi.export("privateDnsZones", zones.zone_ids if zones is not None else existing_zone_ids(context.estate))


def _say_unrecorded(estate: Estate, unrecorded: Sequence[str]) -> None:
    """Without a record the next spoke may move what stands."""
    pulumi.log.warn(
        f"{len(unrecorded)} address ranges are not on record, the first is {unrecorded[0]}: a later change may move "
        f"them. Run `kade network {estate.name} --record` and commit addresses.lock.yaml"
    )
