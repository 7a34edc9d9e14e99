"""``kade waves plan`` as a command, on the estates and on waves.yaml as engineers write it."""

import importlib.util
import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from kade.cli.errors import UsageError
from kade.cli.main import app
from kade.estate import EstateError, load
from kade.migration.waves.check import check_plan
from kade.migration.waves.problem import PlanError
from kade.migration.waves.reading import problem_of
from tests.inventory.files import machine, rvtools

GUIDE = Path("docs/migration.md").resolve()


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree("estates/duinrand", tmp_path / "duinrand"))


def kade(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def plan(folder, *arguments):
    return json.loads(kade("waves", "plan", folder, "--format", "json", *arguments))


def written(folder):
    return YAML(typ="safe").load((folder / "waves.yaml").read_text(encoding="utf-8"))["plan"]


@pytest.mark.parametrize("name", ["duinrand", "lindewaard"])
def test_an_estate_is_planned_to_the_best_and_every_application_has_its_place(tmp_path, name):
    folder = Path(shutil.copytree(f"estates/{name}", tmp_path / name))
    found = plan(folder)
    estate = load(folder)
    assert set(found["applications"]) | set(found["stays"]) == set(estate.applications)
    assert found["cost"]["gap"] < 1e-6
    dates = {key: date.fromisoformat(one["starts"]) for key, one in found["applications"].items()}
    assert written(folder) == {key: {"starts": day} for key, day in dates.items()}
    assert check_plan(problem_of(estate, date.today()), dates) == []
    asked = {(key, other) for key, a in estate.applications.items() for other in a.depends_on if ":" not in other}
    told = {(link["from"], link["to"]) for link in found["links"]}
    assert told == {(key, other) for key, other in asked if key in dates}
    assert plan(folder)["changes"] == []


def test_what_engineers_write_survives_and_a_fixed_date_is_kept(folder):
    kade("waves", "plan", folder)
    file = folder / "waves.yaml"
    text = file.read_text(encoding="utf-8")
    text = re.sub(
        r"  uitkeringen:\n    starts: .*\n",
        "  uitkeringen:  # agreed with the supplier\n    starts: 2028-09-01\n    fixed: true\n",
        text,
    )  # one line of YAML
    file.write_text(text + "prerequisites:\n  net: {title: Netwerk, ready: 2027-09-20, before: [geo-informatie]}\n")
    found = plan(folder)
    assert found["applications"]["uitkeringen"] == {
        "starts": "2028-09-01", "strategy": "rehost", "notes": ["fixed", "wave golf-2028"],
    }  # fmt: skip
    assert found["applications"]["geo-informatie"]["starts"] == "2027-10-01"
    assert [(c["application"], c["why"]) for c in found["changes"]] == [
        ("geo-informatie", "Netwerk is ready on 2027-09-20")
    ] or found["changes"][0]["application"] in ("geo-informatie", "bestanden")
    after = file.read_text(encoding="utf-8")
    assert "# agreed with the supplier" in after
    assert after.startswith("# When each application moves.")
    assert written(folder)["uitkeringen"] == {"starts": date(2028, 9, 1), "fixed": True}


def test_a_dry_run_writes_nothing_and_a_report_goes_to_its_file(folder, tmp_path):
    kade("waves", "plan", folder, "--dry-run", "--out", tmp_path / "plan.txt")
    assert not (folder / "waves.yaml").exists()
    text = (tmp_path / "plan.txt").read_text(encoding="utf-8")
    assert "begraafplaatsen               rehost      pilot" in text
    assert "proven to be the least" in text


def test_an_impossible_plan_names_what_clashes_and_writes_nothing(folder):
    (folder / "waves.yaml").write_text(
        "prerequisites:\n  lz: {title: Landing zone, ready: 2028-01-01, before: azure}\n", encoding="utf-8"
    )
    with pytest.raises(PlanError) as caught:
        kade("waves", "plan", folder)
    assert "begraafplaatsen: Landing zone is ready on 2028-01-01" in str(caught.value)
    assert "begraafplaatsen: its wave proef is 2027-04-12 to 2027-05-14" in str(caught.value)
    assert "plan:" not in (folder / "waves.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("piloots: [geo-informatie]", "line 1: there is no field 'piloots'. Did you mean"),
        ("pilots: [geo-informatei]", "'geo-informatei' is no application that moves"),
        ("pilots: geo-informatie", "line 1: pilots: a list"),
        ("teams: {geo-informatie: nobody}", "there is no team 'nobody' that moves; there are ict"),
        ("starts: soon", "line 1: starts: a day was expected"),
        ("plan:\n  geo-informatie: 2027-01-01", "line 2: plan.geo-informatie: write {starts: 2027-06-01}"),
        ("plan:\n  weg: {starts: 2027-01-01, fixed: true}", "'weg' is no application that moves"),
        ("prerequisites:\n  net: {ready: 2027-01-01, before: nothing}", "line 2: prerequisites.net: write"),
        ("- a", "a map was expected"),
        ("a: [", "not YAML that can be read"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(folder, text, message):
    (folder / "waves.yaml").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(PlanError, match=re.escape(message)):
        kade("waves", "plan", folder)
    assert (folder / "waves.yaml").read_text(encoding="utf-8") == text + "\n"


def test_without_capacity_or_solver_one_line_says_so(folder, monkeypatch):
    estate = folder / "estate.yaml"
    estate.write_text(estate.read_text(encoding="utf-8").replace("moves_per_month: 1, ", ""), encoding="utf-8")
    with pytest.raises(PlanError, match="add `moves_per_month` to one under `teams`"):
        kade("waves", "plan", folder)
    real = importlib.util.find_spec
    monkeypatch.setattr("kade.cli.errors.find_spec", lambda name: None if name == "ortools" else real(name))
    with pytest.raises(UsageError, match=r"needs ortools, which is not installed: pip install 'kade\[migration\]'"):
        kade("waves", "plan", folder)


UNDECIDED = """applications:
  archiefzoeker:
    title: Archiefzoeker
    domain: bedrijfsvoering
    data: [internal]
    users: 20
    admins: beheerders  # until the archivist has a group
"""


@pytest.fixture
def undecided(folder, tmp_path):
    """The estate with an application of which nothing is decided, and its two machines in the inventory."""
    file = folder / "estate.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("applications:\n", UNDECIDED, 1), encoding="utf-8")
    old = "Microsoft Windows Server 2012 R2 (64-bit)"
    systems = {"OS according to the configuration file": old, "OS according to the VMware Tools": old}
    export = rvtools(
        tmp_path / "export.xlsx", machine("archiefzoeker-app"), machine("archiefzoeker-db", **systems), machine("srv-x")
    )
    kade("inventory", "import", export, "--estate", folder)
    kade("waves", "plan", folder)
    return folder


def application(folder, key="archiefzoeker"):
    return YAML(typ="safe").load((folder / "estate.yaml").read_text(encoding="utf-8"))["applications"][key]


def test_a_wave_becomes_records_that_hold_and_edits_survive(undecided, capsys):
    kade("waves", "write", undecided, "--wave", "proef", "--no-preview")
    first = application(undecided)
    assert {key: first[key] for key in ("strategy", "wave", "spoke")} == {
        "strategy": "rehost", "wave": "proef", "spoke": "toepassingen",
    }  # fmt: skip
    assert first["servers"] == {
        "archiefzoeker-app": {"os": "windows", "version": "2019", "cores": 4, "memory_gb": 16, "disks_gb": [100]},
        "archiefzoeker-db": {
            "os": "windows", "version": "2012 R2", "cores": 4, "memory_gb": 16, "disks_gb": [100],
            "new_version": "2025",
        },
    }  # fmt: skip
    assert load(undecided).applications["archiefzoeker"].servers["archiefzoeker-db"].new_version == "2025"
    file = undecided / "estate.yaml"
    text = file.read_text(encoding="utf-8")
    assert "admins: beheerders  # until the archivist has a group" in text
    file.write_text(
        text.replace("new_version: '2025'}", "new_version: '2022'}  # the supplier asks it"), encoding="utf-8"
    )
    edited = file.read_text(encoding="utf-8")
    kade("waves", "write", undecided, "--wave", "proef", "--no-preview")
    assert file.read_text(encoding="utf-8") == edited
    assert "servers" not in (application(undecided, "begraafplaatsen").keys() - application(undecided).keys())


def test_from_inventory_to_the_preview_of_the_first_wave_in_three_commands(undecided, tmp_path, monkeypatch):
    """The first commands of the guide, on an application of which the estate knows no more than its name and owner."""
    (undecided / "waves.yaml").unlink()
    shutil.rmtree(undecided / ".kade")
    monkeypatch.chdir(tmp_path)
    block = re.search(r"```sh\n(.*?)```", Path(GUIDE).read_text(encoding="utf-8"), re.DOTALL)
    assert block
    commands = [line.removeprefix("kade ").split() for line in block.group(1).splitlines()]
    assert [command[:2] for command in commands] == [["inventory", "import"], ["waves", "plan"], ["waves", "write"]]
    for command in commands[:-1]:
        kade(*command)
    steps = json.loads(kade(*commands[-1], "--format", "json"))["steps"]
    made = {
        step["urn"].rpartition("::")[2]
        for step in steps
        if "workloads-archiefzoeker" in step["urn"] and step["op"] == "create" and ":VirtualMachine::" in step["urn"]
    }
    assert len(made) == 2
    stacks = {step["urn"].split("::")[0].rpartition("workloads-")[2] for step in steps if "workloads-" in step["urn"]}
    assert stacks == {"archiefzoeker", "begraafplaatsen"}


def test_records_that_would_not_hold_are_taken_back(undecided):
    file = undecided / "estate.yaml"
    text = file.read_text(encoding="utf-8").replace(
        "    admins: beheerders  #",
        "    saas: {endpoints: [a.example], exit: {formats: [CSV], notice_months: 1}}\n    admins: beheerders  #",
    )
    file.write_text(text, encoding="utf-8")
    with pytest.raises(EstateError, match="`saas` belongs to repurchase"):
        kade("waves", "write", undecided, "--wave", "proef", "--no-preview")
    assert file.read_text(encoding="utf-8") == text
    assert not (undecided / "waves.lock.yaml").exists()


def test_a_wave_that_is_not_there_or_empty_is_refused(folder):
    with pytest.raises(UsageError, match="there is no plan yet; make one with `kade waves plan"):
        kade("waves", "write", folder, "--wave", "proef")
    with pytest.raises(UsageError, match=r"no wave 'proev'\. Did you mean"):
        kade("waves", "write", folder, "--wave", "proev")
    with pytest.raises(UsageError, match="there is no plan yet"):
        kade("waves", "progress", folder)
    (folder / "waves.yaml").write_text("plan:\n  bestanden: {starts: 2027-10-01}\n", encoding="utf-8")
    with pytest.raises(
        UsageError, match=r"nothing in the wave proef \(2027-04-12 to .*\)\. There is something in golf-2027\."
    ):
        kade("waves", "write", folder, "--wave", "proef")
    (folder / "waves.yaml").write_text("plan:\n  bestanden: {starts: 2026-12-01}\n", encoding="utf-8")
    with pytest.raises(
        UsageError, match=r"nothing in the wave proef .* or golf-2028 .*Every date lies outside of them"
    ):
        kade("waves", "write", folder)
    (folder / "waves.yaml").write_text("plan: [", encoding="utf-8")
    with pytest.raises(PlanError, match="not YAML that can be read"):
        kade("waves", "progress", folder)


def test_progress_is_read_from_the_state_of_the_stacks(undecided, tmp_path):
    stack = "duinrand.prd.workloads-begraafplaatsen"
    resource = {
        "urn": f"urn:pulumi:{stack}::kade::pulumi:pulumi:Stack::kade-{stack}",
        "type": "pulumi:pulumi:Stack",
        "custom": False,
        "outputs": {"applications": {"begraafplaatsen": {"strategy": "rehost"}}},
    }
    deployment = {"version": 3, "deployment": {"manifest": {}, "resources": [resource]}}
    snapshot = tmp_path / "snapshot.json"
    snapshot.write_text(json.dumps({"version": 1, "stacks": {stack: deployment}}), encoding="utf-8")
    found = json.loads(kade("waves", "progress", undecided, "--state", snapshot, "--format", "json"))["applications"]
    status = {one["application"]: one["status"] for one in found}
    assert status["begraafplaatsen"] == "done"
    assert set(status.values()) == {"done", "coming"}
    assert "gemalen" not in status  # it stays
    nothing = json.loads(kade("waves", "progress", undecided, "--format", "json"))["applications"]
    assert {one["status"] for one in nothing} == {"coming"}


def test_what_machines_talk_about_is_a_dependency_of_the_plan(undecided, tmp_path):
    talk = tmp_path / "talks.csv"
    talk.write_text(
        "Time slot,Source server name,Source IP,Source application,Source process,Destination server name,"
        "Destination IP,Destination application,Destination process,Destination port\n"
        "12:00,archiefzoeker-app,10.1.2.3,,java,srv-x,10.1.2.9,,sqlservr,1433\n",
        encoding="utf-8",
    )
    kade("inventory", "import", talk, "--estate", undecided)
    file = undecided / "waves.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "machines: {geo-informatie: [srv-x]}\n", encoding="utf-8")
    found = plan(undecided, "--dry-run")
    assert ("archiefzoeker", "geo-informatie") in [(link["from"], link["to"]) for link in found["links"]]
    assert any("by the inventory: archiefzoeker-app talks to srv-x:1433" in text for text in found["remarks"])
