"""Child processes that never outlive us: each in a group of its own, ended on Ctrl-C, SIGTERM, and at exit.

A child that runs one of our launchers also ends by itself when we are killed: it holds the read end of a pipe, named
in ``PARENT_PIPE``, whose write end closes with us.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, Protocol

from kade.engine.errors import ProcessError
from kade.engine.fork_server import PARENT_PIPE

GRACE: Final = 3.0  # seconds between asking a process to end and ending it

OnLine = Callable[[str], None]

_live: set[Child] = set()


class Process(Protocol):
    """What is used of ``subprocess.Popen``, or of a fork that stands for one."""

    @property
    def pid(self) -> int:
        """Its process id."""
        ...

    @property
    def stdout(self) -> IO[str] | None:
        """What it writes to standard output."""
        ...

    @property
    def stderr(self) -> IO[str] | None:
        """What it writes to standard error."""
        ...

    def poll(self) -> int | None:
        """Its exit status, None while it runs."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status when it has ended; raises ``subprocess.TimeoutExpired``."""
        ...

    def send_signal(self, sig: int, /) -> None:
        """Send it a signal."""
        ...


class Forking(Protocol):
    """What starts a process from one that is ready; see `kade.engine.forker`."""

    def fork(self, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], parent: int) -> Process | None:
        """The process, None where it cannot be started that way."""
        ...


class Child:
    """A running process. Its lines go to the callbacks, which are called from other threads, one line at a time."""

    def __init__(
        self,
        arguments: Sequence[str | Path],
        *,
        name: str,
        cwd: Path,
        env: Mapping[str, str],
        on_stdout: OnLine,
        on_stderr: OnLine,
        pass_fds: Sequence[int] = (),
        forker: Forking | None = None,
    ) -> None:
        """Start it. ``name`` is what messages call it; ``pass_fds`` are file descriptors that it keeps.

        With a ``forker`` it is a fork of that one, which knows the ``arguments`` of what it stands for; without one,
        or where that one cannot, it is started anew. Raises `ProcessError` where it cannot be started.
        """
        self.name = name
        self.tail: deque[str] = deque(maxlen=20)
        """The last lines that it wrote to standard error."""
        self.stopped = False
        read, self._parent_end = os.pipe()
        try:
            words = [str(argument) for argument in arguments]
            fork = forker.fork(words, cwd=cwd, env=env, parent=read) if forker else None
            self._process: Process = fork or subprocess.Popen(
                words,
                cwd=cwd,
                env={**env, PARENT_PIPE: str(read)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
                pass_fds=(read, *pass_fds),
            )
        except OSError as error:
            os.close(self._parent_end)
            raise ProcessError(f"{name}: {arguments[0]} cannot be started: {error.strerror}.") from error
        finally:
            os.close(read)
        _live.add(self)
        self._readers = [
            self._reader(self._process.stdout, on_stdout),
            self._reader(self._process.stderr, on_stderr, self.tail),
        ]

    @property
    def pid(self) -> int:
        """Its process id, which is also the id of its group."""
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit status, None while it runs; negative for the signal that ended it."""
        return self._process.poll()

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended and all its lines are delivered; its exit status.

        Raises `ProcessError` after ``timeout`` seconds; it then still runs.
        """
        try:
            status = self._process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise ProcessError(f"{self.name} did not end within {timeout:g} s.") from error
        self._finish()
        return status

    def stop(self, grace: float = GRACE) -> None:
        """End it and every process that it started: ask, wait ``grace`` seconds, then make it. Safe to call twice."""
        self.stopped = True
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(grace)
        self._signal(signal.SIGKILL)  # also what the process itself left behind
        self._process.wait()
        self._finish()

    def ask(self, number: signal.Signals) -> None:
        """Send a signal to the process alone."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _finish(self) -> None:
        if self not in _live:
            return
        _live.discard(self)
        for reader in self._readers:
            reader.join(0.5)
        self._signal(signal.SIGKILL)  # a grandchild that kept the pipes open
        for reader in self._readers:
            reader.join(GRACE)
        with contextlib.suppress(OSError):
            os.close(self._parent_end)

    def _reader(self, stream: IO[str] | None, on_line: OnLine, tail: deque[str] | None = None) -> threading.Thread:
        def read() -> None:
            if stream is None:
                return
            with contextlib.suppress(ValueError, OSError), stream:  # closed under us while it is being stopped
                for raw in stream:
                    line = raw.rstrip("\r\n")
                    if tail is not None:
                        tail.append(line)
                    on_line(line)

        thread = threading.Thread(target=read, name=f"{self.name} output", daemon=True)
        thread.start()
        return thread


def stop_all(grace: float = GRACE) -> None:
    """End every child that still runs, all at the same time."""
    children = list(_live)
    for child in children:
        child.stopped = True
        child._signal(signal.SIGTERM)
    for child in children:
        child.stop(grace)


atexit.register(stop_all)


@contextmanager
def ended_with_us() -> Generator[None]:
    """In this block SIGTERM and SIGHUP are as Ctrl-C, and when it is left by any way, no child is left.

    Handlers can only be set in the main thread; elsewhere the block only ends the children.
    """

    def interrupt(number: int, _frame: object) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    numbers = [signal.SIGTERM, signal.SIGHUP] if threading.current_thread() is threading.main_thread() else []
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        try:
            _stop_undisturbed()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _stop_undisturbed() -> None:
    """`stop_all`, which an impatient second Ctrl-C only makes quicker."""
    try:
        stop_all()
    except KeyboardInterrupt:
        stop_all(grace=0)
        raise
