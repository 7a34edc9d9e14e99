"""Every figure on the page follows from inventory, waves, decisions, price file, state or estate: one row for each.

A row says what is changed, and what the sentence then says. It must not say so before.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from kade.estate.applications import Server
from kade.estate.residency import Exemption
from kade.inventory.model import Dependency, Inventory, Origin
from kade.inventory.model import Server as Seen
from kade.roadmap.cellar import cellar_of
from kade.roadmap.figures import Measures, OpenMeasure
from kade.roadmap.words import words
from tests.roadmap.support import ESTATE, FILE, MOVES, TODAY, but, changed, costs, made, plain, programme, shown

APPS, PLAN = ESTATE.applications, ESTATE.programme
ZAAK = APPS["zaaksysteem"]
DECISION = ESTATE.decisions["belasting-samen"]
SAY = words("nl")
HOME, HERE = cellar_of(ESTATE), Origin("rvtools", "a.csv")
STAYING = next(key for key, app in APPS.items() if app.strategy == "retain")


def organisation(**changes: Any) -> Any:
    return but(organisation=ESTATE.organisation.model_copy(update=changes))


def without(*keys: str) -> Any:
    """The estate without some applications, and what names them."""
    return but(applications={key: app for key, app in APPS.items() if key not in keys}, decisions={}, risks={})


def risking(**changes: Any) -> Any:
    """The estate with one risk, changed."""
    return but(risks={"one": ESTATE.risks["storing"].model_copy(update=changes)}, decisions={})


def waving(**changes: Any) -> Any:
    """The estate with one wave, changed."""
    waves = {"proef": PLAN.waves["proef"].model_copy(update=changes)}
    return but(programme=PLAN.model_copy(update={"waves": waves}), decisions={})


def deciding(**changes: Any) -> Any:
    """The estate with one open decision, changed."""
    return but(decisions={"one": DECISION.model_copy(update=changes)})


def seen(*names: str, system: str = "Microsoft Windows Server 2012 R2 (64-bit)", **fields: Any) -> dict[str, Any]:
    """An inventory with these machines."""
    servers = [Seen(name, HERE, operating_system=system, **fields) for name in names]
    return {"cellar": cellar_of(ESTATE, Inventory(servers=servers))}


def talking(one: str, other: str) -> dict[str, Any]:
    """An inventory in which one application was seen to talk to another."""
    heard = Dependency(one, other, HERE, source_application=one, target_application=other)
    return {"cellar": cellar_of(ESTATE, Inventory(dependencies=[heard]))}


def budget(year: int, **changes: Any) -> Any:
    return programme(budgets={**PLAN.budgets, year: PLAN.budgets[2027].model_copy(update=changes)})


def measures(*open_: str) -> dict[str, Any]:
    return {"measures": Measures(31, 12, 81, [OpenMeasure(id_, "Iets", "ict") for id_ in open_])}


def one_server(version: str, count: int) -> Any:
    """The estate in which one application has machines, and no database or machine is anywhere else."""
    server = Server(os="windows", version=version, cores=2, memory_gb=8, disks_gb=[64], count=count)
    bare = {key: app.model_copy(update={"servers": {}, "databases": {}}) for key, app in APPS.items()}
    return but(
        applications={**bare, "zaaksysteem": ZAAK.model_copy(update={"servers": {"a": server}, "databases": {}})}
    )


def late(key: str) -> dict[str, Any]:
    return {"moves": {**MOVES, key: date(2026, 11, 1)}}


def one_contract() -> Any:
    """The estate in which one application has a contract."""
    assert ZAAK.contract
    contract = ZAAK.contract.model_copy(update={"ends": date(2027, 3, 31), "notice_months": 3, "yearly": 9000.0})
    return but(applications={**NO_CONTRACTS, "zaaksysteem": ZAAK.model_copy(update={"contract": contract})})


def exempting() -> Any:
    """The estate with a decision about an exemption."""
    reason, until = "een goede reden", date(2027, 2, 1)
    one = Exemption(rule="kade-x", resource="y", reason=reason, owner=DECISION.owner, until=until)
    return but(exemptions={"x": one}, decisions={"d": DECISION.model_copy(update={"exemptions": ["x"]})})


def goal(**changes: Any) -> Any:
    return programme(goals={"beveiliging": PLAN.goals["beveiliging"].model_copy(update=changes)})


def backup(**changes: Any) -> Any:
    classes = {key: one.model_copy(update=changes) for key, one in ESTATE.backup.classes.items()}
    return but(backup=ESTATE.backup.model_copy(update={"classes": classes}))


def leaving(key: str, **changes: Any) -> Any:
    """The estate in which a service that is bought is left otherwise."""
    saas = APPS[key].saas
    assert saas
    return changed(key, saas=saas.model_copy(update={"exit": saas.exit.model_copy(update=changes)}))


NO_CONTRACTS = {key: app.model_copy(update={"contract": None}) for key, app in APPS.items()}
BENEFITS = {"servers": None, "contracts": 25, "amount": "€ 1.254.000"}

# The sentence, what is changed for `shown`, and the figures that stand in it then.
ROWS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("title", {"estate": organisation(display_name="Gemeente Elders")}, {"name": "Gemeente Elders"}),
    ("made", {"today": date(2026, 11, 26)}, {"today": date(2026, 11, 26)}),
    ("people", {"estate": organisation(employees=381)}, {"inhabitants": 45000, "employees": 381}),
    ("inhabitants", {"estate": organisation(inhabitants=44000, employees=None)}, {"inhabitants": 44000}),
    ("what_text", {"estate": without("wagenpark")}, {"total": len(APPS) - 1}),
    ("machines", seen("srv-onbekend"), {"n": HOME.machines + 1}),
    ("what_goes", {"estate": programme(until=date(2031, 6, 30))}, {"until": date(2031, 6, 30), "n": 44}),
    ("what_stays", {"estate": without(STAYING)}, {"n": 4}),
    ("now_text", {"standing": {"zaaksysteem"}}, {"moved": 1, "total": 44, "togo": 43}),
    ("undated", {"moves": {k: d for k, d in MOVES.items() if k != "intranet"}}, {"n": 5}),
    ("late_text", late("zaaksysteem"), {"names": ZAAK.title}),
    ("this_year", {"today": date(2027, 1, 2)}, {"year": "2027"}),
    ("this_year_none", {"today": date(2031, 1, 2)}, {"year": "2031"}),
    ("next_year", {"moves": {"intranet": date(2029, 5, 1)}}, {"year": "2029", "names": APPS["intranet"].title}),
    ("cost_text", {"costs": costs(1500.0)}, {"monthly": "€ 1.500", "year": "2030", "amount": "€ 18.000"}),
    ("cost_shared", {"costs": costs(1500.0)}, {"amount": "€ 0"}),
    ("cost_shared", {"costs": costs(1500.0, layer="connectivity")}, {"amount": "€ 1.500"}),
    ("cost_unpriced", {"costs": costs(1.0, None, None)}, {"n": 2}),
    ("cost_missing", {"costs": costs(None, usage=True)}, {"use": 1}),
    ("cost_source", {"costs": costs(1.0)}, {"source": FILE.source, "day": FILE.date}),
    ("budget_none", {"today": date(2031, 1, 2)}, {"year": "2031"}),
    (
        "budget_text",
        {"estate": budget(2027, investment=500_000.0)},
        {"year": "2027", "investment": "€ 500.000", "running": "€ 410.000"},
    ),
    (
        "budget_all",
        {"estate": budget(2031, investment=50_000.0, running=30_000.0)},
        {"first": "2027", "last": "2031", "investment": "€ 1.900.000", "running": "€ 2.300.000"},
    ),
    ("budget_decided", {"estate": budget(2027, decided=date(2026, 11, 3))}, {"day": date(2026, 11, 3)}),
    ("cost_contracts", {"estate": one_contract()}, {"amount": "€ 9.000"}),
    ("risks_text", {"estate": risking()}, {"n": 1}),
    ("asked_budget", {"estate": budget(2028, decided=TODAY)}, {"years": "2029 en 2030"}),
    (
        "asked_departments",
        {"estate": without(*(key for key in APPS if key not in ("intranet", "wagenpark")))},
        {"n": 2, "names": "Afdelingshoofd bedrijfsvoering (1) en Afdelingshoofd openbare werken (1)"},
    ),
    ("decide_before", {"estate": deciding(wanted=date(2028, 1, 5))}, {"day": date(2028, 1, 5)}),
    ("decide_late", {"estate": deciding(wanted=date(2026, 1, 5))}, {"day": date(2026, 1, 5)}),
    ("decide_holds", {"estate": deciding(applications=["intranet"], waves=[])}, {"n": 1}),
    ("decide_advice", {"estate": deciding(advice="samen")}, {"option": "Samen"}),
    (
        "decide_short",
        {"estate": deciding(question="Is dit een vraag?")},
        {
            "question": "Is dit een vraag?",
            "who": "Afdelingshoofd belastingen",
            "when": "besluit nodig vóór 1 december 2027",
        },
    ),
    ("wait_support_past", {"estate": one_server("2012 R2", 7)}, {"n": 7}),
    ("wait_support_past", seen("zaaksysteem01", "zaaksysteem02", "srv3"), {"n": 11}),
    (
        "wait_support_next",
        {"estate": one_server("2019", 6)},
        {"day": date(2029, 1, 9), "n": 6, "what": "Windows Server 2019"},
    ),
    ("wait_support_none", {"estate": one_server("2025", 1)}, {"until": date(2030, 12, 31)}),
    ("wait_contracts", {"estate": one_contract()}, {"n": 1, "day": date(2026, 12, 31), "what": ZAAK.title}),
    ("wait_contracts_none", {"estate": but(applications=NO_CONTRACTS)}, {"until": date(2030, 12, 31)}),
    ("wait_measures", measures("8.01.01", "8.02.01"), {"n": 2}),
    ("wait_decisions", {"estate": deciding(applications=["intranet"], waves=[])}, {"n": 1}),
    ("wait_first", {"moves": {**MOVES, "woz": date(2027, 9, 9)}}, {"day": date(2027, 9, 9)}),
    ("phases_text", {"estate": waving()}, {"n": 1}),
    (
        "from_to",
        {"estate": waving(ends=date(2027, 8, 1))},
        {"first": "april 2027", "last": "augustus 2027"},
    ),
    ("at_least", {"costs": costs(900.0, None)}, {"amount": "€ 900"}),
    (
        "timeline_text",
        {"estate": programme(until=date(2031, 6, 30))},
        {"first": date(2027, 1, 1), "last": date(2031, 6, 30)},
    ),
    ("no_day", {"moves": {k: d for k, d in MOVES.items() if k != "zaaksysteem"}}, {"names": None}),
    ("dependencies_text", talking("intranet", "woz"), {"n": len(HOME.pairs) + 1, "m": None}),
    ("progress_text", late("zaaksysteem"), {"planned": 1, "moved": 0}),
    ("progress_text", {"standing": {"zaaksysteem"}}, {"planned": 0, "moved": 1}),
    ("measures_text", measures(), {"code": 31, "partly": 12, "organisation": 81}),
    ("measures_open", measures("8.01.01"), {"n": 1}),
    (
        "still_on",
        {"standing": {"zaaksysteem"}, **seen("zaaksysteem01", powered_on=True)},
        {"names": f"{ZAAK.title} (zaaksysteem01)"},
    ),
    ("unclaimed", seen("srv1", "srv2"), {"n": 2}),
    ("waits_phases", {"estate": deciding(waves=["proef"])}, {"names": PLAN.waves["proef"].title}),
    ("waits_first", {"moves": {**MOVES, "woz": date(2027, 9, 9)}}, {"day": date(2027, 9, 9)}),
    ("waits", {"estate": deciding(applications=["intranet"], waves=[])}, {"names": APPS["intranet"].title}),
    ("about_risks", {"estate": deciding(risks=["prijzen"])}, {"names": ESTATE.risks["prijzen"].title}),
    ("about_exemption", {"estate": exempting()}, {"what": "kade-x, y", "day": date(2027, 2, 1)}),
    ("hours", {"estate": backup(rto_hours=5.0)}, {"n": 5}),
    ("days", {"estate": backup(rto_hours=96.0)}, {"n": 4}),
    ("exits_text", {"estate": without("stemmen")}, {"n": 19, "tested": 1}),
    ("months_notice", {"estate": leaving("intranet", notice_months=7)}, {"n": 7}),
    ("benefits_text", seen(*(f"zaaksysteem{n:02}" for n in range(9))), BENEFITS),
]
CONSTANT = {
    "asked_more",
    "wait_which",
    "source",
    "more",
    "dependencies_more",
    "of_five",
}  # they name chapters, or stand in a cell
BEFORE = shown()


def pattern(key: str, figures: dict[str, Any]) -> str:
    """The sentence as a pattern: a figure that is None is any, which differs from what stood there before."""
    marks = {name: f"«{name}»" if value is None else value for name, value in figures.items()}
    return re.sub(r"«\w+»", "(.+?)", re.escape(plain(SAY(key, **marks))))


@pytest.mark.parametrize(("key", "given", "figures"), ROWS, ids=[f"{n}-{row[0]}" for n, row in enumerate(ROWS)])
def test_a_figure_follows_what_it_comes_from(key, given, figures):
    after = re.search(rf"(?<!\w){pattern(key, figures)}", shown(**given))
    before = re.search(rf"(?<!\w){pattern(key, figures)}", BEFORE)
    assert after
    assert not before or (None in figures.values() and before.group() != after.group())


def test_no_sentence_with_a_figure_is_left_out():
    with_figures = {key for key, text in SAY.texts.items() if isinstance(text, str) and "{" in text}
    assert with_figures - CONSTANT == {key for key, _given, _figures in ROWS}


PHASE = "Bestanden, documenten en zaken"
# What is changed for `shown`, and what a row of a table or a chart says then.
CELLS: list[tuple[str, dict[str, Any], str]] = [
    ("risk", {"estate": risking(chance=2, impact=3)}, "legt de dienstverlening stil 2 van 5 3 van 5"),
    ("kind", {"estate": risking(kind="money")}, "legt de dienstverlening stil geld"),
    ("risk's applications", {"estate": risking(applications=["intranet"])}, "Information security officer Intranet"),
    ("confirm", {"estate": without("raadsinformatie", "stemmen")}, "Griffier 1"),
    ("phase", {"costs": costs(900.0)}, f"{PHASE} juni 2027 tot december 2027 16 € 900"),
    ("phase", {"moves": {**MOVES, "intranet": date(2028, 5, 1)}}, f"{PHASE} juni 2027 tot december 2027 15"),
    ("phase once", {"estate": changed("zaaksysteem", investment=12_000.0)}, "Zaaksysteem € 12.000 niet bekend"),
    ("year", {"costs": costs(1000.0)}, "2029 € 12.000 € 640.000"),
    ("year", {"costs": costs(1000.0), "estate": budget(2029, running=9000.0)}, "2029 € 12.000 € 9.000"),
    ("goal", {"estate": goal(baseline=77, target=3)}, f"{PLAN.goals['beveiliging'].measure} 77 3"),
    ("serves", {"estate": one_server("2012 R2", 1)}, f"security officer {ZAAK.title} Datagedreven"),
    ("portfolio", {"estate": changed("intranet", strategy="retire")}, "Stoppen 7"),
    ("planned", {"moves": {**MOVES, "intranet": date(2028, 5, 1)}}, "op een dienst 1 mei 2028 gepland"),
    ("state", {"standing": {"intranet"}}, "op een dienst 1 juni 2027 klaar"),
    ("pair", talking("intranet", "woz"), f"Intranet {APPS['woz'].title}"),
    ("measure", measures("8.01.01"), "8.01.01 Iets ICT"),
    ("recovery", {"estate": backup(rpo_hours=7.0, rto_hours=9.0)}, "9 uur 7 uur"),
    ("exit", {"estate": leaving("intranet", tested=date(2026, 5, 1))}, "Intranet HTML, CSV 3 maanden 1 mei 2026"),
]


@pytest.mark.parametrize(("given", "text"), [row[1:] for row in CELLS], ids=[row[0] for row in CELLS])
def test_a_row_follows_what_it_comes_from(given, text):
    assert text.lower() in shown(**given).lower()
    assert text.lower() not in BEFORE.lower()


def test_the_charts_follow_too():
    """The meter of what is done, the bars of the portfolio, the columns of the years, and the timeline."""
    before = made(costs=costs(1000.0))
    assert "aria-label='1 / 44'" in made(standing={"zaaksysteem"})
    changes: list[dict[str, Any]] = [
        {"estate": changed("intranet", strategy="retire")},
        {"costs": costs(2000.0)},
        {"estate": waving(starts=date(2027, 5, 1))},
        {"estate": budget(2029, running=9000.0)},
    ]
    for given in changes:
        both: dict[str, Any] = {"costs": costs(1000.0), **given}
        after = made(**both)
        assert re.findall(r"<svg.*?</svg>", after) != re.findall(r"<svg.*?</svg>", before)


def test_what_waits_for_more_than_one_decision_is_said():
    twice = {"a": DECISION, "b": DECISION}
    assert SAY("wait_twice") in shown(but(decisions=twice))
    assert SAY("wait_twice") not in shown(but(decisions={"a": DECISION}))
