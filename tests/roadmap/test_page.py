"""The roadmap: each figure follows what it comes from, the language is plain, and the page prints."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kade.cost.costing import Costs, Line
from kade.cost.prices import PriceFile
from kade.cost.years import moves_of
from kade.estate import load
from kade.roadmap.figures import Measures
from kade.roadmap.gather import gather
from kade.roadmap.page import page
from kade.roadmap.pdf import PdfError, browser, print_pdf
from kade.roadmap.words import words

ROOT = Path(__file__).parents[2]
ESTATE = load(ROOT / "estates" / "lindewaard")
MOVES = moves_of(ESTATE)
TODAY = date(2026, 11, 25)
FILE = PriceFile("een proef", date(2026, 11, 1), "EUR")


def shown(estate: Any = ESTATE, language: str = "nl", today: date = TODAY, **given: Any) -> str:
    """The page as text: without tags, with single spaces."""
    return plain(made(estate, language, today, **given))


def made(estate: Any = ESTATE, language: str = "nl", today: date = TODAY, **given: Any) -> str:
    moves = given.pop("moves", MOVES)
    return page(gather(estate, moves, given.pop("standing", ()), today, **given), words(language))


def plain(html: str) -> str:
    return re.sub(r"[\s\u00a0]+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL))


def but(**changes: Any) -> Any:
    return ESTATE.model_copy(update=changes)


def changed(key: str, **changes: Any) -> Any:
    """The estate with one application changed."""
    return but(applications={**ESTATE.applications, key: ESTATE.applications[key].model_copy(update=changes)})


def costs(monthly: float | None) -> Costs:
    urn = "urn:pulumi:lindewaard.prd.workloads-zaaksysteem::kade::azure-native:web:AppServicePlan::plan"
    line = Line("lindewaard.prd.workloads-zaaksysteem", urn, "azure-native:web:AppServicePlan", "plan", monthly)
    return Costs([line], FILE)


def test_what_stands_is_done():
    assert "Klaar: 0 van de 49 toepassingen. Nog te doen: 49." in shown()
    one = shown(standing={"lindewaard.prd.workloads-zaaksysteem"})
    assert "Klaar: 1 van de 49 toepassingen. Nog te doen: 48." in one
    assert one.count(" klaar ") > shown().count(" klaar ")


def test_what_moves_this_year_follows_the_plan():
    assert "In 2026 verhuist er niets." in shown()
    sooner = shown(moves={**MOVES, "zaaksysteem": date(2026, 12, 15)})
    title = ESTATE.applications["zaaksysteem"].title
    assert f"{title} (15 december 2026)" in sooner
    late = shown(moves={**MOVES, "zaaksysteem": date(2026, 11, 1)})
    assert f"Te laat: {title}." in late
    assert "Er is nu niets te laat." in shown()


def test_without_a_price_file_there_is_a_sentence_and_no_amount():
    assert "Er is nog geen prijslijst. Daarom staan hier geen bedragen voor de cloud." in shown()
    assert "Kosten per jaar" not in shown()
    assert "Er is nog geen prijslijst" in shown(costs=Costs([], None))


def test_amounts_follow_the_price_file():
    one, two = shown(costs=costs(1000.0)), shown(costs=costs(1500.0))
    assert "Alles samen kost ongeveer € 1.000 per maand, zonder btw" in one
    assert "Alles samen kost ongeveer € 1.500 per maand, zonder btw" in two
    assert "Bron: een proef, prijzen van 1 november 2026." in one
    assert "In 2030 is dat € 12.000." in one
    unknown = shown(costs=costs(None))
    assert "onderdelen zonder prijs (1)" in unknown


def test_a_phase_without_a_price_is_not_free():
    """Only the case system has a price, and the wave that it is in has more that has none."""
    rows = dict(
        re.findall(r"<th scope='row'>([^<]+)</th>.*?<td class='number'>([^<]*)</td></tr>", made(costs=costs(900.0)))
    )
    assert rows["Bestanden, documenten en zaken"] == "€\u00a0900"
    assert rows["Belastingen, WOZ en openbare werken"] == "niet bekend"
    both = Costs([*costs(900.0).lines, *costs(None).lines], FILE)
    assert "minstens € 900" in shown(costs=both)


def test_budgets_and_goals_are_the_estates():
    assert "In de begroting van 2027 staat € 620.000 voor de verhuizing" in shown()
    programme = ESTATE.programme
    budgets = {2027: programme.budgets[2027].model_copy(update={"investment": 500_000.0, "decided": None})}
    changed_ = shown(but(programme=programme.model_copy(update={"budgets": budgets})))
    assert "€ 500.000 voor de verhuizing" in changed_
    assert "De raad heeft daar nog niet over besloten." in changed_
    goal = programme.goals["beveiliging"].model_copy(update={"baseline": 77})
    other = shown(but(programme=programme.model_copy(update={"goals": {"beveiliging": goal}})))
    assert f"{goal.measure} 77 0" in other


def test_the_five_heaviest_risks():
    weights = sorted((risk.weight for risk in ESTATE.risks.values()), reverse=True)
    assert len(weights) > 5
    lightest = min(ESTATE.risks.values(), key=lambda risk: risk.weight)
    assert lightest.title not in shown()
    key = next(key for key, risk in ESTATE.risks.items() if risk is lightest)
    heavier = lightest.model_copy(update={"chance": 5, "impact": 5})
    assert lightest.title in shown(but(risks={**ESTATE.risks, key: heavier}))
    assert "Er zijn nog geen risico's opgeschreven." in shown(but(risks={})).replace("&#x27;", "'")


def test_decisions_that_are_open_and_what_they_hold_up():
    question = ESTATE.decisions["belasting-samen"].question
    page_ = shown()
    assert f"{question} (Afdelingshoofd belastingen, besluit nodig vóór 1 december 2027)" in page_
    assert ESTATE.decisions["desktopdatabases"].question not in page_  # it was decided
    assert "te laat: het besluit was nodig vóór 1 december 2027" in shown(today=date(2027, 12, 2))
    alone = but(decisions={"belasting-samen": ESTATE.decisions["belasting-samen"]})
    held = {key for key, app in ESTATE.applications.items() if app.wave == "golf-2029"}
    held |= {"belastingen", "invordering", "woz"}
    assert f"Toepassingen die zonder besluit niet kunnen verhuizen: {len(held)}." in shown(alone)
    assert "Er is nu geen besluit nodig." in shown(but(decisions={}))


def test_what_if_we_wait():
    page_ = shown()
    past = int(re.findall(r"nu al geen updates meer krijgen: (\d+)", page_)[0])
    later = shown(today=date(2029, 1, 1))
    assert int(re.findall(r"nu al geen updates meer krijgen: (\d+)", later)[0]) > past
    contracts = int(re.findall(r"niet op tijd opzeggen: (\d+)", page_)[0])
    key = next(k for k, a in ESTATE.applications.items() if a.contract and a.contract.notice_by > TODAY)
    assert f"niet op tijd opzeggen: {contracts - 1}." in shown(changed(key, contract=None))
    assert "die nu niet in orde zijn: 3." in shown(measures=Measures(80, 10, 40, ("8.01.01", "8.02.01", "5.14.01")))


def test_the_portfolio_follows_the_strategies():
    before = re.findall(r"Stoppen (\d+)", shown())[0]
    after = re.findall(r"Stoppen (\d+)", shown(changed("intranet", strategy="retire")))[0]
    assert int(after) == int(before) + 1
    assert "Nog geen keuze 1" in shown()


def test_the_benefits_are_the_contracts_and_servers_that_end():
    servers = re.findall(r"(\d+) eigen computers gaan uit", shown())[0]
    app = next(k for k, a in ESTATE.applications.items() if a.strategy == "rehost" and a.servers)
    count = sum(server.count for server in ESTATE.applications[app].servers.values())
    assert f"{int(servers) - count} eigen computers gaan uit" in shown(changed(app, servers={}))


def test_an_exit_that_was_tried():
    tested = int(re.findall(r"(\d+) van de \d+ keer is dat geprobeerd", shown())[0])
    key, app = next((k, a) for k, a in ESTATE.applications.items() if a.saas and not a.saas.exit.tested)
    assert app.saas is not None
    exit_ = app.saas.exit.model_copy(update={"tested": date(2026, 5, 1)})
    after = shown(changed(key, saas=app.saas.model_copy(update={"exit": exit_})))
    assert f"{tested + 1} van de" in after


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_stands_by_itself_and_reads_in_order(language):
    html = made(language=language, costs=costs(1000.0), measures=Measures(1, 2, 3, ()))
    found = Elements(html).found
    assert next(a for t, a in found if t == "html")["lang"] == language
    assert not [t for t, a in found if t in ("script", "img", "link", "iframe")]
    ids = [a["id"] for _t, a in found if "id" in a]
    assert len(ids) == len(set(ids))
    assert {str(a["href"])[1:] for t, a in found if t == "a"} <= set(ids)
    levels = [int(t[1]) for t, _a in found if re.fullmatch(r"h\d", t)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(a.get("role") == "img" and a.get("aria-label") for t, a in found if t == "svg")
    assert "@" not in plain(html)  # roles are enough, no addresses of people
    assert "{" not in plain(html)


def test_the_languages_say_the_same():
    dutch, english = words("nl").texts, words("en").texts
    assert dutch.keys() == english.keys()
    for key, text in dutch.items():
        if isinstance(text, str):
            assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", english[key])), key
        else:
            assert len(text) == len(english[key]), key


def test_the_sentences_are_short():
    """Plain language (B1): at most twenty words in a sentence, and twelve on average."""
    texts = [text for text in words("nl").texts.values() if isinstance(text, str)]
    sentences = [s for text in texts for s in re.split(r"(?<=[.?!])\s", re.sub(r"{\w+}", "x", text)) if s.endswith(".")]
    lengths = [len(sentence.split()) for sentence in sentences]
    assert max(lengths) <= 20, [s for s in sentences if len(s.split()) > 20]
    assert sum(lengths) / len(lengths) <= 12


needs_browser = pytest.mark.skipif(browser() is None, reason="there is no Chromium on PATH")


@pytest.mark.needs_chromium
@needs_browser
def test_it_prints_with_a_title_a_language_and_headings(tmp_path):
    out = tmp_path / "new" / "roadmap.pdf"
    print_pdf(made(costs=costs(1000.0)), out)
    content = out.read_bytes()
    assert content.startswith(b"%PDF")
    assert b"/Lang (nl)" in content
    assert b"/S /H1" in content
    assert b"/Outlines" in content


@pytest.mark.needs_chromium
@needs_browser
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(tmp_path, width):
    script = "<script>document.title = `${innerWidth} ${document.documentElement.scrollWidth}`</script></body>"
    file = tmp_path / "page.html"
    frame = tmp_path / "frame.html"
    file.write_text(made(costs=costs(1000.0)).replace("</body>", script))
    # A window has a least width; a frame in it has not.
    frame.write_text(
        f"<iframe src='page.html' width='{width}' height='800'"
        " onload='document.body.append(this.contentDocument.title)'>"
    )
    command = [str(browser()), "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"]
    command += [f"--user-data-dir={tmp_path}/profile", "--window-size=1400,900", "--dump-dom", frame.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    inner, scroll = map(int, re.findall(r"(\d+) (\d+)", done.stdout.rpartition("iframe>")[2])[0])
    assert inner == width
    assert scroll <= inner


def test_without_a_browser_the_remedy_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PdfError, match=r"needs Chromium or Chrome.*write the page with --out .*roadmap\.html"):
        print_pdf("<p>", tmp_path / "roadmap.pdf")
