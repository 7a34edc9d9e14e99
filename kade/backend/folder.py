"""A backend in a folder (``file://``): what it can do, and what can be told of its safety."""

from __future__ import annotations

import contextlib
import os
import pwd
import stat
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from kade.backend.address import Address
from kade.backend.errors import BackendError
from kade.backend.points import Fix, Point, failed, not_checked, passed
from kade.backend.store import Entry

_OPEN = 0o077  # group and others


class Folder:
    """See `kade.backend.store.Store`."""

    def __init__(self, address: Address) -> None:
        self.address, self.root = address, Path(address.place)

    def entries(self, prefix: str) -> Sequence[Entry]:
        """See `Store.entries`; the tag is made of the time of change and the size."""
        try:
            return sorted(self._found(prefix), key=lambda entry: entry.key)
        except OSError as error:
            raise BackendError(f"{self.root}: cannot be listed: {error.strerror}.") from error

    def _found(self, prefix: str) -> Iterator[Entry]:
        if not self.root.is_dir():
            raise BackendError(f"{self.root}: there is no such folder; make it with `mkdir -m 700 -p {self.root}`.")
        for path in (self.root / prefix.rpartition("/")[0]).rglob("*"):
            key = path.relative_to(self.root).as_posix()
            with contextlib.suppress(FileNotFoundError):  # it went while we looked
                if key.startswith(prefix) and path.is_file() and not key.endswith(".attrs"):
                    found = path.stat()
                    yield Entry(key, found.st_size, f"{found.st_mtime_ns}-{found.st_size}-{found.st_ino}")

    def read(self, key: str) -> bytes:
        """See `Store.read`."""
        try:
            return (self.root / key).read_bytes()
        except OSError as error:
            raise BackendError(f"{self.root / key}: cannot be read: {error.strerror}.") from error

    def write(self, key: str, data: bytes) -> None:
        """See `Store.write`: beside it, forced to disk, and renamed."""
        path, beside = self.root / key, ""
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).replace(path)
        except OSError as error:
            if beside:
                with contextlib.suppress(OSError):
                    Path(beside).unlink()
            raise BackendError(
                f"{path}: cannot be written: {error.strerror}; what was there is still there."
            ) from error

    def made(self) -> list[Point]:
        """Make the folder, or close it to others; its points as they are then. Raises `BackendError`."""
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.root.chmod(0o700)
        except OSError as error:
            raise BackendError(f"{self.root}: cannot be made: {error.strerror}.") from error
        return list(points(self))


def points(store: Folder) -> Iterator[Point]:
    """What can be told of a folder; most of it is up to the disk, the backups and the administrator of this machine."""
    root = store.root
    if not root.is_dir():
        fix = Fix(f"mkdir -m 700 -p {root}", "make_folder", {"path": str(root)})
        yield failed("reachable", f"there is no folder {root}", fix)
        return
    yield (
        passed("reachable", f"{root} can be listed")
        if os.access(root, os.R_OK | os.W_OK | os.X_OK)
        else failed("reachable", f"{root} cannot be read and written by this user", Fix(f"chmod u+rwx {root}"))
    )
    yield not_checked("region", "a folder is where its disk is", "name that place in the processing register")
    yield _encrypted(root)
    yield not_checked(
        "versioned", "a folder keeps no earlier versions; Pulumi's own .pulumi/backups go with it", _COPY.format(root)
    )
    yield not_checked("locked", "who owns a folder can delete it", _COPY.format(root))
    mode = stat.S_IMODE(root.stat().st_mode)
    close = Fix(f"chmod 700 {root}", "chmod", {"path": str(root), "mode": 0o700})
    if mode & _OPEN:
        yield failed("private", f"others on this machine can reach it (mode {mode:04o})", close)
    else:
        yield passed("private", f"mode {mode:04o}")
    yield not_checked("logged", "a folder logs nothing", f"let auditd watch it: auditctl -w {root} -p rwa -k state")
    owner = _owner(root)
    if mode & 0o005:
        yield failed("readers", f"{owner}, and everybody on this machine (mode {mode:04o})", close)
    else:
        yield passed("readers", f"{owner}{' and its group' if mode & 0o050 else ''}, and root")


_COPY = "copy it elsewhere with `kade backend backup file://{} DIR`; for more than a try-out take s3:// or azblob://"


def _encrypted(root: Path) -> Point:
    """Whether the disk is one of dm-crypt's, which Linux tells in the device's uuid."""
    device = root.stat().st_dev
    uuid = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}/dm/uuid")
    with contextlib.suppress(OSError):
        if uuid.read_text(encoding="utf-8").startswith("CRYPT-"):
            return passed("encrypted", "the disk is encrypted with dm-crypt")
    return not_checked(
        "encrypted", "whether the disk below is encrypted cannot be seen from here", f"lsblk -o NAME,TYPE; df {root}"
    )


def _owner(root: Path) -> str:
    try:
        return pwd.getpwuid(root.stat().st_uid).pw_name
    except KeyError:
        return str(root.stat().st_uid)
