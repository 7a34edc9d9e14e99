"""What every store of state can do, whatever it is: list, read and write whole objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kade.backend.address import Address


@dataclass(frozen=True)
class Entry:
    """One object. ``tag`` changes with every write of it; ``size`` is in bytes."""

    key: str
    size: int
    tag: str


class Store(Protocol):
    """Keys are relative to the backend's URL and have ``/`` between their parts."""

    address: Address

    def entries(self, prefix: str) -> Sequence[Entry]:
        """The objects whose key begins so, in the order of their keys. Raises `BackendError`."""
        ...

    def read(self, key: str) -> bytes:
        """A whole object. Raises `BackendError`, also where there is none."""
        ...

    def write(self, key: str, data: bytes) -> None:
        """Write an object whole or not at all. Raises `BackendError`."""
        ...


def open_store(address: Address) -> Store:
    """The store of an address; nothing is asked of it yet. Raises `AddressError` and `BackendError`."""
    if address.scheme == "s3":
        from kade.backend.s3 import S3

        return S3(address)
    if address.scheme == "azblob":
        from kade.backend.azblob import AzBlob

        return AzBlob(address)
    from kade.backend.folder import Folder

    return Folder(address)
