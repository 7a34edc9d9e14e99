import pytest

from kade.inventory import importing, store
from kade.inventory.notes import InventoryError

from .files import machine, rvtools


def take(base, path):
    (one,) = importing.import_files(base, [path], "auto")
    return one.kept


def test_importing_twice_changes_nothing(tmp_path):
    path = rvtools(tmp_path / "rv.xlsx", machine("srv1"), machine("srv2"))
    with store.opened(tmp_path / "i.db") as base:
        first = take(base, path)
        before = store.export(base)
        again = take(base, path)
        assert (first.added, again) == (3, store.Imported(same=3))
        assert store.export(base) == before
        assert len(store.imports(base)) == 1


def test_what_changes_and_goes_is_history(tmp_path):
    path = tmp_path / "rv.xlsx"
    with store.opened(tmp_path / "i.db") as base:
        take(base, rvtools(path, machine("srv1"), machine("srv2")))
        kept = take(base, rvtools(path, machine("srv1", CPUs=8)))
        assert (kept.added, kept.changed, kept.gone) == (0, 1, 1)
        assert [server.cores for server in store.load(base).servers] == [8]
        what = base.execute("select what, count(*) from history group by what order by what").fetchall()
        assert what == [("added", 3), ("changed", 1), ("gone", 1)]


def test_what_is_loaded_is_what_was_kept(tmp_path):
    path = rvtools(
        tmp_path / "rv.xlsx",
        machine("srv1"),
        vDisk=[["VM", "VM ID", "Disk", "Capacity MiB"], ["srv1", "vm-srv1", "d", 512]],
    )
    with store.opened(tmp_path / "i.db") as base:
        take(base, path)
        (server,) = store.load(base).servers
        assert server.disks[0].size_gib == 0.5
        assert server.addresses == ("10.1.2.3",)


def test_a_sorted_export_is_not_a_changed_one(tmp_path):
    path = tmp_path / "rv.xlsx"
    with store.opened(tmp_path / "i.db") as base:
        take(base, rvtools(path, machine("srv1"), machine("srv2")))
        kept = take(base, rvtools(path, machine("srv2"), machine("srv1")))
        assert (kept.added, kept.changed, kept.gone) == (0, 0, 0)


def test_machines_of_one_name_are_both_kept(tmp_path):
    same = {"VM UUID": None}
    path = rvtools(tmp_path / "rv.xlsx", machine("srv1", **same), machine("srv1", **same))
    with store.opened(tmp_path / "i.db") as base:
        take(base, path)
        assert len(store.load(base).servers) == 2


def test_a_damaged_database_is_refused(tmp_path):
    path = tmp_path / "i.db"
    path.write_bytes(b"no database at all, but a text of some length" * 30)
    with pytest.raises(InventoryError, match="cannot be read"), store.opened(path):
        pass
