"""How a plan writes down the inputs of a step: known values as they are, unknown ones as such, secrets as a keyed hash.

A hash without a key would give a short secret away to whoever tries all of them, and a plan is an artifact that many
can read. The key comes from the variable `KEY_VARIABLE`, or from a file beside the local state.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from kade.engine.values import UNKNOWN, Archive, Asset, ResourceRef, Value, has_secret, has_unknown, plain
from kade.report.masking import SECRET, Mask

KEY_VARIABLE: Final = "KADE_PLAN_KEY"
MARK: Final = "kade:approval"
"""The key of an object in a plan that stands for what JSON does not have."""
UNKNOWN_MARK: Final[Mapping[str, str]] = {MARK: "unknown"}


def key_of(project: Path) -> bytes | None:
    """The key of a project's plans; None where the variable is there and empty: then no secret is compared.

    The file ``.kade/plan.key`` is made at the first plan, readable by its owner only. Raises `OSError`.
    """
    given = os.environ.get(KEY_VARIABLE)
    if given is not None:
        return given.strip().encode() or None
    file = project / ".kade" / "plan.key"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(secrets.token_hex(32))
    return file.read_bytes()


class Seal:
    """Writes values down for a plan, and signs it. ``mask`` knows the secrets of the run that the values come from."""

    def __init__(self, key: bytes | None, mask: Mask | None = None) -> None:
        self._key = key
        self._mask = mask or Mask()

    @property
    def keyed(self) -> bool:
        """Whether there is a key: without one a secret is only said to be one."""
        return self._key is not None

    def sign(self, content: Any) -> dict[str, str]:
        """The checksum of a plan's content, with the key where there is one."""
        text = canonical(content).encode()
        if self._key is None:
            return {"method": "sha256", "value": hashlib.sha256(text).hexdigest()}
        return {"method": "hmac-sha256", "value": hmac.new(self._key, b"plan\0" + text, hashlib.sha256).hexdigest()}

    def value(self, value: Value, place: str) -> Any:
        """The value as JSON. ``place`` is the urn and path: equal secrets in two places have different hashes."""
        if value is UNKNOWN:
            return dict(UNKNOWN_MARK)
        if isinstance(value, dict):
            made = {str(key): self.value(item, f"{place}.{key}") for key, item in value.items()}
            return {MARK: "map", "items": made} if MARK in value else made
        if isinstance(value, list | tuple):
            return [self.value(item, f"{place}[{number}]") for number, item in enumerate(value)]
        if isinstance(value, Asset | Archive):
            return self._asset(value, place)
        if isinstance(value, ResourceRef):
            return value.urn
        if has_secret(value):  # wrapped: what is below needs no look
            return dict(UNKNOWN_MARK) if has_unknown(value) else self._secret(plain(value), place)
        if isinstance(value, str) and self._mask.text(value) != value:  # the mark was lost on the way
            return self._secret(value, place)
        return value

    def _secret(self, value: Any, place: str) -> dict[str, str]:
        made = {MARK: "secret"}
        if self._key is not None and value != SECRET:  # the Pulumi CLI gives no more than that word
            text = f"secret\0{place}\0{canonical(_leaves(value))}"
            made["hmac"] = hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()
        return made

    def _asset(self, value: Asset | Archive, place: str) -> Any:
        if value.hash:
            return {MARK: "asset", "sha256": value.hash}
        return self.value({key: item for key, item in vars(value).items() if item not in (None, "")}, place)


def canonical(tree: Any) -> str:
    """The one way to write a tree as JSON."""
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _leaves(value: Any) -> Any:
    """The tree with everything in it that JSON can hold; 1.0 is 1, as on the wire."""
    if isinstance(value, dict):
        return {str(key): _leaves(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_leaves(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, str | int | float | bool | None) else repr(value)
