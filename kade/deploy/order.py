"""Which stack goes when: after those it reads, side by side where they do not depend on each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Protocol

from kade.deploy.outcome import Outcome


class Named(Protocol):
    """A stack: its name, and the names of those whose outputs it reads."""

    @property
    def name(self) -> str:
        """The name."""
        ...

    @property
    def depends_on(self) -> tuple[str, ...]:
        """Those that come first."""
        ...


def run(
    stacks: Sequence[Named],
    one: Callable[[str], Outcome],
    *,
    parallel: int = 1,
    before: Collection[str] = (),
    heard: Callable[[Sequence[Outcome]], None] = lambda _outcomes: None,
) -> list[Outcome]:
    """Deploy every stack with ``one``, ``parallel`` at once; their outcomes in the given order.

    After the first that does not stand no other begins; those under way are finished. ``before`` were deployed by an
    earlier run. ``heard`` gets all outcomes each time that one is known. A stack outside the run counts as standing.
    """
    names = [stack.name for stack in stacks]
    found = {name: Outcome(name, "done before") for name in names if name in before}
    under_way: dict[Future[Outcome], str] = {}

    def outcomes() -> list[Outcome]:
        return [found.get(name, Outcome(name, "not begun")) for name in names]

    def ready() -> list[str]:
        busy = set(under_way.values())
        return [
            stack.name
            for stack in stacks
            if stack.name not in found
            and stack.name not in busy
            and all(other in found for other in stack.depends_on if other in names)
        ]

    with ThreadPoolExecutor(max_workers=max(parallel, 1)) as pool:
        while True:
            if all(outcome.stands for outcome in found.values()):
                for name in ready()[: max(parallel, 1) - len(under_way)]:
                    under_way[pool.submit(one, name)] = name
            if not under_way:
                return outcomes()
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                found[under_way.pop(future)] = future.result()
                heard(outcomes())
