"""What is changed in the SDK inside the program's process changes nothing that anybody sees, but the time."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from engine_fixtures import Cloud, Site

SOURCE = """
from pulumi_azure_native import resources
rg = resources.ResourceGroup("rg", location="westeurope", resource_group_name="rg",
    opts=Opts(aliases=[pulumi.Alias(name="older"), pulumi.Alias(type_="cloud:index:Thing", name="other")]))
tags = resources.TagsArgs(tags={"a": "b"})
t = resources.TagAtScope("t", scope="/subscriptions/1", opts=Opts(parent=rg), properties=tags)
pulumi.export("id", rg.id)
"""


def _plan(site: Site, plain: bool) -> list[tuple[object, ...]]:
    environment = {"KADE_PLAIN": "1"} if plain else {}
    site.cloud.count = 0  # the names that it makes up are numbered
    result = site.preview(SOURCE, environment=environment)
    assert not result.error, result.diagnostics
    found = []
    for step in result.steps:
        old = step.old.urn if step.old else ""
        new = step.new
        rest = (new.inputs, new.dependencies, dict(new.property_dependencies), new.parent) if new else ()
        found.append((step.op, step.urn, old, rest, dict(step.detailed_diff)))
    return sorted(found, key=lambda item: str(item[1]))


@pytest.mark.parametrize(
    "type_",
    [
        "azure-native:resources:ResourceGroup",
        "azure-native:resources/v20220901:ResourceGroup",
        "azure-native_resources_v20240301:resources:ResourceGroup",
        "azure-nextgen:resources/latest:ResourceGroup",
    ],
)
@pytest.mark.parametrize("name", ["rg", "older"])
def test_dropping_the_old_types_gives_the_same_plan(tmp_path: Path, type_: str, name: str) -> None:
    cloud = Cloud()
    site = Site(tmp_path / "site", cloud, options={"providers": {"azure-native": cloud}})
    site.update(SOURCE)
    state = json.loads(site.state.read_text())
    old, new = "azure-native:resources:ResourceGroup", type_
    text = json.dumps(state).replace(f"{old}::rg", f"{new}::{name}").replace(f'"{old}"', f'"{new}"')
    site.state.write_text(text.replace(f"{old}$", f"{new}$"))
    full, fewer = _plan(site, plain=True), _plan(site, plain=False)
    assert fewer == full
    if not type_.startswith("azure-nextgen"):
        assert [item[0] for item in fewer] == ["same"] * 4


def test_debug_messages_waits_and_places_in_the_source_change_nothing(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    source = """
pulumi.log.debug("nobody reads this")
things = [Thing(f"t{n}", size=n) for n in range(20)]
pulumi.export("sizes", pulumi.Output.all(*[t.size for t in things]).apply(sum))
pulumi.export("late", pulumi.Output.from_input(things[3].size).apply(lambda s: Thing("late", size=s).size))
"""
    plain = site.preview(source, environment={"KADE_PLAIN": "1"})
    fast = site.preview(source)
    assert plain.outputs == fast.outputs == {"sizes": 190, "late": 3}
    places = [{s.urn: s.new.source_position for s in result.steps if s.new} for result in (plain, fast)]
    assert places[0] == places[1]
    assert sum("__main__.py#" in place for place in places[0].values()) == 21
    assert not any("nobody" in d.message for d in fast.diagnostics)
