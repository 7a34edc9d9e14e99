"""``kade inventory``: read what engineers have into the inventory of an estate, and say row by row what was odd."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kade.cli.errors import UsageError, need
from kade.cli.options import EstateOption, OutOption, TextOrJson
from kade.cli.output import stderr, write

if TYPE_CHECKING:
    import sqlite3

    from kade.estate import Estate
    from kade.inventory.model import Inventory
    from kade.inventory.notes import Note, Notes
    from kade.inventory.store import Imported

app = typer.Typer(help="What stands in the cellar: machines, applications, who talks to whom.", no_args_is_help=True)
RemarksOption = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="write every remark to this file")]
EXPORT = "inventory.txt"
SHOWN = 3  # remarks of each kind on the screen


@app.command("import")
def import_command(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="exports, as they came out of the tool")],
    estate: EstateOption,
    source: Annotated[
        str, typer.Option("--source", help="rvtools, azure-migrate, aws or gemma; auto finds out")
    ] = "auto",
    out: RemarksOption = None,
) -> None:
    """Import exports of RVTools, Azure Migrate, AWS or the GEMMA Softwarecatalogus; all of the files, or none."""
    from kade.estate import load
    from kade.inventory import store
    from kade.inventory.importing import SOURCES, import_files
    from kade.inventory.notes import Notes

    if source not in (*SOURCES, "auto"):
        raise UsageError(f"there is no source {source!r}; choose one of {', '.join(SOURCES)}, or auto.")
    found = load(estate)
    with store.opened(store_of(found)) as base:
        done = import_files(base, files, source, stderr)
        notes = Notes([note for one in done for note in one.notes.entries])
        for one in done:
            print(f"{one.file.name} ({one.source}): {_contents(one.inventory)}; {_changes(one.kept)}")
        _conclude(found, base, notes, out)


@app.command("aws")
def aws_command(
    estate: EstateOption,
    profile: Annotated[
        list[str] | None, typer.Option("--profile", help="a profile of the AWS configuration; repeatable")
    ] = None,
    role: Annotated[list[str] | None, typer.Option("--role", help="the ARN of a role to take on; repeatable")] = None,
    region: Annotated[
        list[str] | None, typer.Option("--region", help="a region; repeatable (default: all of the EU)")
    ] = None,
    out: RemarksOption = None,
) -> None:
    """Read AWS accounts, with calls that only read. What may not be seen is in the report, and the rest is kept."""
    need("boto3", "kade inventory aws")
    from kade.estate import load
    from kade.inventory import aws_live, store
    from kade.inventory.aws_keeping import keep_places
    from kade.inventory.aws_session import Account
    from kade.inventory.notes import Notes

    profiles, roles = profile or [""], role or []
    if roles and len(profiles) > 1:
        raise UsageError("with --role give at most one --profile: the one from which the roles are taken on.")
    accounts = [Account(profiles[0], one) for one in roles] or [Account(one) for one in profiles]
    found, notes, places = load(estate), Notes(), []

    def heard(place: str, count: int) -> None:
        places.append(place)
        stderr(f"  {place}: {count} records")

    stderr(f"reading {len(accounts)} account(s) of AWS ...")
    inventory = aws_live.read(accounts, region or aws_live.EU_REGIONS, notes, heard)
    with store.opened(store_of(found)) as base:
        kept = keep_places(base, inventory, sorted(places), notes)
        print(f"AWS, {len(accounts)} account(s): {_contents(inventory)}; {_changes(kept)}")
        _conclude(found, base, notes, out)


@app.command("assess")
def assess_command(
    estate: EstateOption,
    format_: TextOrJson = "text",
    out: OutOption = None,
) -> None:
    """Say what happens to each application and why, what ends when, and which size in Azure each machine needs."""
    from datetime import date

    from kade.estate import load
    from kade.migration import assessment_report as report
    from kade.migration.assessment import assess
    from kade.migration.assessment_report import Sized
    from kade.migration.joining import join, servers_of
    from kade.migration.sizing import fit
    from kade.migration.waves import file as waves

    found = load(estate)
    whole = inventory_of(found)
    if not whole.count:
        stderr("no inventory yet: this rests on the estate alone; `kade inventory import` adds what tools have seen")
    joins, alone = join(found, whole, waves.read(Path(found.folder) / waves.FILE).machines)
    verdicts = assess(found, date.today(), whole.applications, servers_of(joins))
    fits = [Sized(fit(one.server), one.application, one.by) for one in joins]
    fits += [Sized(fit(server)) for server in alone]
    write(report.as_json(verdicts, fits) if format_ == "json" else report.as_text(verdicts, fits), out)


def inventory_of(estate: Estate) -> Inventory:
    """What has been imported for an estate; an empty inventory where nothing has."""
    from kade.inventory import store
    from kade.inventory.model import Inventory

    file = store_of(estate)
    if not file.is_file():
        return Inventory()
    with store.opened(file) as base:
        return store.load(base)


def store_of(estate: Estate) -> Path:
    """Where an estate's inventory stands: in ``.kade`` of its project, which git ignores."""
    from kade.cli.target import project_of

    folder = (project_of(Path(estate.folder)) or Path(estate.folder)) / ".kade" / "inventory"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    return folder / f"{estate.name}.db"


def _conclude(estate: Estate, base: sqlite3.Connection, notes: Notes, out: Path | None) -> None:
    """Merge the machines of all sources, show what was odd, and write the export for review."""
    from kade.inventory import store
    from kade.inventory.merge import machines

    whole = store.load(base)
    merged = machines(whole.servers, notes)
    sources = {server.origin.source for server in whole.servers}
    print(f"all together: {_contents(whole)}; {len(merged)} machines from {len(sources)} source(s)")
    _remarks(notes)
    if out is not None:
        write("".join(f"{_line(note)}\n" for note in notes.entries), out)
    write(store.export(base), Path(estate.folder) / EXPORT)


def _remarks(notes: Notes) -> None:
    counts = notes.counts
    print("remarks: " + (", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "none"))
    for kind in sorted(counts):
        of_kind = notes.of(kind)
        for note in of_kind[:SHOWN]:
            print(f"  {kind}: {note}")
        if len(of_kind) > SHOWN:
            print(f"  {kind}: and {len(of_kind) - SHOWN} more; all of them with --out FILE")


def _line(note: Note) -> str:
    return "\t".join((note.kind, str(note.origin), note.field, note.message))


def _contents(inventory: Inventory) -> str:
    counted: Sequence[tuple[str, int]] = [(f.name, len(getattr(inventory, f.name))) for f in fields(inventory)]
    found = {name: f"{count} {name}" for name, count in counted if count}
    templates = sum(server.template for server in inventory.servers)
    off = sum(server.powered_on is False and not server.template for server in inventory.servers)
    apart = [f"{count} {what}" for count, what in ((templates, "templates"), (off, "switched off")) if count]
    if apart:
        found["servers"] += f" ({', '.join(apart)})"
    return ", ".join(found.values()) or "nothing"


def _changes(kept: Imported) -> str:
    if not (kept.added or kept.changed or kept.gone):
        return "nothing changed"
    return f"{kept.added} added, {kept.changed} changed, {kept.gone} gone, {kept.same} as before"
