"""Programs and packs that start from a process which is ready: real ones, forked, killed and counted."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from kade.engine import forker as forking
from kade.engine import stacks
from kade.engine.forker import Forker, Forkers
from kade.engine.job import Job
from kade.engine.plan import StackResult
from kade.engine.process import Child, ended_with_us
from kade.engine.program import libraries
from kade.engine.project import load_project
from tests.engine.engine_fixtures import PREAMBLE, Cloud
from tests.engine.pack_fixtures import write_pack

pytestmark = pytest.mark.skipif(not forking.AVAILABLE, reason="this system cannot fork a process that is ready")

SERVER = f"""
import os, sys
sys.path.insert(0, {str(Path(forking.__file__).parent)!r})
import fork_server
mine = os.getpid()
arguments = fork_server.serve()
print(arguments[-1], os.getcwd(), os.environ.get("COLOUR"), os.environ.get("SHAPE"), os.getppid() == mine)
print("to the other stream", file=sys.stderr)
exec(arguments[-1])
"""


@pytest.fixture
def forker(tmp_path):
    made = Forker("the start")
    made.start([sys.executable, "-u", "-c", SERVER], cwd=Path("/"), env={**os.environ, "COLOUR": "red"})
    yield made
    made.close()


def child(forker: Forker, folder: Path, code: str, out: list[str], err: list[str], **env: str) -> Child:
    return Child(
        ["/nowhere/python", code],  # it would fail if it were started anew
        name="the child",
        cwd=folder,
        env=env,
        on_stdout=out.append,
        on_stderr=err.append,
        forker=forker,
    )


def test_a_fork_has_its_own_arguments_folder_variables_and_streams(forker, tmp_path):
    out: list[str] = []
    err: list[str] = []
    both = [child(forker, tmp_path, "sys.exit(3)", out, err, SHAPE="round") for _ in range(2)]
    assert [one.wait(20) for one in both] == [3, 3]
    assert out == [f"sys.exit(3) {tmp_path} None round True"] * 2
    assert err == ["to the other stream"] * 2
    assert both[0].pid != both[1].pid


def test_how_a_fork_ended_is_told(forker, tmp_path):
    killed = child(forker, tmp_path, "os.kill(os.getpid(), 9)", [], [])
    assert killed.wait(20) == -signal.SIGKILL
    stopped = child(forker, tmp_path, "import time; time.sleep(60)", [], [])
    assert stopped.poll() is None
    stopped.stop()
    assert stopped.poll() == -signal.SIGTERM


def test_a_fork_whose_server_was_killed_goes_on_and_its_end_is_seen(forker, tmp_path):
    out: list[str] = []
    going = child(forker, tmp_path, "import time; time.sleep(1); print('done')", out, [])
    assert forker._child is not None
    os.kill(forker._child.pid, signal.SIGKILL)
    going.wait(20)
    assert out[-1] == "done"


def test_all_end_with_the_run(tmp_path):
    made = Forker("the start")
    with ended_with_us():
        made.start([sys.executable, "-u", "-c", SERVER], cwd=Path("/"), env=dict(os.environ))
        going = child(made, tmp_path, "import time; time.sleep(60)", [], [])
    assert going.poll() is not None


def test_without_a_server_the_process_is_started_anew(tmp_path):
    made = Forker("the start")
    made.start([sys.executable, "-c", "raise SystemExit('no')"], cwd=tmp_path, env=dict(os.environ))
    out: list[str] = []
    plain = Child(
        [sys.executable, "-c", "print('by itself')"],
        name="the child",
        cwd=tmp_path,
        env=dict(os.environ),
        on_stdout=out.append,
        on_stderr=print,
        forker=made,
    )
    assert plain.wait(20) == 0
    assert out == ["by itself"]
    made.close()


COUNTED = """
import os
with open(os.environ["COUNT"], "a") as file:
    file.write("imported ")
"""
PROGRAM = """
import counted, os, sys
pulumi.export("stack", pulumi.get_stack())
pulumi.export("own", pulumi.Config().require("own"))
Thing("a", label=pulumi.get_stack())
counted.stack = getattr(counted, "stack", "") + pulumi.get_stack()
pulumi.export("seen", counted.stack)
"""
PACK = """
import counted_rules
PolicyPack(name="count", policies=[
    ResourceValidationPolicy(name="mine", description="says its stack", validate=lambda args, report: report(
        os.environ["PULUMI_STACK"] + " " + __import__("pulumi").get_stack()))])
"""


def previewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[StackResult], list[str]]:
    """Three stacks of one program, judged by one pack; and what was imported how often."""
    library = tmp_path / "library"
    library.mkdir()
    for name in ("counted", "counted_rules"):
        (library / f"{name}.py").write_text(COUNTED.replace("imported", name))
    folder = tmp_path / "three"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: three\nruntime: python\n")
    (folder / "__main__.py").write_text(PREAMBLE + PROGRAM)
    pack = write_pack(tmp_path / "pack", "import os\n" + PACK)
    monkeypatch.setenv("PYTHONPATH", str(library))
    monkeypatch.setenv("COUNT", str(tmp_path / "count"))
    jobs = [
        Job(
            load_project(folder),
            stack,
            providers={"cloud": Cloud()},
            packs=[pack],
            config={"three:own": f"of {stack}"},
            preload=("counted", "there.is.no.such.module"),
            pack_preload=("counted_rules",),
        )
        for stack in ("dev", "test", "prod")
    ]
    results = stacks.preview_stacks(jobs, side_by_side=2)
    return results, (tmp_path / "count").read_text().split()


@pytest.mark.parametrize("forks", [True, False])
def test_stacks_share_imports_and_nothing_else(tmp_path, monkeypatch, forks):
    monkeypatch.setattr(forking, "AVAILABLE", forks)
    results, imported = previewed(tmp_path, monkeypatch)
    assert [r.error for r in results] == ["", "", ""]
    assert sorted(imported) == sorted(["counted", "counted_rules"] * (1 if forks else 3))
    for result, stack in zip(results, ("dev", "test", "prod"), strict=True):
        assert result.outputs == {"stack": stack, "own": f"of {stack}", "seen": stack}
        assert {p.message for p in result.policies if p.verdict == "fail"} == {f"{stack} {stack}"}


def test_a_run_that_is_interrupted_leaves_no_fork(tmp_path, monkeypatch):
    """The server, too, is gone: both hold the pipe of the one that started them."""
    made = Forker("the start")
    made.start([sys.executable, "-u", "-c", SERVER], cwd=Path("/"), env=dict(os.environ))
    out: list[str] = []
    going = child(made, tmp_path, "print('ready'); import time; time.sleep(60)", out, [])
    assert made._child is not None
    while len(out) < 2:
        time.sleep(0.02)
    with Path(os.devnull).open() as nothing:  # in the place of the pipes' ends, as if we had been killed
        os.dup2(nothing.fileno(), going._parent_end)
        os.dup2(nothing.fileno(), made._child._parent_end)
    assert going.wait(10) in (1, -signal.SIGKILL)
    assert made._child.wait(10) == 0


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (
            "import pulumi, os\nfrom pulumi_azure_native import network\nimport pulumi_random as r",
            ["pulumi_azure_native", "pulumi_azure_native.network", "pulumi_random"],
        ),
        ("def f():\n    import pulumi_random\nfrom . import pulumi_of_my_own\n", []),
        ("this is not Python", []),
    ],
)
def test_the_libraries_of_a_program(tmp_path, source, found):
    (tmp_path / "__main__.py").write_text(source)
    assert libraries(tmp_path) == libraries(tmp_path / "__main__.py") == found
    assert libraries(tmp_path / "nothing.py") == []


def test_a_server_that_is_gone_is_made_anew(tmp_path):
    started: list[Forker] = []
    with Forkers() as forkers:
        first = forkers.get("a", "the start", started.append)
        assert forkers.get("a", "the start", started.append) is first
        assert first is not None
        first.close()
        assert forkers.get("a", "the start", started.append) is not first
    assert len(started) == 2
