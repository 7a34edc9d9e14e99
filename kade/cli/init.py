"""``kade init``: a municipality's own repository, whose first preview works at once."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from kade.cli.errors import UsageError
from kade.cli.options import choice

SOURCE: Final = "https://github.com/kade-nl/kade"
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_CODE: Final = re.compile(r"[a-z][a-z0-9]{1,3}")


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="the repository; made where it is not there")],
    name: Annotated[str, typer.Option(help="the estate's name, in stacks and names (default: the folder's)")] = "",
    title: Annotated[str, typer.Option(help="the municipality's full name (default: Gemeente and the name)")] = "",
    code: Annotated[str, typer.Option(help="two to four letters and digits (default: the first three)")] = "",
    profile: Annotated[str, choice("--profile", ("klein", "volledig"))] = "klein",
    owner: Annotated[str, typer.Option(help="organisation of the repository (default: gemeente- and the name)")] = "",
    kade: Annotated[str, typer.Option(metavar="REQUIREMENT", help="the Kade to pin (default: this one)")] = "",
) -> None:
    """Make the repository of a municipality: estate, entry point, pipelines, code owners, make targets.

    What is there already is kept as it is, so that a second estate can be added to a repository.
    """
    from kade.cli.output import stderr
    from kade.init import Settings, make

    chosen = name or _slug(folder.resolve().name).removeprefix("gemeente-")  # the title says that it is one
    if not _NAME.fullmatch(chosen):
        raise UsageError(f"{chosen!r} cannot be an estate's name: lower-case letters, digits and hyphens; use --name.")
    short = code or chosen.replace("-", "")[:3]
    if not _CODE.fullmatch(short):
        raise UsageError(f"{short!r} cannot be the code: a letter, then one to three letters and digits; use --code.")
    words = " ".join(part.capitalize() for part in chosen.split("-"))
    settings = Settings(
        name=chosen,
        title=title or f"Gemeente {words}",
        code=short,
        profile=profile,
        owner=owner or f"gemeente-{chosen}",
        kade=kade or pinned(),
        today=date.today(),
    )
    try:
        made, kept = make(folder, settings)
    except FileExistsError as error:
        raise UsageError(f"{error}: this estate is there already; choose another --name.") from error
    except OSError as error:
        raise UsageError(f"{error.filename}: it cannot be written: {error.strerror}.") from error
    for path in made:
        print(f"made  {path}")
    for path in kept:
        print(f"kept  {path}")
    there = "" if folder.resolve() == Path.cwd() else f"cd {folder} && "
    stderr(f"\nLook at it: {there}kade preview {chosen}\nThe next steps are in {folder / 'README.md'}.")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def pinned() -> str:
    """The requirement that installs the Kade that runs: the commit where pip knows it, else the tag of the version."""
    from importlib.metadata import distribution

    found = distribution("kade")
    known = json.loads(found.read_text("direct_url.json") or "{}")
    commit = known.get("vcs_info", {}).get("commit_id")
    address, at = (known["url"], commit) if commit else (SOURCE, f"v{found.version}")
    return f"kade[migration] @ git+{address}@{at}"
