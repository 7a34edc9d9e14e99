"""Whatever is done to an estate file, it is read or refused with problems that have a place; it never crashes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from kade.estate import EstateError
from kade.estate.reading import read_estate
from kade.estate.reference import renew
from kade.estate.source import read

ROOT = Path(__file__).parents[2]
VALUES = [
    "",
    "null",
    "[]",
    "{}",
    "0",
    "-1",
    "1.5",
    "true",
    "2027-01-01",
    "x",
    "'a.b'",
    "10.0.0.0/8",
    "[1, {a: b}]",
    "1: 2",
]
TEXT = (ROOT / "estates" / "duinrand" / "estate.yaml").read_text(encoding="utf-8")
LINES = [i for i, line in enumerate(TEXT.splitlines()) if ":" in line and not line.lstrip().startswith("#")]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(LINES), st.sampled_from(VALUES))
@example(LINES[0], "null")
@example(next(i for i in LINES if TEXT.splitlines()[i].startswith("profile:")), "{prd: x}")
def test_any_value_of_any_field(tmp_path: Path, at: int, value: str) -> None:
    lines = TEXT.splitlines()
    key, _, _ = lines[at].partition(":")
    lines[at] = f"{key}: {value}"
    _read_or_refuse(tmp_path, "\n".join(lines))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(TEXT) - 1), st.integers(0, 200), st.text(max_size=4))
def test_any_text_in_any_place(tmp_path: Path, at: int, length: int, text: str) -> None:
    _read_or_refuse(tmp_path, TEXT[:at] + text + TEXT[at + length :])


def _read_or_refuse(folder: Path, text: str) -> None:
    file = folder / "estate.yaml"
    file.write_text(text, encoding="utf-8")
    problems = None
    try:
        read_estate(file)
    except EstateError as error:
        problems = error.problems
    assert problems is None or (problems and all(p.file and p.message for p in problems))


def test_ours_and_ruamel_read_the_same_values() -> None:
    for file in sorted((ROOT / "estates").rglob("*.yaml")):
        theirs = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
        if isinstance(theirs, dict):
            assert read(file, file.name).data == theirs, file


def test_a_place_is_where_the_key_stands(tmp_path: Path) -> None:
    file = tmp_path / "estate.yaml"
    file.write_text(TEXT, encoding="utf-8")
    lines = TEXT.splitlines()
    marks = read(file, "estate.yaml").marks
    for path, mark in marks.items():
        if path and isinstance(path[-1], str):
            assert lines[mark.line - 1][mark.column - 1 :].startswith(path[-1]), path
    assert len(marks) > 400


def test_the_reference_is_renewed_in_its_place(tmp_path: Path) -> None:
    guide = tmp_path / "estate.md"
    whole = (ROOT / "docs" / "estate.md").read_text(encoding="utf-8")
    guide.write_text(re.sub(r"\n### Estate\n.*", "\n### Estate\nold\n", whole, flags=re.DOTALL), encoding="utf-8")
    renew(guide)
    assert guide.read_text(encoding="utf-8") == whole
    guide.write_text("# nothing", encoding="utf-8")
    with pytest.raises(ValueError, match="has no heading"):
        renew(guide)
