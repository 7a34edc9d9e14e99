"""Projects that are not ours: another layout, another environment, configuration, secrets."""

import json
import os
import sys
from pathlib import Path

import pytest

from kade.engine.secrets import PassphraseCrypter, new_salt
from tests.cli.conftest import GROUP, KADE, environment

SECRET = "Zeer-Geheim!42"
PASSPHRASE = "haven"
WITH_SECRET = """
import pulumi
from pulumi_azure_native import resources

config = pulumi.Config()
password = config.require_secret("password")
print("the password is", config.require("password"))
pulumi.log.warn("again " + config.require("password"))
group = resources.ResourceGroup("group", location="westeurope", tags={"p": password, "q": config.get("leaked") or ""})
pulumi.export("password", password)
pulumi.export("url", password.apply(lambda p: "https://host?key=" + p))
"""


def test_another_shape(kade, tmp_path):
    """A program in a folder of its own, with a package beside it, a virtual environment, and settings elsewhere."""
    (tmp_path / "infra" / "app" / "parts").mkdir(parents=True)
    (tmp_path / "infra" / "settings").mkdir()
    (tmp_path / "infra" / "env").symlink_to(sys.prefix)
    (tmp_path / "infra" / "Pulumi.yaml").write_text(
        "name: shape\nmain: app\nstackConfigDir: settings\n"
        "runtime: {name: python, options: {virtualenv: env}}\nconfig: {size: {type: integer, default: 2}}\n"
    )
    (tmp_path / "infra" / "settings" / "Pulumi.acc.yaml").write_text("config:\n  azure-native:location: northeurope\n")
    (tmp_path / "infra" / "app" / "parts" / "__init__.py").write_text("NAMES = ['a', 'b', 'c']\n")
    (tmp_path / "infra" / "app" / "__main__.py").write_text(
        "import pulumi\nimport parts\nfrom pulumi_azure_native import resources\n"
        "for name in parts.NAMES[: pulumi.Config().require_int('size')]:\n    resources.ResourceGroup(name)\n"
    )
    ran = kade("preview", tmp_path / "infra", "--stack", "acc", "--format", "json")
    assert ran.status == 0, ran.err
    found = json.loads(ran.out)
    groups = [s["newState"] for s in found["steps"] if s["newState"]["type"].endswith(":ResourceGroup")]
    assert [g["urn"].rsplit("::")[-1] for g in groups] == ["a", "b"]
    assert {g["inputs"]["location"] for g in groups} == {"northeurope"}


@pytest.fixture
def secretive(project):
    folder = project(WITH_SECRET)
    salt = new_salt(PASSPHRASE)
    secure = PassphraseCrypter(PASSPHRASE, salt).encrypt(SECRET)
    settings = f"encryptionsalt: {salt}\nconfig:\n  small:password:\n    secure: {secure}\n"
    (folder / "Pulumi.dev.yaml").write_text(settings)
    (folder / "Pulumi.leaks.yaml").write_text(f"{settings}  small:leaked: has {SECRET} in it\n")
    return folder


@pytest.mark.parametrize("format_", ["text", "json", "markdown", "html"])
def test_a_secret_is_in_no_report(kade, secretive, format_):
    ran = kade("preview", secretive, "--stack", "leaks", "--format", format_, PULUMI_CONFIG_PASSPHRASE=PASSPHRASE)
    assert ran.status == 0, ran.err
    assert SECRET not in ran.out + ran.err
    assert "secret" in ran.out


def test_a_secret_is_in_no_file(kade, secretive, tmp_path):
    ran = kade("up", secretive, "--stack", "dev", "--local", "--yes", PULUMI_CONFIG_PASSPHRASE=PASSPHRASE)
    assert ran.status == 0, ran.err
    assert SECRET not in ran.out + ran.err
    ran = kade("state", "snapshot", secretive, "--stack", "dev", PULUMI_CONFIG_PASSPHRASE=PASSPHRASE)
    assert ran.status == 0, ran.err
    assert SECRET not in ran.out + ran.err
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert any(file.name == "dev.json" for file in files)
    plain = [file.name for file in files if SECRET.encode() in file.read_bytes()]
    assert plain == ["Pulumi.leaks.yaml"]
    snapshot = tmp_path / "snapshot.json"
    snapshot.write_text(ran.out)
    ran = kade("preview", secretive, "--stack", "dev", "--state", snapshot, PULUMI_CONFIG_PASSPHRASE=PASSPHRASE)
    assert "no changes (2 resources)" in ran.out
    wrong = kade("preview", secretive, "--stack", "dev", PULUMI_CONFIG_PASSPHRASE="anders")
    assert wrong.status == 2
    assert "passphrase" in wrong.err


def test_only_the_format_is_on_standard_output(kade, project):
    ran = kade("preview", project("print('from the program')\n" + GROUP), "--stack", "dev", "--format", "json")
    assert json.loads(ran.out)["changeSummary"] == {"create": 2}
    assert "previewing dev" in ran.err


def test_a_report_into_a_file(kade, project, tmp_path):
    out = tmp_path / "new" / "report.html"
    ran = kade("preview", project(), "--stack", "dev", "--format", "html", "--out", out)
    assert (ran.status, ran.out) == (0, "")
    assert out.read_text().startswith("<!DOCTYPE html>")
    assert str(out) in ran.err


def test_colours_on_a_terminal_unless_not_wanted(project):
    folder = project()
    assert "\x1b[1;32m+" in on_terminal(folder, TERM="xterm-256color")
    assert "\x1b[" not in on_terminal(folder, TERM="xterm-256color", NO_COLOR="1").split("small/dev")[1]


def on_terminal(folder, **variables):
    """What the command writes to a terminal."""
    import pty
    import subprocess

    ours, theirs = pty.openpty()
    command = [KADE, "preview", folder, "--stack", "dev"]
    run = subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=environment(**variables))
    os.close(theirs)
    text = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        text += part
    run.wait(60)
    os.close(ours)
    return text.decode()


def test_check_of_what_was_deployed(kade, project, tmp_path):
    folder = project()
    assert kade("up", folder, "--stack", "dev", "--local", "--yes").status == 0
    ran = kade("check", folder / ".kade/state/small/dev.json", "--verdicts", "all", "--format", "json")
    assert ran.status in (0, 1), ran.err
    assert json.loads(ran.out)["summary"]["resources"] >= 1


def test_help_is_quick_and_names_what_there_is(kade):
    ran = kade("--help")
    assert ran.status == 0
    for command in ("preview", "up", "destroy", "check", "policies", "schema", "state"):
        assert command in ran.out
        assert kade(command, "--help").status == 0


def test_help_imports_nothing_heavy():
    import subprocess

    code = "import sys, kade.cli.main; print(','.join(m for m in sys.modules if '.' not in m))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    loaded = set(done.stdout.strip().split(","))
    assert not loaded & {"pulumi", "pulumi_azure_native", "pydantic", "grpc", "ruamel", "cryptography"}


def test_schema_and_rules(kade):
    assert json.loads(kade("schema").out)["$schema"].startswith("https://json-schema.org/")
    ran = kade("policies", "list", "--format", "json")
    rules = json.loads(ran.out)
    assert {"rule", "severity", "measures", "remediation"} <= set(rules[0])
    shown = kade("policies", "show", rules[0]["rule"])
    assert rules[0]["title"] in shown.out
