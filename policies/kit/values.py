"""What a rule reads: a view on a tree of properties that survives missing, null, unknown and oddly typed values.

A tree is made of None, bool, int, float, str, list and dict, with `UNKNOWN` where a value is only known after the
deployment. Reading an unknown value raises `UnknownValueError`, and so does a value of another type than asked for:
the rule then counts as not evaluated. An absent property and an explicit null are the same, as they are to Azure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from math import isfinite
from typing import Any, Final, TypeVar, overload

T = TypeVar("T")


class Unknown:
    """A value that is only known after the deployment. There is one: `UNKNOWN`; compare with ``is``."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, memo: object) -> Unknown:
        return self


UNKNOWN: Final = Unknown()


class UnknownValueError(Exception):
    """A rule read something that cannot be judged; the text is the reason, without the value itself."""


class NotApplicable(Exception):  # noqa: N818 it is a verdict, not an error
    """The rule is not about this resource; the text is the reason."""


TRUE: Final = frozenset({"true", "enabled", "on", "yes"})
FALSE: Final = frozenset({"false", "disabled", "off", "no"})
_TLS: Final = re.compile(r"^\s*(?:tls|tlsv)?[ _.]?([01])[_.]?([0-9])?\s*$", re.IGNORECASE)


@lru_cache(maxsize=8192)
def _parts(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


class Node:
    """One object inside a resource's properties, or the properties themselves.

    Paths are dotted (``networkRuleSet.defaultAction``); the letter case of a property's name does not matter. Every
    accessor takes the value that Azure uses where the property is absent: the rule has to say it.
    """

    __slots__ = ("_data", "_lower", "_path", "_reads")

    def __init__(self, data: Mapping[str, Any], path: str = "", reads: set[str] | None = None) -> None:
        self._data = data
        self._path = path
        self._lower: dict[str, str] | None = None
        self._reads = reads  # the paths that were read, only where a test asks for them

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._path or 'properties'}>"

    @property
    def path(self) -> str:
        """Where this object stands (``securityRules[2]``); empty for the properties themselves."""
        return self._path

    def at(self, path: str) -> str:
        """A path below this object, as it is written in a message."""
        return f"{self._path}.{path}" if self._path else path

    def _find(self, path: str) -> Any:
        """The raw value, None where absent. An unknown on the way raises; an unknown at the end is returned."""
        if self._reads is not None:
            self._reads.add(self.at(path))
        node: Node = self
        parts = _parts(path)
        value: Any = None
        for depth, part in enumerate(parts, 1):
            value = node._member(part)
            if value is None or depth == len(parts):
                break
            if value is UNKNOWN:
                raise UnknownValueError(f"{self.at('.'.join(parts[:depth]))} is not known until deployed")
            if not isinstance(value, dict):
                raise odd(self.at(".".join(parts[:depth])), value, "an object")
            node = Node(value)
        return value

    def _member(self, name: str) -> Any:
        data = self._data
        if name in data:
            return data[name]
        if self._lower is None:
            self._lower = {key.lower(): key for key in data if isinstance(key, str)}
        key = self._lower.get(name.lower())
        if key is not None:
            return data[key]
        inner = data.get("properties")  # some of azure-native's types keep ARM's `properties`, as key vaults do
        if inner is UNKNOWN:
            raise UnknownValueError(f"{self.at('properties')} is not known until deployed")
        return Node(inner)._member(name) if isinstance(inner, dict) else None

    def raw(self, path: str) -> Any:
        """The value as it stands, None where absent. Values inside it may be `UNKNOWN`; prefer the other accessors."""
        value = self._find(path)
        if value is UNKNOWN:
            raise UnknownValueError(f"{self.at(path)} is not known until deployed")
        return value

    def has(self, path: str) -> bool:
        """Whether the property is set to something: not absent, not null, not empty, no object of nulls alone."""
        return not _is_empty(self.raw(path))

    def refers(self, path: str) -> bool:
        """As `has`, but an unknown value counts: the property points at something that is still to be made."""
        value = self._find(path)
        return value is UNKNOWN or not _is_empty(value)

    @overload
    def text(self, path: str) -> str: ...
    @overload
    def text(self, path: str, default: T) -> str | T: ...
    def text(self, path: str, default: Any = "") -> Any:
        """Text in its own letter case; numbers and booleans as Azure writes them."""
        value = self.raw(path)
        if value is None:
            return default
        return _text(self.at(path), value)

    def word(self, path: str, default: str = "") -> str:
        """Text in lower case, for enumerations and names: compare with lower-case literals."""
        return self.text(path, default).strip().lower()

    def is_(self, path: str, *values: str, default: str = "") -> bool:
        """Whether the text is one of the values; letter case does not matter."""
        word = self.word(path, default)
        return any(word == value.lower() for value in values)

    def flag(self, path: str, *, default: bool) -> bool:
        """A switch: true or false, also as text, and Azure's pairs Enabled/Disabled and On/Off."""
        value = self.raw(path)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        word = value.strip().lower() if isinstance(value, str) else ""
        if word in TRUE or word in FALSE:
            return word in TRUE
        raise odd(self.at(path), value, "true or false")

    @overload
    def number(self, path: str) -> float | None: ...
    @overload
    def number(self, path: str, default: T) -> float | T: ...
    def number(self, path: str, default: Any = None) -> Any:
        """A number, also where it is written as text."""
        value = self.raw(path)
        if value is None:
            return default
        if isinstance(value, bool):
            raise odd(self.at(path), value, "a number")
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise odd(self.at(path), value, "a number") from None
        if not isfinite(number):
            raise odd(self.at(path), value, "a number")
        return number

    def tls(self, path: str, *, default: float) -> float:
        """A TLS version as a number, from ``TLS1_2``, ``1.2`` or ``Tls12``; 0 for a word that asks for none."""
        value = self.raw(path)
        if value is None:
            return default
        text = _text(self.at(path), value)
        found = _TLS.match(text)
        return float(f"{found[1]}.{found[2] or 0}") if found else 0.0

    def node(self, path: str) -> Node:
        """The object at the path; an empty one where it is absent."""
        value = self.raw(path)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise odd(self.at(path), value, "an object")
        return Node(value, self.at(path), self._reads)

    def _list(self, path: str) -> list[Any]:
        value = self.raw(path)
        if value is None:
            return []
        if not isinstance(value, list):
            raise odd(self.at(path), value, "a list")
        return value

    def items(self, path: str) -> Iterator[Node]:
        """The objects in a list; nulls are skipped. An item that is unknown or no object raises when it is read."""
        for index, value in enumerate(self._list(path)):
            if value is not None:
                yield _below(value, f"{self.at(path)}[{index}]", self._reads)

    def words(self, *paths: str) -> list[str]:
        """The lower-case texts of one or more lists together; a single text counts as a list of one.

        Made for Azure's pairs: ``rule.words("sourceAddressPrefix", "sourceAddressPrefixes")``.
        """
        return [text.strip().lower() for text in self.texts(*paths)]

    def texts(self, *paths: str) -> list[str]:
        """As `words`, in their own letter case. Empty texts are left out."""
        found: list[str] = []
        for path in paths:
            value = self.raw(path)
            for index, item in enumerate(value if isinstance(value, list) else [value]):
                if item is UNKNOWN:
                    raise UnknownValueError(f"{self.at(path)}[{index}] is not known until deployed")
                if item is not None and item != "":
                    found.append(_text(self.at(path), item))
        return found

    def entries(self, path: str) -> Iterator[tuple[str, Node]]:
        """Name and object of each member of an object, for maps such as ``userAssignedIdentities``."""
        value = self.raw(path)
        if value is None:
            return
        if not isinstance(value, dict):
            raise odd(self.at(path), value, "an object")
        for key, member in value.items():
            yield str(key), _below({} if member is None else member, self.at(f"{path}.{key}"), self._reads)


class _Unreadable(Node):
    """An item that is unknown or of the wrong type: whatever is read from it raises."""

    __slots__ = ("_error",)

    def __init__(self, error: UnknownValueError, path: str, reads: set[str] | None) -> None:
        super().__init__({}, path, reads)
        self._error = error

    def _find(self, path: str) -> Any:  # noqa: ARG002 the path makes no difference
        raise self._error


def _below(value: Any, path: str, reads: set[str] | None) -> Node:
    if isinstance(value, dict):
        return Node(value, path, reads)
    if value is UNKNOWN:
        return _Unreadable(UnknownValueError(f"{path} is not known until deployed"), path, reads)
    return _Unreadable(odd(path, value, "an object"), path, reads)


def _is_empty(value: Any) -> bool:
    return value in (None, "", [], {}) or (isinstance(value, dict) and all(v is None for v in value.values()))


def _text(path: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{value:g}" if isinstance(value, float) else str(value)
    raise odd(path, value, "text")


def odd(path: str, value: Any, wanted: str) -> UnknownValueError:
    """The error for a value of the wrong type; it names the type only, since the value may be a secret."""
    names = {dict: "an object", list: "a list", bool: "a boolean", int: "a number", float: "a number", str: "text"}
    return UnknownValueError(f"{path} is {names.get(type(value), 'of an odd type')} where {wanted} was expected")


def sift(items: Iterable[T], wanted: Callable[[T], bool]) -> Iterator[T]:
    """The items for which ``wanted`` holds; one that cannot be judged does not hide the others.

    It raises at the end, and only then: a rule reports the open port that it sees, although another source is unknown.
    """
    first: UnknownValueError | None = None
    for item in items:
        try:
            holds = wanted(item)
        except UnknownValueError as error:
            first = first or error
            continue
        if holds:
            yield item
    if first is not None:
        raise first
