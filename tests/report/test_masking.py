import pytest

from kade.engine.values import UNKNOWN, Asset, Secret
from kade.report import PREVIEW, reporter
from kade.report.masking import Mask
from kade.report.model import Preview
from tests.report.samples import PASSWORD, secret_everywhere


@pytest.mark.parametrize("name", PREVIEW)
def test_a_secret_planted_everywhere_is_nowhere(name):
    shown = reporter(PREVIEW, name)(Preview("lindewaard", [secret_everywhere()]))
    assert PASSWORD not in shown
    assert "Oud-Geheim!41" not in shown
    assert "[secret]" in shown


def test_text_masks_lines_and_json_forms():
    mask = Mask([{"key": Secret('first line here\nsecond "quoted" line')}])
    assert mask.text('log: second "quoted" line') == "log: [secret]"
    assert mask.text('{"x": "first line here\\nsecond \\"quoted\\" line"}') == '{"x": "[secret]"}'


def test_short_secrets_are_masked_as_words_only():
    mask = Mask([Secret("dev")])
    assert mask.text("dev in developer") == "[secret] in developer"


def test_leaves_of_a_secret_object_given_as_text():
    assert (
        Mask([Secret('{"user": "beheer", "pin": 482913}')]).text("pin 482913 of beheer") == "pin [secret] of [secret]"
    )


def test_what_is_no_secret_stays():
    mask = Mask([Secret("geheim-woord"), Secret(True), Secret(""), Secret(UNKNOWN)])
    assert mask.tree({"a": [1, True, None, "x"], "b": UNKNOWN}) == {
        "a": [1, True, None, "x"],
        "b": "[unknown until deployed]",
    }


def test_the_words_that_a_plan_is_written_in_stay():
    mask = Mask([Secret({"registrationTokenOperation": "Update", "token": "geheim-woord"})])
    assert mask.tree({"agentUpdate": "update", "token": "geheim-woord"}) == {
        "agentUpdate": "update",
        "token": "[secret]",
    }


def test_a_value_that_lost_its_mark_is_masked_too():
    mask = Mask([Secret("geheim-woord"), Secret(482913)])
    assert mask.tree({"a": "geheim-woord", "n": 482913, "asset": Asset(text="een geheim-woord")}) == {
        "a": "[secret]",
        "n": "[secret]",
        "asset": {"asset": {"text": "een [secret]"}},
    }


def test_a_long_line_is_cut():
    assert Mask().line("x" * 50, 20) == '"' + "x" * 18 + "…"
