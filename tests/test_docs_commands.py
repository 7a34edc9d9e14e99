"""Every `kade …` that is written somewhere, in a guide, a message or a pipeline, is one that the command takes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
import typer.core

from kade.cli.main import app

ROOT = Path(__file__).parents[1]
FOLDERS = ("components", "docs", "kade", "policies", "stacks", "tools")  # the links in kade/ are not followed
ENDINGS = {".md", ".py", ".yaml", ".yml", ".toml", ".ps1"}
SPAN = re.compile(r"`(kade [^`]+)`")
BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.M | re.S)
LINE = re.compile(r"^(?:\$ |-? ?run: |- script: )?(kade .+)$")
KADE = typer.main.get_command(app)


def files() -> list[Path]:
    found = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*") if file.suffix in ENDINGS]
    return sorted([*ROOT.glob("*.md"), *(file for file in found if ".venv" not in file.parts)])


def commands(file: Path) -> list[str]:
    """What stands between backticks, and the lines of blocks; of a pipeline every line that begins with it."""
    text = file.read_text(encoding="utf-8")
    blocks = BLOCK.findall(text) if file.suffix == ".md" else [text] if file.suffix in {".yaml", ".yml"} else []
    lines = [line.strip() for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    found = [" ".join(span.replace('" f"', "").split()) for span in SPAN.findall(text)]
    return [*found, *(match[1].split(" #")[0] for line in lines if (match := LINE.match(line)))]


def wrong(command: str) -> str:
    """Why the command would not be taken; empty where it would, or where only arguments are left out."""
    words = shlex.split(command.replace("'", "’") if command.count("'") % 2 else command)[1:]
    words = [word for word in words if not word.startswith("${")]  # a shell's, which may be nothing at all
    found, name = KADE, "kade"
    while isinstance(found, typer.core.TyperGroup):
        if not words or words[0].startswith("-"):
            return ""
        name, *words = words
        if name not in found.commands:
            return f"there is no command {name!r}"
        found = found.commands[name]
    try:
        found.make_context(name, words)
    except typer.Exit:
        return ""
    except Exception as error:  # by name: some versions of typer bring classes of their own for these
        why = str(getattr(error, "message", error))
        left_out = type(error).__name__ == "MissingParameter" or why.endswith("requires an argument.")
        return "" if left_out else why
    return ""


WRITTEN = {file: found for file in files() if (found := commands(file))}


def test_there_are_many() -> None:
    assert sum(map(len, WRITTEN.values())) > 150


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_command_that_is_written_is_one(file: Path) -> None:
    assert [f"{command}: {why}" for command in WRITTEN[file] if (why := wrong(command))] == []


# What other tools and pipelines rely on: it changes only with a version.
CONTRACT = """
kade init DIR
kade preview TARGET --env E --layer L --layer M --format json --out FILE --state FILE --pack DIR --no-policies
kade up TARGET --local --yes
kade destroy TARGET --local
kade state snapshot TARGET
kade check FILE FILE --input graph --pack DIR --format sarif --verdicts all
kade inventory import FILE FILE --estate E --source rvtools
kade inventory aws --estate E
kade waves plan E
kade roadmap E --out FILE
kade adopt E EXPORT
kade drift E EXPORT
kade network E --from A --to B --port 443
kade evidence E --since 2026-01-01 --out DIR
kade exit E --application A
kade policies list
kade policies show RULE
kade schema
kade doctor E
kade backend check URL
kade backend create URL
kade local-azure
"""


@pytest.mark.parametrize("command", CONTRACT.strip().splitlines())
def test_what_is_relied_on_is_there(command: str) -> None:
    assert wrong(command) == ""


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("kade preview lindewaard --layer platform", ""),
        ("kade preview", ""),
        ("kade up --plan", ""),
        ("kade prevew lindewaard", "there is no command 'prevew'"),
        ("kade preview lindewaard --layers platform", "No such option: --layers"),
        ("kade doctor lindewaard duinrand", "unexpected extra argument"),
    ],
)
def test_the_reading_itself(command: str, why: str) -> None:
    assert why in wrong(command) if why else wrong(command) == ""
