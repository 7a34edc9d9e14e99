"""``kade backend``: whether the place of the state is safe, how it is made, how all state is copied and put back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kade.cli.errors import FAILED, FailedError, UsageError
from kade.cli.options import OutOption, TextOrJson
from kade.cli.output import stderr, write

if TYPE_CHECKING:
    from kade.backend.azblob import AzBlob
    from kade.backend.points import Point
    from kade.backend.residency import Rule
    from kade.backend.store import Store

app = typer.Typer(
    help="The place where the Pulumi CLI keeps state: check it, make it, back it up.", no_args_is_help=True
)
UrlArgument = Annotated[
    str, typer.Argument(metavar="URL", help="as Pulumi takes it: s3://…, azblob://… or file://…, options included")
]
EstateOption = Annotated[str, typer.Option("--estate", metavar="E", help="the estate whose residency rule holds")]


@app.command("check")
def check_command(
    url: UrlArgument,
    estate: EstateOption = "",
    arm: Annotated[
        list[Path] | None,
        typer.Option("--arm", metavar="FILE", help="what Azure Resource Manager says of the account; repeatable"),
    ] = None,
    format_: TextOrJson = "text",
    out: OutOption = None,
) -> None:
    """Say of each point whether the backend has it, and how to mend what it lacks. Status 1 where a point fails.

    For azblob://, --arm takes what these write: az resource show --ids for the account, its blobServices/default and
    the container; az lock list; az monitor diagnostic-settings list; az role assignment list.
    """
    from kade.backend.checking import as_json, as_text, check

    store = _store(url)
    if arm and store.address.scheme != "azblob":
        raise UsageError("--arm is for azblob://.")
    points = check(store, _rule(estate), arm or [])
    write((as_text if format_ == "text" else as_json)(url, points), out)
    if any(point.verdict == "fail" for point in points):
        raise typer.Exit(FAILED)


@app.command("create")
def create_command(
    url: UrlArgument,
    estate: EstateOption = "",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="for azblob://: where the program that makes it is written")
    ] = None,
) -> None:
    """Make a backend that passes, or bring one that is there to it. For azblob:// it writes a Pulumi program."""
    from kade.backend.azblob import AzBlob
    from kade.backend.checking import as_text
    from kade.backend.folder import Folder
    from kade.backend.s3 import S3
    from kade.backend.s3_create import create

    store = _store(url)
    points: list[Point] = []
    if isinstance(store, AzBlob):
        _bootstrap(store, estate, out)
        return
    if isinstance(store, S3):
        points = create(store, _rule(estate), stderr)
    elif isinstance(store, Folder):
        points = store.made()
    write(as_text(url, points), None)
    if any(point.verdict == "fail" for point in points):
        raise typer.Exit(FAILED)


@app.command("backup")
def backup_command(
    url: UrlArgument,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="a new folder")],
) -> None:
    """Copy the state of all stacks, with checksums, and try a restore of the copy. Refused during an update."""
    from kade.backend import backup

    made = backup.make(_store(url), folder)
    for stack, count in made.resources.items():
        print(f"  {stack}: {'not opened (zstd)' if count is None else f'{count} resources'}")
    print(f"{len(made.resources)} stacks in {folder}; a restore of it was tried and is right.")


@app.command("restore")
def restore_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="a folder of `kade backend backup`")],
    url: UrlArgument,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="also over state that differs, after a copy of it was made")
    ] = False,
) -> None:
    """Put a backup into a backend, and read it back. Can be run again after it was cut off."""
    from kade.backend import backup

    found = backup.opened(folder)
    done = backup.restore(found, _store(url), overwrite=overwrite)
    if done.kept:
        print(f"what was there before is in {done.kept.folder}")
    print(f"{len(done.written)} objects restored and read back, {len(done.same)} were the same already.")


def _store(url: str) -> Store:
    from kade.backend.address import parse
    from kade.backend.store import open_store
    from kade.cli.errors import need

    address = parse(url)
    for scheme, module in (("s3", "boto3"), ("azblob", "azure.storage.blob")):
        if address.scheme == scheme:
            need(module, "kade backend", "backends")
    return open_store(address)


def _rule(estate: str) -> Rule:
    from kade.backend.residency import rule_of
    from kade.estate import load

    return rule_of(load(estate) if estate else None)


def _bootstrap(store: AzBlob, estate: str, out: Path | None) -> None:
    from kade.backend.bootstrap import write_program
    from kade.estate import load

    if not estate or out is None:
        raise UsageError("for azblob:// give --estate E and --out DIR: a program is written there that makes it.")
    try:
        write_program(load(estate), store.account, store.container_name, out)
    except OSError as error:
        raise FailedError(f"{out}: the program cannot be written: {error.strerror}.") from error
    print(
        f"written to {out}. Look at it, then make it; its own state is in that folder until the store is there:\n"
        f"  kade preview {out} --stack bootstrap\n"
        f"  cd {out} && pulumi login file://. && pulumi up --stack bootstrap\n"
        f"  kade backend backup file://{out} bootstrap-state\n"
        f"  kade backend restore bootstrap-state '{store.address.url}'"
    )
