"""Locks against real other processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kade.engine.errors import LockError
from kade.engine.lock import lock_path, locked

HOLD = """
import sys, time
from pathlib import Path
from kade.engine.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""

RACE = """
import sys, time
from pathlib import Path
from kade.engine.errors import LockError
from kade.engine.lock import locked
time.sleep(max(0, float(sys.argv[2]) - time.time()))
try:
    with locked(Path(sys.argv[1]), print):
        print("held", flush=True)
        time.sleep(1.5)
except LockError as error:
    print("refused", flush=True)
"""


def _holding(state: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(state)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_run_fails_at_once_and_says_who_has_it(tmp_path):
    state = tmp_path / "dev.json"
    other = _holding(state)
    try:
        began = time.monotonic()
        with pytest.raises(LockError) as error, locked(state):
            pass
        assert time.monotonic() - began < 1
        message = str(error.value)
        host = json.loads(lock_path(state).read_text())["host"]
        assert message.startswith(f"{lock_path(state)}: another run uses this state: process {other.pid} on {host} of ")
        assert "since 20" in message
        assert "wait for it, or remove this file" in message
        assert "\n" not in message
    finally:
        other.kill()
        other.communicate()


def test_the_lock_of_a_dead_process_is_taken_over_with_one_line(tmp_path):
    state = tmp_path / "dev.json"
    other = _holding(state)
    other.kill()
    other.communicate()
    told: list[str] = []
    with locked(state, told.append) as holder:
        assert holder.pid == os.getpid()
    assert len(told) == 1
    assert f"process {other.pid}" in told[0]
    assert list(tmp_path.iterdir()) == []


def test_a_process_with_the_same_id_but_another_start_is_another(tmp_path):
    state = tmp_path / "dev.json"
    with locked(state):
        text = lock_path(state).read_text()
    lock_path(state).write_text(json.dumps({**json.loads(text), "started": "1"}))
    told: list[str] = []
    with locked(state, told.append):
        pass
    assert len(told) == 1


def test_the_lock_of_another_host_is_never_taken_over(tmp_path):
    state = tmp_path / "dev.json"
    with locked(state):
        text = lock_path(state).read_text()
    lock_path(state).write_text(json.dumps({**json.loads(text), "host": "elsewhere", "pid": 1}))
    with pytest.raises(LockError, match="process 1 on elsewhere"), locked(state):
        pass
    assert lock_path(state).exists()


def test_a_lock_that_cannot_be_read_is_told(tmp_path):
    state = tmp_path / "dev.json"
    lock_path(state).write_text("{")
    with pytest.raises(LockError, match="this lock cannot be read; remove it if no other run"), locked(state):
        pass


def test_it_is_released_also_after_an_error(tmp_path):
    state = tmp_path / "folder" / "dev.json"
    with pytest.raises(ZeroDivisionError), locked(state):
        raise ZeroDivisionError
    assert not lock_path(state).exists()
    with locked(state):
        assert lock_path(state).exists()


def test_of_many_that_take_over_at_once_one_wins(tmp_path):
    state = tmp_path / "dev.json"
    dead = _holding(state)
    dead.kill()
    dead.communicate()
    start = str(time.time() + 1)
    runs = [
        subprocess.Popen([sys.executable, "-c", RACE, str(state), start], stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    said = [run.communicate(timeout=30)[0].split("\n") for run in runs]
    assert sum("held" in lines for lines in said) == 1
    assert sum("refused" in lines for lines in said) == 5
