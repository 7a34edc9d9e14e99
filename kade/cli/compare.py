"""``kade compare``: the same estate in two environments, or two stacks beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kade.cli.errors import UsageError
from kade.cli.options import EstateArgument, LayerOption, OutOption, TextJsonOrMarkdown
from kade.cli.output import write

if TYPE_CHECKING:
    from kade.cli.target import Target
    from kade.engine.plan import Resource
    from kade.estate import Estate


def command(
    estate: EstateArgument,
    one: Annotated[str, typer.Argument(metavar="ONE", help="an environment (tst), or a stack")],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="the environment or stack beside it (acc)")],
    layer: LayerOption = None,
    deployed: Annotated[
        bool, typer.Option("--deployed", help="what stands by the local state, not what the program says")
    ] = False,
    format_: TextJsonOrMarkdown = "text",
    out: OutOption = None,
) -> None:
    """Say what differs between two environments: by the estate file, and resource by resource in their stacks.

    Names and subscriptions that follow from the environment are no difference, and an environment's own addresses are
    counted, not shown. The status is 0, also where they differ: differing is what environments do.
    """
    from kade.cli.target import resolve
    from kade.estate import load
    from kade.promotion import compare, settings
    from kade.promotion.report import as_json, as_markdown, as_text
    from kade.report.masking import Mask

    found = load(estate)
    by_file = []
    if one in found.environments and other in found.environments:
        by_file = settings(found, one, other)
        targets = tuple(resolve(estate, env=env, layers=layer or []) for env in (one, other))
    else:
        if layer:
            raise UsageError("--layer is for two environments; two stacks are named whole.")
        _known(found, one, other)
        targets = tuple(resolve(estate, stack=name) for name in (one, other))
    sides = tuple(_resources(target, deployed=deployed) for target in targets)
    pairs = _pairs(list(sides[0]), list(sides[1]))
    names = tuple(_environment(name, found) for name in (one, other))
    compared = {
        title: compare(sides[0].get(left, ()), sides[1].get(right, ()), (names[0], names[1]))
        for title, left, right in pairs
    }
    report = {"text": as_text, "json": as_json, "markdown": as_markdown}[format_]
    mask = Mask(r.inputs for side in sides for resources in side.values() for r in resources)
    write(mask.text(report((one, other), by_file, compared)), out)


def _known(estate: Estate, *names: str) -> None:
    stacks = [spec.name for env in estate.environments for spec in estate.stacks(env)]
    for name in sorted(names, key=lambda name: name in estate.environments):  # what is neither comes first
        if name not in stacks:
            raise UsageError(
                f"{estate.name} has no environment or stack {name!r}; its environments are"
                f" {', '.join(estate.environments)}, and `kade stacks {estate.name}` lists its stacks."
            )


def _environment(name: str, estate: Estate) -> str:
    return name if name in estate.environments else name.split(".")[1]


def _pairs(one: list[str], other: list[str]) -> list[tuple[str, str, str]]:
    """The stacks that belong together: a title and the name on each side, empty where there is none."""
    if len(one) == len(other) == 1:
        return [(f"{one[0]} beside {other[0]}", one[0], other[0])]
    parts = [{name.split(".", 2)[2]: name for name in side} for side in (one, other)]
    titles = list(dict.fromkeys([*parts[0], *parts[1]]))
    return [(title, parts[0].get(title, ""), parts[1].get(title, "")) for title in titles]


def _resources(target: Target, *, deployed: bool) -> dict[str, list[Resource]]:
    """The resources of each stack: what the program says, or what stands by the local state."""
    if deployed:
        from kade.engine import state

        files = {stack.name: target.state_file(stack.name) for stack in target.stacks}
        there = {name: state.load(file, None).resources for name, file in files.items() if file.is_file()}
        if not there:
            raise UsageError(f"{target.name}: there is no local state in {target.state}; leave --deployed out.")
        return there
    from kade.cli.runs import planned

    return {stack.stack: [step.new for step in stack.steps if step.new is not None] for stack in planned(target).stacks}
