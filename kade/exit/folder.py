"""A folder with a plain Pulumi project: the program, what it needs, the state to begin with, and how to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kade.engine import state
from kade.engine.plan import Resource
from kade.engine.state_model import Deployment
from kade.engine.urns import STACK_TYPE
from kade.exit.program import program_of

README = """\
# {stack}

The stack `{stack}` as a Pulumi program without Kade, made from its state. It changes nothing that stands:

    pulumi stack init {stack}
    pulumi stack import --file state.json
    pulumi preview

`state.json` is the state without its secrets and without the stacks that Kade's program read; import the state of your
own backend in its place where secrets must be kept. What those stacks gave (subnets, vaults, workspaces) stands in the
program as it was. Some resources are protected: to delete them, take `protect=True` away and deploy first.
"""


def write_project(folder: Path, project: str, stack: str, found: Deployment) -> list[Path]:
    """Write it; returns the files. Raises `kade.exit.program.ProgramError`, and `OSError` as writing does."""
    own = without_references(found)
    text = program_of(stack, own.resources, _outputs(found))
    folder.mkdir(parents=True, exist_ok=True)
    files: Mapping[str, str] = {
        "Pulumi.yaml": f"name: {project}\nruntime: python\ndescription: {stack}, without Kade\n",
        "__main__.py": text,
        "requirements.txt": "".join(f"{name}=={version(name)}\n" for name in ("pulumi", "pulumi-azure-native")),
        "README.md": README.format(stack=stack),
    }
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    state.save_snapshot(folder / "state.json", own)
    return [*(folder / name for name in files), folder / "state.json"]


def without_references(found: Deployment) -> Deployment:
    """A deployment without what was only read, and without the dependencies on it."""
    read = {resource.urn for resource in found.resources if resource.external}
    kept = [_without(resource, read) for resource in found.resources if resource.urn not in read]
    return replace(found, resources=kept)


def _without(resource: Resource, read: set[str]) -> Resource:
    return replace(
        resource,
        dependencies=[urn for urn in resource.dependencies if urn not in read],
        property_dependencies={
            key: [urn for urn in urns if urn not in read] for key, urns in resource.property_dependencies.items()
        },
    )


def _outputs(found: Deployment) -> Mapping[str, Any]:
    """What the stack exports."""
    stacks = [resource for resource in found.resources if resource.type == STACK_TYPE]
    return stacks[0].outputs if stacks else {}
