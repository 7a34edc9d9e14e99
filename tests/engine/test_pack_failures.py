"""Packs that fail, hang, die or cannot start: each is named, ended, and told in one line."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kade.engine.errors import PackError
from kade.engine.packs import PackRunner, Setting
from kade.engine.process import _live

sys.path.insert(0, str(Path(__file__).parent))
from pack_fixtures import SETTING, TLS, run, sample, setting, write_pack


def _error_of(pack: Path, *, setting: Setting = SETTING, **options: Any) -> str:
    with pytest.raises(PackError) as error:
        run(pack, sample(), setting=setting, stack=True, **options)
    assert not any(child.name.startswith("the policy pack") for child in _live)
    return str(error.value)


CRASH = 'PolicyPack("crash", [ResourceValidationPolicy("boom", "Boom.", lambda a, r: {})])'


@pytest.mark.parametrize("how", ["1 / 0", "sys.exit(4)"])
def test_a_rule_that_fails_is_named(tmp_path, how):
    body = "import sys\n" + CRASH.format(how)
    message = _error_of(write_pack(tmp_path / "p", body))
    assert message.startswith(f"the rule boom of the policy pack crash failed on {sample().urn}: ")
    assert ("ZeroDivisionError: division by zero" in message) == (how == "1 / 0")


def test_without_the_launcher_a_failing_rule_still_names_the_pack(tmp_path):
    message = _error_of(write_pack(tmp_path / "p", CRASH.format("1 / 0")), setting=setting(plain=True))
    assert message == f"the policy pack crash failed on {sample().urn}: division by zero."


def test_a_stack_rule_that_fails_is_named(tmp_path):
    body = 'PolicyPack("crash", [StackValidationPolicy("boom", "Boom.", lambda a, r: 1 / 0)])'
    message = _error_of(write_pack(tmp_path / "p", body))
    assert message.startswith("the rule boom of the policy pack crash failed on the stack: ZeroDivisionError")


def test_a_pack_that_dies_in_the_middle_is_told_with_its_last_words(tmp_path):
    body = "import os, sys\n" + CRASH.format("(print('no more', file=sys.stderr), os._exit(7))")
    folder = write_pack(tmp_path / "p", body)
    message = _error_of(folder)
    assert message == f"{folder}: the policy pack ended with exit status 7 on {sample().urn}: no more."


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("raise ValueError('no rules today')", "ended with exit status 1 before it was ready"),
        ("import nowhere_to_be_found", "No module named 'nowhere_to_be_found'"),
        ("import os; os.kill(os.getpid(), 11)", "ended by SIGSEGV before it was ready"),
        ("pass", "ended with exit status 0 before it was ready"),
    ],
)
def test_a_pack_that_does_not_start_is_told(tmp_path, body, message):
    folder = write_pack(tmp_path / "p", body)
    assert message in _error_of(folder)


def test_a_pack_that_is_not_ready_in_time_is_ended(tmp_path):
    folder = write_pack(tmp_path / "p", "import time\ntime.sleep(60)")
    began = time.monotonic()
    message = _error_of(folder, setting=setting(start=1))
    assert message.startswith(f"{folder}: the policy pack was not ready within 1 s")
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("kind", ["ResourceValidationPolicy", "StackValidationPolicy"])
def test_a_rule_that_hangs_is_named_and_ended(tmp_path, kind):
    body = f"""
    import time
    PolicyPack("slow", [{kind}("quick", "Quick.", lambda a, r: None),
                        {kind}("endless", "Endless.", lambda a, r: time.sleep(60))])
    """
    where = sample().urn if kind.startswith("Resource") else "the stack"
    message = _error_of(write_pack(tmp_path / "p", body), setting=setting(resource=1, stack=1))
    assert message == f"the rule endless of the policy pack slow gave no answer within 1 s on {where}; it was ended."


def test_without_the_launcher_a_hang_names_the_pack(tmp_path):
    body = "import time\n" + CRASH.format("time.sleep(60)")
    message = _error_of(write_pack(tmp_path / "p", body), setting=setting(plain=True, resource=1))
    assert message == f"the policy pack crash gave no answer within 1 s on {sample().urn}; it was ended."


@pytest.mark.parametrize(
    ("runtime", "message"),
    [
        ("runtime: nodejs\n", "PulumiPolicy.yaml:1: the runtime 'nodejs' is not run here"),
        ("runtime: {name: python, options: {virtualenv: nowhere}}\n", "nowhere, which is not there; make it with"),
        ("runtime: python\nmain: nowhere\n", "PulumiPolicy.yaml:2: 'main' names"),
    ],
)
def test_a_pack_that_cannot_run_here_is_refused(tmp_path, runtime, message):
    assert message in _error_of(write_pack(tmp_path / "p", CRASH, runtime=runtime))


def test_a_folder_that_is_no_pack_is_refused(tmp_path):
    with pytest.raises(PackError, match=r"there is no PulumiPolicy\.yaml in it"):
        PackRunner.start([tmp_path], SETTING)


def test_another_pack_goes_on_and_the_error_comes_at_the_next_call(tmp_path):
    packs = [write_pack(tmp_path / "a", CRASH.format("1 / 0")), write_pack(tmp_path / "b", TLS)]
    with PackRunner.start(packs, SETTING) as runner:
        runner.analyze(sample())
        with pytest.raises(PackError, match="the rule boom"):
            _analyze_until_told(runner)


def _analyze_until_told(runner: PackRunner) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        runner.analyze(sample())
        time.sleep(0.01)


def test_a_pack_ends_when_the_engine_is_killed(tmp_path):
    write_pack(tmp_path / "p", TLS)
    code = (
        "import sys, time; from pathlib import Path; from kade.engine.packs import *\n"
        "r = PackRunner.start([Path(sys.argv[1])], Setting('harbour', 'dev')); r.ready()\n"
        "print(r._lanes[0].process._child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "p")], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    os.kill(pid, 0)
    parent.kill()
    parent.communicate()
    end = time.monotonic() + 10
    while time.monotonic() < end and Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_text():
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}/cmdline").exists() or not Path(f"/proc/{pid}/cmdline").read_text()
