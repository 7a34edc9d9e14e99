"""The pack in the guide, as it stands there: read directly, tested by its own test, and served to Pulumi."""

import re
import subprocess
import sys
from pathlib import Path

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty  # ty: ignore[missing-module-member] made at run time
from google.protobuf.struct_pb2 import Struct  # ty: ignore[missing-module-member] made at run time
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from kade.check import run

ROOT = Path(__file__).resolve().parent.parent.parent
GUIDE = (ROOT / "docs" / "guides" / "own-pack.md").read_text()
BLOCKS = re.findall(r"```(?:yaml|python)\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "policies" / "lindewaard"
    folder.mkdir(parents=True)
    (folder / "PulumiPolicy.yaml").write_text(BLOCKS[0])
    (folder / "__main__.py").write_text(BLOCKS[1])
    (tmp_path / "test_lindewaard.py").write_text(BLOCKS[2])
    return folder


def test_it_takes_about_twenty_lines() -> None:
    assert len([line for line in BLOCKS[1].splitlines() if line.strip()]) <= 20


def test_its_test_passes_and_fails_when_the_rule_is_wrong(pack: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_lindewaard.py"]
    right = subprocess.run(command, cwd=pack.parent.parent, capture_output=True, text=True, check=False)
    assert right.returncode == 0, right.stdout
    main = pack / "__main__.py"
    main.write_text(main.read_text().replace("tags.owner", "tags.eigenaar"))
    wrong = subprocess.run(command, cwd=pack.parent.parent, capture_output=True, text=True, check=False)
    assert wrong.returncode == 1
    assert "lindewaard-owner passes[0]" in wrong.stdout


def test_a_check_takes_it(pack: Path, tmp_path: Path) -> None:
    file = tmp_path / "account.json"
    file.write_text('{"type": "Microsoft.Storage/storageAccounts", "name": "a", "properties": {}}')
    found = [r for r in run([file], packs=[pack], exemptions=[]).results if r.rule == "lindewaard-owner"]
    assert [(r.verdict, r.pack, r.message) for r in found] == [("fail", "lindewaard", "it has no tag owner")]


@pytest.mark.parametrize("own", [True, False], ids=["the guide's", "our security pack"])
def test_pulumi_is_served(pack: Path, own: bool) -> None:
    folder = pack if own else ROOT / "policies" / "security"
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder)
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            analyzer = analyzer_pb2_grpc.AnalyzerStub(channel)
            info = analyzer.GetAnalyzerInfo(Empty(), timeout=20)
            request = analyzer_pb2.AnalyzeRequest(
                type="azure-native:storage/v20230101:StorageAccount",
                urn="urn:pulumi:s::p::azure-native:storage:StorageAccount::a",
                name="a",
                properties=Struct(),
            )
            answer = analyzer.Analyze(request, timeout=20)
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()
    name = "lindewaard-owner" if own else "kade-storage-minimum-tls"
    rule = next(p for p in info.policies if p.name == name)
    assert "type:azure-native:storage:StorageAccount" in rule.tags
    assert rule.remediation_steps.startswith("Set")
    assert rule.framework.name == "BIO2"
    assert rule.severity in (analyzer_pb2.POLICY_SEVERITY_MEDIUM, analyzer_pb2.POLICY_SEVERITY_HIGH)
    assert name in [d.policyName for d in answer.diagnostics]
