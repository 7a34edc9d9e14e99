"""The facts agree with each other, say where they come from, and never guess."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kade import facts
from kade.facts.databases import database_tiers
from kade.facts.private_link import services, templates

FACTS = Path(__file__).parents[2] / "kade" / "facts"
FILES = [p for p in sorted(FACTS.glob("*.json")) if not p.name.startswith(("azure_types", "azure_names"))]


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_fact_file_has_its_source_and_date(file: Path) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    assert len(content["source"]) > 20
    assert re.fullmatch(r"20\d\d(-\d\d-\d\d)?", content["date"])


def test_pairs_are_mutual_and_in_the_table() -> None:
    for region in facts.regions().values():
        other = facts.pair_of(region.name)
        if other is not None:
            assert facts.pair_of(other.name) == region
            assert other.pair_restricted == region.pair_restricted
            assert not region.pair_restricted or other.country == region.country


def test_codes_and_names_are_unique() -> None:
    regions = facts.regions().values()
    assert len({r.code for r in regions}) == len(regions) == 20
    assert {r.name for r in regions if r.restricted_access} == {
        "germanynorth", "francesouth", "swedensouth", "norwaywest", "switzerlandwest",
    }  # fmt: skip
    assert all(r.display_name.lower().replace(" ", "") == r.name for r in regions)


def test_a_region_by_any_spelling_and_an_unknown_one() -> None:
    assert facts.region("West Europe").country == "NL"
    assert facts.region("WESTEUROPE").pair == "northeurope"
    with pytest.raises(facts.UnknownFactError, match=r"unknown region 'westeurop'\. Did you mean westeurope"):
        facts.region("westeurop")
    with pytest.raises(facts.UnknownFactError, match="unknown region 'eastus2'"):
        facts.pair_of("eastus2")


def test_residency_modes() -> None:
    assert facts.regions_for("nl") == ("westeurope",)
    assert set(facts.regions_for("eea")) - set(facts.regions_for("eu")) == {"norwayeast", "norwaywest"}
    assert not {"uksouth", "switzerlandnorth"} & set(facts.regions_for("eea"))
    assert facts.regions_for("list", ("West Europe",)) == ("westeurope",)
    with pytest.raises(ValueError, match="unknown residency mode 'be'"):
        facts.regions_for("be")


def test_all_private_link_zones_are_filled_in() -> None:
    assert len(templates()) == len(set(templates())) == 85
    for region in facts.regions():
        zones = facts.private_link_zones(region)
        assert {z.template for z in zones} == set(templates())
        assert not any("{" in z.name for z in zones)
        assert len({z.name for z in zones}) == len(zones) == 89
        assert {z.service for z in zones} == set(services())


def test_backup_takes_the_code_and_kubernetes_the_name() -> None:
    names = {z.name for z in facts.private_link_zones("westeurope")}
    assert "privatelink.we.backup.windowsazure.com" in names
    assert "privatelink.westeurope.azmk8s.io" in names
    assert "privatelink.3.azurestaticapps.net" in names


def test_zones_of_some_services_and_of_unknown_ones() -> None:
    zones = facts.private_link_zones("westeurope", ["key_vault", "storage_blob"])
    assert [z.service for z in zones] == ["storage_blob", "key_vault"]
    with pytest.raises(facts.UnknownFactError, match="Did you mean key_vault"):
        facts.private_link_zones("westeurope", ["keyvault"])
    with pytest.raises(facts.UnknownFactError, match="unknown region"):
        facts.private_link_zones("atlantis")


def test_measures() -> None:
    found = facts.measures()
    assert len([m for m in found.values() if m.framework == "BIO2"]) == 117
    assert len([m for m in found.values() if m.framework != "BIO2"]) == 7
    assert facts.measure("8.22.01").label == "Elke zone heeft een beveiligingsniveau"
    assert facts.measure("U.05.2").framework == "BIO Thema Clouddiensten"
    assert all(m.text or m.label for m in found.values())
    assert all(0 < len(m.title) <= 120 for m in found.values())
    with pytest.raises(facts.UnknownFactError, match=r"unknown BIO measure '8\.99\.01'"):
        facts.measure("8.99.01")


def test_tls() -> None:
    assert (facts.tls().good, facts.tls().sufficient) == (("1.3",), ("1.2",))
    assert facts.tls().hsts_max_age_min == 31536000


def test_management_groups_come_after_their_parents() -> None:
    for sovereign in (False, True):
        seen: set[str] = set()
        for key, group in facts.standard_groups(sovereign=sovereign).items():
            assert group.parent is None or group.parent in seen
            assert group.archetype in facts.archetypes(sovereign=sovereign)
            seen.add(key)
    assert len(facts.archetypes(sovereign=False)) == 12
    assert (facts.limit("management_group_id"), facts.limit("assignment_name_at_management_group")) == (90, 24)
    with pytest.raises(facts.UnknownFactError, match="unknown limit"):
        facts.limit("group")


def test_initiatives_and_definitions() -> None:
    bio = facts.initiatives()["nl_bio_cloud_theme"]
    assert bio.resource_id.endswith("/policySetDefinitions/d8b2ffbe-c6a8-4622-965d-4ade11d1d2ee")
    assert facts.built_in_definition("allowed_locations").endswith("e56962a6-4747-49cd-b67b-bf8b01975c4c")
    with pytest.raises(facts.UnknownFactError, match="Did you mean allowed_locations"):
        facts.built_in_definition("allowed_location")


def test_global_types_have_reasons() -> None:
    found = facts.global_types()
    assert len(found) >= 15
    assert all(len(t.reason) > 40 for t in found.values())
    assert all(t.acceptable == (t.content != "traffic or personal data") for t in found.values())
    assert found["microsoft.network/privatednszones"].acceptable
    assert not found["microsoft.cdn/profiles"].acceptable


def test_database_tiers() -> None:
    assert database_tiers("azure_sql")["Basic"] == 2
    with pytest.raises(facts.UnknownFactError, match="unknown database target 'oracle'"):
        database_tiers("oracle")
