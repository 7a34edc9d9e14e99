"""A small cloud for tests of the engine, and projects around programs that are written in the test."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kade.engine import diff, run
from kade.engine.plan import Resource, StackResult, Step
from kade.engine.project import load_project
from kade.engine.provider import Change, Checked, Diff, Failure, Made, ProviderError, Tree
from kade.engine.values import UNKNOWN

PREAMBLE = '''
import pulumi
from pulumi import ResourceOptions as Opts

class Thing(pulumi.CustomResource):
    """A resource of the test cloud; `size` and `label` are changed in place, `region` is not."""
    def __init__(self, name, opts=None, type_="cloud:index:Thing", **props):
        props.setdefault("endpoint", None)
        super().__init__(type_, name, props, opts)

class Group(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("kit:index:Group", name, {}, opts)

'''


@dataclass
class Cloud:
    """A provider that keeps what it made, so that a test sees what was really done."""

    things: dict[str, Tree] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    fails: set[str] = field(default_factory=set)
    delete_first: bool = False
    count: int = 0

    def check(self, urn: str, type_: str, old: Tree | None, new: Tree, *, preview: bool) -> Checked:
        made = dict(new)
        if "thingName" not in made:
            made["thingName"] = (
                old["thingName"] if old and "thingName" in old else f"{urn.rsplit('::')[-1]}-{self.count}"
            )
            self.count += 1
        bad = (
            [Failure("size", f"found {made['size']!r}, a size is a whole number")] if made.get("size") == "big" else []
        )
        return Checked(made, bad)

    def diff(self, urn: str, type_: str, id_: str, old_inputs: Tree, old_outputs: Tree, new: Tree) -> Diff:
        changed = diff.changed(old_inputs, new)
        replaces = [path for path in changed if re.match(r"(region|thingName)\b", path)]
        change = Change.REPLACE if replaces else Change.UPDATE if changed else Change.NONE
        return Diff(change, changed, replaces, self.delete_first)

    def create(self, urn: str, type_: str, inputs: Tree, *, preview: bool) -> Made:
        if preview:
            return Made(UNKNOWN, {**inputs, "endpoint": UNKNOWN, "key": UNKNOWN}, frozenset({"key"}))
        name = urn.rsplit("::", 1)[-1]
        self.log.append(f"create {name}")
        if f"create {name}" in self.fails:
            raise ProviderError(f"the cloud has no room for {name}")
        id_ = f"/{inputs['thingName']}"
        self.things[id_] = inputs
        return Made(
            id_, {**inputs, "endpoint": f"https://{inputs['thingName']}", "key": "k3y-value"}, frozenset({"key"})
        )

    def update(
        self, urn: str, type_: str, id_: str, old_inputs: Tree, old_outputs: Tree, new: Tree, *, preview: bool
    ) -> Made:
        if not preview:
            self.log.append(f"update {urn.rsplit('::', 1)[-1]}")
            self.things[id_] = new
        return Made(id_, {**old_outputs, **new}, frozenset({"key"}))

    def delete(self, urn: str, type_: str, id_: str, inputs: Tree, outputs: Tree) -> None:
        self.log.append(f"delete {urn.rsplit('::', 1)[-1]}")
        del self.things[id_]

    def read(self, urn: str, type_: str, id_: str, inputs: Tree) -> tuple[Tree, Tree] | None:
        found = self.things.get(id_)
        return None if found is None else (found, {**found, "endpoint": f"https://{found['thingName']}"})

    def invoke(self, token: str, args: Tree, *, preview: bool) -> Tree:
        if token == "cloud:index:fail":
            raise ProviderError("not today")
        return {"doubled": args["number"] * 2}


@dataclass
class Site:
    """A project in a folder, a state beside it, and a cloud."""

    folder: Path
    cloud: Cloud = field(default_factory=Cloud)
    name: str = "site"
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        return self.folder / "state.json"

    def write(self, source: str, *, yaml: str = "") -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "Pulumi.yaml").write_text(yaml or f"name: {self.name}\nruntime: python\n")
        (self.folder / "__main__.py").write_text(PREAMBLE + source)

    def run(self, mode: str, source: str | None = None, **options: Any) -> StackResult:
        if source is not None:
            self.write(source)
        call: Any = {"preview": run.preview, "update": run.update, "destroy": run.destroy}[mode]
        every: dict[str, Any] = {"state": self.state, "providers": {"cloud": self.cloud}, **self.options, **options}
        return call(load_project(self.folder), "dev", **every)

    def preview(self, source: str | None = None, **options: Any) -> StackResult:
        return self.run("preview", source, **options)

    def update(self, source: str | None = None, **options: Any) -> StackResult:
        result = self.run("update", source, **options)
        assert not result.error, result.diagnostics
        return result


def ops(result: StackResult) -> list[str]:
    """The steps as ``op name``, without the stack's and the providers' own that are the same or new."""
    return [f"{s.op} {s.urn.rsplit('::', 1)[-1]}" for s in result.steps if not _plumbing(s)]


def _plumbing(step: Step) -> bool:
    return step.type == "pulumi:pulumi:Stack" or (step.type.startswith("pulumi:providers:") and "default" in step.urn)


def new(result: StackResult, name: str) -> Resource:
    """What the one resource of this name becomes."""
    found = {id(s.new): s.new for s in result.steps if s.new is not None and s.urn.rsplit("::", 1)[-1] == name}
    assert len(found) == 1, (name, ops(result))
    return next(iter(found.values()))


def step(result: StackResult, name: str, op: str = "") -> Step:
    """The one step of this name (and operation)."""
    found = [s for s in result.steps if s.urn.rsplit("::", 1)[-1] == name and (not op or s.op == op)]
    assert len(found) == 1, (name, op, ops(result))
    return found[0]
