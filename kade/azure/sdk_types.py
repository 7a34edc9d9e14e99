"""What pulumi-azure-native says of a resource: its inputs, which are required, enums, outputs.

It is read from the installed package's classes (`kade.azure.sdk_source`). Importing these costs a second and more, so
for the version that Kade was released with, what they say was written down (``sdk_data``, made by `tools.azure_sdk`)
and is read from there; a test holds both to be the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from kade.facts.azure_types import index, unversioned


@dataclass(frozen=True)
class Shape:
    """An argument class or output class; what it holds is looked up when it is asked for."""

    name: str
    load: Callable[[], tuple[Mapping[str, Kind], frozenset[str]]]

    @cached_property
    def _loaded(self) -> tuple[Mapping[str, Kind], frozenset[str]]:
        return self.load()

    @property
    def fields(self) -> Mapping[str, Kind]:
        """The properties, by their names on the wire."""
        return self._loaded[0]

    @property
    def required(self) -> frozenset[str]:
        """Those that must be given."""
        return self._loaded[1]


@dataclass(frozen=True)
class Kind:
    """The type of one property.

    ``name`` is ``string``, ``integer``, ``number``, ``boolean``, ``any``, ``object``, ``list``, ``map`` or ``union``.
    An enum is its base type with ``values``.
    """

    name: str
    item: Kind | None = None  # of a list or a map
    shape: Shape | None = None  # of an object
    options: tuple[Kind, ...] = ()  # of a union
    values: tuple[Any, ...] = ()

    @property
    def shown(self) -> str:
        """How a user reads it."""
        if self.shape is not None:
            return self.shape.name
        if self.item is not None:
            return f"{self.name} of {self.item.shown}"
        if self.options:
            return " or ".join(option.shown for option in self.options)
        return self.name


ANY = Kind("any")


@dataclass(frozen=True)
class Schema:
    """The inputs and outputs of one resource type."""

    token: str
    inputs: Mapping[str, Kind]
    required: frozenset[str]
    outputs: Mapping[str, Kind]


@cache
def installed_version() -> str:
    """The version of the installed pulumi-azure-native; empty where there is none."""
    try:
        return version("pulumi-azure-native")
    except PackageNotFoundError:
        return ""


@cache
def schema(token: str) -> Schema | None:
    """The schema of a token, with or without API version; None where the installed package has no such resource."""
    if token.startswith("arm:"):
        return None  # what `kade check` calls a resource that azure-native has no type for
    _, module, name = unversioned(token).split(":")
    source = _source(module)
    found = source.schema(module, name)
    if found is not None:
        return found
    now = index()["old"].get(f"{module}:{name}")
    return schema(f"azure-native:{now}") if now else None


@cache
def result_kinds(token: str) -> Mapping[str, Kind] | None:
    """What a function gives (``azure-native:storage:listStorageAccountKeys``); None where there is no such function."""
    _, module, name = unversioned(token).split(":")
    return _source(module).result(module, name)


def _source(module: str) -> Any:
    """Where a module is read from: what was written down, if it is of the installed version, or the package."""
    from kade.azure import sdk_data

    if sdk_data.covers(module, installed_version()):
        return sdk_data
    from kade.azure import sdk_source

    return sdk_source


def python_name(name: str) -> str:
    """The name that a Python program uses for one on the wire (``addressPrefixes`` is ``address_prefixes``)."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
