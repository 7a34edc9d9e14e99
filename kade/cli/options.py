"""The arguments and options that several commands have: said once, so that they read the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from kade.cli.errors import UsageError


def choice(flag: str, names: Iterable[str], about: str = "") -> Any:
    """An option that takes one of some names: the help lists them, after ``about``, and another name is refused."""
    known = tuple(names)
    listed = " or ".join(part for part in (", ".join(known[:-1]), known[-1]) if part)

    def checked(value: str | None) -> str | None:
        if value is not None and value not in known:
            raise UsageError(f"{flag} {value}: choose {listed}.")
        return value

    return typer.Option(flag, help=f"{about}: {listed}" if about else listed, callback=checked)


def formats(*names: str, about: str = "") -> Any:
    """The option ``--format``."""
    return choice("--format", names, about)


EstateArgument = Annotated[str, typer.Argument(metavar="E", help="an estate's name or folder")]
TargetArgument = Annotated[
    str, typer.Argument(metavar="TARGET", help="an estate's name or folder, or a folder with a Pulumi.yaml")
]
ExportsArgument = Annotated[
    list[Path], typer.Argument(metavar="EXPORT...", help="output of `az graph query` or `az resource list`")
]
EstateOption = Annotated[str, typer.Option("--estate", metavar="E", help="an estate's name or folder")]
EnvOption = Annotated[str, typer.Option("--env", help="the environment (default: the estate's production environment)")]
LayerOption = Annotated[list[str] | None, typer.Option("--layer", help="only the stacks of this layer; repeatable")]
StackOption = Annotated[str, typer.Option("--stack", help="one stack; needed for a Pulumi project")]
StateOption = Annotated[
    Path | None,
    typer.Option(
        "--state", metavar="PATH", help="this state instead of the local one: a file, or a folder with one a stack"
    ),
]
PackOption = Annotated[
    list[Path] | None, typer.Option("--pack", metavar="DIR", help="also this policy pack; repeatable")
]
NoPoliciesOption = Annotated[bool, typer.Option("--no-policies", help="run no policy pack")]
LocalOption = Annotated[
    bool,
    typer.Option("--local", envvar="KADE_LOCAL", help="deploy to the local Azure: only the local state changes"),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="do not ask")]
PricesOption = Annotated[
    Path | None, typer.Option("--prices", metavar="FILE", help="the price file (default: prices.json of the estate)")
]
OutOption = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="write the report to this file")]
TextOrJson = Annotated[str, formats("text", "json")]
TextJsonOrMarkdown = Annotated[str, formats("text", "json", "markdown")]
