"""``kade cost`` and ``kade roadmap`` look at every environment, and at what can be previewed where one cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from kade.cli import cost, runs
from kade.cli.errors import FailedError
from kade.cli.target import resolve
from kade.engine.plan import StackResult
from kade.engine.values import Secret
from kade.estate import load
from kade.report.model import Preview

ROOT = Path(__file__).parents[2]


def empty(target):
    return Preview(target.name, [StackResult("kade", stack.name) for stack in target.stacks])


def test_what_cannot_be_previewed_is_told_without_its_secrets(monkeypatch):
    failed = StackResult("kade", "a", config={"key": Secret("hunter2-hunter2")}, error="no entry with hunter2-hunter2")
    monkeypatch.setattr(runs, "preview", lambda *_: Preview("a", [failed]))
    with pytest.raises(FailedError, match=r"a failed: no entry with \[secret\]"):
        runs.planned(resolve("duinrand"))


def test_an_environment_that_cannot_be_previewed_is_told_and_left_out(monkeypatch, capsys):
    def planned(target):
        if ".tst." in target.stacks[0].name:
            raise FailedError("what cannot be previewed has no cost: tst")
        return empty(target)

    monkeypatch.setattr(runs, "planned", planned)
    estate = load(ROOT / "estates" / "lindewaard")
    found = cost.elsewhere(estate)
    assert {result.stack.split(".")[1] for result in found} == {"acc"}
    assert "tst is left out of the costs: what cannot be previewed has no cost: tst" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["lindewaard", "duinrand"])
def test_production_is_not_counted_twice(name, monkeypatch):
    monkeypatch.setattr(runs, "planned", empty)
    estate = load(ROOT / "estates" / name)
    assert not [result for result in cost.elsewhere(estate) if f".{estate.production}." in result.stack]
