"""The example municipality through the Pulumi CLI and through our engine: the same resources, step by step."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STACK = "organization/kade/duinrand.prd.platform"
UNKNOWN = {"[unknown until deployed]", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}

pytestmark = [
    pytest.mark.needs_pulumi,
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH"),
]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Our program and estates under a project of its own, so that the CLI writes nothing into this checkout."""
    folder = tmp_path / "project"
    folder.mkdir()
    environment = Path(sys.executable).parents[1]
    (folder / "Pulumi.yaml").write_text(
        "name: kade\nmain: stacks\nruntime:\n  name: python\n"
        f"  options: {{toolchain: pip, virtualenv: {environment}}}\n"
    )
    for name in ("stacks", "estates"):
        (folder / name).symlink_to(ROOT / name)
    (tmp_path / "backend").mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}/backend")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "test")
    return folder


def run(project, *command):
    ran = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300, env=os.environ)
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    return ran.stdout


def steps(digest):
    """Operation and known inputs by urn; our digest also shows the default provider, which the CLI's leaves out."""
    found = {}
    for step in digest["steps"]:
        if "::pulumi:providers:azure-native::default" not in step["urn"]:
            found[step["urn"]] = (step["op"], known((step.get("newState") or {}).get("inputs") or {}))
    return found


def known(value):
    if isinstance(value, dict):
        return {key: known(item) for key, item in value.items() if not (isinstance(item, str) and item in UNKNOWN)}
    if isinstance(value, list):
        return [known(item) for item in value]
    return None if isinstance(value, str) and value in UNKNOWN else value


def test_the_same_steps(project):
    kade = [sys.executable, "-m", "kade"]
    run(project, "pulumi", "stack", "init", STACK)
    theirs = run(project, *kade, "local-azure", "--", "pulumi", "preview", "--json", "--stack", STACK)
    ours = run(ROOT, *kade, "preview", "duinrand", "--layer", "platform", "--format", "json", "--no-policies")
    assert steps(json.loads(ours)) == steps(json.loads(theirs))
