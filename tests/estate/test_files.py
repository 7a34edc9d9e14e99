"""An estate in several files."""

from __future__ import annotations

from pathlib import Path

import pytest

from kade.estate import EstateError, load

MORE = "applications:\n  brug:\n    title: Brug\n    domain: wonen\n    data: [public]\n"


def test_maps_grow_together(write, tmp_path: Path) -> None:
    file = write(add="files: [delen/*.yaml]\n")
    (tmp_path / "delen").mkdir()
    (tmp_path / "delen" / "water.yaml").write_text(MORE)
    assert list(load(file).applications) == ["kaart", "brug"]


def test_a_value_in_two_files_is_refused_with_both_places(write, tmp_path: Path) -> None:
    file = write(add="files: [twee.yaml]\n")
    (tmp_path / "twee.yaml").write_text("applications:\n  kaart:\n    title: Andere kaart\n")
    with pytest.raises(EstateError) as caught:
        load(file)
    (problem,) = caught.value.problems
    assert problem.file.endswith("twee.yaml")
    assert (problem.line, problem.field) == (3, "applications.kaart.title")
    assert "given in two files, first in" in problem.message
    assert "estate.yaml line" in problem.message


def test_an_error_names_the_file_that_it_is_in(write, tmp_path: Path) -> None:
    file = write(add="files: [twee.yaml]\n")
    (tmp_path / "twee.yaml").write_text(MORE.replace("data: [public]", "data: [publiek]"))
    with pytest.raises(EstateError) as caught:
        load(file)
    (problem,) = caught.value.problems
    assert problem.file.endswith("twee.yaml")
    assert problem.line == 5


def test_a_file_that_is_not_there(write, tmp_path: Path) -> None:
    (tmp_path / "netwerk.yaml").write_text(MORE)
    with pytest.raises(
        EstateError, match=r"there is no such file \(found 'netwerk.yml'\). Did you mean 'netwerk.yaml'"
    ):
        load(write(add="files: [netwerk.yml]\n"))


@pytest.mark.parametrize("name", ["../elders.yaml", "/etc/hostname"])
def test_a_file_outside_the_folder(write, name: str) -> None:
    with pytest.raises(EstateError, match="must be inside the estate's folder"):
        load(write(add=f"files: ['{name}']\n"))


def test_anchors_and_merges(write, tmp_path: Path) -> None:
    file = write(add="files: [twee.yaml]\n")
    (tmp_path / "twee.yaml").write_text(
        MORE.replace("  brug:", "  brug: &brug") + "  sluis:\n    <<: *brug\n    title: Sluis\n"
    )
    estate = load(file)
    assert estate.applications["sluis"].title == "Sluis"
    assert estate.applications["sluis"].data == ["public"]
