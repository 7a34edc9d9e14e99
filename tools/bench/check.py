"""Times ``kade check`` on storage accounts and network security groups, half each; beside checkov, where it is at hand.

``python -m tools.bench.check [--count 5000] [--checkov PROGRAM]``: checkov belongs in an environment of its own
(``python3 -m venv X && X/bin/pip install checkov``). Prints seconds, peak memory and rules on each kind of resource.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def resources(count: int) -> list[dict[str, Any]]:
    """Half storage accounts, half security groups of four rules, some with a finding."""
    made: list[dict[str, Any]] = []
    for number in range(count // 2):
        made.append(
            {
                "type": "Microsoft.Storage/storageAccounts",
                "apiVersion": "2023-01-01",
                "name": f"stbench{number}",
                "location": "westeurope",
                "kind": "StorageV2",
                "sku": {"name": "Standard_ZRS" if number % 3 else "Standard_GRS"},
                "properties": {
                    "minimumTlsVersion": "TLS1_2" if number % 5 else "TLS1_0",
                    "allowBlobPublicAccess": False,
                    "supportsHttpsTrafficOnly": True,
                    "networkAcls": {"defaultAction": "Deny", "bypass": "AzureServices", "ipRules": []},
                },
            }
        )
        rules = [_rule(index, "*" if (number + index) % 7 == 0 else "10.0.0.0/8") for index in range(4)]
        made.append(
            {
                "type": "Microsoft.Network/networkSecurityGroups",
                "apiVersion": "2023-09-01",
                "name": f"nsg-bench-{number}",
                "location": "westeurope",
                "properties": {"securityRules": rules},
            }
        )
    return made


def _rule(index: int, source: str) -> dict[str, Any]:
    return {
        "name": f"rule-{index}",
        "properties": {
            "direction": "Inbound",
            "access": "Allow",
            "protocol": "Tcp",
            "priority": 100 + index,
            "sourceAddressPrefix": source,
            "sourcePortRange": "*",
            "destinationAddressPrefix": "*",
            "destinationPortRange": "22" if index % 2 else "443",
        },
    }


def timed(command: list[str]) -> tuple[float, int, str]:
    """Seconds, peak memory in MiB and standard output of a program; exit statuses 0 and 1 are both fine."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        if process.returncode not in (0, 1):
            raise SystemExit(f"{command[0]} ended with status {process.returncode}")
        out.seek(0)
        return seconds, usage.ru_maxrss // 1024, out.read().decode()


def main() -> None:
    """Run both on the same resources, and print what they took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--checkov", default="", help="checkov's program, in an environment of its own")
    options = parser.parse_args()
    kade = str(Path(sys.executable).parent / "kade")
    with tempfile.TemporaryDirectory() as folder:
        listed, template = Path(folder) / "list.json", Path(folder) / "template.json"
        listed.write_text(json.dumps(resources(options.count)))
        template.write_text(
            json.dumps({"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": resources(options.count)})
        )
        ours, memory, _ = timed([kade, "check", str(listed), "--format", "json"])
        print(
            f"kade check, {options.count} resources: {ours:.1f} s, {memory} MiB, rules a resource: {_kade_rules(kade)}"
        )
        if options.checkov:
            theirs, memory, text = timed(
                [options.checkov, "-f", str(template), "--framework", "arm", "-o", "json", "--compact", "--quiet"]
            )
            print(f"checkov, the same in a template: {theirs:.1f} s, {memory} MiB ({len(text)} characters of output)")
            print(f"kade takes {ours / theirs:.2f} of checkov's time")


def _kade_rules(kade: str) -> str:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(resources(2), file)
        file.flush()
        _, _, text = timed([kade, "check", file.name, "--format", "json", "--verdicts", "all"])
    counted = Counter(result["type"].rpartition("/")[2] for result in json.loads(text)["results"])
    return ", ".join(f"{name} {number}" for name, number in counted.items())


if __name__ == "__main__":
    main()
