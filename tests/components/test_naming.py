"""Names follow the pattern, keep to Azure's rules, and a literal name wins."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kade.components.naming import Naming, NamingError
from kade.facts.abbreviations import abbreviations
from kade.facts.azure_names import find_name_rule, name_rule

LINDEWAARD = Naming("lindewaard", "prd", "weu", code="lin")


@pytest.mark.parametrize(
    ("kind", "workload", "name"),
    [
        ("virtual_network", "hub", "vnet-lindewaard-hub-prd-weu-001"),
        ("resource_group", "beheer", "rg-lindewaard-beheer-prd-weu-001"),
        ("storage_account", "logs", "stlinlogsprdweu001"),
        ("key_vault", "kern", "kv-lin-kern-prd-weu-001"),
        ("container_registry", "beeld", "crlinbeeldprdweu001"),
    ],
)
def test_names_of_the_pattern(kind, workload, name):
    assert LINDEWAARD.of(kind, workload) == name


def test_a_name_with_too_little_room_takes_the_code_or_is_refused_with_the_remedy():
    assert LINDEWAARD.of("key_vault", "platform") == "kvlinplatformprdweu001"
    with pytest.raises(NamingError, match=r"has 3\d characters.*3 to 24.*shorter workload.*key_vault/toepassing"):
        LINDEWAARD.of("key_vault", "toepassing-zaken")
    with pytest.raises(NamingError, match="a code for the organisation"):
        replace(LINDEWAARD, code="").of("key_vault", "platform")


def test_a_literal_name_wins_and_is_checked():
    names = replace(LINDEWAARD, literal={"key_vault/kern": "kluis", "virtual_network/hub": "Netwerk hub"})
    assert names.of("key_vault", "kern") == "kluis"
    with pytest.raises(NamingError, match=r"the literal name for virtual_network/hub: 'Netwerk hub' is not a name"):
        names.of("virtual_network", "hub")


def test_an_empty_part_leaves_no_hyphen_and_a_wrong_part_is_refused():
    assert Naming("lindewaard").of("virtual_network", "hub") == "vnet-lindewaard-hub-001"
    assert replace(LINDEWAARD, pattern="{type}-{workload}").of("subnet", "data") == "snet-data"
    with pytest.raises(NamingError, match=r"\{place\} is not a part of a name; the parts are type"):
        Naming("x", pattern="{type}-{place}").of("subnet", "data")


def test_a_kind_without_an_abbreviation_asks_for_one():
    with pytest.raises(NamingError, match="no abbreviation for runbook"):
        LINDEWAARD.of("runbook", "opruimen")
    assert replace(LINDEWAARD, types={"runbook": "rb"}).of("runbook", "opruimen").startswith("rb-lindewaard-")


def test_an_abbreviation_that_differs():
    assert replace(LINDEWAARD, types={"public_ip": "ip"}).of("public_ip", "x") == "ip-lindewaard-x-prd-weu-001"


def test_every_abbreviation_belongs_to_a_kind_and_none_is_used_twice():
    assert [k for k in abbreviations() if find_name_rule(k) is None] == []
    assert len(set(abbreviations().values())) == len(abbreviations())


@given(
    st.sampled_from(sorted(abbreviations())),
    st.from_regex(r"\A[a-z][a-z0-9]{0,14}(-[a-z0-9]{1,8}){0,2}\Z"),
    st.from_regex(r"\A[a-z][a-z0-9]{1,19}\Z"),
)
def test_whatever_comes_out_is_a_name_that_azure_takes(kind, workload, organisation):
    names = Naming(organisation, "prd", "weu", code="abc")
    try:
        made = names.of(kind, workload)
    except NamingError:
        return
    assert name_rule(kind).broken(made) == ""
    assert names.of(kind, workload) == made
