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

DEPLOY, PROVE = "Describe, preview and deploy", "Rules and evidence"
AZURE, MOVE, TOOLS = "Azure as it stands", "The migration", "For pipelines and editors"

app = typer.Typer(
    name="kade",
    help="Cloud migration infrastructure-as-code for Dutch municipalities: preview, check and deploy an estate.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# The order is that of the help: what is used every day first.
for name, function, panel in (
    ("init", init.command, DEPLOY),
    ("preview", preview.command, DEPLOY),
    ("up", up.command, DEPLOY),
    ("destroy", destroy.command, DEPLOY),
    ("stacks", stacks.command, DEPLOY),
    ("compare", compare.command, DEPLOY),
    ("network", network.command, DEPLOY),
    ("check", check.command, PROVE),
    ("evidence", evidence.command, PROVE),
    ("doctor", doctor.command, AZURE),
    ("adopt", adopt.command, AZURE),
    ("drift", drift.command, AZURE),
    ("local-azure", local_azure.command, AZURE),
    ("decisions", roadmap.decisions, MOVE),
    ("roadmap", roadmap.command, MOVE),
    ("exit", exit.command, MOVE),
    ("schema", schema.command, TOOLS),
):
    app.command(name, rich_help_panel=panel)(function)
for name, group, panel in (
    ("state", state.app, DEPLOY),
    ("policies", policies.app, PROVE),
    ("backend", backend.app, DEPLOY),
    ("inventory", inventory.app, MOVE),
    ("waves", waves.app, MOVE),
    ("cost", cost.app, MOVE),
    ("publish", publish.app, TOOLS),
):
    app.add_typer(group, name=name, rich_help_panel=panel)


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
