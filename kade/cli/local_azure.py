"""``kade local-azure``: let the Pulumi CLI rehearse against the local Azure."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from kade.cli.errors import UsageError
from kade.cli.output import stderr

FOLDER = Path(".kade") / "bin"


def command(
    program: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- COMMAND …]", help="run this with the local Azure, for instance: pulumi up"),
    ] = None,
) -> None:
    """Put a local azure-native plugin on PATH, so that `pulumi preview` and `pulumi up` reach no Azure."""
    from kade.azure.plugin import environment, install

    folder = install(FOLDER).parent.resolve()
    found = environment(folder)
    if not program:
        stderr('in this shell the Pulumi CLI now rehearses, if you ran: eval "$(kade local-azure)"')
        for name, value in found.items():
            shown = f"{shlex.quote(str(folder))}{os.pathsep}$PATH" if name == "PATH" else shlex.quote(value)
            print(f"export {name}={shown}")
        return
    wanted = shutil.which(program[0], path=found["PATH"])
    if wanted is None:
        raise UsageError(
            f"{program[0]!r} is not on PATH. The Pulumi CLI is at https://www.pulumi.com/docs/install; "
            "`kade preview` and `kade up --local` need none."
        )
    raise typer.Exit(subprocess.run([wanted, *program[1:]], env={**os.environ, **found}, check=False).returncode)
