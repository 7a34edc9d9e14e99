"""``kade network`` as a command: plan, reach, picture, record, and its errors."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from kade.cli.errors import UsageError
from kade.cli.main import app
from kade.estate import load
from kade.stacks.connectivity_addresses import plan_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SVG = "{http://www.w3.org/2000/svg}"


def kade(*arguments):
    result = CliRunner().invoke(app, ["network", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_the_plan_names_every_subnet_and_what_is_free():
    shown = kade("estates/duinrand")
    assert re.search(r"AzureFirewallSubnet +10\.40\.\d+\.\d+/26 +59", shown)
    assert "kept for growth of toepassingen-prd" in shown
    assert re.search(r"^  free +10\.40\.16\.0/20 +4096$", shown, re.MULTILINE)
    rows = json.loads(kade("estates/duinrand", "--format", "json"))
    assert {row["kind"] for row in rows} == {"network", "subnet", "growth", "free"}


def test_a_question_is_answered_with_the_rule_of_every_step():
    shown = kade("estates/duinrand", "--from", "frontend", "--to", "data", "--port", "5432")
    assert "toepassingen/frontend reaches toepassingen/data on Tcp 5432" in shown
    assert "firewall: allowed by matrix-prd-network/geheimen" in shown
    refused = kade("estates/duinrand", "--from", "dmz", "--to", "data", "--port", "5432")
    assert "does not reach" in refused
    assert "deny-all-inbound" in refused
    reached = json.loads(kade("estates/duinrand", "--from", "site:werf", "--format", "json"))
    assert {(a["to"], a["port"]) for a in reached} == {("toepassingen/frontend", 443)}
    together = kade("estates/duinrand", "--from", "backend", "--to", "data")
    assert re.search(r"^toepassingen/backend reaches toepassingen/data on Tcp \d+(, \d+){3}$", together, re.MULTILINE)


def test_the_picture_has_every_flow():
    shown = kade("estates/duinrand", "--format", "mermaid")
    assert shown.startswith("flowchart LR\n")
    assert shown.count("-->") == len(load("estates/duinrand").network.flows)
    assert 'at_dmz -->|"Tcp 443"| at_frontend' in shown


def test_the_picture_is_svg_that_stands_alone():
    picture = ElementTree.fromstring(kade("estates/lindewaard", "--format", "svg"))  # noqa: S314  # our own
    words = " ".join("".join(text.itertext()) for text in picture.iter(f"{SVG}text"))
    estate = load("estates/lindewaard")
    for name in (*estate.network.flows, "toegang", "werkplek", "Hub weu", "Hub gwc", "partner:ggi", "level 5"):
        assert name in words
    arrows = [line for line in picture.iter(f"{SVG}line") if line.get("marker-end")]
    assert len(arrows) == len(estate.network.flows)
    assert not list(picture.iter(f"{SVG}script"))
    width, height = (float(n) for n in picture.attrib["viewBox"].split()[2:])
    for box in picture.iter(f"{SVG}rect"):
        if "%" not in box.attrib["width"]:
            assert float(box.attrib["x"]) + float(box.attrib["width"]) <= width
            assert float(box.attrib["y"]) + float(box.attrib["height"]) <= height


@pytest.mark.needs_chromium
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here to draw with")
def test_no_word_of_the_picture_runs_over_another(tmp_path):
    """Drawn by a browser: words that are measured as wider than they are meant to be lie on each other."""
    page = tmp_path / "page.html"
    script = (
        "<script>const b=[...document.querySelectorAll('text')].map(t=>[t.textContent,t.getBoundingClientRect()]);"
        "const hit=[];b.forEach(([s,p],i)=>b.slice(0,i).forEach(([r,q])=>{if(p.left<q.right-1&&q.left<p.right-1&&"
        "p.top<q.bottom-5&&q.top<p.bottom-5)hit.push(s+' / '+r)}));"
        "document.title=b.length+'#'+hit.join(' | ')</script>"
    )
    page.write_text(f"<!doctype html><body>{kade('estates/lindewaard', '--format', 'svg')}{script}", encoding="utf-8")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    (found,) = re.findall(r"<head><title>(\d+)#([^<]*)</title>", done.stdout)
    assert int(found[0]) > 100
    assert found[1] == ""


def test_what_others_have_to_do_is_printed():
    shown = kade("estates/lindewaard", "--requests")
    partner, _, _ = shown.partition("partner:ggi")
    assert "Aanbieder koppelnetdiensten <servicedesk@koppelnet.example>" in partner
    assert "reference    Aansluiting 2026-0417" in partner
    assert "route to us: 198.51.100.0/26" in partner
    assert re.search(r"translate, since it knows us by 198\.51\.100\.0/26: .*10\.64\.", partner)
    assert "both sides show a PKIoverheid certificate" in partner
    assert re.search(r"let through +Tcp 8443, .* from 100\.64\.16\.0/22: Other authorities agree", partner)
    assert "the DS record of diensten.lindewaard.example" in shown
    assert "_dmarc TXT v=DMARC1; p=reject; sp=reject; rua=mailto:ciso@lindewaard.example" in shown
    data = {item["key"]: item for item in json.loads(kade("estates/lindewaard", "--requests", "--format", "json"))}
    refuse = [ask for ask in data["site:stadhuis"]["asks"] if ask.startswith("refuse what comes from other tunnels")]
    assert len(refuse) == 1
    assert "100.72.8.0/22 (partner:belastingsamenwerking), 172.22.10.0/24 (partner:leveranciers)" in refuse[0]
    assert not [ask for ask in data["partner:diginetwerk"]["asks"] if "tunnel" in ask]
    tax = data["partner:belastingsamenwerking"]
    assert tax["theirRanges"] == ["10.64.8.0/22"]
    assert "nothing for 10.64.8.0/22: our gateway sees it as 100.72.8.0/22" in tax["asks"]
    assert {tuple(rule["theirs"]) for rule in tax["rules"]} == {("10.64.8.0/22",)}
    with pytest.raises(UsageError, match="requests are words"):
        kade("estates/lindewaard", "--requests", "--format", "svg")


def test_a_record_is_kept_and_a_lost_one_is_written(tmp_path):
    folder = tmp_path / "duinrand"
    shutil.copytree("estates/duinrand", folder)
    lock = folder / "addresses.lock.yaml"
    kade(str(folder), "--record")
    before = lock.read_text(encoding="utf-8")
    kade(str(folder), "--record")
    assert lock.read_text(encoding="utf-8") == before
    lock.unlink()
    kade(str(folder), "--record")
    assert not plan_of(load(folder)).unrecorded


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "nowhere"], "'nowhere' is no place in prd; there are:"),
        (["--from", "extern"], "segment extern has no subnet in prd"),
        (["--to", "data"], "say where from with --from"),
        (["--env", "dev"], "no environment 'dev'; it has prd, tst"),
        (["--format", "dot"], "--format dot: choose"),
        (["--from", "data", "--format", "svg"], "a picture shows the whole network"),
        (["--protocol", "Sctp"], "choose Tcp, Udp or Icmp"),
    ],
)
def test_a_wrong_question_says_what_is_right(arguments, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        kade("estates/duinrand", *arguments)


def test_every_command_of_the_guide_runs():
    guide = Path("docs/network.md").read_text(encoding="utf-8")
    commands = re.findall(r"^kade network (.*)$", guide, re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        assert kade(*command.split())
