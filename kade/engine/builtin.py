"""The package ``pulumi`` itself: stack references, and stashes.

Source: ``pkg/resource/deploy/builtins.go`` of pulumi/pulumi.
"""

# ruff: noqa: ARG002 - the signatures are those of `kade.engine.provider.Provider`
from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from kade.engine import diff as differences
from kade.engine.provider import Change, Checked, Diff, Failure, Made, ProviderError, Tree
from kade.engine.values import UNKNOWN, Secret, Value

STACK_REFERENCE = "pulumi:pulumi:StackReference"
STASH = "pulumi:index:Stash"

Outputs = Mapping[str, Value]
References = Callable[[str], Outputs | None]
"""Gives the outputs of a stack by its full name (``organization/project/stack``), None for one that is not known."""


class Builtin:
    """The provider of the package ``pulumi``."""

    def __init__(self, references: References) -> None:
        self._references = references

    def check(self, urn: str, type_: str, old: Tree | None, new: Tree, *, preview: bool) -> Checked:
        """Only the one input of each type is allowed."""
        wanted = {STACK_REFERENCE: "name", STASH: "input"}.get(type_)
        if wanted is None:
            return Checked(new, [Failure("", f"the package pulumi has no resource type {type_!r}")])
        failures = [Failure(key, f'unknown property "{key}"') for key in new if key != wanted]
        if wanted not in new:
            failures.append(Failure(wanted, f'missing required property "{wanted}"'))
        return Checked(new, failures)

    def diff(self, urn: str, type_: str, id_: str, old_inputs: Tree, old_outputs: Tree, new: Tree) -> Diff:
        """Another stack is another reference; another input of a stash is kept beside its output."""
        changed = differences.changed(old_inputs, new)
        if not changed:
            return Diff(Change.NONE)
        if type_ == STACK_REFERENCE:
            return Diff(Change.REPLACE, changed, ["name"])
        return Diff(Change.UPDATE, changed)

    def create(self, urn: str, type_: str, inputs: Tree, *, preview: bool) -> Made:
        """Look the stack up, or keep the value."""
        id_: Value = UNKNOWN if preview else str(uuid.uuid4())
        if type_ == STACK_REFERENCE:
            return Made(id_, self.outputs_of(inputs["name"]))
        return Made(id_, {"input": inputs["input"], "output": inputs["input"]})

    def update(
        self, urn: str, type_: str, id_: str, old_inputs: Tree, old_outputs: Tree, new: Tree, *, preview: bool
    ) -> Made:
        """A stash keeps its first output."""
        return Made(id_, {"input": new.get("input"), "output": old_outputs.get("output")})

    def delete(self, urn: str, type_: str, id_: str, inputs: Tree, outputs: Tree) -> None:
        """Nothing stands outside of the state."""

    def read(self, urn: str, type_: str, id_: str, inputs: Tree) -> tuple[Tree, Tree] | None:
        """The outputs of another stack."""
        if type_ != STACK_REFERENCE or "name" not in inputs:
            raise ProviderError(f"{type_} cannot be imported.")
        return inputs, self.outputs_of(inputs["name"])

    def invoke(self, token: str, args: Tree, *, preview: bool) -> Tree:
        """The outputs of another stack, by name."""
        if token == "pulumi:pulumi:readStackOutputs":  # noqa: S105 - a function, no password
            return self.outputs_of(args["name"])
        raise ProviderError(f"the function {token} of the package pulumi is not done here.")

    def outputs_of(self, name: Value) -> Tree:
        """The properties of a reference to a stack. Raises `ProviderError` where it is not known."""
        if name is UNKNOWN:
            return {"name": UNKNOWN, "outputs": UNKNOWN, "secretOutputNames": UNKNOWN}
        outputs = self._references(str(name))
        if outputs is None:
            raise ProviderError(
                f"unknown stack {name!r}: it is neither part of this run, nor is there a state of it here."
            )
        secret = sorted(key for key, value in outputs.items() if isinstance(value, Secret))
        return {"name": name, "outputs": dict(sorted(outputs.items())), "secretOutputNames": secret}
