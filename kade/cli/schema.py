"""``kade schema``: the JSON Schema of the estate file."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def command(
    part: Annotated[bool, typer.Option("--part", help="of a file that an estate names under `files`")] = False,
) -> None:
    """Print the JSON Schema of estate.yaml, for editors and checks."""
    from kade.estate.schema import text

    sys.stdout.write(text(part=part))
