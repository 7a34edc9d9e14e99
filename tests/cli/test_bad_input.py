"""Bad input ends with one clear message and the right exit status, and never with a traceback."""

import json
import os
import signal
import subprocess
import time

import pytest

from tests.cli.conftest import GROUP, KADE, environment

ESTATES = {
    "misspelt key": (("employees: 165", "employes: 165"), ["estate.yaml:12:", "employes", "employees"]),
    "wrong type": (("employees: 165", "employees: veel"), ["estate.yaml:12:", "organisation.employees", "veel"]),
    "unknown region": (("primary: westeurope", "primary: westeuropa"), ["estate.yaml:", "westeuropa", "westeurope"]),
    "duplicate name": (("teams:\n", "teams:\n  ict: {title: Nog een, members: 1}\n"), ["estate.yaml:", "ict"]),
    "not YAML": (("version: 1\n", "version: 1\n  - [\n"), ["estate.yaml:"]),
}


@pytest.mark.parametrize("verb", ["up", "destroy"])
def test_nobody_to_ask_is_said_before_the_program_runs(project, verb):
    folder = project("import pathlib\npathlib.Path('ran').touch()\n")
    ran = subprocess.run(
        [KADE, verb, folder, "--stack", "dev", "--local"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(),
    )
    assert ran.returncode == 2
    assert "--yes" in ran.stderr
    assert not (folder / "ran").exists()


@pytest.mark.parametrize("kind", ESTATES)
def test_estate_file(kade, estate, kind):
    swap, words = ESTATES[kind]
    ran = kade("preview", estate(swap))
    assert ran.status == 2
    assert ran.out == ""
    for word in words:
        assert word in ran.err
    assert "Traceback" not in ran.err


def test_missing_estate(kade, tmp_path):
    ran = kade("preview", "duinrant")
    assert (ran.status, ran.out) == (2, "")
    assert "duinrant" in ran.err
    empty = tmp_path / "empty"
    empty.mkdir()
    ran = kade("preview", empty)
    assert ran.status == 2
    assert "estate.yaml" in ran.err


def test_state_cut_in_half(kade, project):
    folder = project()
    assert kade("up", folder, "--stack", "dev", "--local", "--yes").status == 0
    file = folder / ".kade/state/small/dev.json"
    text = file.read_text()
    file.write_text(text[: len(text) // 2])
    for command in (["preview"], ["up", "--local", "--yes"], ["destroy", "--local", "--yes"]):
        ran = kade(command[0], folder, "--stack", "dev", *command[1:])
        assert (ran.status, ran.out) == (2, "")
        assert "dev.json:" in ran.err
        assert "cut off" in ran.err
    assert file.read_text() == text[: len(text) // 2]


def test_two_runs_at_once(kade, project):
    folder = project("import time, pathlib\npathlib.Path('started').touch()\ntime.sleep(60)\n")
    command = [KADE, "up", folder, "--stack", "dev", "--local", "--yes"]
    first = subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(folder / "started")
        ran = kade("up", folder, "--stack", "dev", "--local", "--yes")
        assert ran.status == 2
        assert "another run uses this state" in ran.err
        assert str(first.pid) in ran.err
    finally:
        first.send_signal(signal.SIGINT)
        first.wait(20)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("raise ValueError('the tender is late')", "the tender is late"),
        ("import sys\nsys.exit(3)", "3"),
        ("import os\nos._exit(4)", "4"),
        ("def broken(:\n", "SyntaxError"),
    ],
)
def test_program_that_fails(kade, project, program, words):
    ran = kade("preview", project(program), "--stack", "dev", "--format", "json")
    assert ran.status == 1
    found = json.loads(ran.out)
    assert words in found["stacks"]["dev"]["error"] + json.dumps(found["diagnostics"])
    assert "dev failed: " in ran.err


@pytest.mark.parametrize(
    "program",
    ["raise ValueError('no rules today')", "import os\nos._exit(3)", "import sys\nsys.exit('no rules today')"],
)
def test_pack_that_crashes(kade, project, pack, program):
    ran = kade("preview", project(), "--stack", "dev", "--pack", pack(program))
    assert ran.status == 1
    assert "pack" in ran.out + ran.err
    assert "kade itself failed" not in ran.err


def test_pack_that_is_none(kade, project, tmp_path):
    ran = kade("preview", project(), "--stack", "dev", "--pack", tmp_path)
    assert ran.status == 1
    assert "PulumiPolicy.yaml" in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["preview", "duinrand", "--format", "pdf"], "text, json, markdown or html"),
        (["destroy", "duinrand"], "--local"),
        (["check", "nothing.json"], "nothing.json"),
        (["check", "nothing.json", "--verdicts", "some"], "failed or all"),
        (["policies", "show", "kade-storage-minimum-tsl"], "kade-storage-minimum-tls"),
        (["preveiw", "duinrand"], "preveiw"),
        (["preview"], "TARGET"),
    ],
)
def test_usage(kade, arguments, words):
    ran = kade(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_up_where_there_is_no_pulumi_cli(kade, tmp_path):
    ran = kade("up", "duinrand", PATH=str(tmp_path))
    assert (ran.status, ran.out) == (2, "")
    assert "--local" in ran.err


def test_options_that_do_not_fit_the_target(kade, project, estate):
    folder = project()
    assert "--stack" in kade("preview", folder).err
    assert "--stack" in kade("preview", folder, "--stack", "dev", "--env", "prd").err
    town = estate()
    ran = kade("preview", town, "--env", "acc")
    assert ran.status == 2
    assert "prd, tst" in ran.err
    ran = kade("preview", town, "--layer", "platfrom")
    assert ran.status == 2
    assert "platform" in ran.err
    ran = kade("preview", town, "--stack", "duinrand.prd.x")
    assert ran.status == 2
    assert "duinrand.prd.platform" in ran.err
    ran = kade("up", folder, "--stack", "dev", "--local")
    assert ran.status == 2
    assert "--yes" in ran.err


def test_interrupt_leaves_no_process_and_a_whole_state(kade, project):
    folder = project()
    assert kade("up", folder, "--stack", "dev", "--local", "--yes").status == 0
    before = json.loads((folder / ".kade/state/small/dev.json").read_text())
    program = GROUP + "import os, pathlib, time\npathlib.Path('began').write_text(str(os.getpid()))\n"
    program += "pathlib.Path('began').rename('started')\ntime.sleep(60)\n"
    (folder / "__main__.py").write_text(program)
    command = [KADE, "up", folder, "--stack", "dev", "--local", "--yes"]
    run = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(folder / "started")
    child = int((folder / "started").read_text())
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=20)
    assert run.returncode == 130
    assert "stopped; nothing was left running" in err
    assert "Traceback" not in err
    wait_until(lambda: not alive(child))
    after = json.loads((folder / ".kade/state/small/dev.json").read_text())
    names = [[r["urn"] for r in state["deployment"]["resources"]] for state in (before, after)]
    assert sorted(names[0]) == sorted(names[1])
    assert not (folder / ".kade/state/small/dev.json.lock").exists()


def wait_for(file):
    wait_until(file.exists)


def wait_until(true, seconds=30):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.1)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
