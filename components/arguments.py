"""Arguments of components: a dataclass, or the plain dictionary that Pulumi's component host passes."""

import dataclasses
import types
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import pulumi

T = TypeVar("T")


class ArgumentError(TypeError):
    """Arguments that a component does not take: the field, what was found, and what is near it."""


def normalise(kind: type[T], args: Any, where: str = "") -> T:
    """``args`` as the dataclass ``kind``, nested ones too; values are taken as they are.

    Raises `ArgumentError` for a key that the component does not have, and for one that is missing.
    """
    if isinstance(args, kind):
        return args
    where = where or kind.__name__
    if not isinstance(args, Mapping):
        raise ArgumentError(f"{where}: takes {kind.__name__} or a mapping, not {type(args).__name__}")
    fields = {f.name: f for f in dataclasses.fields(kind)}  # ty: ignore[invalid-argument-type]  # kind is a dataclass
    hints = get_type_hints(kind, localns={"Output": pulumi.Output, "T": T})  # pulumi.Input names these as text
    for key in args:
        if key not in fields:
            near = get_close_matches(str(key), fields, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it has: {', '.join(fields)}"
            raise ArgumentError(f"{where}: no argument {key!r}; {hint}")
    for name, field in fields.items():
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if required and name not in args:
            raise ArgumentError(f"{where}: the argument {name!r} is missing")
    return kind(**{key: _value(hints[key], value, f"{where}.{key}") for key, value in args.items()})


def _value(hint: Any, value: Any, where: str) -> Any:
    """A nested value; only mappings where a dataclass belongs are changed."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return normalise(hint, value, where) if isinstance(value, Mapping) else value
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        for option in get_args(hint):
            kind = get_origin(option) or option
            takes = isinstance(kind, type) and not isinstance(value, str)
            if dataclasses.is_dataclass(option) and isinstance(value, Mapping):
                return _value(option, value, where)
            if takes and issubclass(kind, Mapping | Sequence) and isinstance(value, kind):
                return _value(option, value, where)
        return value
    arguments = get_args(hint)
    if origin is not None and isinstance(origin, type) and arguments:
        if issubclass(origin, Mapping) and isinstance(value, Mapping):
            return {k: _value(arguments[1], v, f"{where}.{k}") for k, v in value.items()}
        if issubclass(origin, Sequence) and isinstance(value, Sequence) and not isinstance(value, str):
            return [_value(arguments[0], v, f"{where}[{i}]") for i, v in enumerate(value)]
    return value
