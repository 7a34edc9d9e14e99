"""``kade roadmap`` and ``kade decisions``: what administrators read and decide."""

from __future__ import annotations

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
    from kade.estate import Estate
    from kade.roadmap.waiting import Waiting


def command(
    estate: EstateArgument,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="write here: .html or .pdf (default: HTML on standard output)")
    ] = None,
    lang: Annotated[str, choice("--lang", LANGUAGES)] = "nl",
    prices: PricesOption = None,
) -> None:
    """Write the roadmap to 2030 for administrators, in Dutch: what moves when, for what money, and what risk stays."""
    from datetime import date

    from kade.cli.target import resolve

    if out is not None and out.suffix not in (".html", ".pdf"):
        raise UsageError(f"--out {out}: a roadmap is written as .html or .pdf.")
    found = resolve(estate)
    if found.estate is None:
        raise UsageError(f"{estate}: a roadmap is that of an estate; this is a Pulumi project.")
    from kade.roadmap.gather import gather
    from kade.roadmap.page import page
    from kade.roadmap.pdf import PdfError, print_pdf
    from kade.roadmap.words import words

    costs = _costs(found, found.estate, prices)
    map_ = gather(found.estate, _moves(found.estate), _standing(found), date.today(), costs)
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
    from datetime import date

    from kade.estate import load
    from kade.roadmap import waiting_report
    from kade.roadmap.waiting import waiting

    found = load(estate)
    if role and role not in found.roles:
        raise UsageError(f"--for {role}: {found.name} has no such role; it has {', '.join(found.roles)}.")
    items: Sequence[Waiting] = [item for item in waiting(found, date.today()) if role in ("", item.owner)]
    write(getattr(waiting_report, f"as_{format_}")(found, items), out)


def _moves(estate: Estate) -> dict:
    from kade.cost.years import moves_of
    from kade.migration.waves.problem import PlanError

    try:
        return moves_of(estate)
    except PlanError as error:
        raise UsageError(str(error)) from None


def _standing(target: Target) -> set[str]:
    """The stacks in which something stands, by the local state."""
    from kade.engine import state

    found = set()
    for stack in target.stacks:
        file = target.state_file(stack.name)
        if file.is_file() and any(resource.custom for resource in state.load(file, None).resources):
            found.add(stack.name)
    return found


def _costs(target: Target, estate: Estate, given: Path | None) -> Costs | None:
    """What everything costs; None without a price file, and then nothing is previewed."""
    from kade.cost.files import price_file

    file = price_file(estate, given)
    if file is None:
        return None
    from kade.cli.runs import planned
    from kade.cost.costing import costs_of

    return costs_of(planned(target), file)
