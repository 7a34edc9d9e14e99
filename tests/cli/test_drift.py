"""``kade drift`` as a user runs it."""

import json

from tests.cli.conftest import ROOT
from tests.drift.azure import thousand

STACK = "duinrand.prd.platform"


def files(tmp_path, spoil=lambda _made: None):
    made = thousand(20)
    spoil({m.kind: m for m in made})
    export = tmp_path / "export.json"
    export.write_text(json.dumps({"data": [m.graph for m in made if m.graph]}))
    manifest = {"time": "2026-11-01T00:00:00Z", "magic": "", "version": ""}
    text = json.dumps({"version": 3, "deployment": {"manifest": manifest, "resources": [m.state for m in made]}})
    state = tmp_path / "states" / f"{STACK}.json"
    state.parent.mkdir()
    state.write_text(text.replace("test.prd.platform", STACK))
    return state, export


def test_nothing_changed(kade, tmp_path):
    state, export = files(tmp_path)
    done = kade("drift", ROOT / "estates" / "duinrand", export, "--layer", "platform", "--state", state)
    assert (done.status, done.out) == (0, "20 resources compared: 0 changed, 0 gone, 0 made by hand\n")


def test_a_change_ends_with_one_and_is_shown_in_the_form_asked_for(kade, tmp_path):
    def open_(made):
        made["storage"].graph["properties"]["networkAcls"]["defaultAction"] = "Allow"

    state, export = files(tmp_path, open_)
    common = ("drift", ROOT / "estates" / "duinrand", export, "--state", state.parent)
    done = kade(*common)
    assert done.status == 1
    assert 'networkRuleSet.defaultAction: "Deny" → "Allow"' in done.out
    body = kade(*common, "--format", "json")
    assert json.loads(body.out)["changed"][0]["changes"][0]["path"] == "networkRuleSet.defaultAction"
    out = tmp_path / "issue.md"
    assert kade(*common, "--format", "markdown", "--out", out).status == 1
    assert out.read_text().startswith("## Drift of duinrand (prd)")


def test_an_export_of_which_a_page_is_lacking_calls_nothing_gone(kade, tmp_path):
    state, export = files(tmp_path)
    items = json.loads(export.read_text())["data"]
    pages = [tmp_path / "0.json", tmp_path / "1.json"]
    for page, part in zip(pages, (items[:10], items[10:]), strict=True):
        page.write_text(json.dumps({"count": len(part), "total_records": len(items), "data": part}))
    common = ("--layer", "platform", "--state", state)
    whole = kade("drift", ROOT / "estates" / "duinrand", *pages, *common)
    assert (whole.status, "records" in whole.err) == (0, False)
    half = kade("drift", ROOT / "estates" / "duinrand", pages[0], *common)
    assert (half.status, " 0 gone" in half.out) == (0, True)
    assert f"0.json has 10 of {len(items)} records" in half.err
    assert "Nothing is called gone." in half.err


def test_stacks_without_state_are_named(kade, tmp_path):
    state, export = files(tmp_path)
    done = kade("drift", ROOT / "estates" / "duinrand", export, "--state", state.parent)
    assert "no state of duinrand.prd.connectivity, " in done.err
    assert " more: what is in these is not compared." in done.err


def test_what_cannot_be_read_is_told_with_the_remedy(kade, tmp_path):
    state, export = files(tmp_path)
    where = ROOT / "estates" / "duinrand"
    nothing = kade("drift", where, export, "--state", tmp_path)
    assert nothing.status == 2
    assert "give what `pulumi stack export --stack STACK` writes" in nothing.err
    odd = kade("drift", where, state, "--state", state.parent)
    assert odd.status == 2
    assert "this is a state file" in odd.err
    assert kade("drift", where, export, "--format", "html").status == 2
