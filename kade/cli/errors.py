"""What a user sees when something goes wrong: one clear message and an exit status, never a traceback."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from importlib.util import find_spec
from pathlib import Path
from typing import Final

FAILED: Final = 1  # the program failed, or a mandatory rule did
USAGE: Final = 2  # usage or configuration
INTERRUPTED: Final = 130  # 128 + SIGINT, as shells say it
REPORT_TO: Final = "https://github.com/kade-nl/kade/issues"


class UsageError(Exception):
    """A command that cannot be done as asked; the text is for the user and names the remedy. Exit status 2."""


class FailedError(Exception):
    """A command that ran and whose outcome is a failure, told already or in the text. Exit status 1."""


def tell(message: str) -> None:
    """Say something on standard error, red where that is a terminal that takes colours."""
    colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    print(f"\x1b[31m{message}\x1b[0m" if colour else message, file=sys.stderr)


def need(module: str, command: str, group: str = "migration") -> None:
    """Raise `UsageError` where a package of an optional group is not installed."""
    try:
        there = find_spec(module) is not None
    except ModuleNotFoundError:  # not even the package that it is in
        there = False
    if not there:
        raise UsageError(f"`{command}` needs {module}, which is not installed: pip install 'kade[{group}]'")


def explain(error: BaseException) -> int:
    """Tell the user what is wrong; the exit status that goes with it."""
    if isinstance(error, KeyboardInterrupt):
        tell("stopped; nothing was left running.")
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return _pipe_closed()
    status = _status(error)
    if status is None:
        tell(_unexpected(error))
        return FAILED
    if str(error):
        tell(_sentence(error))
    return status


def _status(error: BaseException) -> int | None:
    """The exit status of an error that is the user's to mend; None for one that is ours."""
    if isinstance(error, UsageError):
        return USAGE
    if isinstance(error, FailedError):
        return FAILED
    from kade.backend.errors import AddressError, BackendError
    from kade.cost.errors import PriceFileError
    from kade.engine.errors import EngineError, PackError, ProcessError
    from kade.estate.problems import EstateError
    from kade.inventory.notes import InventoryError
    from kade.migration.waves.problem import PlanError

    if isinstance(error, PackError | ProcessError):
        return FAILED
    if isinstance(error, AddressError | EngineError | EstateError | InventoryError | PlanError | PriceFileError):
        return USAGE
    return FAILED if isinstance(error, BackendError) else None


def _sentence(error: BaseException) -> str:
    text = str(error)
    return text if "\n" in text or text.startswith("error") else f"error: {text}"


def _pipe_closed() -> int:
    """The reader of standard output went away (``| head``): that is no failure to tell."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _unexpected(error: BaseException) -> str:
    """One line; the traceback goes to a file, since it may hold what the user does not want on the screen."""
    text = "".join(traceback.format_exception(error))
    handle, name = tempfile.mkstemp(prefix="kade-", suffix=".txt")  # mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    what = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    return (
        f"error: kade itself failed ({what}). This is a fault of kade, not of your file: the traceback is in"
        f" {Path(name)}; please look through it for secrets and report it at {REPORT_TO}."
    )
