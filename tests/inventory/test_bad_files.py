import zipfile

import pytest

from kade.inventory import importing, store
from kade.inventory.notes import InventoryError, Notes

from .files import machine, rvtools, workbook


def refusal(path, source="auto"):
    with pytest.raises(InventoryError) as caught:
        importing.read_file(path, source, Notes())
    return str(caught.value)


def test_a_missing_file(tmp_path):
    assert "there is no such file" in refusal(tmp_path / "none.xlsx")


def test_an_empty_file(tmp_path):
    path = tmp_path / "empty.csv"
    path.touch()
    assert "empty" in refusal(path)


def test_a_workbook_without_the_sheet(tmp_path):
    path = workbook(tmp_path / "rv.xlsx", vHost=[["Host"], ["esx1"]])
    assert "no sheet 'vInfo' (found: vHost)" in refusal(path, "rvtools")
    assert "say which it is with --source" in refusal(path)


def test_a_renamed_column_is_suggested(tmp_path):
    path = tmp_path / "import.csv"
    path.write_text("Server name,Cores,Memory size,OS name\nsrv1,4,8192,Windows\n", encoding="utf-8-sig")
    assert "no column '*Memory (In MB)'; is it 'Memory size'? Then rename that header" in refusal(path)
    book = rvtools(tmp_path / "rv.xlsx", machine("srv1"), vDisk=[["VM", "Disk", "Capaciteit MiB"], ["srv1", "d", 1]])
    assert "no column 'Capacity MiB'; is it 'Capaciteit MiB'? Then rename that header" in refusal(book)


def test_an_encrypted_workbook(tmp_path):
    path = tmp_path / "geheim.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512)
    assert "encrypted" in refusal(path)


def test_a_bomb_is_not_opened(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (300 * 1024**2))
    assert "unpacks to 300 MiB" in refusal(path)


def test_a_damaged_workbook(tmp_path):
    whole = rvtools(tmp_path / "rv.xlsx", machine("srv1")).read_bytes()
    path = tmp_path / "half.xlsx"
    path.write_bytes(whole[: len(whole) // 2])
    assert "damaged" in refusal(path)


@pytest.mark.parametrize(
    "start", ['<!DOCTYPE model [<!ENTITY x SYSTEM "file:///etc/hostname">]>', '<!DOCTYPE model [<!ENTITY a "aaaa">]>']
)
def test_xml_with_entities(tmp_path, start):
    path = tmp_path / "export.xml"
    path.write_text(f'{start}<model xmlns="http://www.opengroup.org/xsd/archimate/3.0/">&x;</model>')
    assert "declares entities" in refusal(path)


def test_one_bad_file_leaves_the_store_as_it_was(tmp_path):
    good = rvtools(tmp_path / "good.xlsx", machine("srv1"))
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"PK\x03\x04broken")
    with store.opened(tmp_path / "i.db") as base:
        with pytest.raises(InventoryError):
            importing.import_files(base, [good, bad], "auto")
        assert store.load(base).count == 0


def test_a_csv_of_200_mb_is_read_row_by_row(tmp_path):
    path = tmp_path / "RVTools_tabvInfo.csv"
    with path.open("w") as stream:
        stream.write("VM,CPUs,Memory,Annotation\n")
        for number in range(2000):
            stream.write(f"srv{number},2,4096,{'x' * 100_000}\n")
    inventory = importing.read_file(path, "auto", Notes())[1]
    assert len(inventory.servers) == 2000
