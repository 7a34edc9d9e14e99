"""What several modules of the security pack share: firewall rules of databases, zones, and plans of Defender."""

from typing import Any

import pytest

from kade.policies.kit import UNKNOWN, Resource, Stack, UnknownValueError
from kade.policies.kit.values import NotApplicable
from kade.policies.security.database_firewall import (
    ANY,
    LAST,
    open_to_azure,
    open_to_internet,
    too_many_addresses,
)
from kade.policies.security.defender_cover import PRICING, covered_by_plan
from kade.policies.security.zones import has_zones, needs_zones

SERVER = "azure-native:sql:Server"


def let_in(*ranges: tuple[Any, Any]) -> list[Resource]:
    names = [dict(zip(("startIpAddress", "endIpAddress"), ends, strict=True)) for ends in ranges]
    return [Resource("azure-native:sql:FirewallRule", props, name=f"rule-{i}") for i, props in enumerate(names)]


@pytest.mark.parametrize(
    ("ranges", "found"),
    [
        ([("185.3.2.1", "185.3.2.10")], None),
        ([("185.3.2.1", "185.3.2.11")], "11 public"),
        ([("185.3.2.1", "185.3.2.6"), ("91.1.1.1", "91.1.1.6")], "12 public"),
        ([("10.0.0.0", "10.255.255.255"), ("192.168.1.0", "192.168.2.255"), ("172.16.0.1", "172.31.0.9")], None),
        ([("9.255.255.250", "10.0.0.5")], None),
        ([("172.15.255.240", "172.16.0.0")], "16 public"),
        ([(ANY, ANY)], None),
        ([("185.3.2.9", "185.3.2.1")], None),
        ([(UNKNOWN, UNKNOWN), ("185.3.2.1", "185.3.2.11")], "11 public"),
    ],
)
def test_only_addresses_from_the_internet_count(ranges: list[tuple[Any, Any]], found: str | None) -> None:
    said = too_many_addresses(let_in(*ranges))
    assert (found in said) if found and said else said is found


@pytest.mark.parametrize("ends", [(UNKNOWN, UNKNOWN), ("185.3.2.1", "2001:db8::1"), ("", "185.3.2.1"), (None, None)])
def test_what_is_no_range_is_not_evaluated(ends: tuple[Any, Any]) -> None:
    with pytest.raises(UnknownValueError):
        too_many_addresses(let_in(ends))


def test_rules_that_open_to_azure_and_to_the_internet_are_told_apart_and_named() -> None:
    rules = let_in((ANY, ANY), (ANY, LAST), ("128.0.0.0", LAST))
    assert list(open_to_azure(rules)) == ["firewall rule rule-0 lets every Azure service in, of any customer"]
    internet = "lets the whole internet in"
    assert list(open_to_internet(rules)) == [f"firewall rule rule-1 {internet}", f"firewall rule rule-2 {internet}"]


@pytest.mark.parametrize(
    ("name", "zones"),
    [("West Europe", True), ("westeurope", True), ("francesouth", False), ("eastus", True), ("nowhere", False)],
)
def test_zones_of_a_region(name: str, zones: bool) -> None:
    assert has_zones(name) is zones


@pytest.mark.parametrize("location", ["westeurope", "", None, UNKNOWN])
def test_a_location_that_is_not_known_counts_as_one_with_zones(location: Any) -> None:
    needs_zones(Resource(SERVER, {"location": location}))


def test_a_region_without_zones_ends_the_rule() -> None:
    with pytest.raises(NotApplicable, match="francesouth"):
        needs_zones(Resource(SERVER, {"location": "France South"}))


@pytest.mark.parametrize(
    ("plan", "tier", "subscription", "covered"),
    [
        ("SqlServers", "Standard", "s", True),
        ("sqlservers", "standard", "S", True),
        ("SqlServers", "Free", "s", False),
        ("SqlServers", "Standard", "other", False),
        ("StorageAccounts", "Standard", "s", False),
        ("SqlServers", "Standard", "", True),
    ],
)
def test_a_plan_covers_its_own_subscription(plan: str, tier: str, subscription: str, covered: bool) -> None:
    server = Resource(SERVER, {}, id_="/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/a")
    path = f"/subscriptions/{subscription}/providers/Microsoft.Security/pricings/{plan}" if subscription else ""
    Stack([server, Resource(PRICING, {"pricingName": plan, "pricingTier": tier}, name=plan, id_=path)])
    assert covered_by_plan(server, "SqlServers") is covered
