"""Property values as the engine and the providers see them: plain trees with four special leaves.

A value is None, bool, int, float, str, list, dict with string keys, or one of the classes below. The wire form
(protobuf ``Struct`` with signature keys) and the state's JSON form are made from it in `kade.engine.wire`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Value: TypeAlias = Any  # a recursive alias would cost every caller a cast; the shapes are the ones in the docstring


class Unknown:
    """A value that is only known after the deployment. There is one: `UNKNOWN`; compare with ``is``."""

    _one: Unknown | None = None

    def __new__(cls) -> Unknown:
        """The one that there is."""
        if cls._one is None:
            cls._one = super().__new__(cls)
        return cls._one

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __reduce__(self) -> tuple[type[Unknown], tuple[()]]:
        return (Unknown, ())

    def __deepcopy__(self, memo: object) -> Unknown:
        return self


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that is never shown: encrypted in the state, ``[secret]`` in every output."""

    value: Value

    def __repr__(self) -> str:
        return "Secret([secret])"


@dataclass(frozen=True)
class ResourceRef:
    """A resource that is passed as a value."""

    urn: str
    id: str | Unknown | None = None
    version: str = ""


@dataclass(frozen=True)
class Asset:
    """A file, a text or an address whose content is the value. Exactly one of the three is set."""

    path: str | None = None
    text: str | None = None
    uri: str | None = None
    hash: str = ""


@dataclass(frozen=True)
class Archive:
    """An archive: a path, an address, or assets by their name inside it."""

    path: str | None = None
    uri: str | None = None
    assets: dict[str, Any] | None = None
    hash: str = ""


def has_unknown(value: Value) -> bool:
    """Whether an unknown stands anywhere in the value."""
    if value is UNKNOWN:
        return True
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, dict):
        return any(has_unknown(v) for v in value.values())
    if isinstance(value, list):
        return any(has_unknown(v) for v in value)
    return False


def has_secret(value: Value) -> bool:
    """Whether a secret stands anywhere in the value."""
    if isinstance(value, Secret):
        return True
    if isinstance(value, dict):
        return any(has_secret(v) for v in value.values())
    if isinstance(value, list):
        return any(has_secret(v) for v in value)
    return False


def plain(value: Value) -> Value:
    """The value without its secret wrappers. For providers only: what it returns must never be shown."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value
