"""All state of a backend into a folder and back, with checksums; a backup counts once a restore of it was tried.

A backup is of one moment or it is refused: nobody holds a lock before and after, and no object changed in between.
A restore writes nothing before every checksum was right, reads back what it wrote, and can be run again after it was
cut off, since what is there already is left as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from kade.backend.address import Address
from kade.backend.errors import AddressError, BackendError
from kade.backend.folder import Folder
from kade.backend.layout import locks, refuse_locked, resources_in, stack_of, state_objects
from kade.backend.store import Store

MANIFEST: Final = "manifest.json"
VERSION: Final = 1


@dataclass(frozen=True)
class Backup:
    """A backup in a folder. ``files`` are the checksums (SHA-256) by key; ``resources`` counts them by stack."""

    folder: Path
    source: str
    made: str
    files: Mapping[str, str]
    resources: Mapping[str, int | None]


def make(store: Store, folder: Path) -> Backup:
    """Copy all state into a new folder, and try a restore of it.

    Raises `BackendError` where somebody is at work or was in the meantime, where a state is not whole, and where the
    disk does not allow it; there is then no folder. Raises `AddressError` for a folder with something in it.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AddressError(f"{folder}: there is something already; name a new folder for the backup.")
    beside = folder.with_name(f".{folder.name}.new")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(mode=0o700, parents=True)
        files = _copied(store, beside)
        made = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        resources = _tried(beside, files)
        body = {"version": VERSION, "source": store.address.url, "made": made, "files": files, "resources": resources}
        _write(beside / MANIFEST, json.dumps(body, indent=2).encode() + b"\n")
        if folder.exists():
            folder.rmdir()
        beside.rename(folder)
    except OSError as error:
        raise BackendError(f"{folder}: the backup cannot be written: {error.strerror}; nothing is there.") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return Backup(folder, store.address.url, made, files, resources)


def _copied(store: Store, beside: Path) -> dict[str, str]:
    refuse_locked(locks(store), "a backup")
    before = state_objects(store)
    if not any(stack_of(entry.key) for entry in before):
        raise BackendError(f"{store.address.url}: there is no stack in it, so there is nothing to copy.")
    files = {}
    for entry in before:
        data = store.read(entry.key)
        _write(beside / entry.key, data)
        files[entry.key] = _sum(data)
    refuse_locked(locks(store), "a backup")
    after = {entry.key: entry.tag for entry in state_objects(store)}
    changed = sorted(key for key, tag in {entry.key: entry.tag for entry in before}.items() if after.get(key) != tag)
    if changed or len(after) != len(before):
        what = ", ".join(changed or sorted(set(after) - set(files)))
        raise BackendError(f"{what}: changed while it was copied, so this is refused as a backup; run it again.")
    return files


def _tried(beside: Path, files: Mapping[str, str]) -> dict[str, int | None]:
    """Restore into a folder of its own and open every stack there; the number of resources by stack."""
    with tempfile.TemporaryDirectory(prefix="kade-restore-") as place:
        trial = Folder(Address(f"file://{place}", "file", place))
        for key, data in _read(beside, files).items():
            trial.write(key, data)
        found = {key: trial.read(key) for key in files}
        return {stack_of(key): resources_in(key, data) for key, data in found.items() if stack_of(key)}


def opened(folder: Path) -> Backup:
    """A backup that was made. Raises `AddressError` where the folder holds none."""
    try:
        body: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if body["version"] != VERSION:
            raise AddressError(f"{folder / MANIFEST}: version {body['version']!r}; this Kade reads {VERSION}.")
        return Backup(folder, body["source"], body["made"], body["files"], body["resources"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AddressError(f"{folder}: this is no backup of `kade backend backup` ({error}).") from error


@dataclass(frozen=True)
class Restored:
    """What a restore did: keys written, keys that were the same already, and the copy of what it wrote over."""

    written: list[str]
    same: list[str]
    kept: Backup | None


def restore(backup: Backup, store: Store, *, overwrite: bool = False) -> Restored:
    """Write a backup into a backend, and read it back.

    State there that differs is written over only with ``overwrite``, and after a backup of it was made beside the
    given one. Raises `BackendError` for a checksum that is wrong, for a lock, for state that differs, and where the
    backend goes away: what was done until then stays, and the same restore can be run again.
    """
    data = _read(backup.folder, backup.files)
    refuse_locked(locks(store), "a restore")
    there = {entry.key for entry in state_objects(store)}
    same = [key for key in data if key in there and _sum(store.read(key)) == backup.files[key]]
    other = [key for key in data if key in there and key not in same]
    kept = None
    if other:
        if not overwrite:
            raise BackendError(
                f"{store.address.url} holds other state of {', '.join(filter(None, map(stack_of, other))) or other[0]};"
                " add --overwrite to write over it (it is copied first)."
            )
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        kept = make(store, backup.folder.with_name(f"{backup.folder.name}-before-{stamp}"))
    written: list[str] = []
    try:
        for key in (key for key in data if key not in same):
            store.write(key, data[key])
            if _sum(store.read(key)) != backup.files[key]:
                raise BackendError(f"{key}: what was read back is not what was written.")
            written.append(key)
    except BackendError as error:
        left = len(data) - len(same) - len(written)
        raise BackendError(
            f"{error} {len(written)} of {len(data) - len(same)} objects were restored, {left} not; nothing else was"
            " changed: run the same restore again, what is there already is left as it is."
        ) from error
    return Restored(written, same, kept)


def _read(folder: Path, files: Mapping[str, str]) -> dict[str, bytes]:
    """What a backup holds, after every checksum. Raises `BackendError` with the file that is not what it was."""
    found = {}
    for key, expected in files.items():
        path = folder / key
        if ".." in Path(key).parts or Path(key).is_absolute():
            raise BackendError(f"{folder / MANIFEST}: {key!r} is no key of a state.")
        try:
            found[key] = path.read_bytes()
        except OSError as error:
            raise BackendError(f"{path}: cannot be read: {error.strerror}; this backup is not whole.") from error
        if _sum(found[key]) != expected:
            raise BackendError(f"{path}: its checksum is not the one in {MANIFEST}; take another backup.")
    return found


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
