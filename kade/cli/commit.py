"""Which commit a folder is at, so that a plan and evidence say what they are about, and what a folder was before."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from kade.cli.errors import UsageError


def commit_of(folder: Path) -> str:
    """The full id of the commit that a folder is at; empty where it is in no git repository, or git is not there."""
    return _git(folder, "rev-parse", "--verify", "--quiet", "HEAD").decode().strip()


@contextmanager
def at_day(folder: Path, day: date) -> Generator[tuple[Path, str]]:
    """A copy of a folder, in its repository, as the last commit of that day or before has it, and that commit.

    Raises `UsageError` where there is no git repository, or no such commit.
    """
    top = _git(folder, "rev-parse", "--show-toplevel").decode().strip()
    if not top:
        raise UsageError(f"{folder}: it is in no git repository, so what it was on {day.isoformat()} is not known.")
    root = Path(top).resolve()
    commit = _git(root, "rev-list", "-1", f"--before={day.isoformat()}T23:59:59", "HEAD").decode().strip()
    inside = folder.resolve().relative_to(root)
    if not commit or not _git(root, "ls-tree", "--name-only", commit, "--", inside.as_posix() or "."):
        raise UsageError(f"{folder}: no commit on or before {day.isoformat()} has it.")
    with tempfile.TemporaryDirectory(prefix="kade-") as copy:
        with tarfile.open(fileobj=io.BytesIO(_git(root, "archive", "--format=tar", commit))) as archive:
            archive.extractall(copy, filter="data")
        yield Path(copy) / inside, commit


def _git(folder: Path, *arguments: str) -> bytes:
    """What git says; empty where it fails or is not there."""
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout if done.returncode == 0 else b""
