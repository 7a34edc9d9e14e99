"""The rules for names: each pattern against names that Azure takes and names that it refuses."""

import re

import pytest

from kade.facts.azure_names import find_name_rule, name_rule, name_rules
from kade.facts.data import UnknownFactError

GUID = "b24988ac-6180-42a0-ab88-20f7382dd24c"


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("storage_account", ["abc", "stlindewaardprd01"], ["ab", "St1", "st-1", "a" * 25]),
        ("key_vault", ["kv-lindewaard", "kv1"], ["1kv", "kv--x", "kv-", "k" * 25]),
        ("virtual_network", ["vnet-hub", "vnet_hub.1", "ab"], ["a", "-vnet", "vnet-", "v" * 65]),
        ("subnet", ["a", "GatewaySubnet", "snet-a_"], ["", "snet a", "snet."]),
        ("resource_group", ["rg-hub", "rg(é)", "x"], ["rg.", "rg/hub", "r" * 91]),
        ("management_group", ["lindewaard", "mg-1"], ["-mg", "m" * 91, "mg."]),
        ("private_dns_zone", ["privatelink.blob.core.windows.net"], ["local", "a..b"]),
        ("virtual_machine", ["vm-app-01", "v" * 64], ["_vm", "vm-", "vm app", "v" * 65]),
        ("storage_container", ["data", "$web", "a-b-c"], ["-a", "a--b", "A", "ab"]),
        ("container_app", ["app-1"], ["1app", "App", "app-"]),
        ("role_assignment", [GUID], ["owner", GUID[:-1]]),
        ("container_registry", ["crlinde"], ["cr-linde", "cr12"]),
        ("web_app", ["app-balie"], ["-app", "app-", "a"]),
    ],
)
def test_patterns_take_what_azure_takes(kind: str, right: list[str], wrong: list[str]) -> None:
    rule = name_rule(kind)
    assert [name for name in right if rule.broken(name)] == []
    assert [name for name in wrong if not rule.broken(name)] == []


def test_a_policy_assignment_is_shorter_at_a_management_group() -> None:
    rule = name_rule("Microsoft.Authorization/policyAssignments")
    assert rule.max_length() == 64
    assert rule.max_length("management group") == 24
    assert rule.broken("a" * 25, "management group")
    assert not rule.broken("a" * 25)


def test_types_are_found_in_any_letter_case_and_by_kind() -> None:
    assert name_rule("microsoft.network/VIRTUALNETWORKS") is name_rule("virtual_network")
    assert find_name_rule("Microsoft.Nothing/here") is None


def test_an_unknown_kind_names_what_is_near() -> None:
    with pytest.raises(UnknownFactError, match="Did you mean virtual_network"):
        name_rule("virtual_netwerk")


def test_every_rule_has_a_source_a_sound_pattern_and_a_possible_length() -> None:
    scopes = {"global", "tenant", "subscription", "region", "resource group", "parent"}
    for rule in name_rules().values():
        assert rule.source
        assert rule.scope in scopes
        assert 1 <= rule.min <= rule.max
        re.compile(rule.pattern)
    assert len(name_rules()) > 120
