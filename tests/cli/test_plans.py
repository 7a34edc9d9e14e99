"""Plans as a user makes and applies them: `kade preview --save-plan` and `kade up --local --plan`."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from tests.cli.conftest import KADE, environment

PROGRAM = """
import pulumi
from pulumi_azure_native import authorization, managedidentity, network, resources

config = pulumi.Config()
group = resources.ResourceGroup("group", location="westeurope", tags={"owner": config.get("owner") or "ict"})
identity = managedidentity.UserAssignedIdentity("app", resource_group_name=group.name, location="westeurope")
authorization.RoleAssignment(
    "reader",
    principal_id=identity.principal_id,
    principal_type="ServicePrincipal",
    role_definition_id="/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7",
    scope=group.id,
)
"""
COMPUTED = """
# What a reviewer cannot see: the source of the rule is computed from an output.
network.NetworkSecurityGroup(
    "nsg",
    resource_group_name=group.name,
    location="westeurope",
    security_rules=[
        network.SecurityRuleArgs(
            name="in", priority=100, direction="Inbound", access="Allow", protocol="Tcp", source_port_range="*",
            source_address_prefix=identity.client_id.apply(lambda _: "0.0.0.0/0"),
            destination_address_prefix="10.0.0.4", destination_port_range="443",
        )
    ],
)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project with the plan of its stack, made once."""
    folder = tmp_path_factory.mktemp("made") / "small"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
    (folder / "__main__.py").write_text(PROGRAM)
    command = [KADE, "preview", folder, "--stack", "dev", "--save-plan", folder / "plans"]
    saved = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert saved.returncode == 0, saved.stderr
    assert "plan of dev: 4 changes, sha256 " in saved.stderr
    return folder


@pytest.fixture
def small(made, tmp_path):
    """A copy of it."""
    return shutil.copytree(made, tmp_path / "small")


def plan(kade, folder, **variables):
    return kade("preview", folder, "--stack", "dev", "--save-plan", folder / "plans", **variables)


def apply(kade, folder, plans="plans", **variables):
    return kade("up", folder, "--stack", "dev", "--local", "--yes", "--plan", folder / plans, **variables)


def test_an_approved_plan_is_done_and_says_what_became_known(kade, small):
    done = apply(kade, small)
    assert done.status == 0, done.err
    assert "known now: reader: principalId is " in done.err
    again = kade("preview", small, "--stack", "dev")
    assert "unchanged" in again.out
    assert "to create" not in again.out


def test_a_plan_that_no_longer_fits_is_refused_before_anything_is_done(kade, small):
    program = small / "__main__.py"
    program.write_text(program.read_text().replace('"westeurope", tags', '"northeurope", tags'))
    refused = apply(kade, small)
    assert refused.status == 1
    assert "this is not what was approved, and nothing was done" in refused.err
    assert 'group: location was approved as "westeurope" and would be "northeurope"' in refused.err
    assert not (small / ".kade" / "state").exists()


def test_a_plan_whose_state_has_moved_on_is_refused(kade, small):
    assert kade("up", small, "--stack", "dev", "--local", "--yes").status == 0
    refused = apply(kade, small)
    assert refused.status == 1
    assert "group: create was approved, and it would be same" in refused.err


def test_a_plan_that_was_tampered_with_is_refused(kade, small):
    file = small / "plans" / "dev.json"
    text = file.read_text()
    assert '"owner": "ict"' in text
    file.write_text(text.replace('"owner": "ict"', '"owner": "mallory"'))
    refused = apply(kade, small)
    assert refused.status == 1
    assert "signature does not match: it was changed after it was made" in refused.err
    assert not (small / ".kade" / "state").exists()


def test_a_value_that_turns_into_a_network_change_stops_the_run_before_it(kade, small):
    program = small / "__main__.py"
    program.write_text(program.read_text() + COMPUTED)
    plan(kade, small)
    stopped = apply(kade, small)
    assert stopped.status == 1
    told = 'securityRules[0].sourceAddressPrefix was unknown when the plan was approved, is "0.0.0.0/0"'
    assert told in stopped.err + stopped.out
    state = json.loads((small / ".kade" / "state" / "small" / "dev.json").read_text())
    types = {r["type"] for r in state["deployment"]["resources"]}
    assert "azure-native:managedidentity:UserAssignedIdentity" in types
    assert "azure-native:network:NetworkSecurityGroup" not in types
    assert plan(kade, small).status == 0  # now it is known, and a person approves it as it is
    assert apply(kade, small).status == 0


def test_a_plan_of_another_commit_is_refused(kade, small):
    def git(*arguments):
        subprocess.run(
            ["git", "-C", str(small), "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments], check=True
        )

    git("init", "-q")
    git("add", "Pulumi.yaml", "__main__.py")
    git("commit", "-q", "-m", "one")
    plan(kade, small)
    git("commit", "-q", "--allow-empty", "-m", "two")
    refused = apply(kade, small)
    assert refused.status == 1
    assert "the plan was made at commit " in refused.err


def test_the_key_is_needed_for_the_secrets(kade, small):
    refused = apply(kade, small, KADE_PLAN_KEY="another")
    assert refused.status == 1
    assert "another KADE_PLAN_KEY" in refused.err


def test_the_key_that_kade_makes_is_for_its_owner_only(made):
    assert (made / ".kade" / "plan.key").stat().st_mode & 0o777 == 0o600


def test_a_preview_that_fails_is_no_plan(kade, project):
    folder = project("raise ValueError('wrong')")
    failed = plan(kade, folder)
    assert failed.status == 1
    assert not (folder / "plans").exists()


def test_a_missing_plan_is_refused(kade, small):
    refused = apply(kade, small, "elsewhere")
    assert refused.status == 1
    assert "there is no such plan" in refused.err
