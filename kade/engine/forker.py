"""Starts processes by forking one that has everything imported already: `kade.engine.fork_server` is in that one.

Importing the SDK, a program's libraries or a pack's rules takes seconds of processor time, and several stacks need the
same. A request is a length (`HEADER`) and JSON with ``arguments``, ``env`` and ``cwd``, together with three file
descriptors: standard output, standard error, and the end of the pipe that tells a child that we are gone. The answers
are lines of JSON: ``{"pid": …}`` for a request, and ``{"ended": …, "status": …}`` when a fork has ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from kade.engine.errors import ProcessError
from kade.engine.fork_server import HEADER, SOCKET
from kade.engine.process import Child

AVAILABLE: Final = sys.platform == "linux" and hasattr(os, "pidfd_open") and not os.environ.get("KADE_NO_FORK")
_READY: Final = 120.0  # seconds that a server may take to import what its forks need
_LOOK: Final = 0.05  # seconds between two looks at a process whose server is gone


class Forked:
    """A forked process, with what `Child` uses of `subprocess.Popen`."""

    def __init__(self, pid: int, stdout: IO[str], stderr: IO[str], server_gone: threading.Event) -> None:
        self.pid, self.stdout, self.stderr = pid, stdout, stderr
        self._status: int | None = None
        self._told, self._server_gone = threading.Event(), server_gone

    def ended(self, status: int) -> None:
        """The server has told how it ended."""
        self._status = status
        self._told.set()

    def poll(self) -> int | None:
        """Its exit status, None while it runs."""
        if not self._told.is_set() and self._server_gone.is_set() and not _lives(self.pid):
            self.ended(-signal.SIGKILL)  # nobody can tell any more; it was ended with its server
        return self._status

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises ``subprocess.TimeoutExpired`` as Popen does."""
        left = timeout
        while self.poll() is None:
            step = _LOOK if self._server_gone.is_set() else 1.0
            if left is not None:
                if left <= 0:
                    raise subprocess.TimeoutExpired([str(self.pid)], timeout or 0)
                step = min(step, left)
                left -= step
            self._told.wait(step)
        return self._status if self._status is not None else -signal.SIGKILL

    def send_signal(self, number: int) -> None:
        """Raises ``ProcessLookupError`` where it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


class Forker:
    """A process that is made ready once. It is started by `start`; `fork` gives None where it cannot serve."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._link: socket.socket | None = None
        self._child: Child | None = None
        self._asking = threading.Lock()
        self._pids: queue.Queue[int | None] = queue.Queue()
        self._forks: dict[int, Forked] = {}
        self._early: dict[int, int] = {}
        self._booking = threading.Lock()
        self._gone = threading.Event()

    def start(self, arguments: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str]) -> None:
        """Start the server; it gets ready on its own. Where it cannot be started, `fork` gives None."""
        self._link, theirs = socket.socketpair()
        with theirs:
            fd = theirs.fileno()
            try:
                self._child = Child(
                    arguments,
                    name=self.name,
                    cwd=cwd,
                    env={**env, SOCKET: str(fd)},
                    on_stdout=_ignored,
                    on_stderr=_ignored,
                    pass_fds=(fd,),
                )
            except ProcessError:
                self._lost()
                return
        threading.Thread(target=self._listen, name=f"{self.name} answers", daemon=True).start()

    def fork(self, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], parent: int) -> Forked | None:
        """A fork of it; ``parent`` is the file descriptor that tells it that we are gone. None where it cannot."""
        if self._link is None or self._gone.is_set():
            return None
        request = json.dumps({"arguments": list(arguments), "env": dict(env), "cwd": str(cwd)}).encode()
        out, their_out = os.pipe()
        err, their_err = os.pipe()
        try:
            with self._asking:
                socket.send_fds(self._link, [HEADER.pack(len(request))], [their_out, their_err, parent])
                self._link.sendall(request)
                pid = self._pids.get(timeout=_READY)
        except (OSError, queue.Empty):
            pid = None
        finally:
            os.close(their_out)
            os.close(their_err)
        if pid is None:
            os.close(out)
            os.close(err)
            return None
        made = Forked(pid, _text(out), _text(err), self._gone)
        with self._booking:
            self._forks[pid] = made
            if pid in self._early:
                made.ended(self._early.pop(pid))
        return made

    @property
    def gone(self) -> bool:
        """Whether its server has ended."""
        return self._gone.is_set()

    def close(self) -> None:
        """End the server. Its forks go on."""
        if self._child is not None:
            self._child.stop(grace=0)
        self._lost()

    def _listen(self) -> None:
        if self._link is None:
            return
        with contextlib.suppress(OSError, ValueError), self._link.makefile("rb") as answers:
            for line in answers:
                self._heard(json.loads(line))
        self._lost()

    def _heard(self, answer: dict[str, Any]) -> None:
        if "pid" in answer:
            self._pids.put(answer["pid"])
            return
        with self._booking:
            fork = self._forks.pop(answer["ended"], None)
            if fork is None:  # it ended before the one who asked for it has noted it
                self._early[answer["ended"]] = answer["status"]
            else:
                fork.ended(answer["status"])

    def _lost(self) -> None:
        self._gone.set()
        self._pids.put(None)
        if self._link is not None:
            with contextlib.suppress(OSError):
                self._link.close()


class Forkers:
    """The forkers of one run by what they have ready; a context manager that ends them all."""

    def __init__(self) -> None:
        self._made: dict[Any, Forker] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Forkers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for forker in self._made.values():
            forker.close()

    def get(self, key: Any, name: str, start: Callable[[Forker], None]) -> Forker | None:
        """The forker with this key, started where it is not there yet. None where this system cannot fork."""
        if not AVAILABLE:
            return None
        with self._lock:
            if key not in self._made or self._made[key].gone:
                self._made[key] = Forker(name)
                start(self._made[key])
            return self._made[key]


def _text(fd: int) -> IO[str]:
    return os.fdopen(fd, "r", encoding="utf-8", errors="replace")


def _lives(pid: int) -> bool:
    """Whether it runs; one that has ended and that nobody asks after does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def _ignored(_line: str) -> None:
    """A server says nothing that anybody has to hear: where it fails, the run itself says why."""
