"""``kade up`` through a real Pulumi CLI with the local Azure behind it. Runs where ``pulumi`` is on PATH."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kade.azure.plugin import environment, install
from kade.backend import backup
from kade.backend.address import parse
from kade.backend.errors import BackendError
from kade.backend.folder import Folder
from kade.cli.deploy import How, deploy
from kade.cli.errors import FailedError
from kade.cli.target import Stack, Target
from kade.engine.project import load_project

pytestmark = [
    pytest.mark.needs_pulumi,
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH"),
]

PROGRAM = """
import pulumi
from pulumi_azure_native import resources

name = pulumi.get_stack()
settings = pulumi.Config()
location = settings.get("location") or "westeurope"
of = ""
if name != "base":
    of = pulumi.StackReference(f"{pulumi.get_organization()}/site/base").require_output("name")
if settings.get_bool("broken"):
    raise ValueError("this program is broken")
group = resources.ResourceGroup("group", resource_group_name=f"rg-{name}", location=location, tags={"of": of})
pulumi.export("name", group.name)
pulumi.export("password", pulumi.Output.secret("hunter22"))
"""
PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def near(args, report):
    if args.resource_type.endswith(":ResourceGroup") and args.props["location"] != "westeurope":
        report("it is too far away")

PolicyPack(
    name="near",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[ResourceValidationPolicy(name="near-by", description="Near by.", validate=near)],
)
"""
STACKS = [Stack("base"), Stack("left", ("base",)), Stack("right", ("base",))]


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Three stacks of one project, and a backend in a folder."""
    folder = tmp_path / "site"
    folder.mkdir()
    home = Path(sys.executable).parents[1]
    (folder / "Pulumi.yaml").write_text(
        f"name: site\nruntime:\n  name: python\n  options: {{toolchain: pip, virtualenv: {home}}}\n"
    )
    (folder / "__main__.py").write_text(PROGRAM)
    (tmp_path / "backend").mkdir(mode=0o700)
    for name, value in environment(install(tmp_path / "bin").parent.resolve()).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}/backend")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "test")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    _with_a_version(tmp_path / "bin")
    return folder


def _with_a_version(folder):
    """A CLI that was built from source does not know its version, and the Automation API asks for one."""
    real = shutil.which("pulumi")
    known = subprocess.run(["pulumi", "version"], capture_output=True, text=True, check=True).stdout.strip()
    if not known.startswith("v"):
        script = f'#!/bin/sh\n[ "$*" = version ] && echo v3.272.0 && exit\nexec {real} "$@"\n'
        (folder / "pulumi").write_text(script)
        (folder / "pulumi").chmod(0o755)


def target(site, stacks=STACKS):
    project = load_project(site)
    return Target("site", project, stacks, site / ".kade" / "state" / "site")


def settings(site, stack, **values):
    file = site / f"Pulumi.{stack}.yaml"
    head = [line for line in file.read_text().splitlines() if "encryptionsalt" in line] if file.exists() else []
    file.write_text("\n".join([*head, "config:", *(f"  site:{key}: {value}" for key, value in values.items()), ""]))


def up(site, capsys, status=None, stacks=STACKS[:1], **how):
    try:
        deploy(target(site, stacks), How(yes=True, **how))
    except Exception as error:
        if type(error).__name__ != "Exit":
            raise
        assert status == 1
    else:
        assert status is None
    return capsys.readouterr()


def exported(site, stack):
    done = subprocess.run(
        ["pulumi", "stack", "export", "--stack", stack], cwd=site, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)["deployment"]


def test_all_stacks_in_order_then_stopped_resumed_and_stopped_by_a_rule(site, tmp_path, capsys):
    settings(site, "left", broken="true")
    said = up(site, capsys, 1, STACKS)
    assert "base  done: 2 create" in said.out
    assert "left  failed\n    " in said.out
    assert "this program is broken" in said.out
    assert "right  not begun" in said.out
    settings(site, "left", broken="false")
    said = up(site, capsys, stacks=STACKS, resume=True, parallel=2)
    assert "base  done before" in said.out
    assert "base: planning" not in said.err
    assert said.out.count("done: 2 create") == 2
    assert "    name: rg-right\n    password: [secret]" in said.out
    assert "hunter22" not in said.out + said.err
    left = exported(site, "left")["resources"]
    assert next(r for r in left if r["type"].endswith(":ResourceGroup"))["inputs"]["tags"] == {"of": "rg-base"}
    plans = site / ".kade" / "deploy" / "plans"
    assert sorted(p.name for p in plans.iterdir()) == sorted(
        f"{stack.name}{ending}" for stack in STACKS for ending in (".json", ".pulumi.json")
    )

    pack = tmp_path / "near"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text(
        f"runtime:\n  name: python\n  options: {{toolchain: pip, virtualenv: {Path(sys.executable).parents[1]}}}\n"
    )
    (pack / "__main__.py").write_text(PACK)
    settings(site, "base", location="northeurope")
    said = up(site, capsys, 1, packs=[pack])
    assert "near-by: " in said.out
    assert "it is too far away" in said.out
    assert exported(site, "base")["resources"][-1]["inputs"]["location"] == "westeurope"


def test_only_what_was_approved_is_done(site, tmp_path, capsys):
    up(site, capsys)
    approved = tmp_path / "approved"
    shutil.copytree(site / ".kade" / "deploy" / "plans", approved)
    shutil.rmtree(tmp_path / "backend")
    (tmp_path / "backend").mkdir()
    up(site, capsys, plan=approved)  # the same on an empty backend is what was approved
    shutil.rmtree(tmp_path / "backend")
    (tmp_path / "backend").mkdir()
    settings(site, "base", location="northeurope")
    said = up(site, capsys, 1, plan=approved)
    assert "location was approved as" in said.out
    assert "base  failed" in said.out
    assert "resources" not in exported(site, "base")
    (approved / "base.json").write_text((approved / "base.json").read_text().replace("westeurope", "northeurope"))
    said = up(site, capsys, 1, plan=approved)
    assert "the plan's signature does not match" in said.out


def test_a_lock_left_behind_says_what_to_do_and_loses_nothing(site, tmp_path, capsys):
    up(site, capsys)
    before = exported(site, "base")
    store = Folder(parse(f"file://{tmp_path}/backend"))
    key = ".pulumi/locks/organization/site/base/0001.json"
    dead = {"pid": 999999, "username": "noor", "hostname": "werkplek-7", "timestamp": "2026-11-25T09:00:00Z"}
    store.write(key, json.dumps(dead).encode())
    with pytest.raises(BackendError, match="locked by noor@werkplek-7"):
        backup.make(store, tmp_path / "copy")
    settings(site, "base", location="northeurope")
    said = up(site, capsys, 1)
    assert "currently locked by 1 lock(s)" in said.out
    assert "created by noor@werkplek-7 (pid 999999)" in said.out
    assert "`pulumi cancel --stack STACK`" in said.out
    assert exported(site, "base") == before
    (store.root / key).unlink()
    said = up(site, capsys)
    assert "base  done: 1 replace" in said.out


def test_a_backup_of_a_real_backend_is_restored_and_goes_on(site, tmp_path, capsys, monkeypatch):
    up(site, capsys)
    made = backup.make(Folder(parse(f"file://{tmp_path}/backend")), tmp_path / "copy")
    assert made.resources == {"site/base": 3}
    (tmp_path / "other").mkdir(mode=0o700)
    backup.restore(backup.opened(tmp_path / "copy"), Folder(parse(f"file://{tmp_path}/other")))
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}/other")
    said = up(site, capsys)
    assert "base  done: nothing to change" in said.out


def test_two_operators_at_once(site, capsys):
    from kade.engine.errors import LockError
    from kade.engine.lock import locked

    with locked(site / ".kade" / "deploy" / "site-site.json"), pytest.raises(LockError, match="another run uses"):
        deploy(target(site), How(yes=True))


def test_a_backend_that_is_gone_is_told_in_one_sentence(site, tmp_path, capsys):
    shutil.rmtree(tmp_path / "backend")
    said = up(site, capsys, 1)
    assert "base  failed\n    " in said.out
    assert "no such file or directory" in said.out
    os.makedirs(tmp_path / "backend")  # noqa: PTH103
    assert "base  done" in up(site, capsys).out


def test_nothing_to_resume(site):
    with pytest.raises(FailedError, match="nothing to resume"):
        deploy(target(site), How(yes=True, resume=True))
