"""Child processes are real ones here: small Python scripts that print, hang, fork and refuse to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kade.engine.errors import ProcessError
from kade.engine.process import PARENT_PIPE, Child, ended_with_us


def _start(tmp_path: Path, code: str, out: list[str] | None = None, err: list[str] | None = None) -> Child:
    keep = (out if out is not None else []).append, (err if err is not None else []).append
    arguments = [sys.executable, "-u", "-c", code]
    return Child(arguments, name="the child", cwd=tmp_path, env=dict(os.environ), on_stdout=keep[0], on_stderr=keep[1])


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def _gone(pid: int, seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not _alive(pid):
            return True
        time.sleep(0.02)
    return False


def _until(lines: list[str], seconds: float = 10.0) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if lines:
            return lines[0]
        time.sleep(0.02)
    raise AssertionError("no line came")


def test_lines_come_whole_and_apart(tmp_path):
    out, err = [], []
    child = _start(tmp_path, "import sys; print('a'); print('b', file=sys.stderr); print('ç', end='')", out, err)
    assert child.wait(10) == 0
    assert (out, err, list(child.tail)) == (["a", "ç"], ["b"], ["b"])


def test_the_exit_status_is_told(tmp_path):
    assert _start(tmp_path, "raise SystemExit(3)").wait(10) == 3


def test_a_program_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ProcessError, match=r"the child: /nowhere/python cannot be started: No such file"):
        Child(["/nowhere/python"], name="the child", cwd=tmp_path, env={}, on_stdout=lambda _: None, on_stderr=print)


def test_a_time_limit_ends_the_wait_but_not_the_process(tmp_path):
    child = _start(tmp_path, "import time; time.sleep(60)")
    with pytest.raises(ProcessError, match=r"the child did not end within 0.1 s"):
        child.wait(0.1)
    assert child.poll() is None
    child.stop()
    assert _gone(child.pid)


def test_one_that_ignores_the_request_is_ended(tmp_path):
    out: list[str] = []
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready'); time.sleep(60)"
    child = _start(tmp_path, code, out)
    _until(out)
    began = time.monotonic()
    child.stop(grace=0.3)
    assert child.poll() == -signal.SIGKILL
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("how", ["stop", "wait"])
def test_a_grandchild_does_not_stay(tmp_path, how):
    out: list[str] = []
    code = (
        "import subprocess, sys, time\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"print(p.pid)\ntime.sleep({60 if how == 'stop' else 0})"
    )
    child = _start(tmp_path, code, out)
    grandchild = int(_until(out))
    child.stop() if how == "stop" else child.wait(10)
    assert _gone(grandchild)


_PARENT = f"""
import os, signal, sys, time
from pathlib import Path
from kade.engine.process import Child, ended_with_us
code = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(60)"
watch = ("import os, threading, time; fd = int(os.environ['{PARENT_PIPE}']);"
         "threading.Thread(target=lambda: (os.read(fd, 1), os._exit(0)), daemon=True).start(); time.sleep(60)")
def start(code):
    return Child([sys.executable, "-c", code], name="c", cwd=Path("."), env=dict(os.environ),
                 on_stdout=print, on_stderr=print)
with ended_with_us():
    children = [start(watch if sys.argv[1] == "KILL" else code) for _ in range(2)]
    print(*(c.pid for c in children), flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("name", ["INT", "TERM", "HUP", "KILL"])
def test_no_child_is_left_whatever_ends_us(tmp_path, name):
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert all(_alive(pid) for pid in pids)
    time.sleep(0.3)  # the children are past their start
    parent.send_signal(signal.Signals[f"SIG{name}"])
    parent.communicate(timeout=20)
    assert len(pids) == 2
    assert all(_gone(pid) for pid in pids)


def test_the_block_ends_children_and_gives_the_handlers_back(tmp_path):
    before = signal.getsignal(signal.SIGTERM)
    with ended_with_us():
        child = _start(tmp_path, "import time; time.sleep(60)")
        assert signal.getsignal(signal.SIGTERM) is not before
    assert child.poll() is not None
    assert signal.getsignal(signal.SIGTERM) is before
