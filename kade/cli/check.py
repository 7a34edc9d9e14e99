"""``kade check``: the rules on ARM templates, exports of Azure, Pulumi state and previews."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kade.cli.errors import FAILED, UsageError


def command(
    file: Annotated[list[Path], typer.Argument(metavar="FILE...", help="what to check; several files may be given")],
    input_: Annotated[str, typer.Option("--input", help="auto, arm, graph, state or preview")] = "auto",
    pack: Annotated[
        list[Path] | None, typer.Option("--pack", metavar="DIR", help="also this policy pack; repeatable")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="text, json, markdown, sarif, junit or html")] = "text",
    verdicts: Annotated[str, typer.Option(help="failed, or all: one result a rule and resource")] = "failed",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="write the report to this file")] = None,
) -> None:
    """Judge ARM templates, exports of Azure, Pulumi state or previews by the rules. Needs no account."""
    from kade.check import CheckError, run
    from kade.cli.output import colours, known_format, write
    from kade.report import CHECK, reporter

    known_format(format_, CHECK)
    if verdicts not in ("failed", "all"):
        raise UsageError(f"--verdicts {verdicts}: choose failed or all.")
    try:
        report = run(file, input=input_, packs=pack or [], verdicts=verdicts)
    except CheckError as error:
        raise UsageError(str(error)) from error
    if format_ == "text" and out is None and colours():
        from rich.console import Console

        from kade.report.check_text import show

        show(report, Console())
    else:
        write(reporter(CHECK, format_)(report), out)
    if report.failed:
        raise typer.Exit(FAILED)
