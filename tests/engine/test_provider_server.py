"""The plugin is started as the Pulumi CLI starts one, and spoken to over the real protocol."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2 as _empty
from pulumi.runtime.proto import provider_pb2 as _provider
from pulumi.runtime.proto import provider_pb2_grpc

from kade.engine import wire

empty_pb2: Any = _empty
provider_pb2: Any = _provider
PLUGIN = """
from kade.engine.provider_server import serve
from kade.engine.random_provider import Random
serve(Random(), "9.9.9")
"""
URN = "urn:pulumi:dev::t::random:index/randomPassword:RandomPassword::pw"


@pytest.fixture(scope="module")
def plugin():
    with subprocess.Popen([sys.executable, "-c", PLUGIN], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
        process.kill()


def test_it_says_its_version(plugin):
    assert plugin.GetPluginInfo(empty_pb2.Empty()).version == "9.9.9"


def test_what_is_secret_in_an_output_is_marked(plugin):
    created = plugin.Create(provider_pb2.CreateRequest(urn=URN, properties=wire.encode({"length": 16})))
    result = wire.decode(created.properties)["result"]
    assert len(result.value) == 16
    assert "result" not in repr(result)


def test_a_preview_has_no_id(plugin):
    created = plugin.Create(provider_pb2.CreateRequest(urn=URN, properties=wire.encode({"length": 16}), preview=True))
    assert created.id == ""


def test_what_is_wrong_with_inputs_is_a_failure(plugin):
    checked = plugin.Check(provider_pb2.CheckRequest(urn=URN, news=wire.encode({})))
    assert "length" in checked.failures[0].reason


def test_a_change_that_replaces_says_so_by_property(plugin):
    old, new = wire.encode({"length": 12, "special": True}), wire.encode({"length": 14, "special": True})
    found = plugin.Diff(provider_pb2.DiffRequest(id="none", urn=URN, olds=old, old_inputs=old, news=new))
    assert found.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert list(found.replaces) == ["length"]
    assert found.detailedDiff["length"].kind == provider_pb2.PropertyDiff.UPDATE_REPLACE
    same = plugin.Diff(provider_pb2.DiffRequest(id="none", urn=URN, olds=old, old_inputs=old, news=old))
    assert same.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_refusal_is_one_sentence(plugin):
    with pytest.raises(grpc.RpcError) as refused:
        plugin.Invoke(provider_pb2.InvokeRequest(tok="random:index:nothing", args=wire.encode({})))
    assert "random:index:nothing" in str(refused.value)


@pytest.mark.needs_pulumi
@pytest.mark.skipif(not shutil.which("pulumi"), reason="the Pulumi CLI is not on PATH")
def test_the_real_cli_takes_it(tmp_path, monkeypatch):
    plugin = tmp_path / "bin" / "pulumi-resource-random"
    plugin.parent.mkdir()
    plugin.write_text(f"#!{sys.executable}\n{PLUGIN}")
    plugin.chmod(0o755)
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: t\nruntime: python\n")
    (project / "__main__.py").write_text(
        "import pulumi\n"
        "class Pet(pulumi.CustomResource):\n"
        "    id: pulumi.Output[str]\n"
        "pet = Pet('random:index/randomPet:RandomPet', 'pet', {'length': 2})\n"
        "pulumi.export('pet', pet.id)\n"
    )
    (tmp_path / "state").mkdir()
    monkeypatch.setenv("PATH", f"{plugin.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}")
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}/state")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "test")
    monkeypatch.setenv("PULUMI_SKIP_UPDATE_CHECK", "1")
    monkeypatch.setenv("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "1")

    def pulumi(*args: str) -> str:
        ran = subprocess.run(["pulumi", *args], cwd=project, capture_output=True, text=True, timeout=120)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    pulumi("stack", "init", "dev")
    pulumi("up", "--yes", "--skip-preview")
    assert "-" in pulumi("stack", "output", "pet")
    assert "2 unchanged" in pulumi("preview")
