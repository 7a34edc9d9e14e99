"""What the installed pulumi-azure-native says of a resource: its inputs, which are required, enums, outputs.

Read from the argument classes and output classes themselves, so that it is always the installed version's. A module of
the SDK is imported when a resource of it is first met; what was read is kept for the life of the process.
"""

from __future__ import annotations

import collections.abc
import enum
import importlib
import inspect
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pulumi
from pulumi import _types

from kade.facts.azure_types import index, unversioned


@dataclass(frozen=True)
class Kind:
    """The type of one property.

    ``name`` is ``string``, ``integer``, ``number``, ``boolean``, ``any``, ``object``, ``list``, ``map`` or ``union``.
    An enum is its base type with ``values``.
    """

    name: str
    item: Kind | None = None  # of a list or a map
    cls: type | None = None  # of an object
    options: tuple[Kind, ...] = ()  # of a union
    values: tuple[Any, ...] = ()

    @property
    def shown(self) -> str:
        """How a user reads it."""
        if self.cls is not None:
            return self.cls.__name__
        if self.item is not None:
            return f"a {self.name} of {self.item.shown}"
        if self.options:
            return " or ".join(option.shown for option in self.options)
        return self.name


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
    plain = unversioned(token)
    module, name = _split(plain)
    cls = _member(module, name)
    if cls is None:
        now = index()["old"].get(f"{module}:{name}")
        return schema(f"azure-native:{now}") if now else None
    if not (isinstance(cls, type) and issubclass(cls, pulumi.CustomResource)):
        return None
    args = _member(module, f"{name}InitArgs") or _member(module, f"{name}Args")
    return Schema(
        token=plain,
        inputs=fields(args),
        required=required(args),
        outputs={key: kind(value) for key, value in _types.resource_types(cls).items()},
    )


@cache
def result_kinds(token: str) -> Mapping[str, Kind] | None:
    """What a function gives (``azure-native:storage:listStorageAccountKeys``); None where there is no such function."""
    module, name = _split(unversioned(token))
    cls = _member(module, f"{name[0].upper()}{name[1:]}Result")
    if cls is None or not hasattr(cls, "__init__"):
        return None
    return {key: kind(value) for key, value in _types.output_type_types(cls).items()}


@cache
def fields(cls: type) -> Mapping[str, Kind]:
    """The properties of an argument class or an output class, by their names on the wire."""
    if _types.is_input_type(cls):
        types = _types.input_type_types(cls)
        return {wire: kind(types[wire]) for wire in _types.input_type_py_to_pulumi_names(cls).values()}
    return {wire: kind(found) for wire, found in _types.output_type_types(cls).items()}


@cache
def required(cls: type) -> frozenset[str]:
    """The properties of an argument class that must be given."""
    names = _types.input_type_py_to_pulumi_names(cls)
    parameters = inspect.signature(cls.__init__).parameters
    return frozenset(
        wire for key, wire in names.items() if key in parameters and parameters[key].default is inspect.Parameter.empty
    )


@cache
def python_names(cls: type) -> Mapping[str, str]:
    """The names on the wire by those that a Python program uses."""
    return _types.input_type_py_to_pulumi_names(cls)


_SCALARS = {str: Kind("string"), int: Kind("integer"), float: Kind("number"), bool: Kind("boolean")}
_ANY = Kind("any")


def kind(found: Any) -> Kind:
    """The kind of a Python type as the SDK's classes give it."""
    if found in _SCALARS:
        return _SCALARS[found]
    if isinstance(found, type) and issubclass(found, enum.Enum):
        values = tuple(member.value for member in found)
        base = "string" if all(isinstance(v, str) for v in values) else "number"
        return Kind(base, values=values)
    origin, arguments = typing.get_origin(found), typing.get_args(found)
    if origin is typing.Union:
        return _union([kind(a) for a in arguments if not _plumbing(a)])
    if origin in (list, collections.abc.Sequence):
        return Kind("list", item=kind(arguments[0]))
    if origin in (dict, collections.abc.Mapping):
        return Kind("map", item=kind(arguments[1]))
    if isinstance(found, type) and (_types.is_input_type(found) or _types.is_output_type(found)):
        return Kind("object", cls=found)
    return _ANY


def _union(options: list[Kind]) -> Kind:
    made = list(dict.fromkeys(options))
    enums = [option for option in made if option.values]
    if enums:
        return enums[0]  # a string that may also be an enum: the enum says more
    if not made or any(option.name == "any" for option in made):
        return _ANY
    return made[0] if len(made) == 1 else Kind("union", options=tuple(made))


def _plumbing(found: Any) -> bool:
    return found is type(None) or typing.get_origin(found) in (collections.abc.Awaitable, pulumi.Output)


def _split(plain: str) -> tuple[str, str]:
    _, module, name = (*plain.split(":"), "", "", "")[:3]
    return module, name


def _member(module: str, name: str) -> Any:
    """A class of a module of the SDK, or None."""
    if not (module.isidentifier() and name.isidentifier()):
        return None
    try:
        found = importlib.import_module(f"pulumi_azure_native.{module}")
    except ImportError:
        return None
    return getattr(found, name, None)
