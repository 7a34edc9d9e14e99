"""What standard error says while a command runs: one moving line on a terminal, sparse plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kade.engine.session import Event, PolicyFound, Registered

if TYPE_CHECKING:
    from rich.status import Status

_REFRESH = 0.1  # seconds between two changes of the moving line


class Progress:
    """Counts what happens. ``verb`` is what is done (``previewing``), ``stacks`` how many of them there are."""

    def __init__(self, verb: str, stacks: int) -> None:
        self.verb, self.stacks = verb, stacks
        self._done = 0
        self._resources = self._findings = 0
        self._status: Status | None = None
        self._shown = 0.0
        self._moves = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    @contextmanager
    def stack(self, name: str) -> Generator[None]:
        """One stack is at work in this block."""
        self._done += 1
        self._resources = self._findings = 0
        began = time.perf_counter()
        if not self._moves:
            print(f"{self.verb} {name} ({self._done} of {self.stacks}) ...", file=sys.stderr, flush=True)
            yield
            took = time.perf_counter() - began
            print(f"  {self._resources} resources in {took:.1f} s", file=sys.stderr, flush=True)
            return
        from rich.console import Console

        with Console(stderr=True).status("", spinner="dots") as status:
            self._status = status
            self._show(name)
            try:
                yield
            finally:
                self._status = None

    def on(self, name: str) -> Callable[[Event], None]:
        """The callback for a stack's events."""

        def heard(event: Any) -> None:
            if isinstance(event, Registered):
                self._resources += 1
            elif isinstance(event, PolicyFound):
                self._findings += 1
            now = time.monotonic()
            if self._status is not None and now - self._shown > _REFRESH:
                self._shown = now
                self._show(name)

        return heard

    def tell(self, line: str) -> None:
        """Something that the user has to know beside the report."""
        print(line, file=sys.stderr, flush=True)

    def _show(self, name: str) -> None:
        if self._status is not None:
            findings = f", {self._findings} findings" if self._findings else ""
            where = f"{self._done} of {self.stacks}"
            self._status.update(f"{self.verb} {name} ({where}): {self._resources} resources{findings}")
