"""Property values in the JSON of a state file, as ``pulumi stack export`` writes them.

Secrets, assets, archives and references are objects with a signature key; the signatures are the SDK's own. A secret
is ``{sig: secret, ciphertext}`` where the encrypted text is the JSON of the value; ``plaintext`` stands instead after
``pulumi stack export --show-secrets``. Source: ``pkg/resource/stack/deployment.go`` of pulumi/pulumi.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from typing import Any, Final

from pulumi.runtime import rpc

from kade.engine.values import UNKNOWN, Archive, Asset, ResourceRef, Secret, Value

SIGNATURE: Final = rpc._special_sig_key
SECRET: Final = rpc._special_secret_sig
ASSET: Final = rpc._special_asset_sig
ARCHIVE: Final = rpc._special_archive_sig
RESOURCE: Final = rpc._special_resource_sig
UNKNOWN_TEXT: Final = rpc.UNKNOWN
FLOAT: Final = "8ad145fe-0d11-4827-bfd7-1abcbf086f5c"  # not on the wire, only in state: deployment.go, floatSignature

Crypt = Callable[[str], str]


def decode(value: Any, decrypt: Crypt) -> Value:
    """A value of parsed JSON as the engine's value. Lists and dictionaries are changed in place and returned.

    Raises ``ValueError`` for an object with a signature that is unknown or malformed; what ``decrypt`` raises passes.
    """
    kind = type(value)
    if kind is str:
        return UNKNOWN if value == UNKNOWN_TEXT else value
    if kind is dict:
        if SIGNATURE in value:
            return _decode_special(value, decrypt)
        for key, item in value.items():
            kind = type(item)
            if kind is dict or kind is list or (kind is str and item == UNKNOWN_TEXT):
                value[key] = decode(item, decrypt)
    elif kind is list:
        for index, item in enumerate(value):
            kind = type(item)
            if kind is dict or kind is list or (kind is str and item == UNKNOWN_TEXT):
                value[index] = decode(item, decrypt)
    return value


def encode(value: Value, encrypt: Crypt) -> Any:
    """The value as JSON can hold it. Raises ``TypeError`` for what is no value of the engine."""
    kind = type(value)
    if kind is str or kind is bool or kind is int or value is None:
        return value
    if kind is dict:
        return {key: encode(item, encrypt) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [encode(item, encrypt) for item in value]
    if kind is float:
        return _encode_float(value)
    if kind is Secret:
        # What is inside an encrypted text needs no second encryption, but keeps its mark: as Pulumi's NopEncrypter.
        text = json.dumps(encode(value.value, _as_it_is), separators=(",", ":"), sort_keys=True)
        if value.value is UNKNOWN:
            return {SIGNATURE: SECRET, "plaintext": text}  # there is nothing to protect in an unknown
        return {SIGNATURE: SECRET, "ciphertext": encrypt(text)}
    if value is UNKNOWN:
        return UNKNOWN_TEXT
    if kind is ResourceRef:
        made = {SIGNATURE: RESOURCE, "urn": value.urn, "packageVersion": value.version}
        if value.id is not None:
            made["id"] = "" if value.id is UNKNOWN else value.id
        return made
    if kind is Asset or kind is Archive:
        return _encode_asset(value)
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"a value of type {kind.__name__} cannot stand in a state file")


def _as_it_is(text: str) -> str:
    return text


def _encode_float(value: float) -> Any:
    if math.isnan(value) or math.isinf(value):
        return {SIGNATURE: FLOAT, "value": struct.pack(">d", value).hex()}
    # Go writes a whole number without a fraction below 1e21.
    return int(value) if float(value).is_integer() and abs(value) < 1e21 else value


def _encode_asset(value: Asset | Archive) -> dict[str, Any]:
    made: dict[str, Any] = {SIGNATURE: ASSET if isinstance(value, Asset) else ARCHIVE}
    if value.hash:
        made["hash"] = value.hash
    if isinstance(value, Asset) and value.text is not None:
        made["text"] = value.text
    if isinstance(value, Archive) and value.assets is not None:
        made["assets"] = {name: _encode_asset(item) for name, item in value.assets.items()}
    if value.path is not None:
        made["path"] = value.path
    if value.uri is not None:
        made["uri"] = value.uri
    return made


def _decode_special(value: dict[str, Any], decrypt: Crypt) -> Value:
    signature = value[SIGNATURE]
    if signature == SECRET:
        texts = [value[key] for key in ("ciphertext", "plaintext") if value.get(key)]
        if len(texts) != 1 or not isinstance(texts[0], str):
            raise ValueError("a secret needs exactly one of ciphertext and plaintext")
        text = decrypt(texts[0]) if "ciphertext" in value else texts[0]
        return Secret(decode(json.loads(text), _as_it_is))
    if signature == RESOURCE:
        if not isinstance(value.get("urn"), str):
            raise ValueError("a resource reference needs a urn")
        id_ = value.get("id")
        return ResourceRef(value["urn"], UNKNOWN if id_ == "" else id_, value.get("packageVersion") or "")
    if signature == ASSET:
        # An empty text is left out of the file, and is then what an asset without path and address has.
        text = value.get("text", None if "path" in value or "uri" in value else "")
        return Asset(path=value.get("path"), text=text, uri=value.get("uri"), hash=value.get("hash", ""))
    if signature == ARCHIVE:
        assets = value.get("assets")
        if assets is not None:
            assets = {name: decode(item, decrypt) for name, item in assets.items()}
        return Archive(path=value.get("path"), uri=value.get("uri"), assets=assets, hash=value.get("hash", ""))
    if signature == FLOAT and isinstance(value.get("value"), str):
        return struct.unpack(">d", bytes.fromhex(value["value"]))[0]
    raise ValueError(f"the signature {signature!r} is not known")
