"""A run that is cut off at any step leaves a state from which the next run goes on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from kade.engine import state
from kade.engine.errors import StateError
from kade.engine.journal import journal_path
from kade.engine.secrets import StackSecrets

sys.path.insert(0, str(Path(__file__).parent))
from engine_fixtures import Cloud, Site, ops

BEFORE = 'a = Thing("a", region="nl")\nb = Thing("b", region=a.region)\nThing("gone")'
AFTER = """
g = Group("g")
a = Thing("a", region="de")
b = Thing("renamed", region=a.region, opts=Opts(aliases=[pulumi.Alias(name="b")], delete_before_replace=True))
c = Thing("c", of=b.endpoint, password=pulumi.Output.secret("hunter22"), opts=Opts(parent=g))
g.register_outputs({"c": c.id})
pulumi.export("c", c.id)
"""


class Watched(Cloud):
    """Keeps the files as they are whenever something is about to be done."""

    def watch(self, site: Site, into: Path) -> None:
        self.site, self.into, self.shots = site, into, []
        for name in ("create", "update", "delete"):
            setattr(self, name, self._with_shot(getattr(self, name)))

    def _with_shot(self, call: Any) -> Any:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            folder = self.into / str(len(self.shots))
            shutil.copytree(self.site.folder, folder, ignore=shutil.ignore_patterns("*.lock"))
            self.shots.append((folder, dict(self.things)))
            return call(*arguments, **options)

        return wrapped


def test_a_run_that_is_cut_off_anywhere_can_be_resumed(tmp_path: Path) -> None:
    cloud = Watched()
    site = Site(tmp_path / "site", cloud)
    site.update(BEFORE)
    cloud.watch(site, tmp_path / "shots")
    done = site.update(AFTER)
    assert not journal_path(site.state).exists()
    assert len(cloud.shots) == 6
    for folder, things in cloud.shots:
        again = Site(folder, Cloud(things=things, count=cloud.count))
        files = "".join(p.read_text() for p in (again.state, journal_path(again.state)))
        assert "hunter22" not in files
        loaded = state.load(again.state, StackSecrets(key_file=folder / "state.json.key"))
        assert len(loaded.pending_operations) == 1
        plan = again.preview()
        warnings = [d for d in plan.diagnostics if d.severity == "warning"]
        assert "an earlier run was cut off" in warnings[0].message
        result = again.update()
        assert result.outputs.keys() == done.outputs.keys()
        assert again.preview().change_summary == {"same": 5}, ops(again.preview())
        assert {t["region"] for t in again.cloud.things.values() if "region" in t} == {"de"}


def test_a_half_written_line_is_left_out_and_a_damaged_one_is_an_error(tmp_path: Path) -> None:
    cloud = Watched()
    site = Site(tmp_path / "site", cloud)
    site.update(BEFORE)
    cloud.watch(site, tmp_path / "shots")
    site.update(AFTER)
    again = Site(cloud.shots[-1][0])
    secrets = StackSecrets(key_file=again.folder / "state.json.key")
    path = journal_path(again.state)
    whole = state.load(again.state, secrets)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1]) + lines[-1][:20])
    assert len(state.load(again.state, secrets).pending_operations) == len(whole.pending_operations) - 1
    path.write_text("".join([*lines[:3], '{"do": "dance"}\n']))
    with pytest.raises(StateError, match=r"journal:4: .*damaged"):
        state.load(again.state, secrets)


def test_the_journal_of_a_state_that_was_written_since_is_no_part_of_it(tmp_path: Path) -> None:
    cloud = Watched()
    site = Site(tmp_path / "site", cloud)
    site.update(BEFORE)
    cloud.watch(site, tmp_path / "shots")
    site.update(AFTER)
    shutil.copy(journal_path(cloud.shots[-1][0] / "state.json"), journal_path(site.state))
    assert site.preview().change_summary == {"same": 5}
    site.update()
    assert not journal_path(site.state).exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_engine_leaves_a_readable_state_and_no_process(tmp_path: Path, number: signal.Signals) -> None:
    site = Site(tmp_path / "site")
    site.write('import os\nopen("pid", "w").write(str(os.getpid()))\na = Thing("a")\nThing("b", of=a.id)')
    script = textwrap.dedent(
        f"""
        import sys, time
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from pathlib import Path
        from engine_fixtures import Cloud, Site
        class Slow(Cloud):
            def create(self, urn, *rest, **options):
                if urn.endswith("::b"):
                    print("ready", flush=True)
                    time.sleep(2)
                return super().create(urn, *rest, **options)
        Site(Path({str(site.folder)!r}), Slow()).run("update")
        """
    )
    engine = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert engine.stdout is not None
    assert engine.stdout.readline() == "ready\n"
    pid = int((site.folder / "pid").read_text())
    engine.send_signal(number)
    engine.wait(20)
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.05)
    else:
        pytest.fail("the program outlived the engine")
    plan = site.preview('a = Thing("a")\nThing("b", of=a.id)')
    said = [d.urn.rsplit("::", 1)[-1] for d in plan.diagnostics if d.severity == "warning"]
    if number == signal.SIGINT:  # the step that was being done is finished and booked
        assert (ops(plan), said) == (["same a", "same b"], [])
        return
    assert (ops(plan), said) == (["same a", "create b"], ["b"])
    assert ops(site.update()) == ["same a", "create b"]
    assert json.loads(site.state.read_text())["deployment"].get("pending_operations") is None
