"""What standard error says while a command runs: one moving line on a terminal, sparse plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kade.engine.session import Event, PolicyFound, Registered
from kade.report.words import plural

if TYPE_CHECKING:
    from rich.status import Status

_NAMED = 4  # stacks; of more only the number is told
_REFRESH = 0.1  # seconds between two changes of the moving line


class Progress:
    """Counts what happens in the stacks of one command; ``verb`` is what is done (``previewing``)."""

    def __init__(self, verb: str) -> None:
        self.verb = verb
        self._resources: Counter[str] = Counter()
        self._findings = 0
        self._status: Status | None = None
        self._shown = 0.0
        self.seconds = 0.0
        """How long the work took."""

    @contextmanager
    def over(self, stacks: Sequence[str]) -> Generator[None]:
        """The stacks are at work in this block, one after the other or side by side."""
        began = time.perf_counter()
        if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            from rich.console import Console

            with Console(stderr=True).status(f"{self.verb} {plural(len(stacks), 'stack')}", spinner="dots") as status:
                self._status = status
                try:
                    yield
                finally:
                    self._status = None
            self.seconds = time.perf_counter() - began
            return
        named = ", ".join(stacks) if len(stacks) <= _NAMED else plural(len(stacks), "stack")
        self.tell(f"{self.verb} {named} ...")
        yield
        self.seconds = time.perf_counter() - began
        self.tell(f"  {plural(self._resources.total(), 'resource')} in {self.seconds:.1f} s")

    def heard(self, stack: str, event: Event) -> None:
        """An event of a stack; may come from several threads."""
        if isinstance(event, Registered):
            self._resources[stack] += 1
        elif isinstance(event, PolicyFound):
            self._findings += 1
        now = time.monotonic()
        if self._status is not None and now - self._shown > _REFRESH:
            self._shown = now
            self._status.update(self._line())

    def tell(self, line: str) -> None:
        """Something that the user has to know beside the report."""
        print(line, file=sys.stderr, flush=True)

    def _line(self) -> str:
        each = list(self._resources.items())
        counts = ", ".join(f"{name} {count}" for name, count in each)
        if len(each) > _NAMED:
            counts = f"{len(each)} stacks with {self._resources.total()}"
        return f"{self.verb}: {counts} resources{f', {self._findings} findings' if self._findings else ''}"
