"""Property paths: ``a.b[0]["c d"].*``. Source: ``sdk/go/common/resource/properties_path.go`` of pulumi/pulumi."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

from kade.engine.values import Secret, Value

Path: TypeAlias = tuple[str | int, ...]

_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_PART = re.compile(r"""\.?([^.\[\]"]+)|\[(-?\d+)\]|\[(\*)\]|\["((?:[^"\\]|\\.)*)"\]""")


@lru_cache(maxsize=4096)
def parse(text: str) -> Path:
    """The parts of a path; ``*`` is a part of its own. Raises ``ValueError`` for what is no path."""
    parts: list[str | int] = []
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        if not found:
            raise ValueError(f"{text!r} is no property path: it breaks at {text[at:]!r}")
        name, index, star, quoted = found.groups()
        if index is not None:
            parts.append(int(index))
        elif quoted is not None:
            parts.append(re.sub(r"\\(.)", r"\1", quoted))
        else:
            parts.append(star or name)
        at = found.end()
    return tuple(parts)


def join(prefix: str, part: str | int) -> str:
    """The path one step below another, as Pulumi writes it."""
    if isinstance(part, int):
        return f"{prefix}[{part}]"
    if _PLAIN.fullmatch(part):
        return f"{prefix}.{part}" if prefix else part
    return prefix + '["' + part.replace("\\", "\\\\").replace('"', '\\"') + '"]'


def contains(path: Path, other: Path) -> bool:
    """Whether a path is the other one or above it; ``*`` is any part."""
    if len(path) > len(other):
        return False
    return all(mine in ("*", theirs) for mine, theirs in zip(path, other, strict=False))


def reset(old: Value, new: Value, path: Sequence[str | int]) -> Value:
    """``new`` with what stands at the path taken from ``old``, or taken away where ``old`` has nothing there.

    Raises ``LookupError`` where a part above the last one is missing in either.
    """
    if isinstance(new, Secret):
        return Secret(reset(old, new.value, path))
    if isinstance(old, Secret):
        old = old.value
    if not path:
        return old
    part, rest = path[0], path[1:]
    if part == "*":
        return _reset_all(old, new, rest)
    if isinstance(part, int):
        return _reset_item(old, new, part, rest)
    if not isinstance(new, dict) or not isinstance(old, dict):
        raise LookupError(part)
    if rest and part not in new and part not in old:
        return new
    if rest and (part not in new or part not in old):
        raise LookupError(part)
    made = dict(new)
    if part in old:
        made[part] = reset(old[part], new.get(part), rest)
    else:
        made.pop(part, None)
    return made


def _reset_item(old: Value, new: Value, index: int, rest: Sequence[str | int]) -> Value:
    if not isinstance(new, list) or not isinstance(old, list) or index >= len(old) or index >= len(new):
        raise LookupError(index)
    return [*new[:index], reset(old[index], new[index], rest), *new[index + 1 :]]


def _reset_all(old: Value, new: Value, rest: Sequence[str | int]) -> Value:
    if isinstance(new, dict) and isinstance(old, dict):
        if not rest:
            return old
        return {key: reset(old[key], item, rest) if key in old else item for key, item in new.items()}
    if isinstance(new, list) and isinstance(old, list):
        if not rest:
            return old
        return [reset(old[i], item, rest) if i < len(old) else item for i, item in enumerate(new)]
    raise LookupError("*")


def walk(value: Value, path: Sequence[str | int]) -> Iterator[Value]:
    """Every value at a path; none where it leads nowhere."""
    if isinstance(value, Secret):
        value = value.value
    if not path:
        yield value
        return
    part, rest = path[0], path[1:]
    if part == "*":
        below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        for item in below:
            yield from walk(item, rest)
    elif (isinstance(value, dict) and part in value) or (
        isinstance(value, list) and isinstance(part, int) and part < len(value)
    ):
        yield from walk(value[part], rest)
