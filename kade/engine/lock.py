"""A lock on one state file: two runs at once would lose what one of them did.

The lock is a file beside the state that only one process can create. It names its holder, so that the second run can
say who, where and since when, and so that what a dead process left behind on this host is taken over.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from kade.engine.errors import LockError


@dataclass(frozen=True)
class Holder:
    """Who holds a lock. ``started`` tells a process from a later one with the same id (clock ticks since boot)."""

    pid: int
    host: str
    user: str
    since: str
    started: str = ""


def lock_path(state: Path) -> Path:
    """Where the lock of a state file stands."""
    return state.with_name(state.name + ".lock")


@contextmanager
def locked(state: Path, tell: Callable[[str], None] = lambda _line: None) -> Generator[Holder]:
    """Hold the lock of a state file in this block.

    Raises `LockError` at once, with holder and remedy, where another run has it. ``tell`` gets one line where a lock
    that a dead process left behind is taken over.
    """
    path = lock_path(state)
    holder = Holder(os.getpid(), socket.gethostname(), _user(), _now(), _started(os.getpid()))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _take(path, holder, tell)
    except OSError as error:
        raise LockError(f"{path}: the state cannot be locked: {error.strerror}.") from error
    try:
        yield holder
    finally:
        if _read(path) == holder:
            with contextlib.suppress(FileNotFoundError):
                path.unlink()


def _take(path: Path, holder: Holder, tell: Callable[[str], None]) -> None:
    """Link the finished file to its name: that either works or finds another's, and no half-written lock is seen."""
    mine = path.with_name(f".{path.name}.{holder.pid}")
    mine.write_text(json.dumps(asdict(holder)), encoding="utf-8")
    try:
        for _ in range(3):  # a lock that is released or taken over in between
            with contextlib.suppress(FileExistsError):
                os.link(mine, path)
                return
            other = _read(path)
            if other is None and path.exists():
                raise LockError(f"{path}: this lock cannot be read; remove it if no other run uses this state.")
            if other is None:
                continue
            if not _dead(other, holder.host):
                raise LockError(
                    f"{path}: another run uses this state: process {other.pid} on {other.host} of {other.user}, since"
                    f" {other.since}; wait for it, or remove this file if that process is gone."
                )
            if _clear(path, other):
                tell(f"Taking over the lock of process {other.pid}, which ended without releasing it ({other.since}).")
        raise LockError(f"{path}: other runs keep taking this lock; try again.")
    finally:
        mine.unlink(missing_ok=True)


def _clear(path: Path, other: Holder) -> bool:
    """Move a dead holder's lock away; False where another run was quicker. The rename lets only one succeed."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.old")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return False
    if _read(aside) != other:  # a third run took it over since we looked: give it back
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
        aside.unlink(missing_ok=True)
        return False
    aside.unlink(missing_ok=True)
    return True


def _read(path: Path) -> Holder | None:
    try:
        return Holder(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _dead(other: Holder, host: str) -> bool:
    """Whether the holder surely is no more. Of a process on another host nothing is known."""
    if other.host != host:
        return False
    try:
        os.kill(other.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return bool(other.started) and _started(other.pid) != other.started


def _started(pid: int) -> str:
    """When a process started, in clock ticks since boot; empty where the system does not tell (proc(5))."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
