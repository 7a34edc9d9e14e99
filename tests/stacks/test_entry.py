"""From a stack's name to its layer, and a clear word for a name that leads nowhere."""

from pathlib import Path

import pytest

from kade.estate import EstateError
from kade.stacks import platform
from kade.stacks.common import StackError
from kade.stacks.entry import run_stack

ROOT = Path(__file__).parents[2]


def test_the_layer_of_the_name_runs_with_its_estate(monkeypatch):
    seen = []
    monkeypatch.setattr(platform, "run", lambda estate, environment: seen.append((estate.name, environment)))
    run_stack("duinrand.prd.platform", ROOT)
    run_stack("duinrand.prd.platform", ROOT, str(ROOT / "estates" / "duinrand"))
    assert seen == [("duinrand", "prd")] * 2


@pytest.mark.parametrize(
    ("stack", "given", "message"),
    [
        ("dev", None, "not a stack of an estate"),
        ("duinrand.dev.platform", None, "no environment 'dev'; it has prd, tst"),
        ("duinrand.tst.platform", None, "no such stack in tst"),
        ("duinrand.prd.workloads", None, "has a stack for each part"),
        ("lindewaard.prd.platform", str(ROOT / "estates" / "duinrand"), "is called 'duinrand'"),
    ],
)
def test_a_name_that_leads_nowhere(stack, given, message):
    with pytest.raises(StackError, match=message):
        run_stack(stack, ROOT, given)


def test_an_estate_that_is_not_there():
    with pytest.raises(EstateError, match="lindeward"):
        run_stack("lindeward.prd.platform", ROOT)
