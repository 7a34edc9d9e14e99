"""Reads the classes of the installed pulumi-azure-native, see `kade.azure.sdk_types`."""

from __future__ import annotations

import collections.abc
import enum
import importlib
import inspect
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any

import pulumi
from pulumi import _types

from kade.azure.sdk_types import ANY, Kind, Schema, Shape

_SCALARS = {str: Kind("string"), int: Kind("integer"), float: Kind("number"), bool: Kind("boolean")}


def schema(module: str, name: str) -> Schema | None:
    """The schema of one resource class, or None."""
    cls = _member(module, name)
    if not (isinstance(cls, type) and issubclass(cls, pulumi.CustomResource)):
        return None
    args = _member(module, f"{name}InitArgs") or _member(module, f"{name}Args")
    inputs, required = _properties(args)
    outputs = {key: kind(value) for key, value in _types.resource_types(cls).items()}
    return Schema(f"azure-native:{module}:{name}", inputs, required, outputs)


def result(module: str, name: str) -> Mapping[str, Kind] | None:
    """What a function gives, or None."""
    cls = _member(module, f"{name[0].upper()}{name[1:]}Result")
    if not (isinstance(cls, type) and _types.is_output_type(cls)):
        return None
    return {key: kind(value) for key, value in _types.output_type_types(cls).items()}


@cache
def _shape(cls: type) -> Shape:
    return Shape(cls.__name__, lambda: _properties(cls))


def _properties(cls: type) -> tuple[Mapping[str, Kind], frozenset[str]]:
    if not _types.is_input_type(cls):
        return {wire: kind(found) for wire, found in _types.output_type_types(cls).items()}, frozenset()
    types, names = _types.input_type_types(cls), _types.input_type_py_to_pulumi_names(cls)
    parameters = inspect.signature(cls.__init__).parameters
    required = frozenset(
        wire for key, wire in names.items() if key in parameters and parameters[key].default is inspect.Parameter.empty
    )
    return {wire: kind(types[wire]) for wire in names.values()}, required


def kind(found: Any) -> Kind:
    """The kind of a Python type as the SDK's classes give it."""
    if found in _SCALARS:
        return _SCALARS[found]
    if isinstance(found, type) and issubclass(found, enum.Enum):
        values = tuple(member.value for member in found)
        return Kind("string" if all(isinstance(v, str) for v in values) else "number", values=values)
    origin, arguments = typing.get_origin(found), typing.get_args(found)
    if origin is typing.Union:
        return _union([kind(a) for a in arguments if not _plumbing(a)])
    if origin in (list, collections.abc.Sequence):
        return Kind("list", item=kind(arguments[0]))
    if origin in (dict, collections.abc.Mapping):
        return Kind("map", item=kind(arguments[1]))
    if isinstance(found, type) and (_types.is_input_type(found) or _types.is_output_type(found)):
        return Kind("object", shape=_shape(found))
    return ANY


def _union(options: list[Kind]) -> Kind:
    made = list(dict.fromkeys(options))
    enums = [option for option in made if option.values]
    if enums:
        return enums[0]  # a string that may also be an enum: the enum says more
    if not made or ANY in made:
        return ANY
    return made[0] if len(made) == 1 else Kind("union", options=tuple(made))


def _plumbing(found: Any) -> bool:
    """Whether a member of a union is None, an awaitable or an output: how a value may come, not what it is."""
    return found is type(None) or typing.get_origin(found) in (collections.abc.Awaitable, pulumi.Output)


def _member(module: str, name: str) -> Any:
    if not (module.isidentifier() and name.isidentifier()):
        return None
    try:
        found = importlib.import_module(f"pulumi_azure_native.{module}")
    except ImportError:
        return None
    return getattr(found, name, None)
