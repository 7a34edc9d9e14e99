"""``kade inventory`` as a command: what it keeps, what it says, and what it refuses."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kade.cli.errors import USAGE, UsageError, _status
from kade.cli.main import app
from kade.estate import load
from kade.inventory import aws_live, store
from kade.inventory.model import Inventory, Network, Origin, Server
from kade.inventory.notes import MISSING, InventoryError
from tests.inventory.files import machine, rvtools


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree("estates/duinrand", tmp_path / "duinrand"))


def kade(*arguments):
    result = CliRunner().invoke(app, ["inventory", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def kept(folder):
    with store.opened(folder / ".kade" / "inventory" / "duinrand.db") as base:
        return store.load(base), store.imports(base)


def test_an_export_is_kept_and_written_for_review(folder, tmp_path):
    file = rvtools(tmp_path / "rv.xlsx", machine("srv-a"), machine("srv-b", Memory="twaalf"))
    shown = kade("import", file, "--estate", folder)
    assert "rv.xlsx (rvtools): 2 servers" in shown
    assert "srv-a" in (folder / "inventory.txt").read_text(encoding="utf-8")
    assert {server.name for server in kept(folder)[0].servers} == {"srv-a", "srv-b"}
    assert "twaalf" in shown
    assert (folder / ".kade" / "inventory" / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_importing_twice_changes_nothing(folder, tmp_path):
    file = rvtools(tmp_path / "rv.xlsx", machine("srv-a"))
    kade("import", file, "--estate", folder)
    before = (folder / "inventory.txt").read_bytes()
    assert "nothing changed" in kade("import", file, "--estate", folder)
    assert (folder / "inventory.txt").read_bytes() == before
    assert len(kept(folder)[1]) == 1


def test_a_machine_of_two_sources_is_one_and_their_conflict_is_told(folder, tmp_path):
    one = rvtools(tmp_path / "rv.xlsx", machine("srv-a", CPUs=4))
    other = tmp_path / "migrate.csv"
    other.write_text("*Server name,*Cores,*Memory (In MB),*OS name,IP addresses\nsrv-a,8,16384,Windows,10.1.2.3\n")
    remarks = tmp_path / "remarks.txt"
    shown = kade("import", one, other, "--estate", folder, "--out", remarks)
    assert "1 machines from 2 source(s)" in shown
    lines = [line.split("\t") for line in remarks.read_text(encoding="utf-8").splitlines()]
    assert [field for kind, _, field, _ in lines if kind == "conflict"] == ["cores"]
    assert any(kind == "merged" and "10.1.2.3" in message for kind, _, _, message in lines)


def test_many_remarks_are_counted_and_all_in_the_file(folder, tmp_path):
    file = rvtools(tmp_path / "rv.xlsx", *(machine(f"srv-{i}", Memory="veel") for i in range(9)))
    remarks = tmp_path / "remarks.txt"
    shown = kade("import", file, "--estate", folder, "--out", remarks)
    assert "9 refused" in shown
    assert "and 6 more" in shown
    assert remarks.read_text(encoding="utf-8").count("refused\t") == 9


def test_one_bad_file_and_nothing_is_imported(folder, tmp_path):
    good = rvtools(tmp_path / "rv.xlsx", machine("srv-a"))
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n")
    with pytest.raises(InventoryError, match=r"bad\.csv: not recognised") as caught:
        kade("import", good, bad, "--estate", folder)
    assert _status(caught.value) == USAGE
    assert kept(folder)[0].count == 0
    assert not (folder / "inventory.txt").exists()


def test_two_files_of_one_name_and_an_unknown_source_are_refused(folder, tmp_path):
    (tmp_path / "b").mkdir()
    one, other = rvtools(tmp_path / "rv.xlsx", machine()), rvtools(tmp_path / "b" / "rv.xlsx", machine("x"))
    with pytest.raises(InventoryError, match=r"two files are called rv\.xlsx"):
        kade("import", one, other, "--estate", folder)
    with pytest.raises(UsageError, match="no source 'hyperv'"):
        kade("import", one, "--estate", folder, "--source", "hyperv")


@pytest.fixture
def account(monkeypatch):
    """An account of AWS as its reader gives it; the reader itself is tested against moto's server."""
    answers = {}

    def read(accounts, regions, notes, heard):
        found = Inventory()
        for region in regions:
            names, problem = answers.get(region, ((), ""))
            origin = Origin("aws", "111111111111", region)
            found.servers += [Server(name, origin, uuid=name) for name in names]
            found.networks += [Network("vpc-1", origin)] if names else []
            if problem:
                notes.add(MISSING, origin, "ec2:describe_instances", problem)
            heard(f"111111111111/{region}", len(names))
        return found

    monkeypatch.setattr(aws_live, "read", read)
    return answers


def test_what_a_denied_region_does_not_show_is_not_gone(folder, account):
    both = ("--region", "eu-west-1", "--region", "eu-central-1")
    account.update({"eu-west-1": (("i-1", "i-2"), ""), "eu-central-1": (("i-3",), "")})
    assert "5 added" in kade("aws", "--estate", folder, *both)
    account.update({"eu-west-1": ((), "is not allowed"), "eu-central-1": ((), "")})
    account["eu-central-1"] = (("i-4",), "")
    shown = kade("aws", "--estate", folder, *both)
    assert "1 added, 0 changed, 1 gone" in shown
    assert "is not allowed" in shown
    assert {server.name for server in kept(folder)[0].servers} == {"i-1", "i-2", "i-4"}
    kade("aws", "--estate", folder, "--region", "eu-central-1")  # a region that was not asked for is not gone either
    assert {server.name for server in kept(folder)[0].servers} == {"i-1", "i-2", "i-4"}


def test_an_account_of_which_nothing_can_be_read_is_an_error(folder, account):
    account["eu-west-1"] = ((), "is not allowed (UnauthorizedOperation)")
    with pytest.raises(InventoryError, match=r"nothing could be read of AWS: .*UnauthorizedOperation"):
        kade("aws", "--estate", folder, "--region", "eu-west-1")
    with pytest.raises(UsageError, match="at most one --profile"):
        kade("aws", "--estate", folder, "--profile", "a", "--profile", "b", "--role", "arn:aws:iam::1:role/x")


def test_an_assessment_has_every_application_and_every_machine(folder, tmp_path):
    assert "burgerzakensysteem          repurchase    confirmed, by hoofd-samenleving" in kade(
        "assess", "--estate", folder
    )
    kade("import", rvtools(tmp_path / "rv.xlsx", machine("srv-a"), machine("mal", Template="True")), "--estate", folder)
    found = json.loads(kade("assess", "--estate", folder, "--format", "json"))
    assert [one["machine"] for one in found["machines"]] == ["srv-a"]
    assert found["machines"][0]["size"]["name"] == "Standard_D4s_v5"
    assert [one["application"] for one in found["applications"]] == list(load(folder).applications)
    with pytest.raises(UsageError, match="choose text or json"):
        kade("assess", "--estate", folder, "--format", "csv")
