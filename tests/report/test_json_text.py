"""The JSON text is the tree, and its outer levels stand on lines of their own."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kade.report.json_text import dumps

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
TREES = st.recursive(LEAVES, lambda i: st.lists(i, max_size=4) | st.dictionaries(st.text(), i, max_size=4))


@given(TREES)
def test_any_tree_comes_back(tree: object) -> None:
    assert json.loads(dumps(tree)) == tree


def test_the_outer_levels_are_as_json_indents_them() -> None:
    tree = {"steps": [{"op": "créate", "diff": {}}, {"op": "same", "none": None}], "count": 2, "empty": []}
    assert dumps(tree) == json.dumps(tree, indent=2, ensure_ascii=False) + "\n"


def test_what_is_deep_stands_on_one_line() -> None:
    assert '"deep": {"a": {"b": [1, 2]}}' in dumps({"steps": [{"new": {"deep": {"a": {"b": [1, 2]}}}}]})


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError):
        dumps({"a": object()})
