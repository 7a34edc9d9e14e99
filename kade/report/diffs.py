"""The differences of one resource, property by property, with the old and the new value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kade.engine.plan import Resource, Step
from kade.engine.values import Secret, Value
from kade.report.masking import Mask

MISSING: Final = object()
_PART: Final = re.compile(r'\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.\[\]]+)')


@dataclass(frozen=True)
class Change:
    """One property that differs, as shown; ``sign`` is ``+``, ``-`` or ``~``. An absent side is empty."""

    path: str
    sign: str
    old: str
    new: str
    replaces: bool


def changes(step: Step, mask: Mask, limit: int = 0) -> list[Change]:
    """What differs between the two states of a step, values cut after ``limit`` characters (0: not cut)."""
    if step.old is None or step.new is None:
        return []
    found = []
    for path, diff in step.detailed_diff.items():
        kind, _, replaces = diff.kind.partition("-")
        old, new = _value(step.old, path, inputs=diff.input_diff), _value(step.new, path, inputs=True)
        found.append(_change(path, kind, old, new, bool(replaces), mask, limit))
    if not found:
        for key in step.diff_reasons:
            old, new = step.old.inputs.get(key, MISSING), step.new.inputs.get(key, MISSING)
            kind = "add" if old is MISSING else "delete" if new is MISSING else "update"
            found.append(_change(key, kind, old, new, key in step.replace_reasons, mask, limit))
    return found


def _change(path: str, kind: str, old: Value, new: Value, replaces: bool, mask: Mask, limit: int) -> Change:
    sign = {"add": "+", "delete": "-"}.get(kind, "~")
    before = "" if old is MISSING or sign == "+" else mask.line(old, limit)
    after = "" if new is MISSING or sign == "-" else mask.line(new, limit)
    return Change(mask.text(path), sign, before, after, replaces)


def _value(resource: Resource, path: str, *, inputs: bool) -> Value:
    found = at(resource.inputs if inputs else resource.outputs, path)
    return at(resource.outputs, path) if found is MISSING else found


def at(tree: Value, path: str) -> Value:
    """The value at a path such as ``a.b[0]["x.y"]``, `MISSING` where there is none. Below a secret all is secret."""
    secret = False
    for quoted, index, name in _PART.findall(path):
        if isinstance(tree, Secret):
            secret, tree = True, tree.value
        if index and isinstance(tree, list):
            tree = tree[int(index)] if int(index) < len(tree) else MISSING
        elif isinstance(tree, dict):
            key = (quoted.replace('\\"', '"') if quoted else name) or index
            tree = tree.get(key, MISSING)
        else:
            return MISSING
        if tree is MISSING:
            return MISSING
    return Secret(tree) if secret and not isinstance(tree, Secret) else tree
