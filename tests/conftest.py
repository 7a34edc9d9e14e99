"""What holds for every test."""

import compileall
import fcntl
import json
import os
import signal
import subprocess
from functools import cache
from pathlib import Path

import pytest

# A shell that starts us in the background has Ctrl-C ignored, and so would every program that the tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The hundreds of programs that the tests start find Kade compiled, which is a quarter of the time of a preview. They
# write nothing compiled themselves: a program that a test changes twice in a second would run as it was before, since
# Python tells what it has compiled by the second and the size.
if "PYTEST_XDIST_WORKER" not in os.environ:
    compileall.compile_dir(Path(__file__).parents[1] / "kade", quiet=2)
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


@pytest.fixture(scope="session")
def whole_preview(tmp_path_factory):
    """``whole_preview("lindewaard")``: the JSON report of the preview of a whole example, which has to succeed.

    It is the dearest thing that tests ask for, so it is made once, by the first worker that needs it.
    """
    from tests.cli.conftest import KADE, ROOT, environment  # here, for what was said above has to hold first

    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder

    @cache
    def ask(name):
        kept = shared / f"whole-{name}.json"
        with Path(f"{kept}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                command = [KADE, "preview", ROOT / "estates" / name, "--format", "json"]
                done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True)
                assert done.returncode == 0, done.stderr
                kept.write_text(done.stdout)
        return json.loads(kept.read_text())

    return ask


# Files of a few long tests: a worker that got one of them last would work on alone.
LONG = ("test_scenarios.py", "test_docs.py", "test_pipelines.py", "test_estates.py", "test_exit.py", "test_compare.py")


def pytest_collection_modifyitems(items):
    """Begin with the long files; the order within a file stays."""
    items.sort(key=lambda item: item.path.name not in LONG)
