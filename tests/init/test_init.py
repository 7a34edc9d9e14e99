"""`kade init`, and the make targets of what it writes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from kade.estate import load
from kade.estate.schema import schema
from kade.init import FILES
from tests.cli.conftest import KADE, ROOT, environment
from tests.init.conftest import PINNED, init
from tests.init.pipelines import load as yaml

SITE = Path(sys.executable).parents[1] / "lib"


def make(folder, *arguments, first=""):
    """Run make; ``first`` comes first on the path of Python, where pip finds the pinned Kade without a network."""
    site = next(SITE.glob("python3*/site-packages"))
    path = os.pathsep.join([*filter(None, [first]), str(site), str(ROOT)])
    known = environment(PATH=os.pathsep.join([str(KADE.parent), os.environ["PATH"]]), PYTHONPATH=path, PIP_NO_INDEX="1")
    command = ["make", *arguments, f"PYTHON={sys.executable}"]
    return subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, timeout=240, check=False)


def test_everything_is_there_and_filled_in(repository):
    for place in FILES:
        text = (repository / place).read_text()
        assert "@name@" not in text
        assert "@owner@" not in text
    assert (repository / "requirements.txt").read_text().endswith(f"{PINNED}\n")
    owners = (repository / ".github" / "CODEOWNERS").read_text()
    assert "/estates/*/waivers.yaml        @gemeente-zandwijk/ciso" in owners
    assert "/estates/*/network.yaml        @gemeente-zandwijk/platform @gemeente-zandwijk/netwerk" in owners
    for file, part in (("estate.yaml", False), ("network.yaml", True)):
        jsonschema.Draft202012Validator(schema(part=part)).validate(yaml(repository / "estates" / "zandwijk" / file))
    assert load(repository / "estates" / "zandwijk").organisation.display_name == "Gemeente Zandwijk"


def test_a_folder_of_that_name_gives_no_gemeente_twice(tmp_path):
    assert init(tmp_path / "gemeente-zandwijk").returncode == 0
    estate = load(tmp_path / "gemeente-zandwijk" / "estates" / "zandwijk")
    assert (estate.organisation.display_name, estate.organisation.code) == ("Gemeente Zandwijk", "zan")


def test_what_must_not_be_committed_is_ignored(repository):
    for name in (".kade/state/kade/x.json", "estates/zandwijk/inventory.db", "state.json", "plans/x.json", ".venv/x"):
        asked = ["git", "-C", repository, "check-ignore", "-q", name]
        assert subprocess.run(asked, check=False).returncode == 0, name


@pytest.mark.parametrize("profile", ["klein", "volledig"])
def test_the_first_preview_works_at_once(tmp_path, profile):
    assert init(tmp_path / "zandwijk", "--profile", profile).returncode == 0
    command = [KADE, "preview", "zandwijk", "--layer", "platform"]
    done = subprocess.run(
        command, cwd=tmp_path / "zandwijk", env=environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "everything looks new" in done.stdout


def test_an_environment_that_could_not_be_set_up_is_set_up_again(repository):
    broken = repository / ".venv"  # as a failing pip leaves it
    broken.mkdir()
    try:
        assert "--requirement requirements.txt" in make(repository, "--dry-run", "preview").stdout
        (broken / ".ready").touch()
        assert "requirements.txt" not in make(repository, "--dry-run", "preview").stdout
    finally:
        shutil.rmtree(broken)


def test_a_second_estate_keeps_what_is_there(tmp_path):
    folder = tmp_path / "streek"
    assert init(folder, "--name", "zandwijk").returncode == 0
    (folder / "Makefile").write_text("mine:\n")
    second = init(folder, "--name", "duinrand")
    assert second.returncode == 0
    assert "kept  " in second.stdout
    assert (folder / "Makefile").read_text() == "mine:\n"
    listed = subprocess.run([KADE, "stacks"], cwd=folder, env=environment(), capture_output=True, text=True, check=True)
    assert listed.stdout.split() == [
        f"{name}.prd.{layer}" for name in ("duinrand", "zandwijk") for layer in ("platform", "connectivity")
    ]
    again = init(folder, "--name", "duinrand")
    assert again.returncode == 2
    assert "this estate is there already" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--name", "Gemeente X"], "cannot be an estate's name"),
        (["--name", "zandwijk", "--code", "1x"], "cannot be the code"),
        (["--name", "zandwijk", "--profile", "groot"], "--profile groot: choose klein or volledig"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, arguments, told):
    refused = init(tmp_path / "x", *arguments)
    assert refused.returncode == 2
    assert told in refused.stderr
    assert not (tmp_path / "x").exists()


def test_an_upgrade_shows_its_effect_before_anything_else(repository, tmp_path):
    """The other Kade is a copy of ours that enables no purge protection; only the environment of it sees the copy."""
    other, ours = tmp_path / "other", "enable_purge_protection=True"
    shutil.copytree(ROOT / "kade", other / "kade", ignore=shutil.ignore_patterns("__pycache__", ".venv"))
    (other / "kade" / ".venv").symlink_to(sys.prefix)  # the packs of a checkout name it
    vault = other / "kade" / "components" / "landing_zone" / "key_vault.py"
    assert ours in vault.read_text()
    vault.write_text(vault.read_text().replace(ours, "enable_purge_protection=None"))
    (tmp_path / "sitecustomize.py").write_text(
        f"import sys\nif sys.prefix.endswith('upgrade/next'): sys.path.insert(0, {str(other)!r})\n"
    )
    before = (repository / "requirements.txt").read_text()
    shown = make(repository, "upgrade", f"KADE={PINNED}", "ESTATE=zandwijk", first=str(tmp_path))
    assert "what 0.1.0 would change" in shown.stderr, shown.stderr
    assert "enablePurgeProtection" in shown.stdout
    assert "to create" not in shown.stdout.rsplit("Resources", 1)[1]
    assert (repository / "requirements.txt").read_text() == before
    missing = make(repository, "upgrade")
    assert missing.returncode == 2
    assert "name the other Kade" in missing.stderr
