"""Two stacks that should be the same but for their environment: the resources of each, and where their inputs differ.

What an environment's name makes different (names of resources, tags, ids of subscriptions) is no difference. What is
an address in both is counted and not shown: every environment has its own.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kade.engine.plan import Resource, is_default_provider
from kade.engine.urns import STACK_TYPE
from kade.engine.values import UNKNOWN, Secret

_SUBSCRIPTION: Final = re.compile(r"/subscriptions/[0-9a-f-]{36}", re.IGNORECASE)
_MISSING: Final[Any] = object()


@dataclass(frozen=True)
class Difference:
    """One input of one resource. A side that has nothing there is None."""

    resource: str
    type: str
    path: str
    one: Any
    other: Any


@dataclass
class Comparison:
    """What came of it. ``only_one`` and ``only_other`` name resources by type and name."""

    same: int = 0
    differences: list[Difference] = field(default_factory=list)
    only_one: list[tuple[str, str]] = field(default_factory=list)
    only_other: list[tuple[str, str]] = field(default_factory=list)
    addresses: int = 0
    unknown: int = 0

    @property
    def found(self) -> bool:
        """Whether there is any difference."""
        return bool(self.differences or self.only_one or self.only_other)


def compare(one: Iterable[Resource], other: Iterable[Resource], names: tuple[str, str]) -> Comparison:
    """Compare the resources of two stacks. ``names`` are what each is called: their environments, or their stacks."""
    first, second = _by_key(one, names[0]), _by_key(other, names[1])
    found = Comparison()
    for key, resource in first.items():
        twin = second.get(key)
        if twin is None:
            found.only_one.append(key)
            continue
        before = len(found.differences)
        _inputs(found, key, _leaves(resource.inputs), _leaves(twin.inputs), names)
        found.same += len(found.differences) == before
    found.only_other = [key for key in second if key not in first]
    return found


def _by_key(resources: Iterable[Resource], name: str) -> dict[tuple[str, str], Resource]:
    """By type and name in the program, the environment taken out of the name."""
    return {
        (r.type, neutral(r.name, name)): r
        for r in resources
        if not is_default_provider(r.urn) and r.type != STACK_TYPE and not r.delete
    }


def neutral(text: str, name: str) -> str:
    """A text with an environment's name, as a word of its own, and the ids of subscriptions taken out."""
    text = re.sub(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", "{env}", text, flags=re.IGNORECASE)
    return _SUBSCRIPTION.sub("/subscriptions/{id}", text)


def _inputs(
    found: Comparison,
    key: tuple[str, str],
    one: Mapping[str, Any],
    other: Mapping[str, Any],
    names: tuple[str, str],
) -> None:
    other = {neutral(path, names[1]): value for path, value in other.items()}
    one = {neutral(path, names[0]): value for path, value in one.items()}
    for path in [*one, *(path for path in other if path not in one)]:
        left, right = one.get(path, _MISSING), other.get(path, _MISSING)
        if UNKNOWN in (left, right) or isinstance(left, Secret) or isinstance(right, Secret):
            found.unknown += 1
        elif not _alike(left, right, names):
            if _is_address(left) and _is_address(right):
                found.addresses += 1
            else:
                sides = (None if side is _MISSING else side for side in (left, right))
                found.differences.append(Difference(key[1], key[0], path, *sides))


def _alike(left: Any, right: Any, names: tuple[str, str]) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        if neutral(left, names[0]) == neutral(right, names[1]):
            return True
        return left.replace(names[0], "{env}") == right.replace(names[1], "{env}")  # a name without hyphens
    return left is not _MISSING and right is not _MISSING and left == right


def _leaves(value: Any, path: str = "") -> dict[str, Any]:
    return dict(_walk(value, path))


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every leaf with its path; an element of a list goes by its name, where it has one."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            if not str(key).startswith("__"):
                yield from _walk(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value:
        for number, item in enumerate(value):
            name = item.get("name") if isinstance(item, Mapping) else None
            yield from _walk(item, f"{path}[{name if isinstance(name, str) else number}]")
    else:
        yield path, value


def _is_address(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return True
