"""``kade destroy --local``: delete the stacks from the local state."""

from __future__ import annotations

import typer

from kade.cli.preview import EnvOption, LayerOption, StackOption, TargetArgument, deliver
from kade.cli.up import LocalOption, YesOption, need_terminal, only_local


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

    only_local(local, "destroy")
    found = resolve(target, env=env, layers=layer or [], stack=stack)
    if not yes:
        need_terminal()
        names = ", ".join(s.name for s in found.stacks)
        typer.confirm(f"Delete everything in the local state of {names}?", abort=True, err=True)
    deliver(destroy(found, Options((), None, providers()), Progress("destroying")), "text", None)
