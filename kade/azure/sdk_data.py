"""Reads what was written down of pulumi-azure-native's classes, see `kade.azure.sdk_types`.

A kind is written as ``s``, ``i``, ``n``, ``b``, ``a`` (string, integer, number, boolean, any), ``e3`` (the fourth enum
of the module), ``>SkuArgs`` (an object), ``[s]`` (a list), ``{s}`` (a map), ``>A|>B`` (one of). A required property's
name ends with ``!``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from kade.azure.sdk_types import ANY, Kind, Schema, Shape

_SCALARS = {"s": Kind("string"), "i": Kind("integer"), "n": Kind("number"), "b": Kind("boolean"), "a": ANY}
_Properties = tuple[Mapping[str, Kind], frozenset[str]]


@cache
def covers(module: str, version: str) -> bool:
    """Whether this module of this version was written down."""
    return module.isidentifier() and _file("versions").get("sdk") == version and module in _file("versions")["modules"]


def schema(module: str, name: str) -> Schema | None:
    """The schema of one resource, or None."""
    data = _file(module)
    if name not in data["inputs"]:
        return None
    inputs, required = _properties(module, data["inputs"][name])
    outputs, _ = _properties(module, data["outputs"][name])
    return Schema(f"azure-native:{module}:{name}", inputs, required, outputs)


def result(module: str, name: str) -> Mapping[str, Kind] | None:
    """What a function gives, or None."""
    found = _file(module)["results"].get(name)
    return None if found is None else _properties(module, found)[0]


@cache
def _file(name: str) -> dict[str, Any]:
    path = files("kade.azure") / "sdk_data" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _properties(module: str, written: Mapping[str, str]) -> _Properties:
    kinds = {name.removesuffix("!"): _kind(module, code) for name, code in written.items()}
    return kinds, frozenset(name[:-1] for name in written if name.endswith("!"))


@cache
def _kind(module: str, code: str) -> Kind:
    if code in _SCALARS:
        return _SCALARS[code]
    if code[0] in "[{":
        return Kind("list" if code[0] == "[" else "map", item=_kind(module, code[1:-1]))
    if "|" in code:
        return Kind("union", options=tuple(_kind(module, each) for each in _split(code)))
    if code[0] == "e":
        values = tuple(_file(module)["enums"][int(code[1:])])
        return Kind("string" if all(isinstance(v, str) for v in values) else "number", values=values)
    return Kind("object", shape=_shape(module, code[1:]))


def _split(code: str) -> list[str]:
    """The options of a union; those inside brackets belong to a list or a map."""
    made, deep = [""], 0
    for letter in code:
        deep += (letter in "[{") - (letter in "]}")
        if letter == "|" and deep == 0:
            made.append("")
        else:
            made[-1] += letter
    return made


@cache
def _shape(module: str, name: str) -> Shape:
    return Shape(name, lambda: _properties(module, _file(module)["shapes"][name]))
