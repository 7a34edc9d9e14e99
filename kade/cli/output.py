"""Where a report goes: standard output in the asked-for format, or a file; everything else goes to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from kade.cli.errors import UsageError


def stderr(text: str) -> None:
    """Say something beside the report."""
    print(text, file=sys.stderr, flush=True)


def write(text: str, out: Path | None) -> None:
    """Write a rendered report. Raises `UsageError` where the file cannot be written."""
    if out is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out}: the report cannot be written: {error.strerror}.") from error
    stderr(f"written to {out}")


def colours() -> bool:
    """Whether standard output is a terminal that takes colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def known_endings(files: Iterable[Path]) -> None:
    """Raise `UsageError` for a file whose ending no report of a preview has."""
    from kade.report import ENDINGS

    for file in files:
        if file.suffix not in ENDINGS:
            raise UsageError(f"{file}: a report ends in {', '.join(ENDINGS)}.")
