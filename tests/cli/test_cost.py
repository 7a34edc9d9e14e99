"""``kade cost`` and ``kade roadmap`` look at every environment, and at what can be previewed where one cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from kade.cli import cost, runs
from kade.cli.errors import FailedError
from kade.engine.plan import StackResult
from kade.estate import load

ROOT = Path(__file__).parents[2]


def test_an_environment_that_cannot_be_previewed_is_told_and_left_out(monkeypatch, capsys):
    def planned(target):
        if ".tst." in target.stacks[0].name:
            raise FailedError("what cannot be previewed has no cost: tst")
        return [StackResult("kade", stack.name) for stack in target.stacks]

    monkeypatch.setattr(runs, "planned", planned)
    estate = load(ROOT / "estates" / "lindewaard")
    found = cost.elsewhere(estate)
    assert {result.stack.split(".")[1] for result in found} == {"acc"}
    assert "tst is left out of the costs: what cannot be previewed has no cost: tst" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["lindewaard", "duinrand"])
def test_production_is_not_counted_twice(name, monkeypatch):
    monkeypatch.setattr(runs, "planned", lambda target: [StackResult("kade", stack.name) for stack in target.stacks])
    estate = load(ROOT / "estates" / name)
    assert not [result for result in cost.elsewhere(estate) if f".{estate.production}." in result.stack]
