"""What a program can do and how it can fail: each test runs a real one."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest

from kade.engine import stacks
from kade.engine.errors import ProjectError, StateError
from kade.engine.job import Job
from kade.engine.project import load_project
from kade.engine.session import Registered, StepDone
from kade.engine.values import UNKNOWN, Secret

sys.path.insert(0, str(Path(__file__).parent))
from engine_fixtures import Site, new, ops, step


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "site")


def test_an_exception_is_reported_from_the_programs_own_line_on(site: Site) -> None:
    result = site.preview('Thing("a")\ndef boom():\n    raise ValueError("no")\nboom()')
    assert result.error == "ValueError: no"
    error = next(d for d in result.diagnostics if d.severity == "error")
    lines = error.message.splitlines()
    assert lines[0] == "Program failed with an unhandled exception:"
    assert "__main__.py" in lines[2]
    assert "runpy" not in error.message


def test_dependencies_have_an_order_so_that_two_plans_are_the_same_text(site: Site) -> None:
    result = site.preview(
        """
made = [Thing(name) for name in "edcab"]
Thing("last", all=pulumi.Output.all(*(m.endpoint for m in made)), opts=Opts(depends_on=made))
"""
    )
    last = new(result, "last")
    assert [urn[-1] for urn in last.dependencies] == [*"abcde"]
    assert [urn[-1] for urn in last.property_dependencies["all"]] == [*"abcde"]


def test_an_exception_in_an_apply_fails_the_run(site: Site) -> None:
    result = site.preview('Thing("a", region="nl").region.apply(lambda r: 1 / 0)')
    assert "ZeroDivisionError" in result.error


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ('Thing("a")\nimport sys\nsys.exit(3)', "the program exited with non-zero exit code: 3"),
        ('raise pulumi.RunError("the region is missing")', "the region is missing"),
        ("import os\nos._exit(7)", "the program exited with non-zero exit code: 7"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "the program was ended by signal 9"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("def f(:", "SyntaxError: invalid syntax"),
        ('pulumi.Config().require("size")', "Missing required configuration variable 'site:size'"),
    ],
)
def test_a_program_that_fails(site: Site, source: str, error: str) -> None:
    site.update('Thing("old")')
    before = site.state.read_text()
    result = site.run("update", source)
    assert error in result.error, result.diagnostics
    assert "delete old" not in ops(result)
    assert "::old" in site.state.read_text() or before == site.state.read_text()


def test_exit_with_zero_is_a_success(site: Site) -> None:
    result = site.preview('Thing("a")\nimport sys\nsys.exit(0)')
    assert not result.error
    assert ops(result) == ["create a"]


def test_a_program_that_hangs_is_ended(site: Site) -> None:
    began = time.monotonic()
    result = site.preview("import time\ntime.sleep(60)", time_limit=2.0)
    assert "did not end within 2 s" in result.error
    assert time.monotonic() - began < 20


def test_what_a_program_is_told_of_its_run(site: Site) -> None:
    (site.folder / "sub").mkdir(parents=True)
    site.write("", yaml="name: site\nruntime: python\nmain: sub\nconfig:\n  size: {type: integer, default: 4}\n")
    (site.folder / "Pulumi.dev.yaml").write_text("config:\n  site:list: [1, 2]\n  other:key: value\n")
    (site.folder / "sub" / "helper.py").write_text("FOUND = 'helper'\n")
    (site.folder / "sub" / "__main__.py").write_text(
        """
import os, pulumi, helper
c = pulumi.Config()
pulumi.export("told", {
    "org": pulumi.get_organization(), "project": pulumi.get_project(), "stack": pulumi.get_stack(),
    "root": pulumi.runtime.get_root_directory() if hasattr(pulumi.runtime, "get_root_directory")
        else pulumi.get_root_directory(),
    "cwd": os.getcwd(), "size": c.require_int("size"), "list": c.require_object("list"),
    "other": pulumi.Config("other").get("key"), "dry": pulumi.runtime.is_dry_run(), "helper": helper.FOUND,
    "file": __file__, "env": os.environ["PULUMI_STACK"],
})
"""
    )
    told = site.run("preview").outputs["told"]
    assert told == {
        "org": "organization",
        "project": "site",
        "stack": "dev",
        "root": str(site.folder),
        "cwd": str(site.folder / "sub"),
        "size": 4,
        "list": [1, 2],
        "other": "value",
        "dry": True,
        "helper": "helper",
        "file": str(site.folder / "sub" / "__main__.py"),
        "env": "dev",
    }


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


def test_a_project_that_wants_a_refresh_is_told_that_none_is_done(site: Site) -> None:
    site.write('Thing("a")', yaml="name: site\nruntime: python\noptions:\n  refresh: always\n")
    result = site.preview()
    assert ops(result) == ["create a"]
    (warning,) = [d.message for d in result.diagnostics if d.severity == "warning"]
    assert "asks for a refresh before every run, which is not done here" in warning


def test_events_tell_of_the_progress(site: Site) -> None:
    events = []
    site.preview('Thing("a")', on_event=events.append)
    assert any(isinstance(e, Registered) and e.urn.endswith("::a") for e in events)
    assert any(isinstance(e, StepDone) and e.step.urn.endswith("::a") for e in events)


def test_a_damaged_state_and_a_missing_environment_are_errors_of_the_call(site: Site) -> None:
    site.update('Thing("a")')
    text = site.state.read_text()
    site.state.write_text(text[: len(text) // 2])
    with pytest.raises(StateError, match=r"state\.json:\d+:\d+"):
        site.preview()
    site.state.write_text(text)
    site.write("", yaml="name: site\nruntime:\n  name: python\n  options:\n    virtualenv: nowhere\n")
    with pytest.raises(ProjectError, match="nowhere"):
        site.run("preview")


def test_outputs_flow_between_stacks_known_or_not(tmp_path: Path) -> None:
    first = Site(tmp_path / "first", name="first")
    first.write(
        'a = Thing("a", region="nl")\npulumi.export("region", a.region)\npulumi.export("id", a.id)\n'
        'pulumi.export("password", pulumi.Output.secret("hunter22"))\npulumi.export("mixed", {"id": a.id, "n": 1})\n'
        "import time; time.sleep(1)"
    )
    second = Site(tmp_path / "second", name="second")
    second.write(
        'r = pulumi.StackReference("organization/first/dev")\n'
        'Thing("b", region=r.require_output("region"), of=r.get_output("id"), password=r.get_output("password"))\n'
        'pulumi.export("none", r.get_output("nothing"))\n'
        'pulumi.export("n", r.get_output("mixed").apply(lambda m: m["n"]))'
    )
    jobs = [Job(load_project(s.folder), "dev", state=s.state, providers={"cloud": s.cloud}) for s in (first, second)]
    events: list[str] = []
    results = stacks.preview_stacks(jobs, on_event=lambda stack, event: events.append(stack), side_by_side=2)
    assert [r.error for r in results] == ["", ""]
    b = new(results[1], "b")
    assert b.inputs["region"] == "nl"
    assert b.inputs["of"] is UNKNOWN
    assert b.inputs["password"] == Secret("hunter22")
    assert "none" not in results[1].outputs
    assert events
    done = stacks.update_stacks(jobs)
    assert [r.error for r in done] == ["", ""]
    assert new(done[1], "b").inputs["of"] == "/a-" + done[0].outputs["id"].rsplit("-", 1)[1]
    gone = stacks.destroy_stacks(jobs)
    assert [r.project for r in gone] == ["second", "first"]
    assert first.cloud.things == second.cloud.things == {}


def test_stacks_that_refer_to_each_other_or_to_none(tmp_path: Path) -> None:
    sites = [Site(tmp_path / name, name=name) for name in ("one", "two")]
    for mine, other in zip(sites, reversed(sites), strict=True):
        mine.write(f'pulumi.StackReference("organization/{other.name}/dev")')
    jobs = [Job(load_project(s.folder), "dev") for s in sites]
    results = stacks.preview_stacks(jobs, side_by_side=2)
    assert any("in a circle" in r.error for r in results)
    alone = sites[0].preview()
    assert "unknown stack 'organization/two/dev'" in alone.error


def test_a_project_of_another_shape(tmp_path: Path) -> None:
    """Main at the root, its own namespace of configuration, a component, the random provider, secrets in the stack."""
    folder = tmp_path / "webshop"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(
        "name: webshop\nruntime:\n  name: python\ndescription: A shop\nconfig:\n  webshop:replicas: {default: 2}\n"
    )
    (folder / "Pulumi.prod.yaml").write_text("config:\n  webshop:title: Kaaswinkel\n")
    (folder / "shop.py").write_text(
        """
import pulumi
class RandomThing(pulumi.CustomResource):
    result: pulumi.Output[str]
    def __init__(self, kind, name, props, opts=None):
        type_ = f"random:index/{kind[0].lower()}{kind[1:]}:{kind}"
        super().__init__(type_, name, {"result": None, "hex": None, **props}, opts)

class Shop(pulumi.ComponentResource):
    def __init__(self, name, title, opts=None):
        super().__init__("shop:index:Shop", name, {}, opts)
        inside = pulumi.ResourceOptions(parent=self)
        self.password = RandomThing("RandomPassword", f"{name}-password", {"length": 20}, inside)
        self.suffix = RandomThing("RandomId", f"{name}-id", {"byteLength": 4}, inside)
        self.pet = RandomThing("RandomPet", f"{name}-pet", {}, inside)
        self.register_outputs({"title": title})
"""
    )
    (folder / "__main__.py").write_text(
        """
import pulumi
from shop import Shop
config = pulumi.Config()
shops = [Shop(f"shop{n}", config.require("title")) for n in range(config.require_int("replicas"))]
pulumi.export("password", shops[0].password.result)
pulumi.export("hex", shops[0].suffix.hex)
"""
    )
    from kade.engine import run

    project = load_project(folder)
    plan = run.preview(project, "prod")
    assert not plan.error, plan.diagnostics
    assert plan.change_summary == {"create": 9}
    made = run.update(project, "prod", state=folder / "prod.json")
    assert isinstance(made.outputs["password"], Secret)
    assert len(made.outputs["password"].value) == 20
    assert len(made.outputs["hex"]) == 8
    assert made.outputs["password"].value not in (folder / "prod.json").read_text()
    assert run.preview(project, "prod", state=folder / "prod.json").change_summary == {"same": 9}
    assert json.loads((folder / "prod.json").read_text())["version"] == 3


def test_no_process_is_left(site: Site) -> None:
    site.preview("import os\npulumi.export('pid', os.getpid())")
    pid = site.preview().outputs["pid"]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
