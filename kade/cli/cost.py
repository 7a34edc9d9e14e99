"""``kade cost``: what an estate costs, at the prices of a file, and the making of that file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kade.cli.errors import FailedError, UsageError
from kade.cli.output import known_format, stderr, write

if TYPE_CHECKING:
    from kade.cli.target import Target
    from kade.engine.plan import StackResult
    from kade.estate import Estate

app = typer.Typer(help="What an estate costs, and the prices for it.", no_args_is_help=True)

EstateArgument = Annotated[str, typer.Argument(metavar="E", help="an estate's name or folder")]
EnvOption = Annotated[str, typer.Option(help="the environment (default: the estate's production environment)")]
PricesOption = Annotated[
    Path | None, typer.Option("--prices", metavar="FILE", help="the price file (default: prices.json of the estate)")
]
TERMS = {"none": "", "1": "1 Year", "3": "3 Years"}
FORMATS = {"text": "for people", "json": "for programs", "csv": "for a spreadsheet"}


@app.command("show")
def show_command(
    estate: EstateArgument,
    env: EnvOption = "",
    layer: Annotated[list[str] | None, typer.Option("--layer", help="only this layer; repeatable")] = None,
    prices: PricesOption = None,
    by: Annotated[str, typer.Option(help="layer, stack, application, type or resource")] = "layer",
    reserve: Annotated[str, typer.Option(help="reserve machines for 1 or 3 years, or none")] = "none",
    hybrid: Annotated[bool, typer.Option("--hybrid-benefit", help="bring licences of Windows along")] = False,
    format_: Annotated[str, typer.Option("--format", help="text, json or csv")] = "text",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="write the report to this file")] = None,
) -> None:
    """What everything in the plan costs a month and a year; what has no price is listed, and not counted."""
    known_format(format_, FORMATS)
    if reserve not in TERMS:
        raise UsageError(f"--reserve {reserve}: choose one of {', '.join(TERMS)}.")
    from datetime import date

    from kade.cost.costing import Choices, costs_of
    from kade.cost.files import price_file
    from kade.cost.licences import licences_of
    from kade.cost.report import GROUPS, as_csv, as_json, as_text
    from kade.cost.years import moves_of, span_of, starts_of
    from kade.migration.waves.problem import PlanError

    if by not in GROUPS:
        raise UsageError(f"--by {by}: choose one of {', '.join(GROUPS)}.")
    found, results = _planned(estate, env, layer or [])
    file = price_file(found, prices)
    costs = costs_of(results, file, Choices(TERMS[reserve], hybrid))
    try:
        moves = moves_of(found)
    except PlanError as error:
        raise UsageError(str(error)) from None
    years = costs.by_year(starts_of(found, moves), *span_of(found, moves, date.today()))
    render = {"text": as_text, "json": as_json, "csv": as_csv}[format_]
    write(render(costs, by, years, licences_of(found, file)), out)


@app.command("fetch")
def fetch_command(
    estate: EstateArgument,
    env: EnvOption = "",
    currency: Annotated[str, typer.Option(help="the currency of the prices")] = "EUR",
    url: Annotated[str, typer.Option(help="another address of the Azure Retail Prices API")] = "",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="write here (default: prices.json of the estate)")
    ] = None,
) -> None:
    """Fetch the public prices of what the estate uses. Needs no account; licences in the file are kept."""
    from dataclasses import replace
    from datetime import date

    from kade.cost.costing import meters_of
    from kade.cost.files import FILE
    from kade.cost.prices import read_prices, write_prices
    from kade.cost.retail import URL, RetailError, fetch

    found, results = _planned(estate, env, [])
    path = out or Path(found.folder) / FILE
    licences = read_prices(path).licences if path.is_file() else {}
    try:
        made = fetch(meters_of(results), url=url or URL, currency=currency.upper(), today=date.today(), tell=stderr)
    except RetailError as error:
        raise FailedError(str(error)) from None
    write_prices(path, replace(made, licences=licences))
    stderr(f"{len(made.prices)} prices written to {path}")


def _planned(estate: str, env: str, layers: Sequence[str]) -> tuple[Estate, Sequence[StackResult]]:
    """The estate, and what its stacks would be."""
    from kade.cli.target import resolve

    found = resolve(estate, env=env, layers=layers)
    if found.estate is None:
        raise UsageError(f"{estate}: costs are those of an estate; this is a Pulumi project.")
    return found.estate, planned(found)


def planned(found: Target) -> Sequence[StackResult]:
    """What the stacks of a target would be. Raises `FailedError` where one cannot be previewed."""
    from kade.cli.progress import Progress
    from kade.cli.runs import Options, preview, providers

    report = preview(found, Options((), None, providers(found)), Progress("previewing"))
    failed = [f"{stack.stack}: {stack.error}" for stack in report.stacks if stack.error]
    if failed:
        raise FailedError("what cannot be previewed has no cost: " + "; ".join(failed))
    return report.stacks
