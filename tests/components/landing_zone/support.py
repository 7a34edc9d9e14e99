"""Makes one component from plain arguments, as Pulumi's component host does."""

from typing import Any

from tests.components.network.support import Run, run


def make(kind: Any, name: str, **args: Any) -> Run:
    """What a component registers; it gets a plain dictionary."""
    return run(lambda: kind(name, args))
