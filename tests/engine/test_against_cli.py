"""The Pulumi CLI and this engine run the same programs against the same cloud, and have to agree step by step.

These tests run only where ``pulumi`` is on PATH. They use a backend in a folder, and no network.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kade.engine.plan import StackResult, is_default_provider
from kade.engine.state_values import encode

sys.path.insert(0, str(Path(__file__).parent))
from engine_fixtures import PREAMBLE, Site

pytestmark = [
    pytest.mark.needs_pulumi,
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH"),
]

BEFORE = """
g = Group("g")
a = Thing("a", region="nl", size=1, thingName="a")
b = Thing("b", region=a.region, of=a.id, thingName="b", tags={"one": 1, "two": [1, 2]})
c = Thing("c", of=b.endpoint, thingName="c", password=pulumi.Output.secret("hunter22"), opts=Opts(parent=g))
d = Thing("d", thingName="d", opts=Opts(depends_on=[g]))
e = Thing("e", thingName="e", opts=Opts(protect=True))
g.register_outputs({"c": c.id})
pulumi.export("c", c.endpoint)
pulumi.export("password", c.password)
"""
AFTER = {
    "nothing": BEFORE,
    "update": BEFORE.replace("size=1", "size=2").replace('"two": [1, 2]', '"two": [1, 3, 4]'),
    "replace": BEFORE.replace('"nl"', '"de"').replace('thingName="a")', 'thingName="a2")'),
    "delete first": BEFORE.replace('thingName="a")', 'thingName="a2", opts=Opts(delete_before_replace=True))'),
    "delete first, cascade": BEFORE.replace(
        'region="nl", size=1, thingName="a")',
        'region="de", size=1, thingName="a", opts=Opts(delete_before_replace=True))',
    ),
    "less": 'a = Thing("a", region="nl", size=1, thingName="a")\nThing("e", thingName="e", opts=Opts(protect=True))',
    "unprotected": 'Thing("a", region="nl", size=1, thingName="a")',
    "protect replaced": BEFORE.replace('thingName="e"', 'thingName="e2"'),
    "ignored": BEFORE.replace("size=1", "size=2").replace(
        'thingName="a")', 'thingName="a", opts=Opts(ignore_changes=["size", "none.there"]))'
    ),
    "replace on changes": BEFORE.replace(
        'size=1, thingName="a")', 'size=2, thingName="a", opts=Opts(replace_on_changes=["size"]))'
    ),
    "renamed": BEFORE.replace('Group("g")', 'Group("h", Opts(aliases=[pulumi.Alias(name="g")]))').replace(
        'Thing("a", region="nl"', 'Thing("z", opts=Opts(aliases=[pulumi.Alias(name="a")]), region="nl"'
    ),
    "moved": BEFORE.replace(
        'd = Thing("d", thingName="d", opts=Opts(depends_on=[g]))',
        'd = Thing("d", thingName="d", opts=Opts(parent=g, aliases=[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)]))',
    ),
    "import and read": BEFORE
    + 'Thing("i", thingName="i", size=1, opts=Opts(import_="/i"))\nr = Thing("r", opts=Opts(id="/r"))\n'
    + 'Thing("j", thingName="j", size=2, of=r.endpoint, opts=Opts(import_="/j"))\n',
    "relinquished": BEFORE.replace(
        'd = Thing("d", thingName="d", opts=Opts(depends_on=[g]))', 'd = Thing("d", opts=Opts(id="/other"))'
    ),
    "explicit provider": BEFORE.replace(
        'd = Thing("d", thingName="d", opts=Opts(depends_on=[g]))',
        """
class P(pulumi.ProviderResource):
    def __init__(self, name, opts=None):
        super().__init__("cloud", name, {"region": "nl"}, opts)
p = P("p")
d = Thing("d", thingName="d", opts=Opts(provider=p))
""",
    ),
    "deleted with": BEFORE.replace('"nl"', '"de"').replace(
        'd = Thing("d", thingName="d", opts=Opts(depends_on=[g]))',
        'd = Thing("d", thingName="d", opts=Opts(deleted_with=a))',
    ),
}


class Cli:
    """The CLI over a backend in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        bin_ = folder / "bin"
        bin_.mkdir(parents=True)
        plugin = bin_ / "pulumi-resource-cloud"
        plugin.write_text(f'#!/bin/sh\nexec {sys.executable} {Path(__file__).with_name("cloud_plugin.py")} "$@"\n')
        plugin.chmod(0o755)
        self.project = folder / "site"
        self.project.mkdir()
        (self.project / "Pulumi.yaml").write_text(
            f"name: site\nruntime:\n  name: python\nplugins:\n  providers:\n    - {{name: cloud, path: {bin_}}}\n"
        )
        (folder / "backend").mkdir()
        self.env = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_CONFIG_PASSPHRASE": "correct horse",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }
        self("stack", "init", "dev")

    def __call__(self, *arguments: str, fails: bool = False) -> str:
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.project,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert fails or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def write(self, source: str) -> None:
        (self.project / "__main__.py").write_text(PREAMBLE + source)

    def export(self) -> dict[str, Any]:
        return json.loads(self("stack", "export", "--show-secrets"))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cli, Path]:
    """A CLI that has deployed `BEFORE`, and its state."""
    folder = tmp_path_factory.mktemp("cli")
    cli = Cli(folder)
    cli.write(BEFORE)
    cli("up", "--yes", "--skip-preview")
    state = folder / "exported.json"
    state.write_text(json.dumps(cli.export()))
    return cli, state


def _ours(step: Any) -> tuple[Any, ...]:
    kinds = {path: diff.kind for path, diff in step.detailed_diff.items()}
    inputs = encode(step.new.inputs, lambda text: text) if step.new else None
    reasons = sorted(step.replace_reasons) if step.op == "replace" else []
    return (str(step.op), step.urn, kinds, reasons, _shown(inputs))


def _theirs(step: dict[str, Any]) -> tuple[Any, ...]:
    kinds = {path: diff["kind"] for path, diff in (step.get("detailedDiff") or {}).items()}
    inputs = step["newState"].get("inputs", {}) if step.get("newState") else None
    reasons = sorted(step.get("replaceReasons") or []) if step["op"] == "replace" else []
    return (step["op"], step["urn"], kinds, reasons, _shown(inputs))


def _shown(value: Any) -> Any:
    """A value as both sides show it: secrets only as such, and what only a preview cannot know as unknown."""
    if isinstance(value, dict):
        if "4dabf18193072939515e22adb298388d" in value:
            return "[secret]"
        return {k: _shown(v) for k, v in value.items() if k != "__internal"}
    if isinstance(value, list):
        return [_shown(v) for v in value]
    return value


def _by_urn(steps: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Steps of one resource keep their order; that of resources that do not depend on each other is by chance."""
    return sorted(steps, key=lambda step: step[1])


@pytest.mark.parametrize("name", AFTER)
def test_previews_agree(name: str, both: tuple[Cli, Path], tmp_path: Path) -> None:
    cli, state = both
    cli.write(AFTER[name])
    theirs = json.loads(
        cli("preview", "--json", "--show-sames", "--show-replacement-steps", "--show-reads", fails=True)
    )
    site = Site(tmp_path / "site")
    site.write(AFTER[name])
    site.cloud.things |= {f"/{n}": {"thingName": n, "size": 1} for n in ("i", "j", "r", "other")}
    shutil.copy(state, site.state)
    ours: StackResult = site.preview()
    mine = [_ours(s) for s in ours.steps if not is_default_provider(s.urn)]
    others = [_theirs(s) for s in theirs["steps"] if not is_default_provider(s["urn"])]
    assert _by_urn(mine) == _by_urn(others)
    deletions = [s[1] for s in mine if s[0].startswith("delete")]
    assert sorted(deletions) == sorted(s[1] for s in others if s[0].startswith("delete"))
    assert dict(ours.change_summary) == theirs["changeSummary"]
    failed = any(d.get("severity") == "error" for d in theirs.get("diagnostics", []))
    assert bool(ours.error) == failed


_BY_CHANCE = {"created", "modified", "id", "provider", "sourcePosition", "stackTrace"}  # times, new ids, lines


def _comparable(resource: dict[str, Any]) -> dict[str, Any]:
    made = {k: _shown(v) for k, v in resource.items() if k not in _BY_CHANCE and v not in ("", None, [], {})}
    if "propertyDependencies" in made:
        made["propertyDependencies"] = {k: sorted(v) for k, v in made["propertyDependencies"].items() if v}
    return {k: sorted(v) if k == "dependencies" else v for k, v in made.items() if v != {}}


@pytest.mark.parametrize(
    "name", ["update", "replace", "delete first, cascade", "renamed", "moved", "import and read", "explicit provider"]
)
def test_states_agree_after_an_update(
    name: str, both: tuple[Cli, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli, state = both
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", cli.env["PULUMI_CONFIG_PASSPHRASE"])
    cli("stack", "import", "--file", str(state), "--force")
    cli.write(AFTER[name])
    done = cli("up", "--yes", "--skip-preview", fails=True)
    theirs = {r["urn"]: _comparable(r) for r in cli.export()["deployment"]["resources"]}
    site = Site(tmp_path / "site")
    site.write(AFTER[name])
    for resource in json.loads(state.read_text())["deployment"]["resources"]:
        if resource.get("id", "").startswith("/"):
            site.cloud.things[resource["id"]] = resource["inputs"]
    site.cloud.things |= {f"/{n}": {"thingName": n, "size": 1} for n in ("i", "j", "r", "other")}
    shutil.copy(state, site.state)
    result = site.run("update")
    assert bool(result.error) == ("error" in done), (result.diagnostics, done)
    ours = {r["urn"]: _comparable(r) for r in json.loads(site.state.read_text())["deployment"]["resources"]}
    assert ours == theirs
