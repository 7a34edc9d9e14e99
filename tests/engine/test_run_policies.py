"""Policy packs in a run: they judge what the program asks for, and can change it before it is made."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from engine_fixtures import Site, new, ops
from pack_fixtures import write_pack

PACK = """
def small(args, report):
    if args.resource_type == "cloud:index:Thing" and args.props.get("size", 0) > 3:
        report(f"size {int(args.props['size'])} is above 3")

def remedy(args):
    if args.resource_type == "cloud:index:Thing" and "label" not in args.props:
        return {**args.props, "label": "remedied"}

def count(args, report):
    things = [r for r in args.resources if r.resource_type == "cloud:index:Thing"]
    if len(things) > 2:
        report(f"{len(things)} things")

PolicyPack("sizes", [
    ResourceValidationPolicy("small", "Things are small.", small, enforcement_level=EnforcementLevel.MANDATORY),
    ResourceValidationPolicy("labelled", "Things have labels.", lambda a, r: None, remediate=remedy,
                             enforcement_level=EnforcementLevel.REMEDIATE),
    StackValidationPolicy("few", "There are few things.", count),
])
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "site")


def test_packs_judge_and_remedy(site: Site, tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack", PACK)
    result = site.preview('Thing("a", size=5, label="x")\nThing("b")\nThing("c")', packs=[pack])
    failed = {(r.rule, r.urn.rsplit("::", 1)[-1]) for r in result.policies if r.verdict == "fail"}
    assert failed == {("small", "a"), ("few", "site-dev")}
    assert new(result, "b").inputs["label"] == "remedied"
    assert new(result, "a").inputs["label"] == "x"


def test_a_mandatory_violation_stops_an_update_before_the_resource(site: Site, tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack", PACK)
    result = site.run("update", 'a = Thing("a", size=1)\nThing("b", size=5, of=a.id)', packs=[pack])
    assert "small" in result.error
    assert site.cloud.log == ["create a"]
    assert ops(site.preview('a = Thing("a", size=1, label="remedied")')) == ["same a"]


def test_a_pack_that_crashes_fails_the_run(site: Site, tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack", "raise SystemExit('no rules today')")
    result = site.preview('Thing("a")', packs=[pack])
    assert "pack" in result.error
