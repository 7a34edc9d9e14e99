"""Azure Virtual Desktop: host pools and workspaces."""

from __future__ import annotations

from typing import Final

from kade.policies.kit import Example, Resource, Result, rule

POOL = "azure-native:desktopvirtualization:HostPool"
WORKSPACE = "azure-native:desktopvirtualization:Workspace"

# What takes data to and from the device of the user (Microsoft Learn, "Supported RDP properties").
_TAKES_ALONG: Final = {
    "drivestoredirect": "drives",
    "usbdevicestoredirect": "USB devices",
    "devicestoredirect": "devices",
}


@rule(
    "kade-avd-agent-updates",
    "The agents of desktops are updated at a time that was chosen",
    severity="low",
    types=[POOL],
    measures=["8.08.01", "8.32.01"],
    nis2="21(2)(c)",
    psrule=["Azure.AVD.ScheduleAgentUpdate"],
    remediation="Set agentUpdate.type to Scheduled, with agentUpdate.maintenanceWindows.",
    absent="Azure picks the moment, also while people work",
    passes=[{"agentUpdate": {"type": "Scheduled", "maintenanceWindows": [{"dayOfWeek": "Sunday", "hour": 3}]}}],
    fails=[{}, {"agentUpdate": {"type": "Default"}}],
)
def agent_updates(pool: Resource) -> Result:
    if not pool.is_("agentUpdate.type", "Scheduled"):
        return "agentUpdate.type is not Scheduled"
    return None


@rule(
    "kade-avd-no-drive-redirection",
    "Desktops cannot put data on the device of their user",
    severity="medium",
    types=[POOL],
    measures=["8.01.01", "8.03.01"],
    nis2="21(2)(i)",
    remediation="Set drivestoredirect:s:, usbdevicestoredirect:s: and devicestoredirect:s: (empty) in "
    "customRdpProperty.",
    why="BIO asks that information is not kept on a device; a drive of the device in the desktop does just that.",
    absent="Azure redirects drives and devices",
    passes=[{"customRdpProperty": "drivestoredirect:s:;usbdevicestoredirect:s:;devicestoredirect:s:;audiomode:i:0;"}],
    fails=[
        {"customRdpProperty": "drivestoredirect:s:*;usbdevicestoredirect:s:;devicestoredirect:s:;"},
        {"customRdpProperty": "audiomode:i:0"},
        {},
    ],
)
def no_drive_redirection(pool: Resource) -> Result:
    given = {}
    for setting in pool.word("customRdpProperty").split(";"):
        name, _, value = setting.strip().partition(":")
        given[name] = value.rpartition(":")[2]
    open_ = [what for name, what in _TAKES_ALONG.items() if given.get(name, "*")]
    return f"customRdpProperty redirects {', '.join(open_)}" if open_ else None


@rule(
    "kade-avd-private",
    "Host pools and workspaces of desktops are reached over private endpoints only",
    severity="low",
    types=[POOL, WORKSPACE],
    measures=["8.22.01", "U.12.1"],
    nis2="21(2)(e)",
    remediation="Set publicNetworkAccess to Disabled (EnabledForClientsOnly on a host pool that people reach from "
    "home), and add private endpoints.",
    absent="Azure answers everyone",
    passes=[
        {"publicNetworkAccess": "Disabled"},
        {"publicNetworkAccess": "EnabledForClientsOnly"},
        Example({"publicNetworkAccess": "Disabled"}, type=WORKSPACE),
    ],
    fails=[{}, {"publicNetworkAccess": "Enabled"}, Example({}, type=WORKSPACE)],
)
def private(pool: Resource) -> Result:
    if pool.is_("publicNetworkAccess", "Enabled", "EnabledForSessionHostsOnly", default="Enabled"):
        return f"publicNetworkAccess is {pool.text('publicNetworkAccess', 'absent')}"
    return None
