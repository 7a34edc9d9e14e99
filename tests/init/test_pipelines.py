"""The pipelines that `kade init` writes: each is linted, and each of its commands is run on a repository it made.

The tests of this module are one story on one repository, in the order in which they stand.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
from defusedxml import ElementTree

from tests.cli.conftest import environment
from tests.init.conftest import git
from tests.init.pipelines import Runner, load, on_path, scripts
from tests.publish.test_publish import TOKEN, AzureDevOps, GitHub, Server, Service

BIN = Path(sys.executable).parent
WORKFLOWS = (".github/workflows/kade.yml", ".github/workflows/kade-stack.yml")
TEMPLATES = tuple(f".azuredevops/kade-{name}.yml" for name in ("setup", "review", "layer", "snapshot", "drift"))
FIRST_SCREEN = 24  # lines


def lint(*command):
    return subprocess.run([BIN / command[0], *command[1:]], capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        *(("vendor.github-workflows", file) for file in WORKFLOWS),
        ("vendor.github-actions", ".github/actions/kade/action.yml"),
        ("vendor.azure-pipelines", "azure-pipelines.yml"),
        *(("vendor.azure-pipelines", file) for file in TEMPLATES),
    ],
)
def test_each_file_holds_to_its_schema(repository, schema, file):
    azure = ("--regex-variant", "python", "--data-transform", "azure-pipelines") if "azure" in schema else ()
    found = lint("check-jsonschema", *azure, "--builtin-schema", schema, str(repository / file))
    assert found.returncode == 0, found.stdout


def test_a_wrong_file_would_be_found(repository, tmp_path):
    wrong = tmp_path / "kade.yml"
    wrong.write_text((repository / WORKFLOWS[0]).read_text().replace("runs-on:", "run-on:", 1))
    assert lint("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(wrong)).returncode == 1


def test_the_workflows_are_safe(repository, tmp_path):
    """Injection, actions that are not pinned, credentials that stay, wide permissions: zizmor knows them."""
    folder = repository / ".github"
    found = lint("zizmor", "--offline", "--no-progress", "--min-severity", "medium", str(folder))
    assert found.returncode == 0, found.stdout + found.stderr
    broken = tmp_path / ".github" / "workflows" / "kade.yml"
    broken.parent.mkdir(parents=True)
    text = (folder / "workflows" / "kade.yml").read_text()
    broken.write_text(text.replace('kade preview "$ESTATE"', "kade preview ${{ github.head_ref }}", 1))
    assert "template-injection" in lint("zizmor", "--offline", "--no-progress", str(broken)).stdout


def test_no_secret_but_the_plans_key_is_asked_for(repository):
    for file in (*WORKFLOWS, ".github/actions/kade/action.yml", "azure-pipelines.yml", *TEMPLATES):
        text = (repository / file).read_text()
        asked = {part.split("}}")[0].strip() for part in text.split("secrets.")[1:]}
        assert asked <= {"KADE_PLAN_KEY"}, file
        assert "AZURE_CLIENT_SECRET" not in text
        assert "client-secret" not in text


@dataclass
class Services:
    """The two services' stores, and a runner for each on the same repository."""

    github: Runner
    azure: Runner
    comments: list[dict]
    issues: list[dict]
    threads: list[dict]
    work_items: list[dict]


HANDMADE = {
    "id": "/subscriptions/00000000-0000-4000-8000-000000000012/resourceGroups/rg-zandwijk-toepassingen-prd-we-001"
    "/providers/Microsoft.Storage/storageAccounts/handmade",
    "name": "handmade",
    "type": "microsoft.storage/storageaccounts",
    "location": "westeurope",
    "properties": {},
}
AZ = f"""[ "$1 $2" = "graph query" ] || exit 2
case "$*" in
  *skip-token*) echo '{json.dumps({"data": [], "skip_token": None})}' ;;
  *) echo '{json.dumps({"data": [HANDMADE], "skip_token": "next"})}' ;;
esac"""


@pytest.fixture(scope="module")
def services(repository, tmp_path_factory):
    """A GitHub and an Azure DevOps that are ours, and an `az` that knows of one account, made by hand."""
    folder = tmp_path_factory.mktemp("service")
    (folder / "event.json").write_text(json.dumps({"pull_request": {"number": 7}}))
    stores, servers = (GitHub(), AzureDevOps()), []
    for store in stores:
        servers.append(Server(("127.0.0.1", 0), Service))
        servers[-1].store = store
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
    addresses = [f"http://127.0.0.1:{server.server_port}" for server in servers]
    # The apply of the pipelines deploys to the local Azure; pip has to find the Kade that is tested.
    common = environment(PATH=on_path(folder / "bin", az=AZ), PIP_NO_INDEX="1", KADE_LOCAL="1")
    github = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": addresses[0],
        "GITHUB_REPOSITORY": "gemeente-zandwijk/kade-zandwijk",
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
    }
    azure = {
        "TF_BUILD": "True",
        "SYSTEM_COLLECTIONURI": f"{addresses[1]}/",
        "SYSTEM_TEAMPROJECT": "kade",
        "BUILD_REPOSITORY_ID": "1",
        "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
        "idToken": "a-token",
        "servicePrincipalId": "an-id",
        "tenantId": "a-tenant",
    }
    yield Services(
        Runner(repository, {**common, **github}, {"github.token": TOKEN, "secrets.KADE_PLAN_KEY": "f" * 64}),
        Runner(repository, {**common, **azure}, {"System.AccessToken": TOKEN}),
        stores[0].comments,
        stores[0].issues,
        stores[1].threads,
        stores[1].items,
    )
    for server in servers:
        server.shutdown()
        server.server_close()


def all_well(steps):
    for step in steps:
        assert step.status == 0, f"{step.name}:\n{step.output}"
    assert steps
    return steps


def job(repository, name, file=WORKFLOWS[0]):
    return load(repository / file)["jobs"][name]


def test_the_matrix_has_every_stack(repository, services):
    all_well(services.github.github(job(repository, "stacks")))
    found = {
        k.rsplit(".", 1)[1]: json.loads(v) for k, v in services.github.values.items() if k.startswith("steps.list")
    }
    assert found["reviews"] == [{"estate": "zandwijk", "environment": "prd"}]
    assert [item["stack"] for item in found["platform"]] == ["zandwijk.prd.platform"]
    assert found["workloads"] == []
    steps = load(repository / "azure-pipelines.yml")["stages"][0]["jobs"][0]["steps"]
    [listed] = [s for s in all_well(services.azure.azure(steps)) if s.name == "List the stacks"]
    assert '##vso[task.setvariable variable=platform;isOutput=true]{"zandwijk_prd_platform_zandwijk_prd_platform"' in (
        listed.output
    )


def choose(services):
    """What the matrix fills in."""
    services.github.values |= {"matrix.estate": "zandwijk", "matrix.environment": "prd"}


def test_a_review_comments_and_reports(repository, services):
    choose(services)
    all_well(services.github.github(job(repository, "review")))
    [comment] = services.comments[100:]
    assert "**There is no state: everything looks new.**" in comment["body"]
    sarif = json.loads((repository / "report" / "kade.sarif").read_text())
    places = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in sarif["runs"][0]["results"]}
    assert places == {"estates/zandwijk/estate.yaml"}
    assert ElementTree.parse(repository / "report" / "junit.xml").getroot().tag == "testsuites"
    assert (repository / "report" / "preview.html").read_text().startswith("<!DOCTYPE html>")


def test_the_plan_is_made_and_applied(repository, services):
    services.github.values |= {"inputs.estate": "zandwijk", "inputs.stack": "zandwijk.prd.platform"}
    workflow = load(repository / WORKFLOWS[1])
    all_well(services.github.github(workflow["jobs"]["plan"], variables=workflow["env"]))
    services.github.values["needs.plan.outputs.sums"] = services.github.values["steps.plan.outputs.sums"]
    plan = repository / "plans" / "zandwijk.prd.platform.json"
    good = plan.read_text()

    plan.write_text(good.replace("westeurope", "eastus", 1))
    refused = services.github.github(workflow["jobs"]["apply"], variables=workflow["env"])
    assert refused[-1].status == 1
    assert "FAILED" in refused[-1].output  # the sums; and without them Kade itself refuses:
    services.github.values["needs.plan.outputs.sums"] = ""
    [apply] = [s for s in workflow["jobs"]["apply"]["steps"] if s.get("name") == "Apply"]
    [refused] = services.github.github({"steps": [apply]}, variables=workflow["env"])
    assert refused.status == 1
    assert "signature does not match: it was changed after it was made" in refused.output

    plan.write_text(good)
    services.github.values["needs.plan.outputs.sums"] = services.github.values["steps.plan.outputs.sums"]
    all_well(services.github.github(workflow["jobs"]["apply"], variables=workflow["env"]))
    assert (repository / ".kade" / "state" / "kade" / "zandwijk.prd.platform.json").is_file()


def test_the_plan_is_made_and_applied_on_azure_devops(repository, services):
    jobs = {j["job"]: j for j in load(repository / ".azuredevops" / "kade-layer.yml")["stages"][0]["jobs"]}
    shutil.rmtree(repository / "plans")
    (repository / "state.json").unlink(missing_ok=True)
    chosen = {"ESTATE": "zandwijk", "ENVIRONMENT": "prd", "STACK": "zandwijk.prd.connectivity"}
    all_well(services.azure.azure(jobs["plan"]["steps"], **chosen))
    all_well(services.azure.azure(jobs["apply"]["steps"], **chosen))
    assert (repository / ".kade" / "state" / "kade" / "zandwijk.prd.connectivity.json").is_file()


def test_the_state_of_main_is_what_a_review_compares_with(repository, services):
    all_well(services.github.github(job(repository, "snapshot")))
    chosen = {"ESTATE": "zandwijk", "ENVIRONMENT": "prd"}
    snapshot = load(repository / ".azuredevops" / "kade-snapshot.yml")["steps"]
    all_well(services.azure.azure(snapshot, **chosen))
    one, other = (
        json.loads((repository / file).read_text())["stacks"] for file in ("state.json", "snapshot/state.json")
    )
    assert {n: p["deployment"]["resources"] for n, p in one.items()} == {
        n: p["deployment"]["resources"] for n, p in other.items()
    }
    shutil.move(repository / ".kade", repository / ".elsewhere")  # the runner of a review has no state of its own
    try:
        review = load(repository / ".azuredevops" / "kade-review.yml")["steps"]
        all_well(services.azure.azure(review, **chosen))
    finally:
        shutil.rmtree(repository / ".kade", ignore_errors=True)
        shutil.move(repository / ".elsewhere", repository / ".kade")
    [thread] = services.threads
    assert "There is no state" not in thread["comments"][0]["content"]


def test_a_mandatory_rule_that_fails_stops_the_review_with_the_reason_on_the_first_screen(repository, services):
    waivers = repository / "estates" / "zandwijk" / "waivers.yaml"
    text = waivers.read_text()
    waivers.write_text("exemptions: {}\n")
    try:
        steps = {step.name: step for step in services.github.github(job(repository, "review"))}
    finally:
        waivers.write_text(text)
    assert steps["Preview and check"].status == 1
    screen = "\n".join(steps["Preview and check"].output.splitlines()[:FIRST_SCREEN])
    assert "kade-firewall-policy-threat-intelligence: hub-weu-firewall-policy: threatIntelMode is not Deny" in screen
    assert steps["Comment"].status == 0
    [comment] = services.comments[100:]  # the same one, brought up to date
    assert "threatIntelMode is not Deny" in comment["body"]


def test_drift_opens_an_issue(repository, services):
    all_well(services.github.github(job(repository, "drift")))
    [issue] = services.issues
    assert issue["title"] == "Drift of zandwijk (prd)"
    assert "handmade" in issue["body"]
    steps = load(repository / ".azuredevops" / "kade-drift.yml")["steps"]
    all_well(services.azure.azure(steps, ESTATE="zandwijk", ENVIRONMENT="prd"))
    assert [item["System.Title"] for item in services.work_items] == ["Drift of zandwijk (prd)"]


def test_every_command_was_run(repository, services):
    files = [*WORKFLOWS, ".github/actions/kade/action.yml", "azure-pipelines.yml", *TEMPLATES]
    wanted = {script for file in files for script in scripts(load(repository / file))}
    assert wanted == {step.script for step in (*services.github.ran, *services.azure.ran)}


def test_nothing_that_a_pipeline_makes_would_be_committed(repository):
    (repository / ".outputs").unlink()
    (repository / ".summary").unlink()
    assert git(repository, "status", "--porcelain") == ""
