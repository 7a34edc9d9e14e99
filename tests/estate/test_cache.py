"""What was read is recalled only while nothing has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kade.estate import EstateError, cache, load, loader, reading

BRIDGE = "applications:\n  brug:\n    title: Brug\n    domain: wonen\n    data: [public]\n"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were parsed."""
    found: list[Path] = []
    real = reading.read

    def read(file: Path, shown_as: str):
        found.append(file)
        return real(file, shown_as)

    monkeypatch.setattr(reading, "read", read)
    return found


def test_the_second_time_nothing_is_parsed_and_nothing_is_different(write, reads: list[Path]) -> None:
    file = write()
    first = load(file)
    assert len(reads) == 1
    assert load(file) == first
    assert len(reads) == 1


def test_the_examples_are_recalled_as_they_were_read(reads: list[Path]) -> None:
    for name in ("lindewaard", "duinrand"):
        file = Path(__file__).parents[2] / "estates" / name / "estate.yaml"
        read, files = reading.read_estate(file)
        cache.remember(file, files, read)
        recalled = loader.recall(file)
        assert recalled is not None
        assert recalled.model_dump() == read.model_dump()
        assert recalled.model_fields_set == read.model_fields_set
        assert recalled.folder == str(file.parent)


def test_a_change_a_new_part_and_a_lost_part_are_seen(write, tmp_path: Path) -> None:
    file = write(add="files: [delen/*.yaml]\n")
    part = tmp_path / "delen" / "brug.yaml"
    part.parent.mkdir()
    part.write_text(BRIDGE)
    assert set(load(file).applications) == {"kaart", "brug"}
    part.write_text(BRIDGE.replace("brug:", "sluis:"))
    assert set(load(file).applications) == {"kaart", "sluis"}
    (part.parent / "dijk.yaml").write_text(BRIDGE.replace("brug:", "dijk:"))
    assert set(load(file).applications) == {"kaart", "sluis", "dijk"}
    part.unlink()
    assert set(load(file).applications) == {"kaart", "dijk"}
    file.write_text(file.read_text().replace("inhabitants: 9000", "inhabitants: geen"))
    with pytest.raises(EstateError):
        load(file)


def test_a_new_version_of_kade_reads_again(write, reads: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    file = write()
    load(file)
    monkeypatch.setattr(cache, "_stamp", lambda: "another")
    load(file)
    assert len(reads) == 2


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"stamp": 1'])
def test_a_spoilt_memory_is_no_memory(write, reads: list[Path], content: str) -> None:
    file = write()
    load(file)
    cache._place(file).write_text(content)
    assert load(file).name == "dorp"
    assert len(reads) == 2


def test_a_folder_that_cannot_be_written_is_no_fault(write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bezet").write_text("a file where the folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "bezet"))
    assert load(write()).name == "dorp"


def test_nobody_else_can_read_it(write) -> None:
    file = write()
    load(file)
    assert cache._place(file).stat().st_mode & 0o077 == 0
