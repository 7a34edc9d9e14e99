"""How a program runs, fails, and hands on what it made: each test runs a real one."""

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
from engine_fixtures import Site, new, ops


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
