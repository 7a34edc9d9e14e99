"""The command line speaks with one voice: an option that several commands have means one thing, and says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from kade.cli.errors import UsageError
from kade.cli.main import app
from kade.cli.options import choice

# What one word means in several commands on purpose: the formats differ, a report is not a folder, and so on.
SEVERAL = {
    "--format",
    "--no-preview",
    "--out",
    "--estate",
    "--dry-run",
    "--profile",
    "--title",
    "DIR",
    "FILE",
    "FILE...",
    "--env",
}


def commands(found: Any, path: str = "kade") -> Iterator[tuple[str, Any]]:
    for name, command in getattr(found, "commands", {}).items():
        yield f"{path} {name}", command
        yield from commands(command, f"{path} {name}")


ALL = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("name", ALL)
def test_the_help_is_written_alike(name: str) -> None:
    command = ALL[name]
    first = command.help.split("\n\n")[0]
    assert first[0].isupper(), first
    assert first.endswith("."), first
    for parameter in command.params:
        assert parameter.help, f"{parameter.name} has no help"
        assert not parameter.help.endswith("."), parameter.help
        assert "default:" not in parameter.help.replace("(default:", ""), parameter.help
        assert parameter.multiple == ("repeatable" in parameter.help), parameter.help


def test_an_option_means_one_thing() -> None:
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, command in ALL.items():
        for parameter in command.params:
            word = parameter.metavar or parameter.name if parameter.param_type_name == "argument" else parameter.opts[0]
            found[word][parameter.help].append(name)
    assert {word: dict(said) for word, said in found.items() if len(said) > 1 and word not in SEVERAL} == {}


def test_a_choice_lists_its_names_and_refuses_others() -> None:
    option = choice("--by", ("layer", "stack", "type"), "by what")
    assert option.help == "by what: layer, stack or type"
    assert (option.callback("stack"), option.callback(None)) == ("stack", None)
    with pytest.raises(UsageError, match=r"^--by stock: choose layer, stack or type\.$"):
        option.callback("stock")
