"""How much Azure takes: of one resource, and of a subscription's quota."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from kade.facts.data import read
from kade.policies.kit import Example, Finding, Resource, Result, Stack, UnknownValueError, rule, stack_rule

GROUP = "azure-native:network:NetworkSecurityGroup"
TABLE = "azure-native:network:RouteTable"
NETWORK = "azure-native:network:VirtualNetwork"
MACHINE = "azure-native:compute:VirtualMachine"
SCALE_SET = "azure-native:compute:VirtualMachineScaleSet"

# By type: the list, the resources that are in it too, and the limit by its name in the facts.
_LISTS: Final = {
    GROUP: [("securityRules", "azure-native:network:SecurityRule", "security_rules_per_group")],
    TABLE: [("routes", "azure-native:network:Route", "routes_per_table")],
    NETWORK: [
        ("subnets", "azure-native:network:Subnet", "subnets_per_network"),
        ("virtualNetworkPeerings", "azure-native:network:VirtualNetworkPeering", "peerings_per_network"),
    ],
}
_SIZE: Final = re.compile(r"(?:standard|basic)_([a-z]+)(\d+)(?:-\d+)?([a-z]*)(?:_[a-z]+\d+)*?(?:_(v\d+))?", re.I)


@rule(
    "kade-preflight-limit",
    "Rules, routes, subnets and peerings stay below the number that Azure takes",
    severity="medium",
    types=list(_LISTS),
    measures=["8.32.01"],
    remediation="Put ranges that go together in one rule or route, or divide them over several groups or networks.",
    why="Azure refuses more; of some limits its support can raise the default.",
    joins=True,
    passes=[
        Example({"securityRules": [{"name": "a"}]}, type=GROUP),
        Example({"routes": [{"name": str(i)} for i in range(400)]}, type=TABLE),
    ],
    fails=[
        Example({"routes": [{"name": str(i)} for i in range(401)]}, type=TABLE),
        Example(
            {"routes": [{"name": str(i)} for i in range(400)]},
            type=TABLE,
            children=[Example({"routeName": "more"}, type="azure-native:network:Route")],
        ),
    ],
)
def limit(resource: Resource) -> Result:
    for path, child, name in _LISTS[resource.type]:
        most = read("service_limits")[name]["limit"]
        count = sum(1 for _ in resource.items(path)) + len(resource.children(child))
        if count > most:
            yield f"it has {count} {path}; Azure takes {most}"


def cores(size: str) -> tuple[str, int]:
    """Family and number of cores of a size: ``Standard_D4s_v5`` is ``dsv5`` and 4; none where it says no number.

    The number in a size's name is that of its cores, and what stands around it the family, by which Azure counts:
    https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions. A constrained size counts in full.
    """
    found = _SIZE.fullmatch(size)
    if found is None:
        return "", 0
    letter, number, features, version = found.groups()
    return f"{letter}{features}{version or ''}".lower(), int(number)


@stack_rule(
    "kade-preflight-quota",
    "The cores of all machines fit in the subscription's quota",
    severity="high",
    types=[MACHINE, SCALE_SET],
    measures=["8.32.01"],
    remediation="Choose smaller or fewer machines, or have the quota of the family raised in the region.",
    why="Azure makes machines until the quota is used, and refuses the rest: QuotaExceeded.",
    config={
        "cores": {
            "type": "object",
            "additionalProperties": {"type": "number"},
            "default": {},
            "description": "cores by family (Dsv5) in each region, and total; what is not named is not counted",
        }
    },
    passes=[
        [
            Example(
                {"location": "westeurope", "hardwareProfile": {"vmSize": "Standard_D4s_v5"}},
                type=MACHINE,
                config={"cores": {"Dsv5": 4, "total": 10}},
            )
        ],
        [Example({"location": "westeurope", "hardwareProfile": {"vmSize": "Standard_D64s_v5"}}, type=MACHINE)],
    ],
    fails=[
        [
            Example(
                {"location": "westeurope", "hardwareProfile": {"vmSize": "Standard_D4s_v5"}},
                type=MACHINE,
                config={"cores": {"Dsv5": 10}},
            ),
            Example({"location": "West Europe", "sku": {"name": "Standard_D2s_v5", "capacity": 4}}, type=SCALE_SET),
        ],
        [
            Example(
                {"location": "westeurope", "hardwareProfile": {"vmSize": "Standard_E8-2ds_v5"}},
                type=MACHINE,
                config={"cores": {"total": 4}},
            )
        ],
    ],
)
def quota(stack: Stack) -> Result:
    most = {family.lower(): number for family, number in stack.config["cores"].items()}
    if not most:
        return
    wanted: Counter[tuple[str, str]] = Counter()
    unknown: UnknownValueError | None = None
    for machine in stack.resources(MACHINE, SCALE_SET):
        try:
            at, (family, number) = machine.location, _needs(machine)
        except UnknownValueError as error:
            unknown = unknown or error
            continue
        wanted[at, family] += number
        wanted[at, "total"] += number
    for (at, family), number in wanted.items():
        if number > most.get(family, number):
            yield Finding(f"{number} cores of {family} are asked for in {at}; the quota is {most[family]:g}")
    if unknown:
        raise unknown


def _needs(machine: Resource) -> tuple[str, int]:
    if machine.type == MACHINE:
        return cores(machine.text("hardwareProfile.vmSize"))
    family, number = cores(machine.text("sku.name"))
    return family, number * int(machine.number("sku.capacity", 1))
