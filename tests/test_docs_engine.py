"""The table of docs/engine.md: each feature has a verdict, and a test that there is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "engine.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and "---" not in line
][1:]


def test_every_verdict_is_one_of_three() -> None:
    assert {row[1].split()[0].rstrip(":,;") for row in ROWS} == {"faithful", "approximated", "refused"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_feature_names_a_test_that_there_is(row: list[str]) -> None:
    assert len(row) == 3, row
    named = re.fullmatch(r"`(tests/[\w/]+\.py)::(test_\w+)`", row[2])
    assert named, f"{row[0]}: name one test as `tests/part/test_file.py::test_name`, found {row[2]!r}"
    file = ROOT / named[1]
    assert file.is_file(), f"{row[0]}: there is no {named[1]}"
    functions = {node.name for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef)}
    assert named[2] in functions, f"{row[0]}: {named[1]} has no {named[2]}"
