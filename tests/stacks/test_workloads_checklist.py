"""Each clause of what a migrated application becomes, and the resource of the example's preview that carries it."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from functools import reduce
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from kade.estate import load

TABLE = YAML(typ="safe", pure=True).load((Path(__file__).parent / "workloads_checklist.yaml").read_text("utf-8"))
CHECKLIST = [(strategy, *row) for strategy, rows in TABLE.items() for row in rows]


@pytest.fixture(scope="module")
def digest():
    """The preview of the layer with its rules, as a user asks for it."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PULUMI_", "KADE_", "FORCE_COLOR"))}
    command = [Path(sys.executable).with_name("kade"), "preview", "lindewaard", "--layer", "workloads"]
    done = subprocess.run([*command, "--format", "json"], env=kept, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def made(digest):
    """Kind, name and inputs of everything; of a stack its outputs."""
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
def test_a_clause_is_carried_by_a_resource(made, row):
    _, _, kind, name, path, wanted = row
    found = [at(inputs, path) for k, n, inputs in made if k == kind and re.search(name, n)]
    assert [value for value in found if holds(value, wanted)], f"no {kind} {name} with {path} {wanted!r}: {found[:3]}"


def test_an_archive_is_never_locked_or_made_unchangeable(made):
    kinds = {kind for kind, name, _ in made if "-archive-" in name}
    assert {"StorageAccount", "BlobContainer"} <= kinds
    assert not kinds & {"ManagementLockByScope", "BlobContainerImmutabilityPolicy", "BlobContainerLegalHold"}
    accounts = [inputs for kind, name, inputs in made if kind == "StorageAccount" and "-archive-" in name]
    assert all("immutableStorageWithVersioning" not in inputs for inputs in accounts)


def test_the_layer_breaks_no_mandatory_rule(digest):
    results = digest["policies"]["results"]
    assert len(results) > 1000
    assert [r for r in results if r["verdict"] == "fail" and r["enforcement"] == "mandatory"] == []


def test_forty_applications_of_six_strategies_are_recorded(made):
    records = {key: record for kind, _, out in made if kind == "Stack" for key, record in out["applications"].items()}
    counts = Counter(record["strategy"] for record in records.values())
    assert len(records) >= 40
    assert set(counts) == {"rehost", "replatform", "refactor", "repurchase", "retain", "retire"}
    # What a municipality would recognise: most is bought, a part moves as it is or to a service, little is rebuilt.
    assert counts["repurchase"] > counts["rehost"] >= counts["refactor"]
    assert set(records) == {k for k, app in load("estates/lindewaard").applications.items() if app.strategy}
