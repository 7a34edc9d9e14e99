from kade.inventory import importing
from kade.inventory.notes import CONFLICT, GUESSED, MISSING, REFUSED, Notes

from .files import machine, rvtools


def read(path):
    notes = Notes()
    source, inventory = importing.read_file(path, "auto", notes)
    assert source == "rvtools"
    return inventory, notes


def test_a_machine_is_read_with_its_sizes_disks_and_addresses(tmp_path):
    one = machine("srv-geo01")
    path = rvtools(
        tmp_path / "rv.xlsx",
        one,
        vDisk=[["VM", "VM ID", "Disk", "Capacity MiB"], ["srv-geo01", "vm-srv-geo01", "Hard disk 1", "102,400"]],
        vNetwork=[["VM", "VM ID", "Network", "IPv4 Address"], ["srv-geo01", "vm-srv-geo01", "VLAN 20", "10.1.2.9"]],
    )
    inventory, notes = read(path)
    (server,) = inventory.servers
    assert (server.cores, server.memory_mib, server.storage_gib, server.storage_used_gib) == (4, 16384, 100, 50)
    assert server.disks[0].size_gib == 100
    assert server.addresses == ("10.1.2.3", "10.1.2.9")
    assert server.powered_on is True
    assert server.location == "Stadhuis/A/esx1"
    assert [network.name for network in inventory.networks] == ["VLAN 20"]
    assert not notes.entries


def test_older_headers_and_a_dutch_csv_give_the_same_machine(tmp_path):
    path = tmp_path / "RVTools_tabvInfo.csv"
    path.write_bytes(
        "VM;Powerstate;Template;CPUs;Memory;Provisioned MB;In Use MB;OS according to the VMware Tools\r\n"
        "srv-café;poweredOff;False;2;4.096;10.240,5;5.120;Microsoft Windows Server 2012\r\n".encode("cp1252")
    )
    inventory, _ = read(path)
    (server,) = inventory.servers
    assert server.name == "srv-café"
    assert server.powered_on is False
    assert server.memory_mib == 4096
    assert server.storage_gib == 10240.5 / 1024
    assert server.storage_used_gib == 5


def test_odd_rows_are_kept_and_reported(tmp_path):
    path = rvtools(
        tmp_path / "rv.xlsx",
        machine("", **{"VM UUID": "abc", "VM ID": "vm-9"}),
        machine("srv1", CPUs="four", Memory=None),
        machine("srv1", Template="True", **{"VM ID": "vm-10"}),
        machine("srv2", **{"In Use MiB": -5, "OS according to the VMware Tools": None}),
        machine("srv3", Memory="=4*1024"),
    )
    inventory, notes = read(path)
    assert [server.name for server in inventory.servers] == ["abc", "srv1", "srv1", "srv2", "srv3"]
    assert inventory.servers[2].template
    said = {(note.kind, note.origin.row, note.field) for note in notes.entries}
    assert (GUESSED, 2, "name") in said
    assert (REFUSED, 3, "cores") in said
    assert (MISSING, 3, "memory") in said
    assert (CONFLICT, 4, "name") in said
    assert (REFUSED, 5, "used") in said
    assert (GUESSED, 5, "operating system") in said
    assert any(note.origin.row == 6 and "formula" in note.message for note in notes.of(REFUSED))


def test_empty_rows_are_no_machines(tmp_path):
    path = rvtools(tmp_path / "rv.xlsx", machine("srv1"), {"VM": None}, {"VM": "  "}, machine("srv2"))
    inventory, _ = read(path)
    assert [server.name for server in inventory.servers] == ["srv1", "srv2"]
