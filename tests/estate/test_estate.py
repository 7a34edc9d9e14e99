"""What follows from an estate: stacks, groups, environments, and the two examples."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from kade.estate import Estate, load, parse_stack_name
from kade.estate.reference import markdown
from kade.estate.residency import CLASSIFICATION, ORDER, classification_of
from kade.estate.schema import schema, text
from kade.estate.stacks import stack_name

ROOT = Path(__file__).parents[2]
ESTATES = ROOT / "estates"


@pytest.fixture(scope="module")
def lindewaard() -> Estate:
    return load(ESTATES / "lindewaard")


@pytest.fixture(scope="module")
def duinrand() -> Estate:
    return load(ESTATES / "duinrand")


def test_lindewaard_has_the_proportions_of_a_municipality(lindewaard: Estate) -> None:
    strategies = Counter(a.strategy for a in lindewaard.applications.values())
    assert len(lindewaard.applications) >= 40
    assert len(lindewaard.services) >= 12
    assert set(strategies) - {None} == {"rehost", "replatform", "repurchase", "refactor", "retire", "retain"}
    assert 0.35 <= strategies["repurchase"] / len(lindewaard.applications) <= 0.5
    assert {a.domain for a in lindewaard.applications.values()} == set(lindewaard.domains)


def test_the_two_profiles_differ_where_they_say(lindewaard: Estate, duinrand: Estate) -> None:
    big, small = lindewaard.network, duinrand.network
    walls = (big.hubs["weu"].firewall, small.hubs["weu"].firewall)
    assert [wall.sku for wall in walls if wall] == ["Premium", "Basic"]
    assert (big.ddos, small.ddos) == ("ip", "none")
    assert (lindewaard.logging.sentinel, duinrand.logging.sentinel) == (True, False)
    assert lindewaard.security.defender["Servers"]
    assert not duinrand.security.defender["Servers"]
    assert big.hubs["gwc"].firewall is None  # null overrules the profile
    assert duinrand.tenants["duinstreek"].sharing == "shared"


def test_the_layers_come_in_order_and_only_where_they_are_used(lindewaard: Estate, duinrand: Estate, small) -> None:
    for estate in (lindewaard, duinrand, small):
        for env in estate.environments:
            known = {s.name for s in estate.stacks(estate.production)} if env != estate.production else set()
            for stack in estate.stacks(env):
                assert set(stack.depends_on) <= known, stack
                known.add(stack.name)
                assert parse_stack_name(stack.name) == (estate.name, env, stack.layer, stack.part)
    assert [s.name for s in small.stacks()] == [
        "dorp.prd.platform",
        "dorp.prd.connectivity",
        "dorp.prd.workloads-kaart",
    ]
    assert small.stacks("tst") == []
    assert "lindewaard.prd.workloads-zaaksysteem" in {s.name for s in lindewaard.stacks()}
    assert not any(s.layer == "platform" for s in lindewaard.stacks("acc"))


def test_a_shared_database_comes_first(lindewaard: Estate) -> None:
    stacks = {s.name: s for s in lindewaard.stacks()}
    assert "lindewaard.prd.workloads-geo-informatie" in stacks["lindewaard.prd.workloads-bag-beheer"].depends_on


def test_an_application_without_a_strategy_has_no_stack(lindewaard: Estate) -> None:
    assert lindewaard.applications["desktopdatabases"].strategy is None
    assert not any("desktopdatabases" in s.name for s in lindewaard.stacks())


@given(st.from_regex(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", fullmatch=True), st.sampled_from(["services", "workloads"]))
def test_a_stack_name_is_read_as_it_was_made(part: str, layer: str) -> None:
    assert parse_stack_name(stack_name("dorp", "prd", layer, part)) == ("dorp", "prd", layer, part)


@pytest.mark.parametrize("name", ["dorp.prd", "dorp.prd.netwerk", "dorp.prd.platform.x", "dorp prd platform"])
def test_a_foreign_stack_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not a stack of an estate"):
        parse_stack_name(name)


def test_management_groups(lindewaard: Estate, duinrand: Estate) -> None:
    groups = lindewaard.groups()
    assert groups["sociaal-domein"].parent == "corp"
    assert groups["sociaal-domein"].archetype == "corp"
    assert groups["alz"].id == "lindewaard"
    assert groups["corp"].id == "lindewaard-corp"
    seen: set[str] = set()
    for key, group in groups.items():
        assert group.parent is None or group.parent in seen, key
        seen.add(key)
    assert set(duinrand.groups()) == {"alz", "platform", "landingzones", "corp", "online", "decommissioned"}


def test_an_environment_sees_its_overrides(lindewaard: Estate) -> None:
    assert lindewaard.for_environment("prd") is lindewaard
    changed = lindewaard.for_environment("tst")
    assert (changed.logging.daily_quota_gb, lindewaard.logging.daily_quota_gb) == (2, 20)
    assert changed.security.key_vaults.purge_protection_days == 7
    same = changed.model_dump(exclude={"logging", "security"})
    assert same == lindewaard.model_dump(exclude={"logging", "security"})


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("logging.dayly_quota_gb: 2", "there is no such field (logging.dayly_quota_gb)"),
        ("logging.daily_quota_gb: veel", "input should be a valid number (logging.daily_quota_gb)"),
        ("name: stad", "name is the same in every environment"),
        ("regions.primary: uksouth", "with this override, regions.primary: uksouth is outside the residency rule"),
    ],
)
def test_an_override_is_checked_like_the_file(refused, override: str, message: str) -> None:
    problems = refused(("tst: {title: Test}", f"tst: {{title: Test, overrides: {{{override}}}}}"))
    assert [p.message for p in problems] == [message]
    assert problems[0].field.startswith("environments.tst.overrides.")


def test_classification_is_the_heaviest() -> None:
    assert classification_of(["public", "brp", "internal"]) == "restricted"
    assert classification_of(["public"]) == "public"
    assert set(CLASSIFICATION.values()) == set(ORDER)


@pytest.mark.parametrize(("name", "part"), [("estate.schema.json", False), ("estate-part.schema.json", True)])
def test_the_committed_schema_is_current(name: str, part: bool) -> None:
    assert (ESTATES / name).read_text(encoding="utf-8") == text(part=part), (
        "write it anew: python -m kade.estate.schema estates"
    )


def test_the_examples_name_a_schema_that_they_satisfy() -> None:
    for file in ESTATES.rglob("*.yaml"):
        first = file.read_text(encoding="utf-8").splitlines()[0]
        named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
        if named is None:
            continue  # inventories and the like
        path = (file.parent / named[1]).resolve()
        part = path.name == "estate-part.schema.json"
        assert path.parent == ESTATES
        content = json.loads(
            json.dumps(YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")), default=str)
        )
        jsonschema.Draft202012Validator(schema(part=part)).validate(content)


def test_the_schema_asks_for_everything_where_there_is_one_file() -> None:
    check = jsonschema.Draft202012Validator(schema())
    assert not check.is_valid({"name": "dorp", "profile": "klein"})
    assert check.is_valid({"name": "dorp", "profile": "klein", "files": ["rest.yaml"]})
    assert not check.is_valid({"name": "dorp", "profile": "klein", "files": ["rest.yaml"], "netwerk": {}})


def test_the_schema_describes_every_field() -> None:
    full = schema()
    for name, definition in {**full["$defs"], "Estate": full}.items():
        assert definition.get("description"), name
        for field, part in definition.get("properties", {}).items():
            named = full["$defs"].get(part.get("$ref", "").rsplit("/", 1)[-1], {})
            assert part.get("description") or named.get("description"), f"{name}.{field}"


def test_the_reference_is_current() -> None:
    guide = (ROOT / "docs" / "estate.md").read_text(encoding="utf-8")
    assert guide.endswith(markdown()), "write it anew: python -m kade.estate.reference docs/estate.md"


def test_the_reference_in_the_guide_links_only_to_what_it_has() -> None:
    found = markdown()
    headings = {line[4:].lower() for line in found.splitlines() if line.startswith("### ")}
    assert {link.lower() for link in re.findall(r"\(#([a-z0-9]+)\)", found)} <= headings


def test_importing_is_quick_and_reads_no_facts() -> None:
    code = (
        "import time; t = time.perf_counter(); import kade.facts; a = time.perf_counter() - t\n"
        "import sys; from kade.facts import data\n"
        "assert data.read.cache_info().currsize == 0\n"
        "assert not {'pydantic', 'ruamel.yaml', 'pulumi'} & set(sys.modules)\n"
        "print(a)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert float(done.stdout) < 1.0
