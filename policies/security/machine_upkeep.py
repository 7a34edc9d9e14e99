"""Virtual machines, scale sets and servers of Azure Arc: patches, agents, extensions, disks and availability."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kade.policies.kit import Example, Node, Resource, Result, not_applicable, rule
from kade.policies.security.virtual_machines import (
    MACHINE,
    SCALE_SET,
    is_windows,
    profile,
)

ARC: Final = "azure-native:hybridcompute:Machine"
ASSIGNMENT: Final = "azure-native:maintenance:ConfigurationAssignment"
EXTENSION: Final = "azure-native:compute:VirtualMachineExtension"
SCALE_SET_EXTENSION: Final = "azure-native:compute:VirtualMachineScaleSetExtension"
EXTENSIONS: Final = {MACHINE: EXTENSION, SCALE_SET: SCALE_SET_EXTENSION}

_OLD_AGENTS: Final = ("microsoftmonitoringagent", "omsagentforlinux")
_AGENTS: Final = ("azuremonitorwindowsagent", "azuremonitorlinuxagent")
_AMA = {"publisher": "Microsoft.Azure.Monitor", "type": "AzureMonitorLinuxAgent"}
_OMS = {"publisher": "Microsoft.EnterpriseCloud.Monitoring", "type": "OmsAgentForLinux"}


def extensions(machine: Resource) -> Iterator[Node]:
    """The extensions of a machine or scale set: those in its profile, and those that are resources of their own."""
    if machine.type == SCALE_SET:
        yield from profile(machine).items("extensionProfile.extensions")
    yield from machine.children(EXTENSIONS[machine.type])


def _kinds(machine: Resource) -> list[str]:
    return [extension.word("type") for extension in extensions(machine)]


def _no_old_agent(machine: Resource) -> Result:
    for kind in _kinds(machine):
        if kind in _OLD_AGENTS:
            return f"the extension {kind} is installed"
    return None


def _agent(machine: Resource) -> Result:
    if not any(kind in _AGENTS for kind in _kinds(machine)):
        return "no extension AzureMonitorWindowsAgent or AzureMonitorLinuxAgent stands in it"
    return None


@rule(
    "kade-vm-no-old-agent",
    "Machines do without the retired Log Analytics agent",
    severity="medium",
    types=[MACHINE],
    measures=["8.08.01", "8.15.01"],
    nis2="21(2)(e)",
    psrule=["Azure.VM.MigrateAMA"],
    remediation="Replace the extension by AzureMonitorWindowsAgent or AzureMonitorLinuxAgent.",
    why="Azure stopped supporting the agent on 31 August 2024; it gets no fixes, and its logs no longer arrive.",
    joins=True,
    passes=[{}, Example({}, children=[Example(_AMA, type=EXTENSION)])],
    fails=[Example({}, children=[Example(_OMS, type=EXTENSION)])],
)
def no_old_agent(machine: Resource) -> Result:
    return _no_old_agent(machine)


@rule(
    "kade-vmss-no-old-agent",
    "Scale sets do without the retired Log Analytics agent",
    severity="medium",
    types=[SCALE_SET],
    measures=["8.08.01", "8.15.01"],
    nis2="21(2)(e)",
    psrule=["Azure.VMSS.MigrateAMA"],
    remediation="Replace the extension by AzureMonitorWindowsAgent or AzureMonitorLinuxAgent.",
    why="Azure stopped supporting the agent on 31 August 2024; it gets no fixes, and its logs no longer arrive.",
    joins=True,
    passes=[{}, {"virtualMachineProfile": {"extensionProfile": {"extensions": [_AMA]}}}],
    fails=[
        {"virtualMachineProfile": {"extensionProfile": {"extensions": [_OMS]}}},
        Example({}, children=[Example(_OMS, type=SCALE_SET_EXTENSION)]),
    ],
)
def scale_set_no_old_agent(machine: Resource) -> Result:
    return _no_old_agent(machine)


@rule(
    "kade-vm-agent",
    "Machines send their logs through the Azure Monitor agent",
    severity="low",
    types=[MACHINE],
    measures=["8.15.01", "8.18.02"],
    nis2="21(2)(b)",
    psrule=["Azure.VM.AMA"],
    remediation="Add the extension AzureMonitorWindowsAgent or AzureMonitorLinuxAgent, and a data collection rule.",
    absent="Azure keeps no logs of what happens in the machine",
    joins=True,
    passes=[Example({}, children=[Example(_AMA, type=EXTENSION)])],
    fails=[{}, Example({}, children=[Example(_OMS, type=EXTENSION)])],
)
def agent(machine: Resource) -> Result:
    return _agent(machine)


@rule(
    "kade-vmss-agent",
    "Scale sets send their logs through the Azure Monitor agent",
    severity="low",
    types=[SCALE_SET],
    measures=["8.15.01", "8.18.02"],
    nis2="21(2)(b)",
    psrule=["Azure.VMSS.AMA"],
    remediation="Add the extension AzureMonitorWindowsAgent or AzureMonitorLinuxAgent, and a data collection rule.",
    absent="Azure keeps no logs of what happens in the machines",
    joins=True,
    passes=[{"virtualMachineProfile": {"extensionProfile": {"extensions": [_AMA]}}}],
    fails=[{}, {"virtualMachineProfile": {"extensionProfile": {"extensions": [_OMS]}}}],
)
def scale_set_agent(machine: Resource) -> Result:
    return _agent(machine)


@rule(
    "kade-vm-maintenance-window",
    "Machines are patched by a maintenance configuration",
    severity="low",
    types=[MACHINE],
    measures=["8.08.01", "8.32.01"],
    nis2="21(2)(e)",
    psrule=["Azure.VM.MaintenanceConfig"],
    remediation="Assign a maintenance configuration of the scope InGuestPatch to the machine.",
    absent="nobody says when it is patched",
    joins=True,
    passes=[Example({}, children=[Example({"maintenanceConfigurationId": "/subscriptions/m"}, type=ASSIGNMENT)])],
    fails=[{}],
)
def maintenance_window(machine: Resource) -> Result:
    return _assigned(machine)


@rule(
    "kade-arc-maintenance-window",
    "Servers of Azure Arc are patched by a maintenance configuration",
    severity="low",
    types=[ARC],
    measures=["8.08.01", "8.32.01"],
    nis2="21(2)(e)",
    psrule=["Azure.Arc.Server.MaintenanceConfig"],
    remediation="Assign a maintenance configuration of the scope InGuestPatch to the server.",
    absent="nobody says when it is patched",
    joins=True,
    passes=[Example({}, children=[Example({"maintenanceConfigurationId": "/subscriptions/m"}, type=ASSIGNMENT)])],
    fails=[{}],
)
def arc_maintenance_window(machine: Resource) -> Result:
    return _assigned(machine)


def _assigned(machine: Resource) -> Result:
    if not any(assignment.refers("maintenanceConfigurationId") for assignment in machine.children(ASSIGNMENT)):
        return "no maintenance configuration is assigned to it"
    return None


@rule(
    "kade-vm-patches",
    "Machines take security patches by themselves",
    severity="medium",
    types=[MACHINE, SCALE_SET],
    measures=["8.08.01"],
    nis2="21(2)(e)",
    remediation="Set patchSettings.patchMode to AutomaticByPlatform in the configuration of the operating system.",
    absent="Windows installs them by itself; Linux as its image says",
    passes=[
        {"osProfile": {"linuxConfiguration": {"patchSettings": {"patchMode": "AutomaticByPlatform"}}}},
        {"osProfile": {"windowsConfiguration": {"patchSettings": {"patchMode": "AutomaticByOS"}}}},
        {"osProfile": {"windowsConfiguration": {"provisionVMAgent": True}}},
    ],
    fails=[
        {"osProfile": {"windowsConfiguration": {"patchSettings": {"patchMode": "Manual"}}}},
        {"osProfile": {"linuxConfiguration": {"patchSettings": {"patchMode": "ImageDefault"}}}},
    ],
    not_applicable=[{"storageProfile": {"osDisk": {"createOption": "Attach"}}}],
)
def patches(machine: Resource) -> Result:
    found = profile(machine)
    if not found.has("osProfile"):
        not_applicable("its operating system is not set up here")
    for system in ("linuxConfiguration", "windowsConfiguration"):
        place = f"osProfile.{system}.patchSettings.patchMode"
        if found.is_(place, "Manual", "ImageDefault"):
            yield f"{found.at(place)} is {found.text(place)}"


@rule(
    "kade-vm-automatic-updates",
    "Windows machines install updates by themselves",
    severity="medium",
    types=[MACHINE, SCALE_SET],
    measures=["8.08.01"],
    nis2="21(2)(e)",
    psrule=["Azure.VM.Updates"],
    checkov=["CKV_AZURE_177"],
    remediation="Set osProfile.windowsConfiguration.enableAutomaticUpdates to true.",
    absent="Azure lets Windows install them",
    passes=[
        {"osProfile": {"windowsConfiguration": {"provisionVMAgent": True, "enableAutomaticUpdates": True}}},
        {"osProfile": {"windowsConfiguration": {"provisionVMAgent": True}}},
    ],
    fails=[{"osProfile": {"windowsConfiguration": {"provisionVMAgent": True, "enableAutomaticUpdates": False}}}],
    not_applicable=[{"osProfile": {"linuxConfiguration": {"provisionVMAgent": True}}}],
)
def automatic_updates(machine: Resource) -> Result:
    found = profile(machine)
    if not is_windows(found):
        not_applicable("not a machine with Windows")
    if not found.flag("osProfile.windowsConfiguration.enableAutomaticUpdates", default=True):
        return f"{found.at('osProfile.windowsConfiguration.enableAutomaticUpdates')} is false"
    return None
