"""Reads YAML into plain values and remembers where each key and value stands.

YAML 1.2 as ruamel.yaml composes it: `no` is text, dates are dates, a key given twice is a problem, and so is a tag.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from kade.estate.problems import Problem, dotted

PathKey = tuple[Any, ...]
TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class Mark:
    """A place in a file, counted from 1."""

    file: str
    line: int
    column: int


@dataclass
class Source:
    """The values of one or more files, the place of each key, and what was wrong with their YAML."""

    data: dict[Any, Any] = field(default_factory=dict)
    marks: dict[PathKey, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def mark(self, path: PathKey) -> Mark | None:
        """The place of a path, or of the nearest thing around it that has one."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path)

    def problem(self, path: PathKey, message: str, *, found: str = "", remedy: str = "") -> Problem:
        """A problem at a path."""
        at = self.mark(path) or Mark("", 0, 0)
        return Problem(at.file, at.line, at.column, dotted(path), message, found, remedy)


def read(file: Path, shown_as: str) -> Source:
    """Read one file. Whatever is wrong with it is in ``problems``; the rest is read all the same."""
    source = Source()
    source.marks[()] = Mark(shown_as, 1, 1)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        source.problems.append(
            Problem(shown_as, 0, 0, "", f"not UTF-8 at byte {fault.start}", remedy="Save the file as UTF-8.")
        )
        return source
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = f"not YAML: {fault.problem or fault.context or 'cannot be read'}"
        remedy = (
            "Indent with spaces, not tabs." if "\\t" in str(fault.problem) else "Look at this line and the one above."
        )
        source.problems.append(Problem(shown_as, line, column, "", what, remedy=remedy))
        return source
    except YAMLError as fault:
        source.problems.append(Problem(shown_as, 1, 1, "", f"not YAML: {str(fault).splitlines()[0]}"))
        return source
    if root is None:
        source.problems.append(
            Problem(shown_as, 1, 1, "", "the file is empty", remedy="`kade init` writes one to begin with.")
        )
        return source
    value = _value(root, (), shown_as, source)
    if isinstance(value, dict):
        source.data = value
    else:
        source.problems.append(
            Problem(shown_as, 1, 1, "", "the file is not a map of fields", remedy="It begins with `name: …`.")
        )
    return source


def _value(node: Node, path: PathKey, file: str, source: Source) -> Any:
    mark = Mark(file, node.start_mark.line + 1, node.start_mark.column + 1)
    source.marks.setdefault(path, mark)
    if isinstance(node, MappingNode):
        return _mapping(node, path, file, source)
    if isinstance(node, SequenceNode):
        return [_value(child, (*path, i), file, source) for i, child in enumerate(node.value)]
    assert isinstance(node, ScalarNode)  # noqa: S101 - there is no fourth kind of node
    value = _scalar(node)
    if value is _UNREADABLE:
        source.problems.append(
            source.problem(path, f"the tag {node.tag} is not known here", remedy="Write the plain value.")
        )
        return node.value
    return value


def _mapping(node: MappingNode, path: PathKey, file: str, source: Source) -> dict[Any, Any]:
    out: dict[Any, Any] = {}
    first: dict[Any, Mark] = {}
    merged: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        at = Mark(file, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if not isinstance(key_node, ScalarNode):
            source.problems.append(Problem(file, at.line, at.column, dotted(path), "a key must be one word"))
            continue
        if key_node.tag == f"{TAG}merge" or key_node.value == "<<":
            for part in value_node.value if isinstance(value_node, SequenceNode) else [value_node]:
                found = _value(part, path, file, source)
                if isinstance(found, dict):
                    merged = found | merged
            continue
        key = _scalar(key_node)
        key = key_node.value if key is _UNREADABLE or isinstance(key, (bool, date)) or key is None else key
        if key in first:
            source.problems.append(
                Problem(
                    file, at.line, at.column, dotted((*path, key)), f"given twice, first on line {first[key].line}",
                    remedy="Keep one of the two.",
                )
            )  # fmt: skip
            continue
        first[key] = at
        source.marks[(*path, key)] = at
        out[key] = _value(value_node, (*path, key), file, source)
    return merged | out


_UNREADABLE = object()


def _scalar(node: ScalarNode) -> Any:
    """The value of a scalar by YAML 1.2's core schema, and dates."""
    tag, text = node.tag.removeprefix(TAG), node.value
    if tag == "str":
        return text
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() == "true"
    if tag == "int":
        return int(text.replace("_", ""), 0) if not re.match(r"[-+]?0\d", text) else int(text, 10)
    if tag == "float":
        return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
    if tag == "timestamp":
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return _UNREADABLE


def merge(into: Source, other: Source) -> None:
    """Add another file's values. Maps grow together; anything else given in both is a problem with both places."""
    for path, mark in other.marks.items():
        into.marks.setdefault(path, mark)
    into.problems += other.problems
    _merge(into, other, into.data, other.data, ())


def _merge(into: Source, other: Source, left: dict[Any, Any], right: dict[Any, Any], path: PathKey) -> None:
    for key, value in right.items():
        here = (*path, key)
        if key not in left:
            left[key] = value
            continue
        if isinstance(left[key], dict) and isinstance(value, dict):
            _merge(into, other, left[key], value, here)
            continue
        at, before = other.mark(here), into.mark(here)
        first = f"{before.file} line {before.line}" if before else "another file"
        place = at or Mark("", 0, 0)
        into.problems.append(
            Problem(
                place.file, place.line, place.column, dotted(here), f"given in two files, first in {first}",
                remedy="Keep one of the two.",
            )
        )  # fmt: skip
