"""``kade network`` as a command: plan, reach, picture, record, and its errors."""

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kade.cli.errors import UsageError
from kade.cli.main import app


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


def test_the_picture_has_every_flow():
    shown = kade("estates/duinrand", "--format", "mermaid")
    assert shown.startswith("flowchart LR\n")
    assert shown.count("-->") == 12
    assert 'at_dmz -->|"Tcp 443"| at_frontend' in shown


def test_a_record_is_written_and_read(tmp_path):
    folder = tmp_path / "duinrand"
    shutil.copytree("estates/duinrand", folder)
    lock = folder / "addresses.lock.yaml"
    before = lock.read_text(encoding="utf-8")
    lock.unlink()
    kade(str(folder), "--record")
    assert lock.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "nowhere"], "'nowhere' is no place in prd; there are:"),
        (["--from", "extern"], "segment extern has no subnet in prd"),
        (["--to", "data"], "say where from with --from"),
        (["--env", "dev"], "no environment 'dev'; it has prd, tst"),
        (["--format", "svg"], "no format 'svg'"),
        (["--protocol", "Sctp"], "choose Tcp, Udp or Icmp"),
    ],
)
def test_a_wrong_question_says_what_is_right(arguments, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        kade("estates/duinrand", *arguments)


def test_every_command_of_the_guide_runs():
    guide = Path("docs/network.md").read_text(encoding="utf-8")
    commands = re.findall(r"^kade network (.*)$", guide, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        assert kade(*command.split())
