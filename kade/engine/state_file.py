"""How a state file comes onto the disk: whole or not at all, with a copy of the one before it."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from kade.engine.errors import StateWriteError


def backup_path(path: Path) -> Path:
    """Where the copy of the previous state stands."""
    return path.with_name(path.name + ".bak")


def line_of(text: str, needle: str) -> str:
    """``line:column`` of the first place of a text in a file; ``1:1`` where it is not there."""
    at = max(text.find(needle), 0) if needle else 0
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return f"{line}:{column}"


def remedy(path: Path) -> str:
    """The sentence, with a space before it, that says how to get a good state file back."""
    copy = backup_path(path)
    if copy.exists():
        return f" The state before it is {copy}: put that in its place."
    return " Put back a copy of the state, or export it anew with `pulumi stack export`."


def write_atomic(path: Path, text: str, *, backup: bool) -> None:
    """Write beside the file, force to disk, and rename over it. The mode of an existing file stays; a new one is 0600.

    Raises `StateWriteError` where the folder or the disk does not allow it; the file is then as it was.
    """
    beside = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)  # mode 0600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, beside)
            if backup:
                _keep_copy(path)
        Path(beside).replace(path)
        sync_folder(path.parent)
    except OSError as error:
        if beside:
            with contextlib.suppress(OSError):
                Path(beside).unlink()
        reason = error.strerror or str(error)
        raise StateWriteError(f"{path}: the state cannot be written ({reason}); the file is as it was.") from error


def _keep_copy(path: Path) -> None:
    """The file as it is now becomes the backup; there is a backup at every moment."""
    copy = backup_path(path)
    beside = copy.with_name(copy.name + ".new")
    beside.unlink(missing_ok=True)
    try:
        os.link(path, beside)
    except OSError:  # a file system without hard links
        shutil.copy2(path, beside)
    beside.replace(copy)


def sync_folder(folder: Path) -> None:
    """A file's name, new or changed, reaches the disk only with its folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
