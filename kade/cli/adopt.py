"""``kade adopt``: from an export of what stands to entries of the estate file and imports, for a reviewer."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kade.cli.errors import FAILED, UsageError
from kade.cli.options import EstateArgument, ExportsArgument, TextOrJson
from kade.cli.output import stderr

if TYPE_CHECKING:
    from kade.engine.plan import StackResult

_LAYERS = ("platform", "connectivity")


def command(
    estate: EstateArgument,
    exports: ExportsArgument,
    terraform: Annotated[
        list[Path] | None,
        typer.Option(metavar="STATE", help="a Terraform state, for who owns what; repeatable, secrets are not read"),
    ] = None,
    format_: TextOrJson = "text",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="write nothing")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="overwrite adopted.yaml and imports.yaml")] = False,
) -> None:
    """Propose entries of the estate file, and imports, for what stands in Azure already.

    Writes adopted.yaml and imports.yaml beside the estate, and changes nothing that its files say. Status 1 where
    something stands that the program would make all the same.
    """
    from kade.adopt import report
    from kade.adopt.adopting import adopt
    from kade.adopt.export import AdoptError, read_export
    from kade.adopt.files import ADOPTED, contents, write
    from kade.adopt.terraform import read_owners
    from kade.estate import load
    from kade.estate.reading import read_source

    found = load(estate)
    folder = Path(found.folder)
    try:
        owners = read_owners(terraform or [])
        export = read_export(exports)
        with _copy(folder, without=ADOPTED if replace else "") as copy:
            again = load(copy)
            said = read_source(copy / "estate.yaml")[0].data
            adoption = adopt(again, said, export, owners, lambda entries: _preview(copy, entries))
        files = contents(adoption)
        if format_ == "json":
            print(json.dumps(report.as_data(adoption), indent=2, default=str))
        else:
            print("\n".join(report.lines(adoption)))
        if not dry_run:
            written = write(folder, files, replace=replace)
            stderr(f"written in {folder}: {', '.join(written)}" if written else "nothing to write")
    except AdoptError as error:
        raise UsageError(str(error)) from error
    if adoption.blocked:
        raise typer.Exit(FAILED)


@contextmanager
def _copy(folder: Path, without: str) -> Generator[Path]:
    """A copy of the estate to try entries in, without what an earlier adoption wrote if that is to be made anew."""
    from kade.estate.imports import FILE as IMPORTS

    with tempfile.TemporaryDirectory(prefix="kade-adopt-") as temporary:
        copy = Path(temporary) / folder.name
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".kade", ".git", IMPORTS))
        if without and (copy / without).is_file():
            (copy / without).write_text("{}\n", encoding="utf-8")
        yield copy


def _preview(folder: Path, entries: Mapping[str, object]) -> Sequence[StackResult]:
    """What the layers that stand in production would make, with entries added to the estate's files."""
    from kade.adopt.export import AdoptError
    from kade.adopt.files import try_out
    from kade.cli.progress import Progress
    from kade.cli.runs import Options, preview, providers
    from kade.cli.target import resolve
    from kade.estate.problems import EstateError

    if entries:
        try_out(folder, entries)
    try:
        target = resolve(str(folder), layers=_LAYERS)
        results = preview(target, Options((), {}, providers()), Progress("looking at")).stacks
    except EstateError as error:
        raise AdoptError(f"the entries do not fit the estate, so nothing is written:\n{error}") from None
    for result in results:
        if result.error:
            raise AdoptError(f"{result.stack} cannot be previewed, so nothing is written: {result.error}")
    return results
