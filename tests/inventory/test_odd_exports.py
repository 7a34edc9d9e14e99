"""Exports as people hand them over: other versions, languages, encodings and separators, edited by hand."""

import pytest

from kade.inventory import importing, store
from kade.inventory.merge import machines
from kade.inventory.notes import CONFLICT, GUESSED, MISSING, REFUSED, InventoryError, Notes

from .files import machine, rvtools, workbook


def read(path, *others, source="auto"):
    notes = Notes()
    kind, inventory = importing.read_file(path, source, notes, *others)
    return kind, inventory, notes


def written(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def said(notes, kind):
    return [str(note) for note in notes.of(kind)]


def test_a_sheet_of_another_name_is_known_by_its_columns(tmp_path):
    path = workbook(
        tmp_path / "export.xlsx", Blad1=[["VM", "Powerstate", "CPUs", "Memory"], ["a", "poweredOn", 2, 4096]]
    )
    kind, inventory, notes = read(path)
    assert (kind, len(inventory.servers)) == ("rvtools", 1)
    assert said(notes, GUESSED)[0] == "export.xlsx, Blad1, row 1: sheet: read as vInfo, for its columns"


def test_titles_above_the_header_and_excels_own_line_are_passed_over(tmp_path):
    rows = [["Servers gemeente"], [None], ["VM", "Powerstate", "CPUs", "Memory"], ["a", "poweredOn", 2, 4096]]
    assert len(read(workbook(tmp_path / "a.xlsx", vInfo=rows))[1].servers) == 1
    text = "sep=;\r\nVM;Powerstate;CPUs;Memory;Annotation\r\na;poweredOn;2;4.096;x, y, z, w, v, u\r\n"
    (server,) = read(written(tmp_path / "RVTools_tabvInfo.csv", text))[1].servers
    assert (server.memory_mib, server.origin.row) == (4096, 3)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("mark", ";,\t")
def test_encodings_and_separators(tmp_path, encoding, mark):
    text = "\r\n".join(mark.join(f'"{cell}"' for cell in row) for row in (
        ("VM", "Powerstate", "CPUs", "Memory", "In Use MiB"), ("srv-coördinatie", "poweredOn", "4", "16.384", "1.024"),
    ))  # fmt: skip
    (server,) = read(written(tmp_path / "vInfo.csv", text, encoding))[1].servers
    assert (server.name, server.memory_mib, server.storage_used_gib) == ("srv-coördinatie", 16384, 1)


def test_a_row_in_another_encoding_is_kept_and_told(tmp_path):
    path = tmp_path / "vInfo.csv"
    path.write_bytes("VM,Powerstate,CPUs,Memory\nsrv-é,on,1,1024\n".encode() + "srv-ë,on,1,1024\n".encode("cp1252"))
    _, inventory, notes = read(path)
    assert [server.name for server in inventory.servers] == ["srv-é", "srv-ë"]
    assert "vInfo.csv, vInfo, row 3: encoding: this row is not UTF-8; read as Windows-1252" in said(notes, GUESSED)


def test_units_are_taken_from_the_header_or_the_cell(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx",
        vInfo=[["VM", "Powerstate", "CPUs", "Memory (GB)", "Provisioned GB", "In Use"],
               ["a", "poweredOn", 2, 16, "1,5", "20 GB"]],
    )  # fmt: skip
    (server,) = read(path)[1].servers
    assert (server.memory_mib, server.storage_gib, server.storage_used_gib) == (16384, 1.5, 20)


def test_a_renamed_column_that_may_be_absent_is_told_once(tmp_path):
    rows = [
        ["VM", "Powerstate", "CPUs", "Memory", "In Gebruik MiB", "Primary IP Adres"],
        *([f"s{i}", "on", 1, 1, 5, ""] for i in range(9)),
    ]
    _, _, notes = read(workbook(tmp_path / "a.xlsx", vInfo=rows))
    assert [text for text in said(notes, MISSING) if "there is no column" in text] == [
        "a.xlsx, vInfo, row 1: address: there is no column 'Primary IP Address'; is it 'Primary IP Adres'? "
        "Then rename that header"
    ]


def test_rows_without_anything_are_counted(tmp_path):
    path = rvtools(tmp_path / "a.xlsx", machine("a"), *[{"VM": None}] * 7, machine("b"))
    _, inventory, notes = read(path)
    assert len(inventory.servers) == 2
    assert said(notes, MISSING) == ["a.xlsx, vInfo, row 3: 7 rows to row 9 hold nothing; none of them is a record"]


def test_copied_machines_with_one_identifier_stay_two(tmp_path):
    one = machine("a", **{"VM UUID": "42"})
    _, inventory, _ = read(rvtools(tmp_path / "a.xlsx", one, machine("b", **{"VM UUID": "42"})))
    notes = Notes()
    assert len(machines(inventory.servers, notes)) == 2
    assert said(notes, CONFLICT) == ["a.xlsx, vInfo, row 3: identifier: 'b' has that of 'a' in a.xlsx, vInfo, row 2"]
    nil = "00000000-0000-0000-0000-000000000000"
    pair = rvtools(tmp_path / "b.xlsx", machine("a", **{"VM UUID": nil}), machine("b", **{"VM UUID": nil}))
    assert [server.uuid for server in read(pair)[1].servers] == ["", ""]


def test_the_tabs_of_a_csv_export_are_one_export(tmp_path):
    info = written(tmp_path / "RVTools_tabvInfo.csv", "VM;Powerstate;CPUs;Memory;VM ID\na;poweredOn;2;4.096;vm-1\n")
    disks = written(tmp_path / "RVTools_tabvDisk.csv", "VM;Disk;Capacity MiB;VM ID\na;Hard disk 1;102.400;vm-1\n")
    hosts = written(tmp_path / "RVTools_tabvHost.csv", "Host;# CPU\nesx1;2\n")
    with store.opened(tmp_path / "i.db") as base:
        (done,) = importing.import_files(base, [hosts, disks, info], "auto")
        assert (done.file, done.inventory.servers[0].disks[0].size_gib) == (info, 100)
        (again,) = importing.import_files(base, [info, disks], "auto")
        assert (again.kept.added, again.kept.changed, again.kept.gone) == (0, 0, 0)
    with pytest.raises(InventoryError, match="give the CSV of vInfo with those of other tabs"):
        read(disks)


def test_the_same_file_under_another_name_is_refused(tmp_path):
    first = rvtools(tmp_path / "maandag.xlsx", machine("a"))
    second = tmp_path / "dinsdag.xlsx"
    second.write_bytes(first.read_bytes())
    with store.opened(tmp_path / "i.db") as base:
        with pytest.raises(InventoryError, match=r"the same was imported as maandag\.xlsx"):
            importing.import_files(base, [first, second], "auto")
        assert store.load(base).count == 0
        importing.import_files(base, [first], "auto")
        with pytest.raises(InventoryError, match=r"the same was imported as maandag\.xlsx"):
            importing.import_files(base, [second], "auto")


def test_what_is_stopped_while_it_is_kept_leaves_nothing(tmp_path, monkeypatch):
    files = [rvtools(tmp_path / f"{name}.xlsx", machine(name)) for name in "ab"]
    real = store.keep

    def stopped(base, source, file, *rest, **other):
        if file == "b.xlsx":
            raise KeyboardInterrupt
        return real(base, source, file, *rest, **other)

    monkeypatch.setattr(store, "keep", stopped)
    with store.opened(tmp_path / "i.db") as base:
        with pytest.raises(KeyboardInterrupt):
            importing.import_files(base, files, "auto")
        assert (store.load(base).count, store.imports(base)) == (0, [])


def test_azure_migrate_in_other_forms(tmp_path):
    template = written(
        tmp_path / "import.csv",
        "*Server name;IP addresses;*Cores;*Memory (In MB);*OS name;Disk 1 size (In GB);Application;"
        "Storage in use (In GB)\n"
        "web1;10.0.0.4;2;8.192;Windows Server 2019;127,5;Zaaksysteem;0,500\n;;;;;;;\nweb1;;x;;;;;\n",
        "utf-8-sig",
    )
    kind, inventory, notes = read(template)
    first, second = inventory.servers
    assert (kind, first.memory_mib, first.disks[0].size_gib, first.application, first.storage_used_gib) == (
        "azure-migrate", 8192, 127.5, "Zaaksysteem", 0.5
    )  # fmt: skip
    assert second.name == "web1"
    assert any("'x' is not a number" in text for text in said(notes, REFUSED))
    assert any("also the machine of import.csv" in text for text in said(notes, CONFLICT))
    found = workbook(
        tmp_path / "discovered.xlsx",
        Servers=[["Server name", "Power status", "Operating system", "Processor cores", "Allocated memory (MB)"],
                 ["app1", "On", "Ubuntu 22.04", 4, 16384], [None, "On", "Ubuntu", 4, 16384],
                 ["app1", "Off", "", 1, 1]],
    )  # fmt: skip
    kind, inventory, notes = read(found)
    assert (kind, len(inventory.servers), inventory.servers[0].powered_on) == ("azure-migrate", 3, True)
    older = workbook(
        tmp_path / "assessed.xlsx",
        All_Assessed_Machines=[
            ["Machine", "VM host", "Azure VM readiness", "Recommended size", "Compute monthly cost estimate USD",
             "Storage monthly cost estimate USD", "Operating system", "Cores", "Memory(MB)", "CPU usage(%)"],
            ["db1", "esx", "Ready", "Standard_D4s_v5", 140.2, 20, "Windows Server 2016", 4, 16384, 12],
            ["db1", "esx", "Ready", "Standard_D2s_v5", 70, 10, "Windows Server 2016", 2, 8192, 12],
        ],
    )  # fmt: skip
    servers = read(older)[1].servers
    assert [(server.cores, server.monthly_cost) for server in servers] == [(4, 160.2), (2, 80)]


def test_migration_hub_with_only_some_columns(tmp_path):
    path = written(
        tmp_path / "hub.csv",
        "ExternalId,HostName,OS.Name,CPU.NumberOfCores,CPU.NumberOfLogicalCores,RAM.TotalSizeInMB,VMware.VMName\n"
        "1,,Windows,4,,8192,vm-a\n2,b,,,8,,\n",
    )
    kind, inventory, notes = read(path)
    assert (kind, [(s.name, s.cores, s.memory_mib) for s in inventory.servers]) == (
        "aws", [("vm-a", 4, 8192), ("b", 8, None)]
    )  # fmt: skip
    assert len(said(notes, MISSING)) == 2


def test_a_damaged_sheet_is_one_sentence(tmp_path):
    import zipfile

    whole = rvtools(tmp_path / "a.xlsx", machine("a"))
    bad = tmp_path / "b.xlsx"
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(bad, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                content = entity + content.replace(b"<sheetData>", b"<sheetData>&e;")
            new.writestr(entry, content)
    with pytest.raises(InventoryError, match="not a workbook that can be read"):
        read(bad)


def test_a_long_file_says_how_far_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "PATIENCE", -1)
    rows = "".join(f"srv{i},poweredOff,1,1024\n" for i in range(600))
    path = written(tmp_path / "vInfo.csv", "VM,Powerstate,CPUs,Memory\n" + rows)
    heard = []
    importing.read_file(path, "auto", Notes(), tell=heard.append)
    assert heard == ["  vInfo.csv, vInfo: 256 rows", "  vInfo.csv, vInfo: 512 rows"]
