"""The hash of an archive as Pulumi computes it: SHA-256 of the tar that Go's ``archive/tar`` would write of it.

Source: ``sdk/go/common/resource/archive/archive.go`` of pulumi/pulumi, and ``archive/tar/writer.go`` of Go. Every file
has mode 0600 and no time, owner or group; an archive that is a file already is hashed as it is.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from kade.engine.values import Archive, Asset

_PACKED: Final = (".tar", ".tgz", ".tar.gz", ".zip", ".jar")
_BLOCK: Final = 512
_NAME, _PREFIX = 100, 155  # bytes in a header


class _Hash(Protocol):
    def update(self, data: bytes, /) -> object: ...


def archive_hash(folder: Path | None, path: str | None, assets: Mapping[str, Any] | None) -> str:
    """The hash of an archive that is a path (relative to ``folder``) or a map of assets and archives.

    Empty where a part of it can only be had over the network, which Pulumi would fetch. Raises ``OSError`` for a file
    that cannot be read, and ``ValueError`` for one that is neither a folder nor packed in a known way.
    """
    total = hashlib.sha256()
    if path is not None:
        place = at(folder, path)
        if place.name.endswith(_PACKED):
            total.update(place.read_bytes())
            return total.hexdigest()
    seen: set[str] = set()
    for name, content in _members(folder, path, assets):
        if content is None:
            return ""
        if name not in seen:
            seen.add(name)
            _add(total, name, content)
    total.update(bytes(2 * _BLOCK))
    return total.hexdigest()


def at(folder: Path | None, path: str) -> Path:
    """Where the file of an asset or archive is."""
    return (folder / path) if folder else Path(path)


def _members(
    folder: Path | None, path: str | None, assets: Mapping[str, Any] | None
) -> Iterator[tuple[str, bytes | None]]:
    """The files with their contents, None for what is not on this machine, in Pulumi's order."""
    if path is not None:
        place = at(folder, path)
        yield from _unpacked(place) if place.name.endswith(_PACKED) else _files(place)
        return
    for name, item in sorted((assets or {}).items(), key=lambda pair: pair[0].encode()):
        if isinstance(item, Asset):
            yield name, _content(folder, item)
        elif isinstance(item, Archive) and item.uri is None:
            for inner, content in _members(folder, item.path, item.assets):
                yield posixpath.normpath(posixpath.join(name, inner)), content
        else:
            yield name, None


def _content(folder: Path | None, asset: Asset) -> bytes | None:
    if asset.path is not None:
        return at(folder, asset.path).read_bytes()
    return asset.text.encode() if isinstance(asset.text, str) else None


def _files(root: Path) -> Iterator[tuple[str, bytes]]:
    """The files below a folder; a link to a file counts as one, a link to a folder does not."""
    if not root.is_dir():
        raise ValueError(f"{root} is neither a folder nor an archive ({', '.join(_PACKED)})")

    def walk(folder: Path) -> Iterator[Path]:
        for entry in sorted(os.scandir(folder), key=lambda found: os.fsencode(found.name)):
            if entry.name == ".pulumi":
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from walk(Path(entry.path))
            elif not entry.is_dir():
                yield Path(entry.path)

    for file in walk(root):
        yield file.relative_to(root).as_posix(), file.read_bytes()


def _unpacked(place: Path) -> Iterator[tuple[str, bytes]]:
    if place.name.endswith((".zip", ".jar")):
        with zipfile.ZipFile(place) as packed:
            for info in packed.infolist():
                if not info.is_dir():
                    yield posixpath.normpath(_zip_name(info)), packed.read(info)
        return
    with tarfile.open(place) as packed:
        for member in packed:
            content = packed.extractfile(member) if member.isreg() else None
            if content is not None:
                yield posixpath.normpath(member.name), content.read()


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name as its bytes are, which Python takes for code page 437 where the file does not say UTF-8."""
    utf8 = info.flag_bits & 0x800
    return info.filename if utf8 else info.filename.encode("cp437").decode("utf-8", "surrogateescape")


def _add(total: _Hash, name: str, content: bytes) -> None:
    """One file as Go writes it: USTAR, and PAX where the name does not fit that."""
    raw = name.encode("utf-8", "surrogateescape")
    if len(raw) <= _NAME and raw.isascii():
        total.update(_header(raw, len(content), b"0"))
    elif split := _split(raw):
        total.update(_header(split[1], len(content), b"0", prefix=split[0]))
    else:
        record = _record(raw)
        folder, file = posixpath.split(name)
        short = _ascii(posixpath.normpath(posixpath.join(folder, "PaxHeaders.0", file)))[:_NAME].rstrip(b"/")
        total.update(_header(short, len(record), b"x", owned=False))
        total.update(_padded(record))
        total.update(_header(_ascii(name), len(content), b"0"))
    total.update(_padded(content))


def _header(name: bytes, size: int, kind: bytes, *, prefix: bytes = b"", owned: bool = True) -> bytes:
    """A header block. Only the block of a file itself (``owned``) has the modes and the numbers of a device in it."""
    field = bytearray(name[:_NAME].ljust(_NAME, b"\0"))
    if len(name) > _NAME and field.endswith(b"/"):
        field[len(name[:_NAME].rstrip(b"/"))] = 0
    device = b"0000000\0" if owned else bytes(8)
    block = b"".join(
        [
            bytes(field),
            b"0000600\0" if owned else b"0000000\0",
            b"0000000\0" * 2,
            b"%011o\0" % size,
            b"00000000000\0",
            b" " * 8,
            kind,
            bytes(100),
            b"ustar\0" + b"00",
            bytes(64),
            device * 2,
            prefix.ljust(_PREFIX, b"\0"),
        ]
    ).ljust(_BLOCK, b"\0")
    checksum = b"%06o\0 " % sum(block)
    return block[:148] + checksum + block[156:]


def _split(name: bytes) -> tuple[bytes, bytes] | None:
    """A long name as prefix and rest, at the last slash that can be."""
    if not name.isascii():
        return None
    cut = name[: min(len(name), _PREFIX + 1)].rfind(b"/")
    rest = name[cut + 1 :]
    return (name[:cut], rest) if 0 < cut <= _PREFIX and 0 < len(rest) <= _NAME else None


def _record(path: bytes) -> bytes:
    """The PAX record of a path; its length, in decimal, is part of itself."""
    bare = len(b" path=\n") + len(path)
    size = bare + len(str(bare))
    if len(str(size)) != len(str(bare)):
        size = bare + len(str(size))
    return b"%d path=%s\n" % (size, path)


def _ascii(text: str) -> bytes:
    return bytes(ord(letter) for letter in text if 0 < ord(letter) < 0x80)


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % _BLOCK)
