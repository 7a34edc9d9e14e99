"""``kade publish``: a report as a comment on the pull request, or as an issue, from a pipeline."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kade.cli.errors import FailedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kade.publish import Place

app = typer.Typer(help="Comments and issues of a pipeline on GitHub or Azure DevOps.", no_args_is_help=True)
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="a report in Markdown")]


@app.command("comment")
def comment(file: FileArgument) -> None:
    """Put a report on the pull request; the comment of an earlier run is brought up to date.

    The first line of the report is the hidden marker by which the comment is found again.
    """
    body = _text(file)
    marker = body.split("\n", 1)[0].strip()
    if not (marker.startswith("<!-- kade-") and marker.endswith("-->")):
        raise UsageError(f"{file}: its first line is no marker (<!-- kade-… -->); make it with --format markdown.")
    _publish(lambda place: place.comment(marker, body))


@app.command("issue")
def issue(
    file: FileArgument,
    title: Annotated[str, typer.Option(help="the title, by which an open issue is found again")],
    close: Annotated[bool, typer.Option("--close", help="there is nothing left to say: close the open issue")] = False,
) -> None:
    """Open an issue with a report; the open issue of an earlier run is brought up to date."""
    body, marker = _text(file), f"<!-- kade-issue {title.replace('--', '')} -->"
    _publish(lambda place: place.close(marker) if close else place.issue(marker, title, f"{marker}\n{body}"))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: the report cannot be read: {error.strerror}.") from error


def _publish(act: Callable[[Place], str]) -> None:
    from kade.cli.output import stderr
    from kade.publish import PublishError, place_of

    try:
        address = act(place_of(os.environ))
    except PublishError as error:
        raise FailedError(f"error: {error}") from error
    stderr(f"published: {address}" if address else "there was nothing to close.")
