"""``kade check``: the rules on ARM templates, exports of Azure, Pulumi state and previews."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kade.cli.errors import FAILED, UsageError
from kade.cli.options import OutOption, PackOption, choice, formats
from kade.report import CHECK


def command(
    file: Annotated[list[Path], typer.Argument(metavar="FILE...", help="what to check; several files may be given")],
    input_: Annotated[str, typer.Option("--input", help="auto, arm, graph, state or preview")] = "auto",
    pack: PackOption = None,
    format_: Annotated[str, formats(*CHECK)] = "text",
    verdicts: Annotated[
        str, choice("--verdicts", ("failed", "all"), "with all one result a rule and resource")
    ] = "failed",
    out: OutOption = None,
) -> None:
    """Judge ARM templates, exports of Azure, Pulumi state or previews by the rules. Needs no account."""
    from kade.check import CheckError, run
    from kade.cli.output import colours, write
    from kade.report import reporter

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
