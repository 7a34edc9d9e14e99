"""``kade compare`` as a user runs it."""

import json

import pytest

from tests.cli.conftest import ROOT

SMALL = ROOT / "estates" / "lindewaard"


@pytest.fixture
def written(kade, tmp_path):
    out = tmp_path / "compare.json"
    done = kade("compare", SMALL, "tst", "acc", "--layer", "connectivity", "--format", "json", "--out", out)
    assert done.status == 0, done.err
    return json.loads(out.read_text())


def test_two_environments_by_what_the_program_says(written):
    assert written["sides"] == ["tst", "acc"]
    assert {"field": "scale", "one": "minimal", "other": "reduced"} in written["file"]
    (stack,) = written["stacks"].values()
    assert stack["same"] > 0
    shown = [(d["one"], d["other"]) for d in stack["differences"]]
    assert not [pair for pair in shown if pair[0] == pair[1]]
    assert not [pair for pair in shown if str(pair[0]).replace("tst", "acc") == str(pair[1])]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tst", "nowhere"), "no environment or stack 'nowhere'; its environments are prd, acc, tst"),
        (("lindewaard.tst.connectivity", "acc"), "no environment or stack 'acc'"),
        (("tst", "acc", "--deployed"), "there is no local state"),
        (("tst", "acc", "--format", "html"), "--format html: choose text, json or markdown"),
    ],
)
def test_what_cannot_be_compared(kade, tmp_path, arguments, said):
    done = kade("compare", SMALL, *arguments, cwd=tmp_path)
    assert done.status == 2
    assert said in done.err
