"""``kade destroy --local``: delete the stacks from the local state."""

from __future__ import annotations

import shutil

import typer

from kade.cli.errors import UsageError
from kade.cli.options import EnvOption, LayerOption, LocalOption, StackOption, TargetArgument, YesOption
from kade.cli.preview import deliver
from kade.cli.up import need_terminal


def command(
    target: TargetArgument,
    env: EnvOption = "",
    layer: LayerOption = None,
    stack: StackOption = "",
    local: LocalOption = False,
    yes: YesOption = False,
) -> None:
    """Delete everything of the stacks from the local Azure, the last stack first."""
    from kade.cli.progress import Progress
    from kade.cli.runs import Options, destroy, providers
    from kade.cli.target import resolve

    _only_local(local)
    found = resolve(target, env=env, layers=layer or [], stack=stack)
    if not yes:
        need_terminal()
        names = ", ".join(s.name for s in found.stacks)
        typer.confirm(f"Delete everything in the local state of {names}?", abort=True, err=True)
    deliver(destroy(found, Options((), None, providers()), Progress("destroying")), "text", None)


def _only_local(local: bool) -> None:
    """Refuse what only the Pulumi CLI can do. Raises `UsageError` with the command to give instead."""
    if not local:
        there = "" if shutil.which("pulumi") else " It is not installed here: see https://www.pulumi.com/docs/install/."
        raise UsageError(
            "kade destroy deletes only from the local state: add --local. To delete what stands in Azure itself, run"
            f" `pulumi destroy` in the project's folder, the last stack first.{there}"
        )
