"""A municipality from nothing to deployed to changed, by the command alone, outside of this repository."""

import json

from tests.cli.conftest import change

PLATFORM = "duinrand.prd.platform"
CONNECTIVITY = "duinrand.prd.connectivity"


def digest(ran):
    assert ran.out, ran.err
    return json.loads(ran.out)


def test_up_then_same_then_the_right_changes(kade, estate, tmp_path):
    folder = estate()
    first = kade("preview", folder, "--format", "json", "--no-policies")
    assert first.status == 0, first.err
    found = digest(first)
    assert {PLATFORM, CONNECTIVITY} <= set(found["stacks"])
    assert set(found["changeSummary"]) <= {"create", "read"}
    assert not any(stack["hadState"] for stack in found["stacks"].values())

    up = kade("up", folder, "--local", "--yes", "--no-policies")
    assert up.status == 0, up.err
    assert " created" in up.out

    second = digest(kade("preview", folder, "--format", "json", "--no-policies"))
    assert set(second["changeSummary"]) <= {"same", "read"}

    change(
        folder,
        ("version: 1\n", "version: 1\nnaming: {literal: {bastion/hub: bas-duinrand}}\n"),
        ("managed-by: kade}", 'managed-by: kade, cost-centre: "4410"}'),
        ("ranges: [10.31.0.0/24]", "ranges: [10.31.4.0/24]"),
    )
    ran = kade("preview", folder, "--no-policies")
    assert ran.status == 0, ran.err
    assert '+ tags["cost-centre"]: "4410"' in ran.out
    assert '"10.31.0.0/24" → "10.31.4.0/24"' in ran.out
    assert '→ "bas-duinrand"  forces replacement' in ran.out
    assert "Replacements (" in ran.out

    snapshot = tmp_path / "snapshot.json"
    assert kade("state", "snapshot", folder, "--out", snapshot).status == 0
    by_snapshot = digest(kade("preview", folder, "--state", snapshot, "--format", "json", "--no-policies"))
    by_state = digest(kade("preview", folder, "--format", "json", "--no-policies"))
    assert by_snapshot["changeSummary"] == by_state["changeSummary"]

    down = kade("destroy", folder, "--local", "--yes")
    assert down.status == 0, down.err
    state = json.loads(next(folder.rglob(f"{PLATFORM}.json")).read_text())
    assert not state["deployment"].get("resources")


def test_one_layer_reads_the_one_before_it(kade, estate):
    ran = kade("preview", estate(), "--layer", "connectivity", "--format", "json", "--no-policies")
    assert ran.status == 0, ran.err
    assert list(digest(ran)["stacks"]) == [CONNECTIVITY]


def test_packs_judge_an_estate(kade, estate):
    ran = kade("preview", estate(), "--layer", "platform", "--format", "json")
    results = digest(ran)["policies"]["results"]
    assert {item["pack"] for item in results} >= {"kade-security", "kade-residency"}
    assert all(item["rule"] and item["stack"] == PLATFORM for item in results)
    failed = [item for item in results if item["verdict"] == "fail" and item["enforcement"] == "mandatory"]
    assert ran.status == (1 if failed else 0)
