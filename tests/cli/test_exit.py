"""How an application leaves: the report, its stack without Kade, and what a removal shows."""

import json
import re
import shutil
import subprocess

import pytest

from tests.cli.conftest import KADE, ROOT, change, environment

GEO, MACHINES = "duinrand.prd.workloads-geo-informatie", "duinrand.prd.workloads-uitkeringen"
REMOVAL = "    removal: {by: hoofd-ruimte, on: 2028-01-31, reason: Overgezet naar de omgevingsdienst}\n"
RECORD = re.compile(r"^  geo-informatie:\n(?:    .*\n)+", re.MULTILINE)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    """The small municipality with two applications deployed to the local Azure, once for all of these tests."""
    folder = tmp_path_factory.mktemp("exit") / "duinrand"
    shutil.copytree(ROOT / "estates" / "duinrand", folder)
    (folder / f"Pulumi.{MACHINES}.yaml").write_text("config:\n  kade:domain-join-password: geheim-wachtwoord\n")
    for options in (["--layer", "platform", "--layer", "connectivity"], ["--stack", GEO], ["--stack", MACHINES]):
        command = [KADE, "up", folder, *options, "--local", "--yes", "--no-policies"]
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.parametrize(("application", "stack"), [("geo-informatie", GEO), ("uitkeringen", MACHINES)])
def test_the_program_without_kade_changes_nothing(kade, deployed, tmp_path, application, stack):
    out = tmp_path / "plain"
    ran = kade("exit", deployed, "--application", application, "--out", out)
    assert ran.status == 0, ran.err
    program = (out / "__main__.py").read_text()
    assert not re.search(r"\bkade\.|import kade|from kade", program)
    assert "geheim-wachtwoord" not in program + (out / "state.json").read_text() + ran.out
    assert "depends_on=[" in program
    assert f"{application.replace('-', '_')}_group.name" in program

    again = kade("preview", out, "--stack", stack, "--state", out / "state.json", "--format", "json")
    assert again.status == 0, again.err
    digest = json.loads(again.out)
    assert set(digest["changeSummary"]) == {"same"}
    assert digest["changeSummary"]["same"] > 20


def test_what_leaves_is_told_before_anything_stands(kade, estate):
    ran = kade("exit", estate(), "--application", "uitkeringen", "--format", "json")
    assert ran.status == 0, ran.err
    found = json.loads(ran.out)
    assert found["source"] == "preview"
    sizes = {store["name"]: (store["size"], store["form"]) for store in found["stores"]}
    assert sizes["suite"] == ("120 GB", "bak (BACKUP DATABASE)")
    assert sizes["uitkeringen-machines-app-disk-1"] == ("256 GB", "VHD")
    assert "key vault" in {item["kind"] for item in found["keys"]}
    assert {"protected"} <= {item["kind"] for item in found["locks"]}
    assert "record in a private zone" in {item["kind"] for item in found["names"]}
    assert "managed identity" in {item["kind"] for item in found["identities"]}
    assert found["contract"][0] == "ends 2029-12-31, with 12 months of notice: give it by 2028-12-31"
    order = [line.strip() for line in found["order"]]
    machine, disk = "VirtualMachine uitkeringen-machines-app", "Disk uitkeringen-machines-app-disk-1"
    assert order.index(machine) < order.index(disk) < order.index("ResourceGroup uitkeringen-group")


def test_what_is_bought_leaves_by_its_contract(kade, estate):
    ran = kade("exit", estate(), "--application", "burgerzakensysteem")
    assert ran.status == 0, ran.err
    assert "data at the supplier, in NL; size not stated; StUF-BG" in ran.out
    assert "the supplier's exit takes 12 months of notice; never tried" in ran.out
    assert "Keys: none" in ran.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--application", "zaaksysten"], "has no application 'zaaksysten'. Did you mean 'zaaksysteem'?"),
        (["--application", "geo-informatie", "--out", "plain"], "has no state here, and a program without it would"),
        (["--application", "bestanden", "--env", "tst"], "applications.bestanden is not in tst"),
    ],
)
def test_what_cannot_leave(kade, estate, options, message):
    ran = kade("exit", estate(), *options)
    assert ran.status == 2
    assert message in ran.err


def test_a_removed_application_is_deleted_first_and_only_when_its_data_is_given_up(kade, deployed):
    folder = deployed
    file = folder / "estate.yaml"
    with_it = file.read_text()
    without = RECORD.sub("", with_it)
    file.write_text(without)
    refused = kade("preview", folder, "--layer", "workloads", "--no-policies")
    assert refused.status == 1
    assert "cannot be deleted because it is protected" in refused.out
    assert "put it back into the estate with `removal`" in refused.err

    file.write_text(with_it)
    change(
        folder,
        (
            "    admins: beheerders\n    backup_class: standaard\n    databases:\n      geo:",
            f"{REMOVAL}    admins: beheerders\n    backup_class: standaard\n    databases:\n      geo:",
        ),
    )
    given_up = kade("up", folder, "--stack", GEO, "--local", "--yes", "--no-policies")
    assert given_up.status == 0, given_up.out + given_up.err
    file.write_text(without)
    ran = kade("preview", folder, "--layer", "workloads", "--no-policies", "--format", "json")
    digest = json.loads(ran.out)
    assert ran.status == 0, ran.err
    assert next(iter(digest["stacks"])) == GEO
    deleted = [step for step in digest["steps"] if step["op"] == "delete"]
    assert digest["steps"][: len(deleted)] == deleted
    assert any(step["urn"].endswith("::geo-informatie-postgresql-geo") for step in deleted)

    gone = kade("destroy", folder, "--stack", GEO, "--local", "--yes")
    assert gone.status == 0, gone.out + gone.err
    after = kade("preview", folder, "--layer", "workloads", "--no-policies", "--format", "json")
    assert GEO not in json.loads(after.out)["stacks"]
