"""``kade roadmap`` and ``kade decisions``: what administrators read and decide."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kade.cli.errors import FailedError, UsageError
from kade.cli.options import EstateArgument, OutOption, PricesOption, TextJsonOrMarkdown, choice
from kade.cli.output import stderr, write
from kade.roadmap.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kade.cli.target import Target
    from kade.cost.costing import Costs
    from kade.cost.prices import PriceFile
    from kade.estate import Estate
    from kade.roadmap.cellar import Cellar
    from kade.roadmap.figures import Measures
    from kade.roadmap.waiting import Waiting


def command(
    estate: EstateArgument,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="write here: .html or .pdf (default: HTML on standard output)")
    ] = None,
    lang: Annotated[str, choice("--lang", LANGUAGES)] = "nl",
    prices: PricesOption = None,
    no_preview: Annotated[
        bool, typer.Option("--no-preview", help="at once, and without costs and measures of the BIO2")
    ] = False,
) -> None:
    """Write the roadmap to 2030 for administrators, in Dutch: what moves when, for what money, and what risk stays."""
    from kade.cli.states import standing_applications
    from kade.cli.target import resolve
    from kade.cost.files import price_file

    if out is not None and out.suffix not in (".html", ".pdf"):
        raise UsageError(f"--out {out}: a roadmap is written as .html or .pdf.")
    found = resolve(estate)
    if found.estate is None:
        raise UsageError(f"{estate}: a roadmap is that of an estate; this is a Pulumi project.")
    from kade.roadmap.gather import gather
    from kade.roadmap.page import page
    from kade.roadmap.pdf import PdfError, print_pdf
    from kade.roadmap.words import words

    estate_, moves = found.estate, _moves(found.estate)
    file = price_file(estate_, prices)
    costs, measures = (None, None) if no_preview else _previewed(found, estate_, file)
    standing = standing_applications(found.state_file(stack.name) for stack in found.stacks)
    map_ = gather(estate_, moves, standing, date.today(), _cellar(estate_), costs, measures)
    html = page(map_, words(lang))
    if out is None or out.suffix == ".html":
        write(html, out)
        return
    try:
        print_pdf(html, out)
    except PdfError as error:
        raise FailedError(str(error)) from None
    stderr(f"written to {out}")


def decisions(
    estate: EstateArgument,
    role: Annotated[str, typer.Option("--for", help="only what waits for this role")] = "",
    format_: TextJsonOrMarkdown = "text",
    out: OutOption = None,
) -> None:
    """List what waits for whom: decisions, strategies to choose or confirm, exemptions that run out."""
    from kade.estate import load
    from kade.roadmap import waiting_report
    from kade.roadmap.waiting import waiting

    found = load(estate)
    if role and role not in found.roles:
        raise UsageError(f"--for {role}: {found.name} has no such role; it has {', '.join(found.roles)}.")
    items: Sequence[Waiting] = [
        item for item in waiting(found, _moves(found), date.today()) if role in ("", item.owner)
    ]
    write(getattr(waiting_report, f"as_{format_}")(found, items), out)


def _moves(estate: Estate) -> dict[str, date]:
    from kade.cost.years import moves_of
    from kade.migration.waves.problem import PlanError

    try:
        return moves_of(estate)
    except PlanError as error:
        raise UsageError(str(error)) from None


def _cellar(estate: Estate) -> Cellar:
    from kade.cli.inventory import inventory_of
    from kade.migration.waves import file
    from kade.roadmap.cellar import cellar_of

    return cellar_of(estate, inventory_of(estate), file.read(Path(estate.folder) / file.FILE).machines)


def _previewed(target: Target, estate: Estate, file: PriceFile | None) -> tuple[Costs | None, Measures]:
    """What everything costs, in every environment, and how it stands with the measures in production."""
    from kade.cli.cost import elsewhere
    from kade.cli.runs import planned, rules_of
    from kade.cost.costing import costs_of
    from kade.evidence import measure_rows
    from kade.roadmap.gather import measures_of

    target.get_ready()
    report = planned(target, target.packs)
    measures = measures_of(measure_rows(report, rules_of(target)))
    if file is None:
        return None, measures
    return costs_of([*report.stacks, *elsewhere(estate)], file), measures
