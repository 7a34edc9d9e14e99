"""From a stack's name to its layer: what `__main__` does, as functions that a test can call."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from kade.estate import Estate, load, parse_stack_name
from kade.stacks.common import StackError
from kade.stacks.imports import take_over

# Services and applications have a stack each; the other layers have one an environment.
WITH_PARTS = ("services", "workloads")

# Pydantic would build the model when the first estate is read, in each of the processes that are forked from here.
Estate.model_rebuild()


def run_stack(stack: str, root: str | Path, given: str | None = None) -> None:
    """Run the layer of a stack. ``root`` is the folder of the project, ``given`` the configured estate.

    Raises `StackError` for a name that is not one of the estate's stacks, `kade.estate.EstateError` for a wrong file.
    """
    try:
        name, environment, layer, part = parse_stack_name(stack)
    except ValueError as fault:
        raise StackError(f"{fault}. Select another with `pulumi stack select`") from None
    estate = load(given or name, root)
    if estate.name != name:
        raise StackError(
            f"stack {stack}: the estate in {estate.folder} is called {estate.name!r}, so its stacks begin with "
            f"{estate.name}; set kade:estate to the folder of {name!r}, or select another stack"
        )
    _check(estate, stack, environment, layer, part)
    take_over(estate, stack)
    seen = estate.for_environment(environment)
    arguments = (seen, environment, part) if part else (seen, environment)
    import_module(f"kade.stacks.{layer}").run(*arguments)


def _check(estate: Estate, stack: str, environment: str, layer: str, part: str) -> None:
    """Refuse a stack that the estate does not have, and name the nearest that it has."""
    if environment not in estate.environments:
        known = ", ".join(estate.environments)
        raise StackError(f"stack {stack}: {estate.name} has no environment {environment!r}; it has {known}")
    if layer in WITH_PARTS and not part:
        raise StackError(f"stack {stack}: the layer {layer!r} has a stack for each part: {stack}-<part>")
    stacks = [spec.name for spec in estate.stacks(environment)]
    if stack not in stacks:
        near = get_close_matches(stack, stacks, n=1)
        hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(stacks)}"
        raise StackError(f"stack {stack}: {estate.name} has no such stack in {environment}; {hint}")
