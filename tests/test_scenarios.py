"""The five stories of docs/scenarios.md, run as they stand there: every command, and the lines that come out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.adopt import exports
from tests.cli.conftest import ROOT, environment
from tests.drift.azure import thousand
from tests.init.conftest import git, init

GUIDE = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
STORIES = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL))
PLATFORM = "duinrand.prd.platform"


@dataclass
class Command:
    """One command of a story, the lines that come out of it, and its status."""

    text: str
    lines: list[str] = field(default_factory=list)
    status: int = 0


def commands(story: str) -> list[Command]:
    """The commands of a story, in order."""
    found: list[Command] = []
    for block in re.findall(r"^```text\n(.*?)^```$", story, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(Command(line[2:]))
            elif status := re.fullmatch(r"\(status (\d)\)", line):
                found[-1].status = int(status[1])
            elif line.strip() not in ("", "…"):
                found[-1].lines.append(line.strip())
    return found


def run(folder: Path, command: str) -> tuple[int, str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment(PATH=path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=240,
        check=False,
    )
    return done.returncode, done.stdout


def day_one(folder: Path) -> None:
    exports.graph(folder / "export.json", None)


def estate(folder: Path, name: str) -> None:
    shutil.copytree(ROOT / "estates" / name, folder / name)


def incident(folder: Path) -> None:
    estate(folder, "lindewaard")
    estate(folder, "duinrand")
    made = thousand(20)
    [account] = [m.graph for m in made if m.kind == "storage" and m.graph][:1]
    account["properties"]["networkAcls"]["defaultAction"] = "Allow"
    (folder / "export.json").write_text(json.dumps({"data": [m.graph for m in made if m.graph]}))
    manifest = {"time": "2026-11-01T00:00:00Z", "magic": "", "version": ""}
    text = json.dumps({"version": 3, "deployment": {"manifest": manifest, "resources": [m.state for m in made]}})
    (folder / "states").mkdir()
    (folder / "states" / f"{PLATFORM}.json").write_text(text.replace("test.prd.platform", PLATFORM))


def audit(folder: Path) -> None:
    """A repository whose first commit, in September, has no exemption; it came later."""
    assert init(folder, "--name", "zandwijk").returncode == 0
    waivers = folder / "estates" / "zandwijk" / "waivers.yaml"
    text = waivers.read_text()
    git(folder, "init", "-q", "-b", "main")
    for content, day in (("exemptions: {}\n", "2026-09-01"), (text, "2026-11-01")):
        waivers.write_text(content)
        git(folder, "add", ".")
        subprocess.run(
            ["git", "-c", "user.name=Test", "-c", "user.email=t@example.org", "commit", "-q", "-m", day],
            cwd=folder,
            env={**os.environ, "GIT_COMMITTER_DATE": f"{day}T12:00:00", "GIT_AUTHOR_DATE": f"{day}T12:00:00"},
            check=True,
        )


PREPARED = {
    "Day one": day_one,
    "A change": lambda folder: estate(folder, "duinrand"),
    "An incident": incident,
    "An audit": audit,
    "An exit": lambda folder: estate(folder, "duinrand"),
}


def test_there_are_five_stories():
    assert list(STORIES) == list(PREPARED)
    assert all(len(commands(story)) >= 2 for story in STORIES.values())


@pytest.mark.parametrize("title", PREPARED)
def test_a_story_goes_as_it_is_told(title, tmp_path):
    PREPARED[title](tmp_path)
    for command in commands(STORIES[title]):
        status, out = run(tmp_path, command.text)
        assert status == command.status, f"$ {command.text}\n{out[-3000:]}"
        shown = " ".join(out.split())
        for line in command.lines:
            assert " ".join(line.split()) in shown, f"$ {command.text}\n{line!r} is not in:\n{out[-3000:]}"
        if title == "Day one" and command.text == "kade preview zandwijk":
            counts = re.search(r"^Resources\s+(.*)$", out, re.MULTILINE)
            assert counts
            assert not re.search("to (update|replace|delete)", counts[1]), counts[1]
