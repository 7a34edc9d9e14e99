"""One list of what waits for whom, with what a late decision holds up."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kade.cost.years import moves_of
from kade.estate import EstateError, load
from kade.estate.governance import PolicyExemption
from kade.estate.residency import Exemption, ResidencyExemption
from kade.roadmap.waiting import waiting
from kade.roadmap.waiting_report import as_json, as_markdown, as_text

ROOT = Path(__file__).parents[2]
ESTATE = load(ROOT / "estates" / "lindewaard")
MOVES = moves_of(ESTATE)
TODAY = date(2026, 11, 25)


def of(key: str, today: date = TODAY):
    return next(item for item in waiting(ESTATE, MOVES, today) if item.key == key)


def test_a_late_decision_shows_what_it_holds_up():
    item = of("tweede-locatie")
    assert item.late
    assert item.holds == tuple(key for key, app in ESTATE.applications.items() if app.wave == "golf-2028")
    assert not of("tweede-locatie", date(2026, 9, 30)).late
    text = as_text(ESTATE, waiting(ESTATE, MOVES, TODAY))
    assert "LATE since 2026-10-01: decide: Houden wij een kopie" in text
    assert f"holds up {ESTATE.applications[item.holds[0]].title}" in text
    assert "1 late, which holds up 13 applications" in text
    assert "is about wave Sociaal domein, geo en burgerzaken, from 2028-03-16" in text
    assert f"is about risk {ESTATE.risks['storing'].title}" in text


def test_what_was_decided_or_confirmed_waits_for_nobody():
    keys = {(item.kind, item.key) for item in waiting(ESTATE, MOVES, TODAY)}
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
    assert not [item for item in waiting(ESTATE, MOVES, TODAY) if item.kind == "exemption" and item.key == "ingang"]
    assert of("ingang", until).late is False
    assert of("ingang", date(until.year + 1, 1, 1)).late is True


def test_a_confirmation_is_late_once_its_application_should_have_moved():
    assert not of("intranet").late
    assert of("intranet", date(2027, 6, 2)).late


def test_what_stays_is_looked_at_again():
    key, app = next((key, app) for key, app in ESTATE.applications.items() if app.stays)
    assert app.stays is not None
    again = app.model_copy(update={"stays": app.stays.model_copy(update={"until": date(2027, 1, 31)})})
    estate = ESTATE.model_copy(update={"applications": {**ESTATE.applications, key: again}})
    assert [item.key for item in waiting(estate, MOVES, TODAY) if item.kind == "review"] == [key]
    assert not [item for item in waiting(estate, MOVES, date(2026, 10, 1)) if item.kind == "review"]


def test_exemptions_of_every_kind_end():
    """Those of our rules, of Azure Policy, and of where data may be."""
    until, owner = date(2026, 12, 31), next(iter(ESTATE.roles))
    said: dict[str, Any] = {"reason": "a reason that is long enough", "owner": owner, "until": until}
    ours = Exemption(rule="kade-storage-minimum-tls", resource="x*", **said)
    azure = PolicyExemption(assignment="deny-public-ip", scope="corp", **said)
    place = ResidencyExemption(resource="front-door", regions=["global"], **said)
    changed = {
        "exemptions": {"a": ours},
        "policy": ESTATE.policy.model_copy(update={"exemptions": {"b": azure}}),
        "residency": ESTATE.residency.model_copy(update={"exemptions": {"c": place}}),
    }
    found = waiting(ESTATE.model_copy(update=changed), MOVES, TODAY)
    assert [(item.key, item.text) for item in found if item.kind == "exemption"] == [
        ("a", "kade-storage-minimum-tls on x*"),
        ("b", "assignment deny-public-ip at corp"),
        ("c", "front-door in global"),
    ]


def test_the_formats_hold_the_same():
    items = waiting(ESTATE, MOVES, TODAY)
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
