"""``kade stacks``: which estates and stacks a repository has, for people and for a pipeline's matrix."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from kade.cli.errors import UsageError
from kade.cli.options import formats


@dataclass(frozen=True)
class Listed:
    """One stack with what a pipeline has to know of it."""

    estate: str
    environment: str
    layer: str
    stack: str


def command(
    targets: Annotated[
        list[str] | None, typer.Argument(metavar="[E]...", help="estates (default: all of this repository)")
    ] = None,
    format_: Annotated[str, formats("text", "json", "github", "azure-devops")] = "text",
) -> None:
    """List the stacks of estates, in the order in which they are deployed."""
    from kade.cli.output import write

    found = [item for target in targets or _estates(Path.cwd()) for item in listed(target)]
    write(_RENDER[format_](found), None)


def listed(target: str) -> list[Listed]:
    """The stacks of an estate in every environment, production first: the others read its outputs."""
    from kade.cli.target import resolve
    from kade.estate import load, parse_stack_name

    estate = load(target)
    environments = sorted(estate.environments, key=lambda name: name != estate.production)
    found = [stack.name for name in environments for stack in resolve(target, env=name).stacks]
    return [Listed(estate.name, *parse_stack_name(name)[1:3], name) for name in found]


def _estates(folder: Path) -> list[str]:
    files = [*sorted((folder / "estates").glob("*/estate.yaml")), folder / "estate.yaml"]
    found = [str(file.parent.relative_to(folder)) for file in files if file.is_file()]
    if not found:
        raise UsageError(f"{folder}: there is no estate here (estates/*/estate.yaml or estate.yaml); name one.")
    return found


def _text(found: Sequence[Listed]) -> str:
    return "".join(f"{item.stack}\n" for item in found)


def _json(found: Sequence[Listed]) -> str:
    return json.dumps([vars(item) for item in found], indent=2) + "\n"


def _parts(found: Sequence[Listed]) -> dict[str, list[dict[str, str]]]:
    """What a pipeline runs: every estate and environment for the review, and the stacks by layer to be deployed."""
    from kade.estate.environments import LAYERS

    reviews = dict.fromkeys((item.estate, item.environment) for item in found)
    parts = {"reviews": [{"estate": estate, "environment": environment} for estate, environment in reviews]}
    return parts | {layer: [vars(item) for item in found if item.layer == layer] for layer in LAYERS}


def _github(found: Sequence[Listed]) -> str:
    """Lines for ``$GITHUB_OUTPUT``: each value is the ``include`` of a matrix."""
    return "".join(f"{name}={json.dumps(items)}\n" for name, items in _parts(found).items())


def _azure_devops(found: Sequence[Listed]) -> str:
    """Logging commands that set output variables: each value is a matrix, by a name of letters, digits and ``_``."""
    lines = ""
    for name, items in _parts(found).items():
        matrix = {
            "_".join(item.values()).replace("-", "_").replace(".", "_"): {k.upper(): v for k, v in item.items()}
            for item in items
        }
        lines += f"##vso[task.setvariable variable={name};isOutput=true]{json.dumps(matrix)}\n"
    return lines


_RENDER = {"text": _text, "json": _json, "github": _github, "azure-devops": _azure_devops}
