"""The inventory of one municipality, in SQLite, with its history; importing the same thing twice changes nothing.

The database stays out of git; `export` writes the same as sorted text, one record a line, for review. Every import is
one transaction: a file that fails leaves no trace.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kade.inventory.model import (
    Application,
    Component,
    Database,
    Dependency,
    Disk,
    Inventory,
    Network,
    Origin,
    Server,
    Storage,
)
from kade.inventory.notes import InventoryError

KINDS: dict[str, type] = {
    "application": Application,
    "component": Component,
    "database": Database,
    "dependency": Dependency,
    "network": Network,
    "server": Server,
    "storage": Storage,
}
_LISTS = {
    "application": "applications",
    "component": "components",
    "database": "databases",
    "dependency": "dependencies",
    "network": "networks",
    "server": "servers",
    "storage": "storage",
}
_SCHEMA = """
create table if not exists imports (
  number integer primary key, at text not null, source text not null, file text not null, sha256 text not null,
  added integer not null, changed integer not null, gone integer not null
);
create table if not exists records (
  kind text not null, key text not null, source text not null, file text not null, body text not null,
  number integer not null references imports, primary key (kind, key, source, file)
);
create table if not exists history (
  number integer not null references imports, kind text not null, key text not null, source text not null,
  file text not null, what text not null, body text not null
);
pragma user_version = 1;
"""


@dataclass(frozen=True)
class Imported:
    """What one import changed; all zero where everything was there already."""

    added: int = 0
    changed: int = 0
    gone: int = 0
    same: int = 0


@contextmanager
def opened(path: Path) -> Generator[sqlite3.Connection]:
    """The database, made where there is none. Raises `InventoryError` where it is damaged or of a later version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as base:
            version = base.execute("pragma user_version").fetchone()[0]
            if version > 1:
                raise InventoryError(f"{path}: written by a later version of Kade (form {version}); upgrade Kade")
            base.executescript(_SCHEMA)
            yield base
    except sqlite3.DatabaseError as problem:
        raise InventoryError(f"{path}: the inventory cannot be read ({problem}); restore it or import again") from None


@contextmanager
def together(base: sqlite3.Connection) -> Generator[None]:
    """One transaction: everything that is kept in this block, or nothing of it, whatever ends the block."""
    base.execute("begin immediate")
    try:
        yield
        base.execute("commit")
    except BaseException:
        base.execute("rollback")
        raise


def same_content(base: sqlite3.Connection, file: str, sha256: str) -> str:
    """Another file's name under which this content was the last to be imported; empty without one."""
    found = base.execute(
        "select file from imports where sha256 = ? and file != ? and number in "
        "(select max(number) from imports group by source, file) and file in (select file from records)",
        (sha256, file),
    ).fetchone()
    return found[0] if found else ""


def keep(
    base: sqlite3.Connection, source: str, file: str, sha256: str, inventory: Inventory, *, whole: bool = True
) -> Imported:
    """Bring the records of one file in, inside `together`. A record that it held before and no longer does is gone.

    With ``whole`` false the source could not be read completely, and what it does not show is not taken for gone.
    """
    new = {(kind, key): body for kind, key, body in _keyed(inventory)}
    old = {
        (kind, key): body
        for kind, key, body in base.execute(
            "select kind, key, body from records where source = ? and file = ?", (source, file)
        )
    }
    added = [key for key in new if key not in old]
    changed = [key for key in new if key in old and old[key] != new[key]]
    gone = [key for key in old if key not in new] if whole else []
    result = Imported(len(added), len(changed), len(gone), len(new) - len(added) - len(changed))
    if not (added or changed or gone):
        return result
    number = base.execute(
        "insert into imports (at, source, file, sha256, added, changed, gone) values (?, ?, ?, ?, ?, ?, ?)",
        (datetime.now(UTC).isoformat(timespec="seconds"), source, file, sha256, len(added), len(changed), len(gone)),
    ).lastrowid
    for what, keys, bodies in (("added", added, new), ("changed", changed, new), ("gone", gone, old)):
        base.executemany(
            "insert into history values (?, ?, ?, ?, ?, ?, ?)",
            [(number, kind, key, source, file, what, bodies[kind, key]) for kind, key in keys],
        )
    base.executemany(
        "insert or replace into records values (?, ?, ?, ?, ?, ?)",
        [(kind, key, source, file, new[kind, key], number) for kind, key in (*added, *changed)],
    )
    base.executemany(
        "delete from records where kind = ? and key = ? and source = ? and file = ?",
        [(kind, key, source, file) for kind, key in gone],
    )
    return result


def _keyed(inventory: Inventory) -> Iterator[tuple[str, str, str]]:
    """Each record with a key that is the same in the next export: its identifier or name, numbered where it is double.

    The row in the file is left out of what is compared: a sorted export is not a changed one.
    """
    seen: dict[tuple[str, str], int] = {}
    for kind, attribute in _LISTS.items():
        for record in getattr(inventory, attribute):
            key = _key(kind, record)
            seen[kind, key] = seen.get((kind, key), 0) + 1
            if seen[kind, key] > 1:
                key = f"{key}#{seen[kind, key]}"
            origin = {name: value for name, value in vars(record.origin).items() if name != "row"}
            body = vars(record) | {"origin": origin}
            yield kind, key, json.dumps(body, sort_keys=True, ensure_ascii=False, default=vars)


def _key(kind: str, record: Any) -> str:
    if kind == "server":
        return record.uuid or record.name.lower()
    if kind == "dependency":
        return f"{record.source}>{record.target}:{record.port or ''}".lower()
    if kind == "application":
        return record.identifier or f"{record.name}/{record.version}".lower()
    return record.name.lower()


def load(base: sqlite3.Connection) -> Inventory:
    """Everything that is known now, by kind and key."""
    found = Inventory()
    for kind, body in base.execute("select kind, body from records order by kind, key, source, file"):
        getattr(found, _LISTS[kind]).append(_record(KINDS[kind], json.loads(body)))
    return found


def _record(kind: type, body: dict[str, Any]) -> Any:
    body["origin"] = Origin(**body["origin"])
    if "disks" in body:
        body["disks"] = tuple(Disk(**disk) for disk in body["disks"])
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in body.items()})


def export(base: sqlite3.Connection) -> str:
    """The records as sorted text, one a line, for review in git."""
    rows = base.execute("select kind, key, source, file, body from records order by kind, key, source, file")
    return "".join(f"{kind}\t{key}\t{source}\t{file}\t{body}\n" for kind, key, source, file, body in rows)


def imports(base: sqlite3.Connection) -> list[tuple[int, str, str, str, int, int, int]]:
    """The imports that changed something: number, time, source, file, and how many were added, changed and gone."""
    return base.execute("select number, at, source, file, added, changed, gone from imports order by number").fetchall()
