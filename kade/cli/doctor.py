"""``kade doctor``: what an estate needs before it can be deployed, without asking Azure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from kade.cli.output import known_format, write

_FORMATS = {"text": "for people", "json": "for programs", "markdown": "to send to an administrator"}


def command(
    estate: Annotated[str, typer.Argument(metavar="E", help="an estate's name or folder")],
    format_: Annotated[str, typer.Option("--format", help="text, json or markdown")] = "text",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="write it to this file")] = None,
) -> None:
    """Say which rights, roles, licences and resource providers an estate needs, and who gives them.

    It reads the estate's files and nothing else: what is there already it cannot know.
    """
    known_format(format_, _FORMATS)
    from kade.doctor import report
    from kade.estate import load

    needs = report.needs_of(load(estate))
    if format_ == "json":
        data = {"version": 1, "needs": [vars(need) for need in needs]}
        write(json.dumps(data, indent=2) + "\n", out)
    else:
        lines = report.markdown(needs) if format_ == "markdown" else report.text(needs)
        write("\n".join(lines) + "\n", out)
