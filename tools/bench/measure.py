"""Runs a program and tells what it took: seconds, processor time and memory, children included."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_MIB = 1024  # ru_maxrss and /proc count in KiB
_SAMPLE = 0.25  # seconds between two looks at the memory of all processes


@dataclass(frozen=True)
class Took:
    """Wall and processor time in seconds; memory in MiB: of the largest process, and of all together at their peak.

    ``total`` is 0 where there is no ``/proc`` to read it from. Shared pages count for every process that has them, so
    it is an upper bound.
    """

    seconds: float
    cpu: float
    largest: int
    total: int
    output: str


def run(command: Sequence[str | Path], *, folder: Path, ok: Sequence[int] = (0,), memory: int | None = None) -> Took:
    """Run a program to its end; ``memory`` is the address space that each of its processes may take, in MiB.

    Raises ``SystemExit`` with what it said for an exit status that is not in ``ok``.
    """

    def limit() -> None:
        if memory is not None:
            resource.setrlimit(resource.RLIMIT_AS, (memory * 1024**2, memory * 1024**2))

    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            stdout=out,
            stderr=errors,
            preexec_fn=limit,
        )
        watch = _Watch(process.pid)
        usage = _wait(process)
        seconds = time.perf_counter() - start
        total = watch.stop()
        if process.returncode not in ok:
            errors.seek(0)
            said = errors.read().decode(errors="replace")[-2000:]
            raise SystemExit(f"{' '.join(map(str, command))} ended with status {process.returncode}:\n{said}")
        out.seek(0)
        text = out.read().decode()
    return Took(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // _MIB, total // _MIB, text)


def _wait(process: subprocess.Popen[bytes]) -> resource.struct_rusage:
    """Wait for the end; times are those of the process and its children, memory that of the largest of them."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage


class _Watch:
    """Adds up the memory of a process and its descendants, several times a second."""

    def __init__(self, pid: int) -> None:
        self._pid, self._peak, self._done = pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """The highest sum that was seen, in KiB."""
        self._done.set()
        self._thread.join()
        return self._peak

    def _look(self) -> None:
        while not self._done.wait(_SAMPLE):
            self._peak = max(self._peak, sum(_resident(pid) for pid in _family(self._pid)))


def _family(pid: int) -> list[int]:
    found = [pid]
    for parent in found:  # grows while it is walked
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:  # ended since
                continue
    return found


def _resident(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS:")), 0)
