"""The preflight pack on a real program, by a real preview: what Azure would refuse is told with nothing deployed."""

import json
import subprocess
import sys
from pathlib import Path

from kade.policies.kit.serving import built_in

PROJECT = """\
name: faults
runtime: python
"""
PROGRAM = """\
import pulumi_azure_native as az

group = az.resources.ResourceGroup("rg", location="westeurope")

def network(name, prefix):
    return az.network.VirtualNetwork(name, resource_group_name=group.name, address_space={"address_prefixes": [prefix]})

hub, supplier = network("hub", "10.0.0.0/16"), network("supplier", "10.0.8.0/24")
az.network.VirtualNetworkPeering(
    "peering",
    resource_group_name=group.name,
    virtual_network_name=hub.name,
    remote_virtual_network={"id": supplier.id},
)
az.network.Subnet(
    "firewall",
    resource_group_name=group.name,
    virtual_network_name=hub.name,
    subnet_name="AzureFirewallSubnet",
    address_prefix="10.9.0.0/27",
)
az.storage.StorageAccount(
    "stwindowsprofiles", resource_group_name=group.name, kind="StorageV2", sku={"name": "Standard_LRS"}
)
"""


def test_a_program_with_faults_is_refused_before_azure_sees_it(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "__main__.py").write_text(PROGRAM)
    out = tmp_path / "preview.json"
    command = [sys.executable, "-m", "kade", "preview", str(tmp_path), "--stack", "dev", "--format", "json"]
    pack = ["--pack", str(built_in()["preflight"]), "--out", str(out)]
    done = subprocess.run([*command, *pack], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    results = json.loads(out.read_text())["policies"]["results"]
    failed = {(r["rule"], r["resource"].rpartition("::")[2]): r["message"] for r in results if r["verdict"] == "fail"}
    assert set(failed) == {
        ("kade-preflight-name", "stwindowsprofiles"),  # with what Pulumi puts behind it
        ("kade-preflight-reserved-name", "stwindowsprofiles"),
        ("kade-preflight-subnet-size", "firewall"),
        ("kade-preflight-subnet-inside-network", "hub"),
        ("kade-preflight-peered-overlap", "hub"),
    }
    overlap = failed["kade-preflight-peered-overlap", "hub"]
    assert "hub (10.0.0.0/16) and supplier (10.0.8.0/24) overlap" in overlap
