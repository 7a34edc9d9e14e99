"""The guides are true: each command in them runs, in order and in a folder of its own, and links lead somewhere."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.inventory.files import machine, rvtools

ROOT = Path(__file__).resolve().parents[1]
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "guides").glob("*.md"))]
BLOCK = re.compile(r"^```(?:console|sh|bash|shell)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
ELSEWHERE = ("source", "git", "pulumi", "az", "pip", "python3")  # programs that are not ours to try


def commands(guide):
    for block in BLOCK.findall(guide.read_text(encoding="utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            text = line.strip().removeprefix("$ ").split(" #")[0]
            if text and not text.startswith("#"):
                yield text


def guides_with(program):
    return [guide for guide in GUIDES if any(shlex.split(c)[0] == program for c in commands(guide))]


@pytest.mark.parametrize("guide", guides_with("kade"), ids=lambda g: g.stem)
def test_commands_run(guide, tmp_path):
    """A rule that fails is a finding on the example, not a fault of the guide: status 1 is allowed for a preview."""
    shutil.copytree(ROOT / "estates", tmp_path / "estates")
    rvtools(tmp_path / "export.xlsx", machine("srv-zaak01"))  # what the guides call an export
    kade = str(Path(sys.executable).with_name("kade"))
    variables = {k: v for k, v in os.environ.items() if not k.startswith("PULUMI_")}
    for text in dict.fromkeys(commands(guide)):
        program, *arguments = shlex.split(text)
        if program != "kade":
            continue
        command = [kade, *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=300)
        findings = (
            "Findings (" in done.stdout or "### Findings" in done.stdout or "failures of mandatory" in done.stderr
        )
        assert done.returncode == 0 or (done.returncode == 1 and findings), f"{text}\n{done.stderr[-2000:]}"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda g: g.stem)
def test_programs_and_targets_are_there(guide):
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    for text in commands(guide):
        program, *arguments = shlex.split(text)
        if program == "make":
            assert [a for a in arguments if "=" not in a and a not in targets] == [], text
        else:
            assert program in ("kade", *ELSEWHERE), text


def test_links_lead_somewhere():
    pages = [
        *ROOT.glob("*.md"),
        *(page for top in ("components", "docs", "policies") for page in (ROOT / top).rglob("*.md")),
    ]
    found = [(page, to) for page in pages for to in LINK.findall(page.read_text(encoding="utf-8"))]
    assert len(found) > 100
    assert [f"{page.relative_to(ROOT)}: {to}" for page, to in found if not (page.parent / to).exists()] == []


def test_every_decision_keeps_its_record():
    """One that is overturned says so, and stays: its number is never another's."""
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert text.startswith(f"# {record.name[:4]}: "), record.name
        assert re.search(r"^2\d{3}-\d\d-\d\d", text, re.M), f"{record.name} has no day"


def test_every_command_is_in_a_guide():
    """A command that no guide names is one that nobody finds."""
    from kade.cli.main import app

    text = "\n".join(guide.read_text(encoding="utf-8") for guide in GUIDES)
    names = [command.name for command in app.registered_commands] + [group.name for group in app.registered_groups]
    assert [name for name in names if name and f"kade {name}" not in text] == []
