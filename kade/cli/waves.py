"""``kade waves``: when each application moves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kade.cli.errors import FailedError, UsageError, need
from kade.cli.output import known_format, stderr, write

app = typer.Typer(help="When each application moves.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps ``plan`` a command of its own while it is the only one."""


@app.command("plan")
def plan_command(
    estate: Annotated[str, typer.Argument(metavar="E", help="an estate's name or folder")],
    format_: Annotated[str, typer.Option("--format", help="text or json")] = "text",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="write the report to this file")] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=1, help="how long to look for a better plan")] = 30.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="leave waves.yaml as it is")] = False,
) -> None:
    """Plan when each application moves, and write it to waves.yaml beside the estate."""
    known_format(format_, {"text": "for people", "json": "for programs"})
    need("ortools", "kade waves plan")
    from datetime import date

    from kade.estate import load
    from kade.migration.waves import file, report
    from kade.migration.waves.check import check_plan
    from kade.migration.waves.problem import PlanError
    from kade.migration.waves.reading import problem_of
    from kade.migration.waves.solver import solve

    found = load(estate)
    try:
        problem = problem_of(found, date.today())
        stderr(f"planning {len(problem.moves)} applications, for at most {seconds:g} s ...")
        plan = solve(problem, seconds)
    except PlanError as error:
        raise UsageError(f"{error}") from error
    wrong = check_plan(problem, plan.dates)
    if wrong:
        raise FailedError("the plan breaks rules, and is not written: " + "; ".join(wrong))
    write(report.as_json(problem, plan) if format_ == "json" else report.as_text(problem, plan), out)
    if not dry_run:
        path = Path(found.folder) / file.FILE
        write(file.written(path, dict(sorted(plan.dates.items()))), path)
