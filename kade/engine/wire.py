"""Property values on the wire: protobuf ``Struct`` with signature keys, to and from the engine's values.

The markers are the SDK's own. Output values, which carry their dependencies, are taken apart while decoding: the value
stays, the dependencies go to `Found`. Source: ``sdk/go/common/resource/plugin/rpc.go`` of pulumi/pulumi.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from google.protobuf import struct_pb2 as _untyped
from pulumi.runtime import rpc

from kade.engine.archives import archive_hash, at
from kade.engine.values import UNKNOWN, Archive, Asset, ResourceRef, Secret, Value

struct_pb2: Any = _untyped  # the generated module has no types

SIGNATURE: Final = rpc._special_sig_key
SECRET: Final = rpc._special_secret_sig
ASSET: Final = rpc._special_asset_sig
ARCHIVE: Final = rpc._special_archive_sig
RESOURCE: Final = rpc._special_resource_sig
OUTPUT: Final = rpc._special_output_value_sig
UNKNOWN_TEXT: Final = rpc.UNKNOWN


@dataclass
class Found:
    """What was met while decoding: resources that output values depend on, and whether a secret or unknown was."""

    dependencies: set[str] = field(default_factory=set)
    secret: bool = False
    unknown: bool = False


class WireError(ValueError):
    """A value that breaks the protocol; the message says what."""


def decode(struct: Any, found: Found | None = None, folder: Path | None = None) -> dict[str, Value]:
    """The values of a ``Struct``. ``folder`` is where relative paths of assets start.

    Raises `WireError` for an unknown signature, and ``OSError`` for an asset's file that cannot be read.
    """
    found = found or Found()
    return {key: decode_value(value, found, folder) for key, value in struct.fields.items()}


def decode_value(value: Any, found: Found, folder: Path | None = None) -> Value:
    """One value; see `decode`."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        if text == UNKNOWN_TEXT:
            found.unknown = True
            return UNKNOWN
        return text
    if kind == "struct_value":
        fields = value.struct_value.fields
        if SIGNATURE in fields:
            return _decode_special(fields, found, folder)
        return {key: decode_value(item, found, folder) for key, item in fields.items()}
    if kind == "list_value":
        return [decode_value(item, found, folder) for item in value.list_value.values]
    if kind == "bool_value":
        return value.bool_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number  # as in the state: see `state_values`
    return None


def _decode_special(fields: Any, found: Found, folder: Path | None) -> Value:
    signature = fields[SIGNATURE].string_value
    if signature == SECRET:
        found.secret = True
        inner = decode_value(fields["value"], found, folder) if "value" in fields else None
        return inner if isinstance(inner, Secret) else Secret(inner)
    if signature == OUTPUT:
        if "dependencies" in fields:
            found.dependencies.update(item.string_value for item in fields["dependencies"].list_value.values)
        if "value" in fields:
            inner = decode_value(fields["value"], found, folder)
        else:
            inner, found.unknown = UNKNOWN, True
        if "secret" in fields and fields["secret"].bool_value:
            found.secret = True
            return inner if isinstance(inner, Secret) else Secret(inner)
        return inner
    if signature == RESOURCE:
        return _decode_reference(fields, found, folder)
    if signature == ASSET:
        return _decode_asset(fields, folder)
    if signature == ARCHIVE:
        return _decode_archive(fields, found, folder)
    raise WireError(f"the signature {signature!r} is not known")


def _decode_reference(fields: Any, found: Found, folder: Path | None) -> ResourceRef:
    id_: Value = None
    if "id" in fields:
        id_ = decode_value(fields["id"], found, folder)
        if id_ == "":
            id_ = UNKNOWN
        if id_ is UNKNOWN:
            found.unknown = True
    version = fields["packageVersion"].string_value if "packageVersion" in fields else ""
    return ResourceRef(fields["urn"].string_value, id_, version)


def _text(fields: Any, key: str) -> str | None:
    return fields[key].string_value if key in fields else None


def _decode_asset(fields: Any, folder: Path | None) -> Asset:
    path, text, uri = (_text(fields, key) for key in ("path", "text", "uri"))
    hash_ = _text(fields, "hash") or ""
    if not hash_ and path is not None:
        hash_ = hashlib.sha256(at(folder, path).read_bytes()).hexdigest()
    elif not hash_ and text is not None:
        hash_ = hashlib.sha256(text.encode()).hexdigest()
    return Asset(path=path, text=text, uri=uri, hash=hash_)


def _decode_archive(fields: Any, found: Found, folder: Path | None) -> Archive:
    path, uri = _text(fields, "path"), _text(fields, "uri")
    assets = None
    if "assets" in fields:
        assets = {k: decode_value(v, found, folder) for k, v in fields["assets"].struct_value.fields.items()}
    hash_ = _text(fields, "hash") or ""
    if not hash_ and (path is not None or assets is not None):
        hash_ = archive_hash(folder, path, assets)
    return Archive(path=path, uri=uri, assets=assets, hash=hash_)


def encode(values: dict[str, Value], *, secrets: bool = True, resources: bool = True) -> Any:
    """The ``Struct`` of values, without marks on secrets or with ids for references where that is asked for."""
    struct = struct_pb2.Struct()
    _encode_into(struct.fields, values, secrets, resources)
    return struct


def _encode_into(fields: Any, values: dict[str, Value], secrets: bool, resources: bool) -> None:
    for key, value in values.items():
        encode_value(fields[key], value, secrets, resources)


def encode_value(target: Any, value: Value, secrets: bool = True, resources: bool = True) -> None:
    """Fill one protobuf value. Raises ``TypeError`` for what is no value of the engine."""
    kind = type(value)
    if kind is str:
        target.string_value = value
    elif kind is dict:
        fields = target.struct_value.fields
        if not value:
            target.struct_value.SetInParent()
        for key, item in value.items():
            encode_value(fields[key], item, secrets, resources)
    elif kind is list or kind is tuple:
        values = target.list_value.values
        if not value:
            target.list_value.SetInParent()
        for item in value:
            encode_value(values.add(), item, secrets, resources)
    elif kind is bool:
        target.bool_value = value
    elif kind is int or kind is float:
        target.number_value = value
    elif value is None:
        target.null_value = struct_pb2.NULL_VALUE
    elif value is UNKNOWN:
        target.string_value = UNKNOWN_TEXT
    else:
        _encode_special(target, value, secrets, resources)


def _encode_special(target: Any, value: Value, secrets: bool, resources: bool) -> None:
    if isinstance(value, Secret):
        if not secrets:
            encode_value(target, value.value, secrets, resources)
            return
        fields = target.struct_value.fields
        fields[SIGNATURE].string_value = SECRET
        encode_value(fields["value"], value.value, secrets, resources)
    elif isinstance(value, ResourceRef):
        if not resources:
            encode_value(target, value.urn if value.id is None else value.id)
            return
        fields = target.struct_value.fields
        fields[SIGNATURE].string_value = RESOURCE
        fields["urn"].string_value = value.urn
        if value.id is not None:
            fields["id"].string_value = "" if value.id is UNKNOWN else str(value.id)
        if value.version:
            fields["packageVersion"].string_value = value.version
    elif isinstance(value, Asset | Archive):
        fields = target.struct_value.fields
        fields[SIGNATURE].string_value = ASSET if isinstance(value, Asset) else ARCHIVE
        for key in ("path", "text", "uri", "hash", "assets"):
            item = getattr(value, key, None)
            if item is not None and item != "":
                encode_value(fields[key], item)
        if isinstance(value, Asset) and value.text == "":
            fields["text"].string_value = ""
    elif isinstance(value, str):
        target.string_value = str(value)
    else:
        raise TypeError(f"a value of type {type(value).__name__} cannot go to a program")
