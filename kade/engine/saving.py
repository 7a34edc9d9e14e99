"""Keeps what an update did: a journal while it runs, the whole state at its end, and another place where that fails."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from kade.engine import state
from kade.engine.errors import EngineError, StateWriteError
from kade.engine.journal import Journal, journal_path
from kade.engine.state_model import Deployment, Secrets


class Saver:
    """The state file of one update, and its journal.

    A journal that a run left which was cut off is part of ``before``, what was read, and becomes the state at once.
    """

    def __init__(self, file: Path, before: Deployment, secrets: Secrets) -> None:
        self.file, self.secrets = file, secrets
        self.journal = Journal(file, before, secrets)
        if journal_path(file).exists():
            state.save(file, before, secrets)
            self.journal.close()

    def save(self, deployment: Deployment) -> None:
        """Write the state whole; the journal goes when that has worked.

        Raises `StateWriteError` where it cannot be written, with where it is kept instead.
        """
        try:
            state.save(self.file, deployment, self.secrets)
        except StateWriteError as error:
            where = self._rescued(deployment)
            self.journal.close(keep=True)
            raise StateWriteError(f"{error} {where}") from error
        except BaseException:
            self.journal.close(keep=True)
            raise
        self.journal.close()

    def _rescued(self, deployment: Deployment) -> str:
        """Where what was done is kept, as a sentence."""
        if self.journal.whole:
            return (
                f"What was done is in {journal_path(self.file)}, which the next run reads: make room or mend that"
                " place, and run the same command again."
            )
        handle, name = tempfile.mkstemp(prefix=f"{self.file.stem}-", suffix=".json")  # mode 0600
        os.close(handle)
        try:
            state.save(Path(name), deployment, self.secrets)
        except EngineError as error:
            return f"Nor can it be kept elsewhere: {error}"
        return f"The state as it is now was written to {name}: put that in its place before the next run."
