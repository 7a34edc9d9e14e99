"""Runs a program against Pulumi's mocks and gives back what it registered."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks


@dataclass
class Registered:
    """One registered resource, with its inputs as they would go to Azure."""

    type: str
    name: str
    inputs: dict[str, Any]
    id: str


@dataclass
class Run:
    """Everything that a program registered."""

    resources: list[Registered] = field(default_factory=list)

    def of(self, kind: str) -> list[Registered]:
        """Resources whose type ends with ``kind``."""
        return [r for r in self.resources if r.type.rsplit(":", 1)[-1] == kind]

    def one(self, name: str) -> Registered:
        """The resource of that name in the program."""
        (found,) = [r for r in self.resources if r.name == name]
        return found


class _Azure(mocks.Mocks):
    def __init__(self, run: Run, outputs: dict[str, Any]) -> None:
        self._run = run
        self._outputs = outputs

    def new_resource(self, args: mocks.MockResourceArgs):
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, {"name": args.name, "outputs": self._outputs.get(args.name.rsplit(".", 1)[-1], {})}
        id_ = f"/subscriptions/s/{args.name}"
        if args.custom:
            self._run.resources.append(Registered(args.typ, args.name, dict(args.inputs), id_))
        names = [v for k, v in args.inputs.items() if k.endswith("Name") and k != "resourceGroupName"]
        # An identity's output has another shape than its input (a map, not a list).
        outputs = dict(args.inputs)
        if identities := outputs.get("identity", {}).get("userAssignedIdentities"):
            outputs["identity"] = {"userAssignedIdentities": {identity: {} for identity in identities}}
        if args.typ == "azure-native:keyvault:Key":
            outputs["keyUri"] = f"https://{outputs['vaultName']}.vault.azure.net/keys/{outputs['keyName']}"
        return id_, {"name": names[-1] if names else args.name, **outputs}

    def call(self, args: mocks.MockCallArgs):
        return {}


def run(program, outputs: dict[str, Any] | None = None) -> Run:
    """Run a program; ``outputs`` are those of other stacks by layer. Whatever it raises is raised here."""
    made = Run()
    asyncio.set_event_loop(asyncio.new_event_loop())
    mocks.set_mocks(_Azure(made, outputs or {}), project="kade", stack="test", preview=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pulumi.ResourceOptions, "merge", staticmethod(_without_aliases))
        pulumi.runtime.test(program)()
    return made


_merge = pulumi.ResourceOptions.merge


def _without_aliases(opts1=None, opts2=None):
    """Each azure-native class carries up to sixty aliases of old API versions, which cost most of a run's time."""
    if opts2 is not None and isinstance(opts2.aliases, list):
        opts2.aliases = None
    return _merge(opts1, opts2)
