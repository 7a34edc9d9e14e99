"""A disk that is full, a folder that goes, clocks, two at once: no state is lost, and it says what to do."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
import sys
import textwrap
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from kade.engine import state
from kade.engine.errors import LockError, StateError
from kade.engine.journal import journal_path
from kade.engine.lock import lock_path, locked
from kade.engine.secrets import StackSecrets

sys.path.insert(0, str(Path(__file__).parent))
from engine_fixtures import Cloud, Site, ops

MANY = 'for n in range({}): Thing(f"t{{n}}", thingName=f"t{{n}}", size=n, label="x" * 200)'


def _limited(site: Site, size: int) -> dict[str, Any]:
    """Run an update in a process that can make no file larger than so many bytes, as on a disk that is full."""
    script = textwrap.dedent(
        f"""
        import json, resource, sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from pathlib import Path
        from engine_fixtures import Cloud, Site
        cloud = Cloud(**json.loads(sys.stdin.read()))
        resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
        error = ""
        try:
            error = Site(Path({str(site.folder)!r}), cloud).run("update").error
        except Exception as failure:
            error = f"{{type(failure).__name__}}: {{failure}}"
        print(json.dumps({{"things": cloud.things, "count": cloud.count, "error": error}}))
        """
    )
    given = {key: value for key, value in asdict(site.cloud).items() if key in ("things", "count")}
    done = subprocess.run(
        [sys.executable, "-c", script], input=json.dumps(given), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def _known(site: Site) -> set[str]:
    """What the state and its journal know of, also what had only begun."""
    loaded = state.load(site.state, StackSecrets(key_file=site.folder / "state.json.key"))
    pending = {f"/{operation.resource.inputs['thingName']}" for operation in loaded.pending_operations}
    return {r.id for r in loaded.resources if r.id.startswith("/")} | pending


def test_a_full_disk_for_the_journal_stops_the_run_and_the_state_has_all_of_it(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    site.write(MANY.format(60))
    said = _limited(site, 40_000)
    assert "the journal cannot be written (File too large), so the run stops here" in said["error"]
    assert "run the same command again" in said["error"]
    assert 0 < len(said["things"]) < 60
    assert _known(site) == set(said["things"])
    again = Site(site.folder, Cloud(things=said["things"], count=said["count"]))
    again.update()
    assert len(again.cloud.things) == 60
    assert again.preview().change_summary == {"same": 61}


def test_a_full_disk_for_the_state_leaves_the_old_one_and_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(tmp_path / "site")
    site.update(MANY.format(3))
    before = site.state.read_text()

    def full(*_arguments: Any, **_options: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("kade.engine.state_file.tempfile.mkstemp", full)
        with pytest.raises(StateError) as error:
            site.update(MANY.format(5))
    assert "the state cannot be written (No space left on device); the file is as it was." in str(error.value)
    assert f"What was done is in {journal_path(site.state)}, which the next run reads" in str(error.value)
    assert site.state.read_text() == before
    assert _known(site) == {f"/t{n}" for n in range(5)}
    assert site.update().change_summary == {"same": 6}
    assert not journal_path(site.state).exists()


def test_a_full_disk_for_both_keeps_every_step_up_to_the_last_as_begun(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    site.update(MANY.format(60))
    before = site.state.read_text()
    site.write(MANY.format(120).replace("range(120)", "reversed(range(120))"))
    said = _limited(site, len(before) - 5_000)
    assert "the state cannot be written (File too large)" in said["error"]
    assert "Nor can it be kept elsewhere" in said["error"]
    assert 60 < len(said["things"]) < 120
    assert site.state.read_text() == before
    assert _known(site) == set(said["things"])
    again = Site(site.folder, Cloud(things=said["things"], count=said["count"]))
    again.run("update")
    assert set(again.cloud.things) == {f"/t{n}" for n in range(120)}


class Meddling(Cloud):
    """Does something when the second thing is made."""

    def meddle(self, deed: Any) -> None:
        self.deed = deed

    def create(self, urn: str, *rest: Any, **options: Any) -> Any:
        if urn.endswith("::t1") and not options["preview"]:
            self.deed()
        return super().create(urn, *rest, **options)


def test_a_folder_that_goes_half_way_is_made_again_with_the_whole_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "x")  # a key file beside the state is gone with it
    cloud = Meddling()
    site = Site(tmp_path / "site", cloud, options={"state": tmp_path / "states" / "dev.json"})
    cloud.meddle(lambda: shutil.rmtree(tmp_path / "states"))
    site.update(MANY.format(3))
    assert site.preview().change_summary == {"same": 4}


def test_a_place_that_can_no_longer_be_written_gives_the_state_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = Meddling()
    path = tmp_path / "states" / "dev.json"
    site = Site(tmp_path / "site", cloud, options={"state": path})

    def taken() -> None:
        shutil.rmtree(tmp_path / "states")
        (tmp_path / "states").write_text("a file stands where the folder was")

    cloud.meddle(taken)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "x")  # a key file beside the state is gone with it
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    with pytest.raises(StateError, match=r"The state as it is now was written to .*: put that in its place") as error:
        site.update(MANY.format(3))
    (rescued,) = (tmp_path / "tmp").glob("dev-*.json")
    assert str(rescued) in str(error.value)
    assert rescued.stat().st_mode & 0o777 == 0o600
    (tmp_path / "states").unlink()
    (tmp_path / "states").mkdir()
    rescued.rename(path)
    assert site.preview().change_summary == {"same": 4}


def test_a_power_cut_that_leaves_zeros_behind_the_last_lines_is_read_up_to_them(tmp_path: Path) -> None:
    cloud = Meddling()
    site = Site(tmp_path / "site", cloud)
    cloud.meddle(lambda: shutil.copy(journal_path(site.state), tmp_path / "kept"))
    site.update(MANY.format(3))
    site.state.unlink()
    whole = (tmp_path / "kept").read_bytes()
    expected = _names_after(site, whole[: whole.rstrip().rindex(b"\n") + 1])
    found = _names_after(site, whole[:-20] + b"\0" * 4096)  # the last block had not reached the disk
    assert expected
    assert found == expected


def _names_after(site: Site, journal: bytes) -> list[str]:
    journal_path(site.state).write_bytes(journal)
    return [r.name for r in state.load(site.state, None).resources]


@pytest.mark.parametrize("time", ["2099-01-01T00:00:00.000000Z", "1999-01-01T00:00:00.000000Z"])
def test_a_clock_that_disagrees_changes_nothing(tmp_path: Path, time: str) -> None:
    """The time in a state only tells one from another: it is never asked which is later."""
    cloud = Meddling()
    site = Site(tmp_path / "site", cloud)
    site.update('a = Thing("a")')
    body = json.loads(site.state.read_text())
    body["deployment"]["manifest"]["time"] = time  # as somebody's clock had it
    site.state.write_text(json.dumps(body))
    cloud.meddle(lambda: shutil.copytree(site.folder, tmp_path / "cut"))
    result = site.update('Thing("a")\nThing("t1", thingName="t1")')
    assert sorted(ops(result)) == ["create t1", "same a"]
    cut = Site(tmp_path / "cut", Cloud(things=dict(cloud.things)))
    plan = cut.preview()
    assert [d.urn.rsplit("::", 1)[-1] for d in plan.diagnostics if d.severity == "warning"] == ["t1"]
    assert site.preview().change_summary == {"same": 3}
    with locked(site.state):
        held = json.loads(lock_path(site.state).read_text())
    lock_path(site.state).write_text(json.dumps({**held, "since": time, "started": "1"}))
    told: list[str] = []
    site.update(tell=told.append)  # a dead process' lock, however old or new it says to be
    assert len(told) == 1


def test_the_second_operator_is_refused_and_the_state_stays_as_it_is(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    site.update('Thing("a")')
    before = site.state.read_text()
    site.write('Thing("b")')
    with locked(site.state):
        held = json.loads(lock_path(site.state).read_text())
        lock_path(site.state).write_text(json.dumps({**held, "host": "werkplek-7", "user": "noor"}))
        for mode in ("update", "destroy"):
            with pytest.raises(LockError, match=r"another run uses this state: process \d+ on werkplek-7 of noor"):
                site.run(mode)
        assert ops(site.preview()) == ["create b", "delete a"]  # looking is free
        lock_path(site.state).write_text(json.dumps(held))
    assert site.state.read_text() == before
    assert ops(site.update()) == ["create b", "delete a"]
