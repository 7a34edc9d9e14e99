"""What a state file holds, and the words by which it is read and written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from kade.engine.plan import Resource


class Crypter(Protocol):
    """Encrypts and decrypts the texts of secrets. `provider` is the state's ``secrets_providers`` block."""

    provider: Mapping[str, Any]

    def encrypt(self, text: str) -> str:
        """The ciphertext of a text; another one at every call."""
        ...

    def decrypt(self, ciphertext: str) -> str:
        """The text. Raises `SecretsError` where the key is wrong or absent."""
        ...


class Secrets(Protocol):
    """Gives the crypter of a state, only when one is needed: deriving a key takes about half a second."""

    def crypter(self, provider: Mapping[str, Any] | None) -> Crypter:
        """The crypter that a state's ``secrets_providers`` names, or for None the one that a new state gets."""
        ...


@dataclass
class PendingOperation:
    """An operation that had begun when the state was written: ``creating``, ``updating``, ``deleting``, ``reading``."""

    resource: Resource
    type: str


@dataclass
class Deployment:
    """The contents of a state file. ``redacted`` says that it is a snapshot without secrets: see `snapshot`."""

    resources: list[Resource] = field(default_factory=list)
    pending_operations: list[PendingOperation] = field(default_factory=list)
    manifest: dict[str, Any] = field(default_factory=dict)
    secrets_provider: dict[str, Any] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    redacted: bool = False
    extra: dict[str, Any] = field(default_factory=dict)
    """Keys of the deployment that the engine does not know."""
    resource_extra: dict[tuple[str, bool], dict[str, Any]] = field(default_factory=dict)
    """Keys of resources that the engine does not know, by urn and `Resource.delete`."""
    ciphertexts: dict[tuple[str, bool, str], list[tuple[str, str]]] = field(default_factory=dict)
    """Texts and their ciphertexts as read, by urn, `Resource.delete` and section: an unchanged secret keeps its own."""

    def find(self, urn: str) -> Resource | None:
        """The resource with this urn that is not waiting for its deletion."""
        return next((r for r in self.resources if r.urn == urn and not r.delete), None)
