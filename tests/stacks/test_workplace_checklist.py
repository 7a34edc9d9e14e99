"""Each sentence of what the workplace has to be, and the resource of the example's preview that carries it."""

import json
import os
import re
import subprocess
import sys
from functools import reduce
from pathlib import Path

import pytest
from ruamel.yaml import YAML

TABLE = YAML(typ="safe", pure=True).load((Path(__file__).parent / "workplace_checklist.yaml").read_text("utf-8"))
CHECKLIST = [(point, *row) for point, rows in TABLE.items() for row in rows]


@pytest.fixture(scope="module")
def digest():
    """The preview of the layer, as a user asks for it."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PULUMI_", "KADE_", "FORCE_COLOR"))}
    command = [Path(sys.executable).with_name("kade"), "preview", "lindewaard", "--layer", "workplace"]
    done = subprocess.run([*command, "--format", "json"], env=kept, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def made(digest):
    """Kind, name and inputs of everything; of the stack its outputs."""
    found = []
    for step in digest["steps"]:
        state = step["newState"]
        kind = state["type"].rsplit(":", 1)[-1]
        found.append(
            (kind, state["urn"].rsplit("::", 1)[-1], state.get("outputs" if kind == "Stack" else "inputs", {}))
        )
    return found


def at(inputs, path):
    def step(value, key):
        if isinstance(value, list):
            return value[int(key)] if int(key) < len(value) else None
        return value.get(key) if isinstance(value, dict) else None

    return reduce(step, path.split("."), inputs)


def holds(value, wanted):
    if isinstance(wanted, str):
        text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        return value is not None and re.search(wanted, text)
    return value == wanted


@pytest.mark.parametrize("row", CHECKLIST, ids=lambda row: f"{row[0]}: {row[1]}")
def test_a_sentence_is_carried_by_a_resource(made, row):
    _, _, kind, name, path, wanted = row
    found = [at(inputs, path) for k, n, inputs in made if k == kind and re.search(name, n)]
    assert [value for value in found if holds(value, wanted)], f"no {kind} {name} with {path} {wanted!r}: {found[:3]}"


def test_every_point_of_what_is_wanted_has_rows():
    assert [point.split()[0] for point in TABLE] == ["1", "2", "3", "4", "5", "6"]
    assert all(len(row) == 6 for row in CHECKLIST)


def test_no_mandatory_rule_fails(digest):
    results = digest["policies"]["results"]
    assert len(results) > 1000
    assert [r for r in results if r["verdict"] == "fail" and r["enforcement"] == "mandatory"] == []


def test_nothing_of_a_token_or_password_is_shown(digest):
    text = json.dumps(digest)
    for step in digest["steps"]:
        inputs = step["newState"].get("inputs", {})
        if "osProfile" in inputs:
            assert inputs["osProfile"]["adminPassword"] == "[secret]"
        if "protectedParameters" in inputs:
            assert holds(inputs["protectedParameters"], r"^(\[secret\]|\[unknown until deployed\])$"), inputs
    assert "eyJ" not in text  # how a token of the service begins


def test_no_host_has_a_public_address(made):
    assert [n for k, n, _ in made if k == "PublicIPAddress"] == []
    for kind, name, inputs in made:
        if kind == "NetworkInterface":
            assert all("publicIPAddress" not in c for c in inputs["ipConfigurations"]), name


def test_every_role_says_of_what_kind_its_principal_is(made):
    kinds = [inputs["principalType"] for kind, _, inputs in made if kind == "RoleAssignment"]
    assert len(kinds) > 20
    assert set(kinds) <= {"Group", "ServicePrincipal"}


def test_pools_and_their_metadata_stand_inside_the_residency_rule(made):
    pools = {n: inputs["location"] for k, n, inputs in made if k in ("HostPool", "Workspace", "ScalingPlan")}
    assert len(pools) > 10
    assert set(pools.values()) == {"westeurope"}
