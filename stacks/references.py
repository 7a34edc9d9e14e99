"""What one layer reads of another: the outputs of its stack, known or not known yet."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.output import Unknown

from kade.estate.stacks import stack_name


def found_in(made: pulumi.Output[Any], *path: str) -> pulumi.Output[Any]:
    """What stands at a path of an output, None where nothing does.

    It is known wherever it is known by itself, though other parts of the output are not yet: ``apply`` alone would take
    all of it for unknown.
    """

    def find(value: Any) -> Any:
        for key in path:
            if isinstance(value, Unknown):
                return value
            value = (value or {}).get(key)
        return value

    return made.apply(find, True)


class References:
    """The stacks of one estate that a layer reads; each is registered once, however often it is asked."""

    def __init__(self, estate: str) -> None:
        self._estate = estate
        self._found: dict[str, pulumi.StackReference] = {}

    def stack(self, environment: str, layer: str, part: str = "") -> pulumi.StackReference:
        """The stack of a layer. A DIY backend knows only the organisation ``organization``: it comes from Pulumi."""
        name = stack_name(self._estate, environment, layer, part)
        if name not in self._found:
            full = f"{pulumi.get_organization()}/{pulumi.get_project()}/{name}"
            self._found[name] = pulumi.StackReference(full)
        return self._found[name]

    def output(self, environment: str, layer: str, name: str, part: str = "") -> pulumi.Output[Any]:
        """One output of a layer's stack; None where the stack has none of that name."""
        return self.stack(environment, layer, part).get_output(name)
