"""Backups and restores on each kind of backend: whole and of one moment, or refused."""

import json
import shutil
from typing import Any

import pytest

from kade.backend import backup
from kade.backend.address import parse
from kade.backend.errors import AddressError, BackendError
from kade.backend.folder import Folder
from kade.backend.layout import META, STACKS
from kade.backend.points import TITLES
from kade.backend.residency import rule_of
from kade.backend.store import open_store
from tests.backend.conftest import STACKS as NAMES
from tests.backend.conftest import checkpoint, fill, lock

STATE = [f"{STACKS}kade/{name}.json" for name in NAMES]


@pytest.fixture(params=["file", "s3", "azblob"])
def kind(request):
    """Each kind of backend in turn: a function that opens a new, empty one."""

    def make(name):
        if request.param == "file":
            place = request.getfixturevalue("tmp_path") / name
            place.mkdir(mode=0o700)
            return Folder(parse(f"file://{place}"))
        if request.param == "s3":
            request.getfixturevalue("aws")
            store: Any = open_store(parse(f"s3://kade-{name}?region=eu-central-1"))
            where = {"LocationConstraint": "eu-central-1"}
            store.client.create_bucket(Bucket=f"kade-{name}", CreateBucketConfiguration=where)
            return store
        container = f"{name}-{request.node.name.split('[')[0].replace('_', '-')[-40:].strip('-')}"
        store: Any = open_store(parse(request.getfixturevalue("azure").url(container)))
        store.container.create_container()
        return store

    return make


def everything(store):
    return {entry.key: store.read(entry.key) for entry in store.entries(".pulumi/stacks/") if ".bak" not in entry.key}


def test_what_was_copied_comes_back_the_same(kind, tmp_path):
    store = kind("here")
    fill(store)
    made = backup.make(store, tmp_path / "copy")
    assert made.resources == {f"kade/{name}": 3 for name in NAMES}
    assert set(made.files) == {META, *STATE, f"{STACKS}kade/{NAMES[0]}.pulumi-tags"}
    other = kind("there")
    done = backup.restore(backup.opened(tmp_path / "copy"), other)
    assert sorted(done.written) == sorted(made.files)
    assert everything(other) == everything(store)
    again = backup.restore(backup.opened(tmp_path / "copy"), other)
    assert (again.written, sorted(again.same)) == ([], sorted(made.files))


def test_during_an_update_it_is_refused_and_says_who(kind, tmp_path):
    store = kind("busy")
    fill(store)
    lock(store)
    with pytest.raises(BackendError) as error:
        backup.make(store, tmp_path / "copy")
    assert "kade/duinrand.prd.platform is locked by noor@werkplek-7 (process 4711) since 2026-11-25T09" in str(
        error.value
    )
    assert "pulumi cancel --stack STACK" in str(error.value)
    assert not (tmp_path / "copy").exists()
    assert list(tmp_path.glob(".copy*")) == []


class Meddled:
    """A store in which somebody does something while it is read."""

    def __init__(self, store, after, deed):
        self.address, self._store, self._after, self._deed = store.address, store, after, deed

    def entries(self, prefix):
        return self._store.entries(prefix)

    def write(self, key, data):
        self._store.write(key, data)

    def read(self, key):
        data = self._store.read(key)
        if key == self._after:
            self._deed(self._store)
        return data


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        (lambda store: store.write(STATE[0], checkpoint(NAMES[0], 4)), "changed while it was copied"),
        (lambda store: store.write(STATE[1], checkpoint(NAMES[1], 4)), "changed while it was copied"),
        (lambda store: store.write(f"{STACKS}kade/new.json", checkpoint("new")), "changed while it was copied"),
        (lambda store: (store.root / STATE[1]).unlink(), "changed while it was copied|cannot be read"),
        (lock, "is locked by noor"),
    ],
    ids=["before", "after", "new", "gone", "begun"],
)
def test_an_update_that_begins_meanwhile_is_refused(folder, tmp_path, deed, said):
    with pytest.raises(BackendError, match=said):
        backup.make(Meddled(folder, STATE[0], deed), tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_an_update_that_came_and_went_without_a_change_is_no_matter(folder, tmp_path):
    def deed(store):
        (store.root / lock(store)).unlink()

    assert len(backup.make(Meddled(folder, STATE[0], deed), tmp_path / "copy").resources) == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"version": 3, "checkpoint": {"stack": "x", "la', "this is no state of a stack"),
        (b"[]", "this is no state of a stack"),
        (checkpoint("x").replace(b'"parent": "urn:', b'"parent": "urn:not'), "names the parent"),
    ],
    ids=["cut off", "another thing", "does not fit"],
)
def test_a_state_that_is_not_whole_makes_no_backup(folder, tmp_path, data, said):
    folder.write(STATE[1], data)
    with pytest.raises(BackendError, match=said):
        backup.make(folder, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_compressed_state_is_opened_where_python_can(folder, tmp_path):
    import gzip

    (folder.root / STATE[0]).unlink()
    folder.write(STATE[0] + ".gz", gzip.compress(checkpoint(NAMES[0])))
    folder.write(f"{STACKS}kade/other.json.zst", b"(\xb5/\xfd")
    made = backup.make(folder, tmp_path / "copy")
    assert made.resources == {f"kade/{NAMES[0]}": 3, f"kade/{NAMES[1]}": 3, "kade/other": None}


def test_a_backup_that_was_changed_is_not_restored_at_all(folder, tmp_path):
    backup.make(folder, tmp_path / "copy")
    (tmp_path / "copy" / STATE[1]).write_bytes(checkpoint(NAMES[1], 2))
    empty = Folder(parse(f"file://{tmp_path}"))
    with pytest.raises(BackendError, match=r"its checksum is not the one in manifest\.json"):
        backup.restore(backup.opened(tmp_path / "copy"), empty)
    assert not (tmp_path / ".pulumi").exists()
    (tmp_path / "copy" / STATE[1]).unlink()
    with pytest.raises(BackendError, match="this backup is not whole"):
        backup.restore(backup.opened(tmp_path / "copy"), empty)


def test_other_state_is_written_over_only_when_asked_and_after_a_copy(folder, tmp_path):
    backup.make(folder, tmp_path / "copy")
    newer = checkpoint(NAMES[0], 9)
    folder.write(STATE[0], newer)
    with pytest.raises(BackendError, match=r"holds other state of kade/duinrand\.prd\.platform; add --overwrite"):
        backup.restore(backup.opened(tmp_path / "copy"), folder)
    assert folder.read(STATE[0]) == newer
    done = backup.restore(backup.opened(tmp_path / "copy"), folder, overwrite=True)
    assert done.written == [STATE[0]]
    assert folder.read(STATE[0]) == checkpoint(NAMES[0])
    assert done.kept is not None
    assert (done.kept.folder / STATE[0]).read_bytes() == newer


def test_a_restore_is_refused_while_somebody_is_at_work(folder, tmp_path):
    backup.make(folder, tmp_path / "copy")
    lock(folder)
    with pytest.raises(BackendError, match="so a restore is refused"):
        backup.restore(backup.opened(tmp_path / "copy"), folder)


def test_a_backend_that_goes_half_way_loses_nothing_and_is_finished_later(folder, tmp_path):
    backup.make(folder, tmp_path / "copy")
    place = tmp_path / "new"
    place.mkdir()

    class Gone(Folder):
        left = 2

        def write(self, key, data):
            if self.left == 0:
                raise BackendError(f"{key}: cannot be written: the connection was lost.")
            self.left -= 1
            super().write(key, data)

    with pytest.raises(BackendError) as error:
        backup.restore(backup.opened(tmp_path / "copy"), Gone(parse(f"file://{place}")))
    assert "the connection was lost. 2 of 4 objects were restored, 2 not" in str(error.value)
    assert "run the same restore again" in str(error.value)
    whole = Folder(parse(f"file://{place}"))
    done = backup.restore(backup.opened(tmp_path / "copy"), whole)
    assert (len(done.written), len(done.same)) == (2, 2)
    assert everything(whole) == everything(folder)


def test_a_folder_with_something_in_it_and_an_empty_backend_are_refused(folder, tmp_path):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "notes.txt").write_text("mine")
    with pytest.raises(AddressError, match="there is something already"):
        backup.make(folder, tmp_path / "copy")
    shutil.rmtree(folder.root / ".pulumi")
    with pytest.raises(BackendError, match="there is no stack in it"):
        backup.make(folder, tmp_path / "other")
    with pytest.raises(AddressError, match="this is no backup"):
        backup.opened(tmp_path / "copy")


def test_a_manifest_that_leads_elsewhere_is_refused(folder, tmp_path):
    backup.make(folder, tmp_path / "copy")
    manifest = tmp_path / "copy" / backup.MANIFEST
    body = json.loads(manifest.read_text())
    body["files"] = {"../../etc/passwd": "0" * 64}
    manifest.write_text(json.dumps(body))
    with pytest.raises(BackendError, match="is no key of a state"):
        backup.restore(backup.opened(tmp_path / "copy"), folder)


def test_what_can_be_told_of_a_folder(folder, tmp_path):
    from kade.backend.checking import check

    points = {p.id: p for p in check(folder, rule_of(None))}
    assert list(points) == list(TITLES)
    assert [i for i, p in points.items() if p.verdict == "fail"] == []
    assert all(p.how for p in points.values() if p.verdict == "not_checked")
    folder.root.chmod(0o755)
    points = {p.id: p for p in check(folder, rule_of(None))}
    assert [i for i, p in points.items() if p.verdict == "fail"] == ["private", "readers"]
    assert points["private"].fixes[0].command == f"chmod 700 {folder.root}"
    folder.root.chmod(points["private"].fixes[0].parameters["mode"])
    assert [p.id for p in check(folder, rule_of(None)) if p.verdict == "fail"] == []
    nowhere = Folder(parse(f"file://{tmp_path}/none"))
    (point,) = check(nowhere, rule_of(None))
    assert point.verdict == "fail"
    assert [p.id for p in nowhere.made() if p.verdict == "fail"] == []
