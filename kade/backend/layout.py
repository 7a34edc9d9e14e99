"""How Pulumi lays state out in a backend of one's own: stacks, locks, and the mark of the layout.

Source: ``pkg/backend/diy`` of pulumi/pulumi (``store.go``, ``lock.go``, ``meta.go``, ``stack_tags.go``).
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kade.backend.errors import BackendError
from kade.backend.store import Entry, Store

STACKS: Final = ".pulumi/stacks/"
LOCKS: Final = ".pulumi/locks/"
META: Final = ".pulumi/meta.yaml"
_ENDINGS: Final = (".json", ".json.gz", ".json.zst")


@dataclass(frozen=True)
class Lock:
    """Somebody who is at work on a stack, as the lock's file names them."""

    stack: str
    who: str
    since: str

    def __str__(self) -> str:
        return f"{self.stack} is locked by {self.who} since {self.since}"


def state_objects(store: Store) -> list[Entry]:
    """Everything that state is made of: the stacks, their tags, and the mark of the layout; not the locks."""
    stacks = [entry for entry in store.entries(STACKS) if not entry.key.endswith((".bak", ".attrs"))]
    return [*(entry for entry in store.entries(META) if entry.key == META), *stacks]


def stack_of(key: str) -> str:
    """``project/stack`` of a stack's state file; empty for another object."""
    for ending in _ENDINGS:
        if key.startswith(STACKS) and key.endswith(ending):
            return key.removeprefix(STACKS).removesuffix(ending)
    return ""


def locks(store: Store) -> list[Lock]:
    """Who is at work. A lock's file that went while it was read is a lock no more."""
    found = []
    for entry in store.entries(LOCKS):
        parts = entry.key.removeprefix(LOCKS).split("/")  # organization/<project>/<stack>/<id>.json
        try:
            said: Any = json.loads(store.read(entry.key))
        except (BackendError, ValueError):
            if entry.key not in {other.key for other in store.entries(LOCKS)}:
                continue
            said = {}
        said = said if isinstance(said, Mapping) else {}
        who = f"{said.get('username', 'somebody')}@{said.get('hostname', 'somewhere')} (process {said.get('pid', '?')})"
        found.append(Lock("/".join(parts[:-1]).removeprefix("organization/"), who, str(said.get("timestamp", "?"))))
    return found


def refuse_locked(found: Sequence[Lock], doing: str) -> None:
    """Raise `BackendError` with who holds the locks and what to do."""
    if found:
        names = "\n  ".join(map(str, found))
        raise BackendError(
            f"an update is under way, so {doing} is refused:\n  {names}\nWait until it has ended; if that process is"
            " gone, `pulumi cancel --stack STACK` removes its lock."
        )


def resources_in(key: str, data: bytes) -> int | None:
    """How many resources a stack's state holds; None where it is compressed in a way that is not read here.

    Raises `BackendError` for what is no state, or one whose resources do not fit together.
    """
    from kade.engine import state
    from kade.engine.errors import EngineError

    if key.endswith(".zst"):
        return None
    try:
        text = gzip.decompress(data) if key.endswith(".gz") else data
        body = json.loads(text)
        latest = body["checkpoint"].get("latest") or {"manifest": {}}
        with tempfile.TemporaryDirectory(prefix="kade-") as folder:
            file = Path(folder) / "state.json"
            file.write_text(json.dumps({"version": body["version"], "deployment": latest}), encoding="utf-8")
            return len(state.load(file, None).resources)
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackendError(f"{key}: this is no state of a stack ({type(error).__name__}: {error}).") from error
    except EngineError as error:
        raise BackendError(f"{key}: this state is not whole: {str(error).partition(': ')[2]}") from error
