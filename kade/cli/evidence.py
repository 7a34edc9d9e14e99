"""``kade evidence``: what shows each measure, for the CISO; what is processed where, for the privacy officer."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kade.cli.errors import FAILED, UsageError
from kade.cli.options import EnvOption, EstateArgument, StateOption

if TYPE_CHECKING:
    from kade.evidence import Evidence


def command(
    estate: EstateArgument,
    env: EnvOption = "",
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="also what has changed since that day")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="where the pages and tables go")] = Path("build/evidence"),
    state: StateOption = None,
) -> None:
    """Write the evidence of an estate: pages for people, tables for spreadsheets.

    Status 1 where an exemption has ended, or the preview fails.
    """
    from kade.cli.output import stderr, write
    from kade.evidence import differences, page, register_page, tables

    now, failed = _collected(estate, env, state)
    changed, against = None, ""
    if since is not None:
        before, against = _before(estate, env, since.date())
        changed = differences(before, now)
        write(tables.changes(changed), out / "differences.csv")
    write(page.render(now, against, changed), out / "evidence.html")
    write(tables.measures(now), out / "measures.csv")
    write(tables.statement(now), out / "verklaring-van-toepasselijkheid.csv")
    write(tables.exemptions(now), out / "exemptions.csv")
    write(register_page.render(now), out / "register.html")
    write(tables.register(now.register), out / "register.csv")
    _summary(now)
    for row in now.expired:
        stderr(f"the exemption {row.key} of {row.approver} ended on {row.until.isoformat()}: {row.rule} fails.")
    if failed or now.expired:
        raise typer.Exit(FAILED)


def _summary(evidence: Evidence) -> None:
    from kade.evidence.page import STATUSES

    print(f"{evidence.title} on {evidence.day.isoformat()}: {len(evidence.measures)} live measures")
    for status in STATUSES:
        print(f"  {evidence.count(status):4}  {status}")
    items = sum(len(entry.open_items) for entry in evidence.register)
    print(f"  {len(evidence.exemptions):4}  exemptions, {len(evidence.expired)} of them ended")
    print(f"  {items:4}  open items in the register of processing")


def _collected(estate: str, env: str, state: Path | None) -> tuple[Evidence, bool]:
    """The evidence of an estate as it is, and whether its preview failed (which is said)."""
    from importlib.metadata import version

    from kade.approval import make
    from kade.cli.commit import commit_of
    from kade.cli.plans import seal_of
    from kade.cli.preview import say_why
    from kade.cli.progress import Progress
    from kade.cli.runs import Options, preview, providers, rules_of
    from kade.cli.states import given_states
    from kade.cli.target import resolve
    from kade.evidence import collect

    found = resolve(estate, env=env)
    if found.estate is None:
        raise UsageError(f"{estate}: evidence is about an estate, and this is another Pulumi project.")
    found.get_ready()
    with given_states(state, found) as states:
        report = preview(found, Options(found.packs, states, providers(found)), Progress("previewing"))
    say_why(report)
    seal, commit = seal_of(found, report), commit_of(Path(found.estate.folder))
    plans = {s.stack: make(s, seal, kade=version("kade"), commit=commit).digest for s in report.stacks if not s.error}
    evidence = collect(
        report,
        found.estate,
        rules_of(found),
        environment=env or found.estate.production,
        day=date.today(),
        kade=version("kade"),
        commit=commit,
        plans=plans,
    )
    return evidence, any(stack.error for stack in report.stacks)


def _before(estate: str, env: str, day: date) -> tuple[Evidence, str]:
    """The evidence of the estate as the last commit of that day has it, and how to call that."""
    from kade.cli.commit import at_day
    from kade.estate import load

    with at_day(Path(load(estate).folder), day) as (folder, commit):
        evidence, _ = _collected(str(folder), env, None)
    return evidence, f"commit {commit[:12]}, the last one on or before {day.isoformat()}"
