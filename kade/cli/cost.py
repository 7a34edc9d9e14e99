"""``kade cost``: what an estate costs, at the prices of a file, and the making of that file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kade.cli.errors import FailedError, UsageError
from kade.cli.options import EnvOption, EstateArgument, LayerOption, OutOption, PricesOption, choice, formats
from kade.cli.output import stderr, write

if TYPE_CHECKING:
    from kade.engine.plan import StackResult
    from kade.estate import Estate

app = typer.Typer(help="What an estate costs, and the prices for it.", no_args_is_help=True)

TERMS = {"none": "", "1": "1 Year", "3": "3 Years"}


@app.command("show")
def show_command(
    estate: EstateArgument,
    env: EnvOption = "",
    layer: LayerOption = None,
    prices: PricesOption = None,
    by: Annotated[str, typer.Option(help="layer, stack, application, wave, type or resource")] = "layer",
    reserve: Annotated[str, choice("--reserve", TERMS, "years that machines are reserved for")] = "none",
    hybrid: Annotated[
        bool | None,
        typer.Option(
            "--hybrid-benefit/--no-hybrid-benefit",
            help="bring licences of Windows and SQL Server, or pay them by the hour (default: as the plan has it)",
        ),
    ] = None,
    format_: Annotated[str, formats("text", "json", "csv")] = "text",
    out: OutOption = None,
) -> None:
    """Show what everything in the plan costs a month and a year; what has no price is listed, and not counted."""
    from datetime import date

    from kade.cost.costing import Choices, costs_of
    from kade.cost.files import price_file
    from kade.cost.licences import licences_of
    from kade.cost.report import GROUPS, Group, as_csv, as_json, as_text, groups_of
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
    group = Group(by, groups_of(found, moves)[by])
    write(render(costs, group, years, licences_of(found, file)), out)


@app.command("fetch")
def fetch_command(
    estate: EstateArgument,
    env: Annotated[str, typer.Option(help="only this environment (default: all of them)")] = "",
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
    if not env:
        results = [*results, *elsewhere(found)]
    path = out or Path(found.folder) / FILE
    licences = read_prices(path).licences if path.is_file() else {}
    try:
        made = fetch(meters_of(results), url=url or URL, currency=currency.upper(), today=date.today(), tell=stderr)
    except RetailError as error:
        raise FailedError(str(error)) from None
    write_prices(path, replace(made, licences=licences))
    stderr(f"{len(made.prices)} prices written to {path}")


def elsewhere(found: Estate) -> list[StackResult]:
    """What the stacks of the environments besides production would be. One that cannot be previewed is told."""
    from kade.cli.runs import planned
    from kade.cli.target import resolve

    results: list[StackResult] = []
    for env in found.environments:
        if env != found.production and found.stacks(env):
            try:
                results += planned(resolve(found.folder, env=env)).stacks
            except FailedError as error:
                stderr(f"{env} is left out of the costs: {error}")
    return results


def _planned(estate: str, env: str, layers: Sequence[str]) -> tuple[Estate, Sequence[StackResult]]:
    """The estate, and what its stacks would be."""
    from kade.cli.runs import planned
    from kade.cli.target import resolve

    found = resolve(estate, env=env, layers=layers)
    if found.estate is None:
        raise UsageError(f"{estate}: costs are those of an estate; this is a Pulumi project.")
    return found.estate, planned(found).stacks
