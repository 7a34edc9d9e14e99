"""What of Pulumi a program can use, and what is refused: each test runs a real one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kade.engine.values import UNKNOWN

sys.path.insert(0, str(Path(__file__).parent))
from engine_fixtures import Site, new, ops, step


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "site")


def test_transforms_of_a_resource_its_parents_and_the_stack(site: Site) -> None:
    result = site.preview(
        """
def tag(value):
    def transform(args):
        args.props["tags"] = [*(args.props.get("tags") or []), value]
        return pulumi.ResourceTransformResult(args.props, args.opts)
    return transform

def protect(args):
    if args.type_.startswith("cloud:"):
        return pulumi.ResourceTransformResult(args.props, Opts.merge(args.opts, Opts(protect=True)))

pulumi.runtime.register_resource_transform(tag("stack"))
pulumi.runtime.register_resource_transform(protect)
g = pulumi.ComponentResource("kit:index:Group", "g", {}, Opts(transforms=[tag("group")]))
a = Thing("a", opts=Opts(parent=g))
b = Thing("b", opts=Opts(parent=g, transforms=[tag("own")]), of=a.endpoint)
def old_style(args):
    return pulumi.ResourceTransformationResult({**args.props, "label": "old"}, args.opts)
Thing("c", opts=Opts(transformations=[old_style]))
Thing("d", of=a.endpoint)
"""
    )
    assert not result.error, result.diagnostics
    assert new(result, "a").inputs["tags"] == ["group", "stack"]
    b = new(result, "b")
    assert b.inputs["tags"] == ["own", "group", "stack"]
    assert b.inputs["of"] is UNKNOWN
    assert b.protect
    urn_of_a = "urn:pulumi:dev::site::kit:index:Group$cloud:index:Thing::a"
    assert b.dependencies == [urn_of_a]
    assert new(result, "d").property_dependencies == {"of": [urn_of_a]}
    assert not new(result, "g").protect
    assert new(result, "c").inputs["label"] == "old"


def test_invokes_their_transforms_and_their_failures(site: Site) -> None:
    result = site.preview(
        """
def double(args):
    args.args["number"] = args.args.get("number", 0) + 1
    return pulumi.InvokeTransformResult(args.args, args.opts)
pulumi.runtime.register_invoke_transform(double)
a = Thing("a", size=4)
pulumi.export("n", pulumi.runtime.invoke("cloud:index:double", {"number": 20}).value["doubled"])
later = pulumi.runtime.invoke_output("cloud:index:double", {"number": a.endpoint}, pulumi.InvokeOutputOptions())
pulumi.export("later", later.apply(lambda v: v["doubled"]))
try:
    pulumi.runtime.invoke("cloud:index:fail", {}).value
except Exception as error:
    pulumi.export("error", str(error))
"""
    )
    assert not result.error, result.diagnostics
    assert result.outputs["n"] == 42
    assert result.outputs["later"] is UNKNOWN
    assert "not today" in str(result.outputs["error"])


def test_a_provider_whose_configuration_is_not_known_answers_nothing(site: Site) -> None:
    """As Pulumi has it: a function of it gives an empty map, also where no provider of its package is here."""
    source = """
a = Thing("a", size=4)
class Provider(pulumi.ProviderResource):
    pass
for package in ("cloud", "elsewhere"):
    given = Provider(package, package, {"endpoint": ENDPOINT})
    options = pulumi.InvokeOptions(provider=given)
    try:
        answer = pulumi.runtime.invoke(f"{package}:index:double", {"number": 20}, options).value
    except Exception as error:
        answer = str(error)
    pulumi.export(package, answer)
"""
    unknown = site.preview(source.replace("ENDPOINT", "a.endpoint"))
    assert not unknown.error, unknown.diagnostics
    assert unknown.outputs["cloud"] == unknown.outputs["elsewhere"] == {}
    known = site.preview(source.replace("ENDPOINT", "'https://here'"))
    assert known.outputs["cloud"] == {"doubled": 40}
    assert "cannot be called here" in str(known.outputs["elsewhere"])


def test_hooks_run_in_the_program_and_can_stop_it(site: Site) -> None:
    source = """
def note(kind):
    def hook(args):
        with open("hooks.txt", "a") as file:
            file.write(f"{kind} {args.name} {args.id} {(args.new_outputs or {}).get('endpoint')}\\n")
    return hook
hooks = pulumi.ResourceHookBinding(
    before_create=[pulumi.ResourceHook("bc", note("before create"))],
    after_create=[pulumi.ResourceHook("ac", note("after create"))],
    before_delete=[pulumi.ResourceHook("bd", note("before delete"))],
)
KEEP and Thing("a", thingName="x", opts=Opts(hooks=hooks))
"""
    site.preview(source.replace("KEEP", "True"))
    assert not (site.folder / "hooks.txt").exists()
    site.update(source.replace("KEEP", "True"))
    lines = (site.folder / "hooks.txt").read_text().splitlines()
    assert lines[0].startswith("before create a")
    assert lines[1:] == ["after create a /x https://x"]
    site.update(source.replace("KEEP", "False"))
    assert (site.folder / "hooks.txt").read_text().splitlines()[-1].startswith("before delete a /x")
    failing = """
def no(args):
    raise ValueError("not on a Friday")
Thing("b", opts=Opts(hooks=pulumi.ResourceHookBinding(before_create=[pulumi.ResourceHook("no", no)])))
"""
    result = site.run("update", failing)
    assert "not on a Friday" in result.error
    assert "create b" not in site.cloud.log


def test_resources_as_values_and_their_outputs(site: Site) -> None:
    result = site.preview(
        """
a = Thing("a")
g = Group("g")
Thing("b", opts=Opts(depends_on=[a]), refs={"thing": a, "group": g})
"""
    )
    b = new(result, "b")
    assert b.inputs["refs"]["thing"].urn.endswith("Thing::a")
    assert b.inputs["refs"]["thing"].id is UNKNOWN
    assert b.inputs["refs"]["group"].id is None
    assert [u.rsplit("::", 1)[-1] for u in b.dependencies] == ["a"]


def test_assets_differ_by_content(site: Site) -> None:
    source = """
Thing("a", file=pulumi.FileAsset("data.txt"), text=pulumi.StringAsset("t"),
      pack=pulumi.AssetArchive({"x": pulumi.StringAsset("x"), "folder": pulumi.FileArchive("folder")}))
"""
    site.write(source)
    (site.folder / "folder").mkdir()
    (site.folder / "folder" / "one").write_text("1")
    (site.folder / "data.txt").write_text("one")
    site.run("update")
    assert site.preview().change_summary == {"same": 2}
    (site.folder / "data.txt").write_text("two")
    (site.folder / "folder" / "one").write_text("2")
    assert set(step(site.preview(), "a").detailed_diff) == {"file", "pack"}
    (site.folder / "data.txt").unlink()
    assert "data.txt" in site.preview().error


def test_packages_without_a_provider_preview_and_are_refused_on_update(site: Site) -> None:
    source = """
a = Thing("a", type_="docker:index:Image", region="x")
pulumi.export("e", a.endpoint)
pulumi.export("r", a.region)
"""
    result = site.preview(source)
    assert ops(result) == ["create a"]
    assert result.outputs == {"e": UNKNOWN, "r": "x"}
    refused = site.run("update", source)
    assert refused.error.startswith("a: create failed: docker:index:Image cannot be deployed locally")


def test_dynamic_providers_preview_with_unknown_outputs(site: Site) -> None:
    result = site.preview(
        """
from pulumi.dynamic import Resource, ResourceProvider, CreateResult
class P(ResourceProvider):
    def create(self, props):
        return CreateResult("id", {"made": 1})
class R(Resource):
    made: pulumi.Output[int]
    def __init__(self, name):
        super().__init__(P(), name, {"made": None, "given": 5})
r = R("r")
pulumi.export("made", r.made)
"""
    )
    assert not result.error, result.diagnostics
    assert ops(result) == ["create r"]
    assert result.outputs["made"] is UNKNOWN


def test_remote_components_and_state_migrations_are_refused_with_one_line(site: Site) -> None:
    result = site.preview('pulumi.ComponentResource("eks:index:Cluster", "c", {}, None, remote=True)')
    assert "runs" in result.error or "does not run here" in result.error
    assert [d.severity for d in result.diagnostics] == ["error"]


def test_a_method_that_runs_in_a_plugin_is_refused_by_name(site: Site) -> None:
    result = site.preview('pulumi.runtime.call("eks:index:Cluster/kubeconfig", {}, Thing("a"))')
    assert "the method eks:index:Cluster/kubeconfig runs in a plugin, which does not run here" in result.error
    assert [d.severity for d in result.diagnostics] == ["error"]


def test_components_outputs_and_async_programs(site: Site) -> None:
    result = site.preview(
        """
g = Group("g")
g.register_outputs({"size": 3})
a = Thing("a", opts=Opts(parent=g))
"""
    )
    assert new(result, "g").outputs == {"size": 3}
