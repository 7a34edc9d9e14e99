"""Property values in the protobuf form that a policy pack takes and gives.

As Pulumi marshals for analysers: unknowns and secrets kept, an output value reduced to its value, a reference to the
id of its resource (its urn for a component). Source: ``pkg/resource/plugin/analyzer_plugin.go`` of pulumi/pulumi.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf import struct_pb2
from google.protobuf.message import Message
from pulumi_policy import proxy

from kade.engine.state_values import ARCHIVE, ASSET, SECRET, SIGNATURE, UNKNOWN_TEXT
from kade.engine.values import UNKNOWN, Archive, Asset, ResourceRef, Secret, Value

_pb: Any = struct_pb2  # protobuf makes its classes at run time, where no type checker sees them
_UNKNOWNS = frozenset(value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_"))


def encode(properties: Mapping[str, Value], *, internal: bool = False) -> Message:
    """The properties as a Struct; keys that begin with ``__`` are the engine's own and only go along if ``internal``.

    Raises ``TypeError`` for what is no value of the engine.
    """
    made = _pb.Struct()
    for key, value in properties.items():
        if internal or not key.startswith("__"):
            _fill(made.fields[key], value)
    return made


def _fill(slot: Any, value: Value) -> None:
    kind = type(value)
    if kind is str:
        slot.string_value = value
    elif kind is bool:
        slot.bool_value = value
    elif kind is int or kind is float:
        slot.number_value = value
    elif value is None:
        slot.null_value = 0  # the only value of its enum
    elif kind is dict:
        slot.struct_value.SetInParent()  # also where it is empty
        fields = slot.struct_value.fields
        for key, item in value.items():
            _fill(fields[key], item)
    elif kind is list or kind is tuple:
        slot.list_value.SetInParent()
        items = slot.list_value.values
        for item in value:
            _fill(items.add(), item)
    elif value is UNKNOWN:
        slot.string_value = UNKNOWN_TEXT
    elif kind is Secret:
        _fill(slot, {SIGNATURE: SECRET, "value": value.value})
    elif kind is ResourceRef:
        _fill(slot, value.urn if value.id is None else value.id)
    elif kind is Asset or kind is Archive:
        _fill(slot, _asset(value))
    elif isinstance(value, str):
        slot.string_value = str(value)
    else:
        raise TypeError(f"a value of type {kind.__name__} cannot be given to a policy pack")


def _asset(value: Asset | Archive) -> dict[str, Any]:
    if isinstance(value, Asset):
        found = {"text": value.text, "path": value.path, "uri": value.uri}
        return {SIGNATURE: ASSET, **{k: v for k, v in found.items() if v is not None}}
    assets = None if value.assets is None else {name: _asset(item) for name, item in value.assets.items()}
    found = {"assets": assets, "path": value.path, "uri": value.uri}
    return {SIGNATURE: ARCHIVE, **{k: v for k, v in found.items() if v is not None}}


def decode(struct: Any) -> dict[str, Value]:
    """The properties that a pack gives back. Raises ``ValueError`` for a signature that is not known."""
    return {key: _value(item) for key, item in struct.fields.items()}


def _value(slot: Any) -> Value:
    kind = slot.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if slot.string_value in _UNKNOWNS else slot.string_value
    if kind == "bool_value":
        return slot.bool_value
    if kind == "number_value":
        number = slot.number_value
        return int(number) if number.is_integer() else number
    if kind == "list_value":
        return [_value(item) for item in slot.list_value.values]
    if kind != "struct_value":
        return None
    made = decode(slot.struct_value)
    signature = made.get(SIGNATURE)
    if signature is None:
        return made
    if signature == SECRET:
        return Secret(made.get("value"))
    if signature == ASSET:
        return Asset(path=made.get("path"), text=made.get("text"), uri=made.get("uri"))
    if signature == ARCHIVE:
        return Archive(path=made.get("path"), uri=made.get("uri"), assets=made.get("assets"))
    raise ValueError(f"the signature {signature!r} is not known")


def still_secret(before: Value, after: Value) -> Value:
    """What a pack gave back, secret again wherever it was: a rule that copies properties unwraps them."""
    if isinstance(before, Secret):
        return after if isinstance(after, Secret) else Secret(after)
    if isinstance(before, dict) and isinstance(after, dict):
        return {key: still_secret(before.get(key), item) for key, item in after.items()}
    if isinstance(before, list) and isinstance(after, list):
        rest = after[len(before) :]
        return [*(still_secret(b, a) for b, a in zip(before, after, strict=False)), *rest]
    return after


def secret_texts(value: Value) -> Iterable[str]:
    """Every text and number inside a secret of this value, to be kept out of what a pack says."""
    if isinstance(value, Secret):
        yield from _texts(value.value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from secret_texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from secret_texts(item)


def _texts(value: Value) -> Iterable[str]:
    if isinstance(value, Secret):
        yield from _texts(value.value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Asset):
        yield from _texts(value.text)
    elif isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        yield str(value)
