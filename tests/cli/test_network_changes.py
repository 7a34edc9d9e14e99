"""What a change of the network does in a preview of what stands: an overlap is refused, an isolation only denies."""

import json
import re
import shutil
import subprocess

import pytest

from tests.cli.conftest import KADE, ROOT, change, environment

SUPPLIER = """  partners:
    leverancier:
      title: A supplier with a range of ours
      kind: supplier
      connection: vpn
      ranges: [10.40.0.0/24]
      public_addresses: [192.0.2.77]
"""
FLOW = '  flows:\n    leverancier-in: {from: "partner:leverancier", to: beheer, ports: [443], why: Maintains it}\n'
TRANSLATED = SUPPLIER + "      translations: [{real: 10.40.0.0/24, seen_as: 100.100.0.0/24}]\n"
TUNNEL = (
    "      vpn:\n        sku: VpnGw2AZ\n        connections:\n"
    '          leverancier: {to: "partner:leverancier", shared_key: "config:vpn-leverancier"}\n'
)
PREVIEW = ("--layer", "connectivity", "--no-policies")


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    """The small municipality as it stands in the local Azure."""
    folder = tmp_path_factory.mktemp("standing") / "duinrand"
    shutil.copytree(ROOT / "estates" / "duinrand", folder)
    command = [
        KADE,
        "up",
        folder,
        "--local",
        "--yes",
        "--no-policies",
        "--layer",
        "platform",
        "--layer",
        "connectivity",
    ]
    done = subprocess.run(command, env=environment(), cwd=folder.parent, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def changed(standing, tmp_path):
    """A copy of what stands, its file changed."""

    def make(*changes):
        folder = tmp_path / "duinrand"
        if folder.exists():
            shutil.rmtree(folder)
        shutil.copytree(standing, folder)
        change(folder, *changes)
        return folder

    return make


def test_a_suppliers_overlap_is_refused_and_with_a_translation_the_comment_names_what_opens(kade, changed):
    refused = kade("preview", changed(("  partners:\n", SUPPLIER), ("  flows:\n", FLOW)), *PREVIEW)
    assert refused.status == 2
    for word in ("10.40.0.0/24", "10.40.0.0/19", "translations", "estate.yaml:"):
        assert word in refused.err

    folder = changed(
        ("  partners:\n", TRANSLATED), ("  flows:\n", FLOW), ("      vpn:\n        connections:\n", TUNNEL)
    )
    passed = kade("preview", folder, *PREVIEW, "--format", "markdown")
    assert passed.status == 0, passed.err
    flows = [line for line in passed.out.splitlines() if " opens " in line]
    assert any("inbound Tcp from 100.100.0.0/24 to" in line and "port 443" in line for line in flows)
    assert any("firewall TCP from 100.100.0.0/24 to" in line and "port 443" in line for line in flows)
    assert all("100.100.0.0/24" in line for line in flows), "only the supplier's flow opens, under its new range"


def test_an_isolation_previews_only_denials(kade, changed):
    folder = changed(("backend: {level: 3,", "backend: {isolate: true, level: 3,"))
    ran = kade("preview", folder, *PREVIEW, "--format", "json")
    assert ran.status == 0, ran.err
    digest = json.loads(ran.out)
    steps = [s for s in digest["steps"] if s["op"] not in ("same", "read")]
    assert steps
    for step in steps:
        kind = step["urn"].split("::")[2].rsplit(":", 1)[-1]
        assert kind in ("NetworkSecurityGroup", "FirewallPolicyRuleCollectionGroup"), step["urn"]
        before = (step.get("oldState") or {}).get("inputs", {})
        after = step["newState"]["inputs"]
        if kind == "NetworkSecurityGroup":
            known = before["securityRules"]
            added = [rule["access"] for rule in after["securityRules"] if rule not in known]
            assert [rule for rule in known if rule not in after["securityRules"]] == []
            assert added == ["Deny", "Deny"]
        else:
            assert step["op"] == "create"
            assert {c["action"]["type"] for c in after["ruleCollections"]} == {"Deny"}
    told = kade("preview", folder, *PREVIEW, "--format", "markdown").out
    assert re.search(r"Network flows \(0 opened, \d+ closed\)", told)
    assert re.search(r"- closes `inbound Tcp from 10\.40\S+ to \S+ port 443`", told)
