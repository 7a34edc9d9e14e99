"""Times ``kade check`` on storage accounts and network security groups, half each, beside checkov on the same."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.bench.figures import Figure
from tools.bench.measure import Took, run

CHECKOV = "checkov>=3.2,<4"
KADE = Path(sys.executable).with_name("kade")
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
_IN_A_TEMPLATE = 100
_CHECKOV_MEMORY = 6144  # MiB of address space in each of its processes
FINDINGS = (0, 1)  # 1: a rule does not hold; some of these resources are made that way


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


def figures(folder: Path, environment: Path) -> Iterator[Figure]:
    """What issue 4 asks of ``kade check``; checkov is installed into ``environment``, and nowhere else."""
    ours = _ours(folder, 5000)
    yield Figure("kade check, 5,000 resources", ours.seconds, "s", cpu=ours.cpu)
    program = _checkov(environment)
    if program is None:
        print(f"checkov could not be installed into {environment.name}: not compared", file=sys.stderr)
    else:
        theirs = _theirs(folder, 5000, program, "--compact", "--quiet")
        yield Figure("checkov, 5,000 resources", theirs.seconds, "s", cpu=theirs.cpu)
        yield Figure("kade check / checkov", ours.seconds / theirs.seconds, "×", 1 / 3, cpu=ours.cpu / theirs.cpu)
        yield from _rules(folder, program)
    large = _ours(folder, 50_000)
    yield Figure("kade check, 50,000 resources", large.seconds, "s", cpu=large.cpu)
    yield Figure("kade check, 50,000 resources, largest process", large.largest, "MiB", 1536)


def _ours(folder: Path, count: int) -> Took:
    listed = folder / f"list-{count}.json"
    listed.write_text(json.dumps(resources(count)))
    return run([KADE, "check", listed, "--format", "json"], folder=folder, ok=FINDINGS)


def _theirs(folder: Path, count: int, program: Path, *how: str) -> Took:
    """Checkov on the same resources, in templates of a hundred: it takes memory with the square of a template's size.

    5,000 resources in one template took it 24 GB, and the machine with it, so its memory is limited too.
    """
    templates = folder / f"templates-{count}"
    templates.mkdir(exist_ok=True)
    made = resources(count)
    for start in range(0, count, _IN_A_TEMPLATE):
        template = {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": made[start : start + _IN_A_TEMPLATE]}
        (templates / f"template-{start}.json").write_text(json.dumps(template))
    command = [program, "-d", templates, "--framework", "arm", "-o", "json", "--skip-download", *how]
    return run(command, folder=folder, ok=FINDINGS, memory=_CHECKOV_MEMORY)


def _rules(folder: Path, program: Path) -> Iterator[Figure]:
    """How many rules each side has on each kind of resource, as checkov's share of ours."""
    listed = folder / "list-2.json"
    listed.write_text(json.dumps(resources(2)))
    command = [KADE, "check", listed, "--format", "json", "--verdicts", "all"]
    found = json.loads(run(command, folder=folder, ok=FINDINGS).output)["results"]
    ours = Counter(result["type"].lower() for result in found)
    answer = json.loads(_theirs(folder, 2, program).output)["results"]
    theirs = Counter(
        result["resource"].rpartition(".")[0].lower()
        for kind in ("passed_checks", "failed_checks")
        for result in answer[kind]
    )
    for type_ in sorted(ours):
        name = f"checkov's rules / ours on {type_.rpartition('/')[2]} ({theirs[type_]} / {ours[type_]})"
        yield Figure(name, theirs[type_] / ours[type_], "×", 1.0)


def _checkov(environment: Path) -> Path | None:
    """Checkov's program in an environment of its own, made where it is not there."""
    program = environment / "bin" / "checkov"
    if not program.is_file():
        venv.create(environment, with_pip=True)
        pip = [
            environment / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            CHECKOV,
        ]
        if subprocess.run(pip, check=False).returncode:
            return None
    return program
