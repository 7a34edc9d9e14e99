"""A run's steps, one a line, beside the state file while the run lasts.

Writing a state of thousands of resources after every step would take time by the square of their number. So each step
is appended here as it is done, and the state is written whole when the run ends. A run that was cut off leaves its
journal; whoever reads the state then reads both, with the operations that had begun as pending ones. A last line that
is only half there is left out: that step is not known to have happened, and stands as pending from the line before it.

A process that is killed loses nothing. A machine that loses its power loses at most the last second: forcing each line
to the disk takes 3.5 ms, which made an update of 1,000 resources ten seconds longer, so it is done once a second.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kade.engine.errors import StateError
from kade.engine.ledger import Ledger
from kade.engine.plan import Resource
from kade.engine.state_file import sync_folder
from kade.engine.state_json import Reader, Writer
from kade.engine.state_model import Deployment, Secrets

_RESOURCES = ("resource", "new")
_SYNC = 1.0  # seconds between two times that lines are forced to the disk


def journal_path(state: Path) -> Path:
    """Where the journal of a state file stands."""
    return state.with_name(state.name + ".journal")


class Journal:
    """Appends to the journal of a run that is under way. Secrets are encrypted as in the state."""

    def __init__(self, state: Path, deployment: Deployment, secrets: Secrets) -> None:
        self._path, self._deployment = journal_path(state), deployment
        self._writer = Writer(deployment, secrets)
        self._known: Any = None
        self._file: int | None = None
        self._written, self._synced = 0, 0.0
        self._broken = ""

    @property
    def whole(self) -> bool:
        """Whether the file has every step that was booked, so that it can stand in for the state."""
        try:
            there = self._file is not None and os.fstat(self._file).st_ino == self._path.stat().st_ino
        except OSError:
            there = False
        return there and not self._broken

    def __call__(self, entry: Mapping[str, Any]) -> None:
        """Append what the ledger books. Raises `StateError` where it cannot be written, and from then on each time."""
        if self._broken:
            raise StateError(self._broken)
        made = {key: self._writer.resource(v) if isinstance(v, Resource) else v for key, v in entry.items()}
        if self._deployment.secrets_provider != self._known:
            made["secrets"] = self._known = self._deployment.secrets_provider
        line = json.dumps(made, separators=(",", ":")).encode() + b"\n"
        try:
            if self._file is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
                sync_folder(self._path.parent)
                line = json.dumps({"do": "start", "after": _time(self._deployment)}).encode() + b"\n" + line
            self._append(self._file, line)
        except OSError as error:
            self._broken = (
                f"{self._path}: the journal cannot be written ({error.strerror}), so the run stops here. What was done"
                " until then is kept: make room or mend that place, and run the same command again."
            )
            raise StateError(self._broken) from error

    def _append(self, file: int, line: bytes) -> None:
        """Write a line whole; of one for which there was no room, nothing stays, so that the lines before it count."""
        try:
            left = memoryview(line)
            while left:
                left = left[os.write(file, left) :]
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(file, self._written)
            raise
        self._written += len(line)
        now = time.monotonic()
        if now - self._synced > _SYNC:
            os.fdatasync(file)
            self._synced = now

    def close(self, *, keep: bool = False) -> None:
        """End it; the state is whole without it, unless it is to be kept."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if not keep:
            self._path.unlink(missing_ok=True)


def replayed(state: Path, deployment: Deployment, secrets: Secrets | None) -> Deployment:
    """A deployment as read, and then what the journal of a run that was cut off says. Without a journal: as read.

    Raises `StateError` with the line of a journal that is damaged, and `SecretsError` as `kade.engine.state.load`.
    """
    path = journal_path(state)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return deployment
    text = text.partition("\0")[0]  # what a machine that lost its power had not written yet
    first, _, rest = text.partition("\n")
    if first != json.dumps({"do": "start", "after": _time(deployment)}):
        return deployment  # the state was written after these steps, and only the journal's removal was cut off
    ledger = Ledger(deployment)
    reader = Reader(path, text, deployment.secrets_provider, secrets, special=True)
    for number, line in enumerate(rest.split("\n")[:-1], start=2):
        try:
            entry = json.loads(line)
            if "secrets" in entry:
                reader.provider = deployment.secrets_provider = entry.pop("secrets")
            for key in _RESOURCES:
                if entry.get(key) is not None:
                    entry[key] = reader.resource(entry[key])
            ledger.apply(entry)
        except (ValueError, KeyError, TypeError) as error:
            raise StateError(
                f"{path}:{number}: the journal of a run that was cut off is damaged ({error}); move it away to go on"
                f" with the state as it was before that run."
            ) from error
    made = ledger.deployment()
    made.redacted = made.redacted or (secrets is None and reader.sealed)
    return made


def _time(deployment: Deployment) -> str:
    """When a state was written, which tells it from a later one."""
    return str(deployment.manifest.get("time", ""))
