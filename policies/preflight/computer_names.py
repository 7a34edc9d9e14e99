"""Names of computers and their administrators that Azure refuses."""

from __future__ import annotations

from kade.facts.reserved_names import administrators
from kade.policies.kit import Resource, Result, rule

MACHINE = "azure-native:compute:VirtualMachine"


@rule(
    "kade-preflight-computer-name",
    "Machines have a computer name and an administrator's name that their operating system takes",
    severity="high",
    types=[MACHINE],
    measures=["8.32.01"],
    remediation="Set osProfile.computerName to at most 15 characters (Linux: 64), and adminUsername to another name.",
    why="Azure refuses the machine; a name in Azure may have 64 characters, in Windows 15.",
    absent="the computer is called as the machine, so a machine with a long name needs osProfile.computerName",
    passes=[
        {"osProfile": {"computerName": "vm-print-01", "adminUsername": "kadebeheer", "windowsConfiguration": {}}},
        {"osProfile": {"computerName": "vm-zaaksysteem-database-01", "adminUsername": "kadebeheer"}},
        {},
    ],
    fails=[
        {"osProfile": {"computerName": "vm-zaaksysteem-01", "windowsConfiguration": {"provisionVMAgent": True}}},
        {"osProfile": {"computerName": "20261125", "windowsConfiguration": {"provisionVMAgent": True}}},
        {"vmName": "vm-zaaksysteem-01", "osProfile": {"windowsConfiguration": {"provisionVMAgent": True}}},
        {"osProfile": {"computerName": "vm-print-01", "adminUsername": "Administrator"}},
    ],
)
def computer_name(machine: Resource) -> Result:
    if not machine.refers("osProfile"):
        return
    if machine.is_("osProfile.adminUsername", *administrators()):
        yield "osProfile.adminUsername is a name that Azure refuses"
    name = machine.text("osProfile.computerName") or machine.text("vmName")
    windows = machine.raw("osProfile.windowsConfiguration") is not None
    longest = 15 if windows else 64
    if len(name) > longest:
        yield f"the computer's name {name!r} has {len(name)} characters; it may have {longest}"
    if windows and name.isdigit():
        yield f"the computer's name {name!r} has digits only"
