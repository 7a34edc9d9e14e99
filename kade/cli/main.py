"""The ``kade`` command. One module a command; what is heavy is imported when a command runs."""

from __future__ import annotations

import sys

import typer

from kade.cli import (
    adopt,
    backend,
    check,
    compare,
    cost,
    destroy,
    doctor,
    drift,
    evidence,
    exit,
    init,
    inventory,
    local_azure,
    network,
    policies,
    preview,
    publish,
    roadmap,
    schema,
    stacks,
    state,
    up,
    waves,
)
from kade.cli.errors import INTERRUPTED, explain

app = typer.Typer(
    name="kade",
    help="Cloud migration infrastructure-as-code for Dutch municipalities: preview, check and deploy an estate.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("init")(init.command)
app.command("preview")(preview.command)
app.command("up")(up.command)
app.command("destroy")(destroy.command)
app.command("check")(check.command)
app.command("network")(network.command)
app.command("adopt")(adopt.command)
app.command("doctor")(doctor.command)
app.command("exit")(exit.command)
app.command("roadmap")(roadmap.command)
app.command("decisions")(roadmap.decisions)
app.command("stacks")(stacks.command)
app.command("compare")(compare.command)
app.command("drift")(drift.command)
app.command("evidence")(evidence.command)
app.command("schema")(schema.command)
app.command("local-azure")(local_azure.command)
app.add_typer(backend.app, name="backend")
app.add_typer(cost.app, name="cost")
app.add_typer(inventory.app, name="inventory")
app.add_typer(policies.app, name="policies")
app.add_typer(publish.app, name="publish")
app.add_typer(state.app, name="state")
app.add_typer(waves.app, name="waves")


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and end."),
) -> None:
    if version:
        from importlib.metadata import version as installed

        print(installed("kade"))
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(2)


def run() -> None:
    """The entry point: run the command, and turn whatever goes wrong into one message and an exit status."""
    try:
        status = app(standalone_mode=False)
    except typer.Exit as ended:
        status = ended.exit_code
    except BaseException as error:  # everything a user can meet ends here
        status = _explained(error)
    if status == INTERRUPTED:  # typer turns Ctrl-C into this status without a word
        status = explain(KeyboardInterrupt())
    sys.exit(status if isinstance(status, int) else 0)


def _explained(error: BaseException) -> int:
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 1
    if isinstance(error, typer.Abort | KeyboardInterrupt):  # Abort is also a prompt that was declined
        return INTERRUPTED
    show, status = getattr(error, "show", None), getattr(error, "exit_code", None)
    if callable(show) and isinstance(status, int):  # a usage error of typer's own, whose class is private to it
        show(sys.stderr)
        return status
    return explain(error)
