"""One list of what waits for whom, with what a late decision holds up."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from kade.estate import EstateError, load
from kade.roadmap.waiting import waiting
from kade.roadmap.waiting_report import as_json, as_markdown, as_text

ROOT = Path(__file__).parents[2]
ESTATE = load(ROOT / "estates" / "lindewaard")
TODAY = date(2026, 11, 25)


def of(key: str, today: date = TODAY):
    return next(item for item in waiting(ESTATE, today) if item.key == key)


def test_a_late_decision_shows_what_it_holds_up():
    item = of("tweede-locatie")
    assert item.late
    assert item.holds == tuple(key for key, app in ESTATE.applications.items() if app.wave == "golf-2028")
    assert not of("tweede-locatie", date(2026, 9, 30)).late
    text = as_text(ESTATE, waiting(ESTATE, TODAY))
    assert "LATE since 2026-10-01: decide: Houden wij een kopie" in text
    assert f"holds up {ESTATE.applications[item.holds[0]].title}" in text
    assert "1 late, which hold up 13 applications" in text


def test_what_was_decided_or_confirmed_waits_for_nobody():
    keys = {(item.kind, item.key) for item in waiting(ESTATE, TODAY)}
    assert ("decision", "desktopdatabases") not in keys
    assert ("strategy", "desktopdatabases") in keys
    confirmed = {key for key, app in ESTATE.applications.items() if app.confirmed}
    asked = {key for kind, key in keys if kind == "confirmation"}
    assert confirmed
    assert not confirmed & asked
    assert asked | confirmed | {"desktopdatabases"} == set(ESTATE.applications)


def test_each_department_is_asked_for_its_own():
    item = of("intranet")
    assert item.owner == (ESTATE.applications["intranet"].owner or ESTATE.domains["bedrijfsvoering"].owner)


def test_an_exemption_is_named_before_it_ends():
    until = ESTATE.exemptions["ingang"].until
    assert not [item for item in waiting(ESTATE, TODAY) if item.kind == "exemption" and item.key == "ingang"]
    assert of("ingang", until).late is False
    assert of("ingang", date(until.year + 1, 1, 1)).late is True


def test_the_formats_hold_the_same():
    items = waiting(ESTATE, TODAY)
    read = json.loads(as_json(ESTATE, items))["waiting"]
    assert len(read) == len(items)
    assert read[0]["owner"] in ESTATE.roles
    page = as_markdown(ESTATE, items)
    assert page.count("\n- ") == len(items)
    assert as_text(ESTATE, []) == "Nothing waits for anybody.\n"


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("owner: hoofd-belastingen", "owner: hoofd-belasting", "decisions.belasting-samen.owner"),
        ("applications: [belastingen, invordering, woz]", "applications: [belasting]", "belasting-samen.applications"),
        ("option: stoppen, by", "option: stopen, by", "desktopdatabases.outcome.option"),
        ("advice: nederland", "advice: belgie", "tweede-locatie.advice"),
        ("risks: [capaciteit]", "risks: [capaciteiten]", "belasting-samen.risks"),
        ("chance: 4", "chance: 6", "risks.capaciteit.chance"),
    ],
)
def test_what_does_not_exist_is_refused_with_its_line(tmp_path, before, after, message):
    import shutil

    folder = tmp_path / "lindewaard"
    shutil.copytree(ROOT / "estates" / "lindewaard", folder)
    file = folder / "decisions.yaml"
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after, 1))
    with pytest.raises(EstateError) as caught:
        load(folder)
    line = text[: text.index(before)].count("\n") + 1
    assert f"decisions.yaml:{line}" in str(caught.value)
    assert message in str(caught.value)
