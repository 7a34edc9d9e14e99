"""The roadmap as a page: what it leaves out, its language, and that it prints."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from kade.cost.costing import Costs
from kade.roadmap.figures import Measures, OpenMeasure
from kade.roadmap.pdf import PdfError, browser, print_pdf
from kade.roadmap.words import words
from tests.roadmap.support import ESTATE, FILE, MOVES, TODAY, but, costs, made, plain, shown


def test_what_moves_this_year_is_named_with_its_day():
    title = ESTATE.applications["zaaksysteem"].title
    assert f"15 december 2026: {title}" in shown(moves={**MOVES, "zaaksysteem": date(2026, 12, 15)})
    assert "Geen toepassing is te laat met verhuizen." in shown()
    assert "niets te laat" not in shown()  # a decision may be


def test_what_stays_is_neither_done_nor_to_do():
    staying = {key for key, app in ESTATE.applications.items() if app.strategy == "retain"}
    assert "Klaar: 0 van de 44 toepassingen die weggaan." in shown(standing=staying)
    assert shown().count(" blijft ") >= len(staying)


def test_without_a_price_file_there_is_a_sentence_and_no_amount():
    for page_ in (shown(), shown(costs=Costs([], None))):
        assert "Er is nog geen prijslijst. Daarom staan hier geen bedragen voor de cloud." in page_
        assert "Kosten per jaar" not in page_
        assert "zonder btw" not in page_


def test_a_phase_without_a_price_is_not_free():
    """Only the case system has a price, and the wave that it is in has more that has none."""
    row = r"<th scope='row'[^>]*>([^<]+)</th>(?:<td[^>]*>[^<]*</td>)*<td[^>]*class='number'>([^<]*)</td></tr>"
    rows = dict(re.findall(row, made(costs=costs(900.0)).split("<nav")[0]))
    assert rows["Bestanden, documenten en zaken"] == "€\u00a0900"
    assert rows["Belastingen, WOZ en openbare werken"] == "niet bekend"
    assert rows["Serverruimte leeg"] == "geen"


def test_a_budget_in_euros_is_not_held_against_another_currency():
    dollars = Costs(costs(1000.0).lines, replace(FILE, currency="USD"))
    assert "2029 $ 12.000 niet bekend" in shown(costs=dollars)


def test_the_five_heaviest_risks_stand_on_the_first_page_and_all_of_them_behind_it():
    assert len(ESTATE.risks) > 5
    key, lightest = min(ESTATE.risks.items(), key=lambda item: item[1].weight)
    first, rest = shown().split("Inhoud", 1)
    assert lightest.title not in first
    assert lightest.title in rest
    heavier = lightest.model_copy(update={"chance": 5, "impact": 5})
    assert lightest.title in shown(but(risks={**ESTATE.risks, key: heavier})).split("Inhoud", 1)[0]
    assert "Er zijn nog geen risico's opgeschreven." in shown(but(risks={}, decisions={}))


def test_what_was_decided_is_no_longer_asked():
    page_ = shown()
    assert ESTATE.decisions["belasting-samen"].question in page_
    assert ESTATE.decisions["desktopdatabases"].question not in page_
    nothing = but(
        decisions={}, programme=ESTATE.programme.model_copy(update={"budgets": {}}), applications={}, risks={}
    )
    assert "Er is nu geen besluit nodig." in shown(nothing, moves={})


def test_an_estate_with_next_to_nothing_has_a_page_too():
    bare = but(
        applications={}, decisions={}, risks={}, services={}, workplace=None,
        programme=ESTATE.programme.model_copy(update={"waves": {}, "budgets": {}, "goals": {}, "freezes": {}}),
    )  # fmt: skip
    page_ = made(bare, moves={}, costs=Costs([], FILE), measures=Measures(1, 2, 3, ()))
    assert "Klaar: 0 van de 0 toepassingen" in page_
    assert "id='phases'" not in page_
    assert "Regels voor veilig werken" in page_


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
    labels = [a["aria-label"] for _t, a in found if a.get("role") == "region"]
    assert len(labels) == len(set(labels))
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
@pytest.mark.parametrize("today", [TODAY, date(2027, 3, 1)])
def test_the_essentials_are_one_page_in_print(tmp_path, today):
    """Also in the year with the most moves: the chapter after it begins on the second page."""
    out = tmp_path / "roadmap.pdf"
    open_ = [OpenMeasure("8.24.01", "Gebruik van cryptografie", "ict")]
    print_pdf(made(today=today, costs=costs(1000.0, None), measures=Measures(1, 2, 3, open_)), out)
    content = out.read_bytes().decode("latin-1")
    pages = re.findall(r"\d+", re.findall(r"/Type /Pages\s.*?/Kids \[(.*?)\]", content, re.DOTALL)[0])[::2]
    titled = re.findall(r"/Title \((.*?)\)\s.*?/Dest \[(\d+) 0 R", content, re.DOTALL)
    assert pages.index(dict(titled)["De besluiten"]) == 1


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
