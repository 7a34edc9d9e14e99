"""Times previews of the reference estate, with state and policies, beside the program alone; and the small cases."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.bench.figures import Figure
from tools.bench.measure import Took, run

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
KADE = Path(sys.executable).with_name("kade")
PACK = ROOT / "policies" / "security"
FINDINGS = (0, 1)  # 1: a mandatory rule does not hold, which the reference estate has on purpose

SMALL = '''"""Five resources: the smallest program that anybody previews."""

from pulumi_azure_native import network, resources, storage

group = resources.ResourceGroup("rg", location="westeurope")
space = {"address_prefixes": ["10.0.0.0/16"]}
net = network.VirtualNetwork("vnet", resource_group_name=group.name, address_space=space)
subnet = network.Subnet(
    "snet", resource_group_name=group.name, virtual_network_name=net.name, address_prefix="10.0.0.0/24"
)
guard = network.NetworkSecurityGroup("nsg", resource_group_name=group.name)
account = storage.StorageAccount(
    "account", resource_group_name=group.name, kind="StorageV2", sku={"name": "Standard_ZRS"}
)
'''


class Estate:
    """The reference estate in one size, deployed to the local Azure in a folder of its own."""

    def __init__(self, folder: Path, size: int) -> None:
        self.size, self.folder = size, folder / f"reference-{size}"
        shutil.copytree(HERE / "reference_estate", self.folder)
        (self.folder / "Pulumi.bench.yaml").write_text(f'config:\n  reference-estate:resources: "{size}"\n')

    def deploy(self) -> Took:
        """Make the state that the previews compare with."""
        return run(
            [KADE, "up", self.folder, "--stack", "bench", "--local", "--yes", "--no-policies"], folder=self.folder
        )

    def preview(self) -> Took:
        """A preview with the state and the security pack. Raises ``SystemExit`` unless everything is the same."""
        out = self.folder / "preview.json"
        command = [KADE, "preview", self.folder, "--stack", "bench", "--pack", PACK, "--format", "json", "--out", out]
        took = run(command, folder=self.folder, ok=FINDINGS)
        found = json.loads(out.read_text())
        changes, judged = found["changeSummary"], found["policies"]["results"]
        if set(changes) != {"same"} or changes["same"] < self.size * 0.9 or not judged:
            raise SystemExit(f"the preview of {self.size} resources is not what it has to be: {changes}")
        return took

    def alone(self) -> Took:
        """The program under ``pulumi.runtime.set_mocks``, without engine and policies."""
        took = run([sys.executable, HERE / "floor.py", self.folder, str(self.size)], folder=self.folder)
        if json.loads(took.output)["resources"] < self.size * 0.9:
            raise SystemExit(f"the program alone registered too little: {took.output}")
        return took


def best(times: int, *measured: Callable[[], Took]) -> list[Took]:
    """The fastest run of each, taken in turns, so that a load on the machine meets all of them."""
    rounds = [[each() for each in measured] for _ in range(times)]
    return [min(runs, key=lambda took: took.seconds) for runs in zip(*rounds, strict=True)]


def figures(folder: Path, *, times: int, full: bool) -> Iterator[Figure]:
    """What issue 8 asks of previews; ``full`` adds ten thousand resources."""
    yield from _small(folder, times)
    thousand, four = Estate(folder, 1000), Estate(folder, 4000)
    thousand.deploy()
    four.deploy()
    alone, ours = best(times, thousand.alone, thousand.preview)
    yield Figure("1,000 resources alone, without engine and policies", alone.seconds, "s", cpu=alone.cpu)
    yield Figure("1,000 resources previewed, with state and policies", ours.seconds, "s", cpu=ours.cpu)
    yield Figure("preview / program alone", ours.seconds / alone.seconds, "×", 0.5, aim=0.4, cpu=ours.cpu / alone.cpu)
    small, large = best(1, thousand.preview, four.preview)
    yield Figure(
        "4,000 resources / 1,000 resources", large.seconds / small.seconds, "×", 4.4, cpu=large.cpu / small.cpu
    )
    if full:
        yield from _huge(Estate(folder, 10_000))


def _huge(estate: Estate) -> Iterator[Figure]:
    deployed = estate.deploy()
    took = estate.preview()
    yield Figure("10,000 resources deployed", deployed.seconds, "s", cpu=deployed.cpu)
    yield Figure("10,000 resources previewed", took.seconds, "s", cpu=took.cpu)
    yield Figure("10,000 resources, largest process", max(took.largest, deployed.largest), "MiB", 1536)
    if took.total:
        yield Figure("10,000 resources, all processes", max(took.total, deployed.total), "MiB", 3072)


def _small(folder: Path, times: int) -> Iterator[Figure]:
    (help_,) = best(times + 1, lambda: run([KADE, "--help"], folder=folder))
    yield Figure("kade --help", help_.seconds, "s", 0.4, cpu=help_.cpu)
    small = folder / "small"
    small.mkdir()
    (small / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
    (small / "__main__.py").write_text(SMALL)
    command = [KADE, "preview", small, "--stack", "bench"]
    (five,) = best(times + 1, lambda: run(command, folder=small))
    yield Figure("preview of five resources", five.seconds, "s", 2.0, cpu=five.cpu)
