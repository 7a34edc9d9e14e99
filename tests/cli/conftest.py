"""What the command's tests share: the command itself, run as a user runs it, and small projects to run it on."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

KADE = Path(sys.executable).with_name("kade")
ROOT = Path(__file__).resolve().parents[2]
GROUP = """
import pulumi
from pulumi_azure_native import resources

group = resources.ResourceGroup("group", location="westeurope", tags={"owner": "ict"})
pulumi.export("name", group.name)
"""


@dataclass(frozen=True)
class Ran:
    """What came of a command."""

    status: int
    out: str
    err: str


def environment(**more):
    """The variables of this process without what would colour or encrypt."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PULUMI_", "KADE_", "FORCE_COLOR"))}
    return {**kept, **more}


@pytest.fixture
def kade(tmp_path):
    """Run the command in an empty folder and wait for it."""

    def run(*arguments, cwd=tmp_path, **variables):
        done = subprocess.run(
            [KADE, *map(str, arguments)],
            cwd=cwd,
            env=environment(**variables),
            capture_output=True,
            text=True,
            timeout=180,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def project(tmp_path):
    """Make a Pulumi project of one program that runs in this environment."""

    def make(program=GROUP, name="small", extra=""):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n{extra}")
        (folder / "__main__.py").write_text(program)
        return folder

    return make


@pytest.fixture
def pack(tmp_path):
    """Make a policy pack of one program."""

    def make(program, name="pack"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "PulumiPolicy.yaml").write_text("runtime: python\n")
        (folder / "__main__.py").write_text(program)
        return folder

    return make


@pytest.fixture
def estate(tmp_path):
    """A copy of the small municipality, outside of this repository, with texts in it replaced."""

    def make(*changes, name="duinrand"):
        folder = tmp_path / name
        shutil.copytree(ROOT / "estates" / "duinrand", folder)
        change(folder, *changes)
        return folder

    return make


def change(folder, *changes):
    """Replace texts in an estate file; each has to be in it."""
    file = folder / "estate.yaml"
    text = file.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    file.write_text(text)
