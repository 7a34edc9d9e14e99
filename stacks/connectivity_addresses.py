"""From an estate to its address plan: which networks there are, how large, and what was given out before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from ipaddress import ip_network
from math import ceil, log2
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from kade.components.network.placing import plan_addresses
from kade.components.network.plan import AddressPlan, NetworkRequest, Pool, Recorded, SubnetRequest
from kade.components.network.ranges import AddressError
from kade.estate import Estate
from kade.estate.network import Hub

RECORD = "addresses.lock.yaml"
_HEADER = (
    "# Address ranges that were given out. Written by `kade network {name} --record`; commit it with the estate.\n"
)


def plan_of(estate: Estate, recorded: Mapping[str, Recorded] | None = None) -> AddressPlan:
    """The address plan of the whole estate, all environments. Raises `AddressError` as `plan_addresses` does.

    ``recorded`` defaults to the record beside the estate's file.
    """
    recorded = read_record(estate) if recorded is None else recorded
    return plan_addresses(pools_of(estate), [*_hubs(estate), *_spokes(estate)], recorded)


def hub_network(key: str) -> str:
    """The name of a hub's network in the plan."""
    return f"hub-{key}"


def spoke_network(key: str, environment: str) -> str:
    """The name of a spoke's network in the plan."""
    return f"{key}-{environment}"


def pools_of(estate: Estate) -> dict[str, Pool]:
    """The supernets of each region, with what is kept back of them."""
    addresses = estate.network.addresses
    pools: dict[str, Pool] = {}
    for region, ranges in addresses.supernets.items():
        mine = [ip_network(r) for r in ranges]
        reserved = {
            f"{key} ({item.reason})": item.range
            for key, item in addresses.reservations.items()
            if any(ip_network(item.range).overlaps(r) for r in mine)
        }
        pools[region] = Pool(ranges, reserved, addresses.supernets_ipv6.get(region, []))
    return pools


def _hubs(estate: Estate) -> list[NetworkRequest]:
    return [
        NetworkRequest(
            hub_network(key),
            hub.region,
            hub_subnets(hub),
            prefix=None if hub.prefix else hub.size,
            range=hub.prefix or "",
        )
        for key, hub in estate.network.hubs.items()
        if hub.ownership == "managed"
    ]


def hub_subnets(hub: Hub) -> list[SubnetRequest]:
    """The subnets that what stands in a hub needs, each at its recommended size."""
    wanted: dict[str, int] = {}
    if hub.firewall is not None:
        wanted["AzureFirewallSubnet"] = 26
        if hub.firewall.sku == "Basic":
            wanted["AzureFirewallManagementSubnet"] = 26
    if hub.vpn is not None or hub.expressroute is not None:
        # Two gateways beside each other need more than a /27 (Microsoft Learn, coexisting connections).
        wanted["GatewaySubnet"] = 26 if hub.vpn is not None and hub.expressroute is not None else 27
    if hub.bastion is not None:
        wanted["AzureBastionSubnet"] = 26
    if hub.resolver is not None:
        if hub.resolver.inbound:
            wanted["resolver-inbound"] = 28
        if hub.resolver.forward:
            wanted["resolver-outbound"] = 28
    return [SubnetRequest(name, prefix=prefix) for name, prefix in wanted.items()]


def _spokes(estate: Estate) -> list[NetworkRequest]:
    requests: list[NetworkRequest] = []
    growth = ceil(log2(1 + estate.network.addresses.growth / 100))
    for key, spoke in estate.network.spokes.items():
        if spoke.ownership != "managed":
            continue
        region = spoke.region or estate.regions.primary
        subnets = [SubnetRequest(n, prefix=s.size, range=s.prefix or "") for n, s in spoke.subnets.items()]
        for environment in spoke.subscriptions:
            literal = spoke.prefixes.get(environment, "")
            requests.append(
                NetworkRequest(
                    spoke_network(key, environment),
                    region,
                    subnets,
                    prefix=None if literal else spoke.size,
                    reserve=None if literal or not growth else max(8, spoke.size - growth),
                    range=literal,
                    ipv6=spoke.ipv6,
                    connected=spoke.peered,
                )
            )
    return requests


def read_record(estate: Estate) -> dict[str, Recorded]:
    """What was given out before; empty without a record. `AddressError` for a file that is not one."""
    path = Path(estate.folder or ".") / RECORD
    if not estate.folder or not path.is_file():
        return {}
    try:
        content: Any = YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}
        return {name: Recorded(**item) for name, item in content.items()}
    except (YAMLError, TypeError, AttributeError) as error:
        raise AddressError(
            f"{path}: is not a record of address ranges ({error}); restore it from version control"
        ) from None


def write_record(estate: Estate, plan: AddressPlan) -> Path:
    """Write what is given out now beside the estate's file; returns its path."""
    path = Path(estate.folder) / RECORD
    yaml = YAML()
    yaml.default_flow_style = False
    content = {name: {k: v for k, v in asdict(item).items() if v} for name, item in plan.record().items()}
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEADER.format(name=estate.name))
        yaml.dump(content, file)
    return path
