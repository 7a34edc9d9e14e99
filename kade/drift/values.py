"""Whether two values of a property are the same to Azure, and if not, where they differ.

Letter case, the order of lists, spaces in a region's name, a slash at the end of an id or address, and a number or a
yes as text are no difference. Nor is what is empty on one side and not there on the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from kade.azure.sdk_types import Kind, Shape
from kade.engine.values import UNKNOWN, Secret
from kade.policies.kit import UNKNOWN as NOT_TOLD

MISSING: Final[Any] = object()
_IDENTITY: Final = ("name", "id", "key", "ruleId", "objectId")
_SET_BY_AZURE: Final = frozenset({"id", "etag", "provisioningState", "resourceGuid"})  # also where the SDK takes them
_AZURES_OWN_TAG: Final = "hidden-"  # tags that the portal and other services put there for themselves


@dataclass(frozen=True)
class Change:
    """One property. ``was`` is what the state says, ``now`` what stands; `MISSING` where there is nothing."""

    path: str
    kind: Literal["added", "changed", "removed"]
    was: Any = MISSING
    now: Any = MISSING


@dataclass
class Comparing:
    """What holds for one resource.

    ``defaults`` are the values that nobody needs to have set, by property name; ``elsewhere`` says of an id whether it
    is a resource of its own, which is compared there; ``passed_over`` counts the values that could not be compared.
    """

    defaults: Mapping[str, Sequence[Any]]
    elsewhere: Callable[[str], bool]
    passed_over: int = 0

    def object(
        self, path: str, given: Mapping[str, Any], before: Any, now: Mapping[str, Any], kinds: Mapping[str, Kind]
    ) -> Iterator[Change]:
        """The properties of an object: what was given, and what can be given and stands there besides."""
        before = before if isinstance(before, Mapping) else {}
        for key, value in given.items():
            if key in kinds:
                yield from self.value(
                    _at(path, key), value, before.get(key, MISSING), now.get(key, MISSING), kinds.get(key)
                )
        aside = _SET_BY_AZURE | ({"type"} if str(now.get("id")).startswith("/") else set())  # of a part with an id
        for key, value in now.items():
            if key not in given and key in kinds and key not in aside:
                yield from self._not_given(_at(path, key), key, before.get(key, MISSING), value, kinds[key])

    def value(self, path: str, given: Any, before: Any, now: Any, kind: Kind | None) -> Iterator[Change]:
        """One value that the program gave. ``before`` is what Azure answered when it was deployed."""
        if _hidden(given) or now is NOT_TOLD:
            self.passed_over += 1
        elif _absent(now):
            # What Azure never gives back (a password, a script) was not in its answer either.
            if not _empty(given) and not _absent(before):
                yield Change(path, "removed", given)
        elif isinstance(given, Mapping) and isinstance(now, Mapping):
            shape = _shape(kind, given)
            if shape is not None:
                yield from self.object(path, given, before, now, shape.fields)
            else:
                yield from self._map(path, given, now, kind)
        elif isinstance(given, list) and isinstance(now, list):
            yield from self._list(path, given, before if isinstance(before, list) else [], now, kind)
        elif isinstance(given, list) and isinstance(now, Mapping):  # ids that come back as keys
            yield from self._list(path, given, [], list(now), kind)
        elif not same(given, now):
            yield Change(path, "changed" if not _empty(given) else "added", given, now)

    def _map(self, path: str, given: Mapping[str, Any], now: Mapping[str, Any], kind: Kind | None) -> Iterator[Change]:
        """A map such as tags, whose keys are free: every one of them counts, in any letter case."""
        there = {key.casefold(): (key, value) for key, value in now.items()}
        for key, value in given.items():
            _, found = there.pop(key.casefold(), (key, MISSING))
            if found is MISSING:
                if not _empty(value):
                    yield Change(_at(path, key), "removed", value)
            else:
                yield from self.value(_at(path, key), value, value, found, kind.item if kind else None)
        for key, value in there.values():
            if not key.casefold().startswith(_AZURES_OWN_TAG) and not _empty(value):
                yield Change(_at(path, key), "added", now=value)

    def _list(
        self, path: str, given: list[Any], before: list[Any], now: list[Any], kind: Kind | None
    ) -> Iterator[Change]:
        item = kind.item if kind else None
        left = list(now)
        for number, value in enumerate(given):
            at = _place(value, left, number)
            name = f"{path}[{_name(value, number)}]"
            if at is None:
                if not _hidden(value):
                    yield Change(name, "removed", value)
                continue
            old = _place(value, before, number)
            yield from self.value(name, value, value if old is None else before[old], left.pop(at), item)
        for number, value in enumerate(left):
            id_ = value.get("id") if isinstance(value, Mapping) else None
            if not (isinstance(id_, str) and self.elsewhere(id_)):
                yield Change(f"{path}[{_name(value, len(given) + number)}]", "added", now=value)

    def _not_given(self, path: str, key: str, before: Any, now: Any, kind: Kind) -> Iterator[Change]:
        """A property that the program left to Azure: it is as it was deployed, or as Azure makes it."""
        if now is NOT_TOLD or _hidden(before):
            self.passed_over += 1
        elif _empty(now) and _empty(before):
            return
        elif isinstance(now, list) and any(_is_child(item, self.elsewhere) for item in now):
            return  # resources of their own
        elif before is not MISSING:
            yield from self.value(path, before, before, now, kind)
        elif not self._by_default(key, now, kind):
            if kind.name == "map" and isinstance(now, Mapping):
                yield from self._map(path, {}, now, kind)
            else:
                yield Change(path, "added", now=now)

    def _by_default(self, key: str, now: Any, kind: Kind | None) -> bool:
        """Whether it is as Azure makes it: every part of an object that can be given is empty or a default."""
        if _empty(now) or any(same(default, now) for default in self.defaults.get(key, ())):
            return True
        if not isinstance(now, Mapping):
            return False
        shape = _shape(kind, now)
        kinds = shape.fields if shape else {}
        parts = {k: v for k, v in now.items() if shape is None or (k in kinds and k not in _SET_BY_AZURE - {"id"})}
        return all(self._by_default(name, item, kinds.get(name)) for name, item in parts.items())


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same to Azure."""
    if _empty(one) and _empty(other):
        return True
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        left = list(other)
        for item in one:
            at = next((i for i, each in enumerate(left) if same(item, each)), None)
            if at is None:
                return False
            del left[at]
        return not left
    return _plain(one) == _plain(other)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).casefold().rstrip("/")
    return "".join(text.split()) if _region_like(text) else text


def _region_like(text: str) -> bool:
    """``West Europe``: words of letters only, as a region is shown; anything else keeps its spaces."""
    words = text.split(" ")
    return 1 < len(words) <= 3 and all(word.isalpha() for word in words)


def _place(value: Any, among: Sequence[Any], number: int) -> int | None:
    """Where in a list the same element is: by its name or id, else by its value, else at its own place."""
    if not isinstance(value, Mapping):
        return next((i for i, each in enumerate(among) if same(value, each)), None)
    for key in _IDENTITY:
        if isinstance(value.get(key), str):
            for i, each in enumerate(among):
                if isinstance(each, Mapping) and same(each.get(key), value[key]):
                    return i
            return None
    alike = [(_likeness(value, each), -abs(i - number), i) for i, each in enumerate(among) if isinstance(each, Mapping)]
    best = max(alike, default=(0, 0, 0))
    return best[2] if best[0] > 0 else None


def _likeness(value: Mapping[str, Any], each: Mapping[str, Any]) -> int:
    return sum(same(item, each.get(key)) for key, item in value.items())


def _name(value: Any, number: int) -> str:
    if isinstance(value, Mapping):
        found = next((value[key] for key in _IDENTITY if isinstance(value.get(key), str)), "")
        return found.rstrip("/").rsplit("/", 1)[-1] or str(number)
    return str(number)


def _is_child(item: Any, elsewhere: Callable[[str], bool]) -> bool:
    id_ = item.get("id") if isinstance(item, Mapping) else None
    return isinstance(id_, str) and elsewhere(id_)


def _hidden(value: Any) -> bool:
    return value is UNKNOWN or isinstance(value, Secret)


def _shape(kind: Kind | None, given: Mapping[str, Any]) -> Shape | None:
    """The type of an object; of several possible ones the one that knows most of its properties."""
    if kind is None or not kind.options:
        return kind.shape if kind else None
    shapes = [option.shape for option in kind.options if option.shape is not None]
    return max(shapes, key=lambda shape: len(shape.fields.keys() & given.keys()), default=None)


def _absent(value: Any) -> bool:
    return value is MISSING or value is None or value in ("", [], {})


def _empty(value: Any) -> bool:
    return value is False or _absent(value)


def _at(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
