"""Evidence of the example estate: every live measure, what moves it, and who answers for it."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from datetime import date, timedelta

import pytest

from kade.engine.plan import PolicyResult, StackResult
from kade.estate import load
from kade.evidence import collect, differences, page, register_page, tables
from kade.evidence.model import AS_FAR_AS_KNOWN, EXEMPT, MET, NOT_KNOWN, NOT_MET, NOTHING, ORGANISATION
from kade.facts import law
from kade.facts.bio2 import measures
from kade.policies.kit import serving
from kade.report.model import Preview
from tests.cli.conftest import ROOT

STACK = "lindewaard.prd.platform"
DAY = date(2026, 11, 25)
REFERENCE = ROOT / "kade" / "facts" / "bio2.json"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def rules():
    return [rule for folder in serving.built_in().values() for rule in serving.load(folder).rules]


@pytest.fixture(scope="module")
def estate():
    return load(ROOT / "estates" / "lindewaard")


def result(rule, name, verdict, message=""):
    urn = f"urn:pulumi:{STACK}::kade::azure-native:storage:StorageAccount::{name}"
    return PolicyResult(
        "kade-security",
        "0.1.0",
        rule,
        urn,
        "azure-native:storage:StorageAccount",
        verdict,
        "mandatory",
        message=message,
    )


def evidence_of(estate, rules, *results, day=DAY):
    report = Preview("lindewaard (prd)", [StackResult("kade", STACK, policies=list(results))])
    return collect(
        report, estate, rules, environment="prd", day=day, kade="0.1.0", commit="c" * 40, plans={STACK: "d" * 64}
    )


def row(evidence, measure):
    return next(row for row in evidence.measures if row.measure.id == measure)


def test_every_live_measure_is_there_with_somebody_who_answers_for_it(estate, rules):
    made = evidence_of(estate, rules)
    assert [row.measure.id for row in made.measures] == list(measures())
    live = json.loads(REFERENCE.read_text())
    assert {row.measure.id for row in made.measures} == {*live["measures"], *live["thema"]["measures"]}
    assert all(row.proven.by in law.roles() for row in made.measures)


def test_a_measure_is_shown_by_code_only_where_a_rule_is_about_it(estate, rules):
    about = {measure for rule in rules for measure in rule.measures}
    for found in evidence_of(estate, rules).measures:
        assert (found.proven.proof == "organisation") == (found.measure.id not in about)
        assert [rule.rule for rule in found.rules] == [r.id for r in rules if found.measure.id in r.measures]
    data = json.loads((ROOT / "kade" / "facts" / "bio2_proof.json").read_text())
    assert set(data["code"]) <= about
    named = [id_ for ids in data["by"].values() for id_ in ids]
    assert sorted(named) == sorted(measures())


RULE = "kade-storage-minimum-tls"  # of 8.24.04


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ([], NOTHING),
        (["pass"], MET),
        (["pass", "not_evaluated"], AS_FAR_AS_KNOWN),
        (["not_evaluated"], NOT_KNOWN),
        (["pass", "exempt"], EXEMPT),
        (["pass", "exempt", "fail"], NOT_MET),
        (["not_applicable"], NOTHING),
    ],
)
def test_the_status_of_a_measure(estate, rules, verdicts, status):
    results = [result(RULE, f"account{n}", verdict) for n, verdict in enumerate(verdicts)]
    assert row(evidence_of(estate, rules, *results), "8.24.04").status == status
    assert row(evidence_of(estate, rules, *results), "5.01.01").status == ORGANISATION


def test_flipping_one_property_moves_its_measure_and_no_other(estate, rules):
    """The rule itself judges the property, as in a preview: TLS 1.2, and then TLS 1.0."""
    from kade.policies.kit import Resource
    from kade.policies.kit.evaluate import Context, check_resource

    [rule] = [r for r in rules if r.id == RULE]

    def judged(version):
        account = Resource("azure-native:storage:StorageAccount", {"minimumTlsVersion": version}, name="account")
        outcome = check_resource(rule, account, Context())
        return evidence_of(estate, rules, result(RULE, "account", str(outcome.verdict), outcome.message))

    before, after = judged("TLS1_2"), judged("TLS1_0")
    assert row(before, "8.24.04").status == MET
    assert row(after, "8.24.04").status == NOT_MET
    moved = [d.what.split(" ")[0] for d in differences(before, after)]
    assert moved == [m for m in measures() if m in rule.measures]


def test_an_exemption_that_ended_is_named_and_fails(estate, rules):
    key, exemption = next(iter(estate.exemptions.items()))
    name = exemption.resource.replace("*", "x")
    later = exemption.until + timedelta(days=1)
    holds = evidence_of(estate, rules, result(exemption.rule, name, "exempt"), day=exemption.until)
    ended = evidence_of(estate, rules, result(exemption.rule, name, "fail", "it ended"), day=later)
    assert [e.used for e in holds.exemptions if e.key == key] == [[name]]
    assert key in [e.key for e in ended.expired]
    html = page.render(ended)
    assert f"The exemption <code>{key}</code> of" in html
    assert f"ended on {exemption.until.isoformat()}" in html
    found = next(line for line in csv.DictReader(io.StringIO(tables.exemptions(ended))) if line["key"] == key)
    assert (found["state"], found["until"], found["applied_to"]) == ("expired", exemption.until.isoformat(), name)


def test_the_tables_have_every_row_and_no_formula(estate, rules):
    made = evidence_of(estate, rules, result(RULE, "=cmd()", "fail", "-danger"))
    lines = list(csv.DictReader(io.StringIO(tables.measures(made))))
    assert [line["measure"] for line in lines] == list(measures())
    assert next(line for line in lines if line["measure"] == "8.24.04")["failing"].startswith("'=cmd()")
    full = {line["measure"]: line["text"] for line in lines}
    assert full["5.01.02"] == measures()["5.01.02"].text  # the table has it whole, where the title is cut
    draft = list(csv.DictReader(io.StringIO(tables.statement(made))))
    assert {line["applies"] for line in draft} == {"yes (draft)"}
    assert len(draft) == len(measures())


def test_the_law_says_what_is_not_known():
    assert law.act().status == "not_confirmed"
    assert "wetten.overheid.nl" in law.act().not_known
    assert [(c.hours, c.status == "in force") for c in law.clocks()] == [
        (24, False),
        (72, False),
        (720, False),
        (72, True),
        (0, True),
    ]
    assert {a.by for a in law.act().articles} <= set(law.roles())


def test_the_page_says_from_which_commit_and_plan_it_is(estate, rules):
    html = page.render(evidence_of(estate, rules))
    assert "c" * 40 in html
    assert "d" * 64 in html


def test_the_register_names_what_is_missing_and_whose_it_is(estate):
    from kade.evidence import register_of

    entries = {e.key: e for e in register_of(estate)}
    assert entries["uitkeringen"].open_items == []
    assert entries["uitkeringen"].dpia == date(2026, 3, 12)
    assert "special categories (AVG article 9)" in entries["uitkeringen"].apart
    assert entries["schuldhulp"].places == ["NL (at the supplier)"]
    assert "geo-informatie" not in entries  # public data only
    missing = entries["wmo-jeugd"].open_items
    assert [item.what.split(" (")[0] for item in missing][:2] == [
        "no reference in the register of processing",
        "no DPIA",
    ]
    assert {item.owner for item in missing} == {entries["wmo-jeugd"].owner}
    personal = {
        k for k, a in estate.applications.items() if set(a.data) & {"personal", "bsn", "brp", "special", "medical"}
    }
    assert personal <= set(entries)


@pytest.mark.needs_chromium
@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on PATH")
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_open_in_a_browser(estate, rules, tmp_path, width):
    made = evidence_of(estate, rules, result(RULE, "account", "fail", "TLS 1.0"))
    for name, html in (("evidence", page.render(made)), ("register", register_page.render(made))):
        (tmp_path / f"{name}.html").write_text(html)
        command = [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--window-size={width},2000",
            "--enable-logging=stderr",
            "--dump-dom",
            f"file://{tmp_path / name}.html#q=8.24.04",
        ]
        seen = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert "CONSOLE" not in seen.stderr, seen.stderr
        assert re.search(r'id="count"[^>]*>[^<]*\d', seen.stdout)
