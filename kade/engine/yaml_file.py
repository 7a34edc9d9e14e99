"""Reads a YAML file of Pulumi's, and knows on which line each thing stands."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from kade.engine.errors import EngineError


@dataclass(frozen=True)
class YamlFile:
    """A parsed file whose top is a mapping. ``error`` is the class of what it raises."""

    path: Path
    top: Mapping[str, Any]
    error: type[EngineError] = field(repr=False)

    def fail(self, message: str, *where: str) -> EngineError:
        """An error at a key, given as the path of keys to it, that names file and line."""
        return self.error(f"{self.path}:{self.line(*where)}: {message}")

    def line(self, *where: str) -> int:
        """The line (from 1) of a key; of the nearest one above it where it is not there itself."""
        found, node = 1, self.top
        for key in where:
            if not isinstance(node, CommentedBase) or not isinstance(node, Mapping) or key not in node:
                break
            found = node.lc.key(key)[0] + 1
            node = node[key]
        return found

    def text(self, key: str, default: str = "") -> str:
        """A text at the top; raises where it is something else."""
        value = self.top.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self.fail(f"{key} has to be a text, found {value!r}.", key)
        return str(value)


def read_yaml(path: Path, error: type[EngineError]) -> YamlFile:
    """Parse a file; raises ``error`` with file, line and column where it is no YAML mapping or cannot be read."""
    try:
        top = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as cause:
        mark = cause.problem_mark or cause.context_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        what = cause.problem or cause.context or "it cannot be parsed"
        raise error(f"{where}: this is not YAML: {what}.") from cause
    except (YAMLError, UnicodeDecodeError) as cause:
        raise error(f"{path}: this is not YAML: {cause}.") from cause
    except OSError as cause:
        raise error(f"{path}: cannot be read: {cause.strerror}.") from cause
    if top is None:
        top = {}
    if not isinstance(top, Mapping):
        raise error(f"{path}:1: the file has to be a mapping of keys to values, found a {type(top).__name__}.")
    return YamlFile(path, top, error)


def plain(value: Any) -> Any:
    """A parsed value without the parser's own classes: None, bool, int, float, str, list and dict."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Sequence):
        return [plain(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat() + ("" if value.tzinfo else "Z")
    if isinstance(value, datetime.date):
        return f"{value.isoformat()}T00:00:00Z"  # as Go's YAML and JSON make of an unquoted date
    return bool(value)  # ruamel's ScalarBoolean is an int and no bool; it is the only class that is left
