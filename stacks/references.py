"""What one layer reads of another: the outputs of its stack, known or not known yet."""

from __future__ import annotations

from typing import Any

import pulumi

from kade.estate.stacks import stack_name


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
