"""Virtual machines, scale sets and compute fleets: who can log in, over what, and what protects the machine itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kade.policies.kit import Example, Node, Resource, Result, not_applicable, rule

MACHINE = "azure-native:compute:VirtualMachine"
SCALE_SET = "azure-native:compute:VirtualMachineScaleSet"
INSTANCE = "azure-native:compute:VirtualMachineScaleSetVM"
FLEET = "azure-native:azurefleet:Fleet"
MACHINES = (MACHINE, SCALE_SET)

_LINUX_PUBLISHERS: Final = ("almalinux", "canonical", "debian", "kinvolk", "openlogic", "oracle", "redhat", "suse")
_PROFILE: Final = {
    SCALE_SET: "virtualMachineProfile",
    FLEET: "computeProfile.baseVirtualMachineProfile",
}


def profile(machine: Resource) -> Node:
    """Where the settings of the machine stand: at the top, or in the profile of a scale set or fleet."""
    return machine.node(_PROFILE[machine.type]) if machine.type in _PROFILE else machine


def is_linux(found: Node) -> bool:
    """Whether it is a machine with Linux, as far as its profile tells: its configuration, its disk or its image."""
    if found.has("osProfile.linuxConfiguration") or found.is_("storageProfile.osDisk.osType", "Linux"):
        return True
    return not is_windows(found) and found.is_("storageProfile.imageReference.publisher", *_LINUX_PUBLISHERS)


def is_windows(found: Node) -> bool:
    """Whether it is a machine with Windows, told in the same way."""
    return found.has("osProfile.windowsConfiguration") or found.is_("storageProfile.osDisk.osType", "Windows")


def _with_profile(**settings: object) -> dict[str, object]:
    return {"virtualMachineProfile": settings}


_PASSWORDS = "osProfile.linuxConfiguration.disablePasswordAuthentication"


def _linux(disabled: bool) -> dict[str, object]:
    return {"linuxConfiguration": {"provisionVMAgent": True, "disablePasswordAuthentication": disabled}}


@rule(
    "kade-vm-ssh-keys",
    "Linux machines accept SSH keys, and no passwords",
    severity="high",
    types=[MACHINE],
    measures=["5.17.01", "8.24.04"],
    nis2="21(2)(j)",
    psrule=["Azure.VM.PublicKey"],
    checkov=["CKV_AZURE_1", "CKV_AZURE_149", "CKV_AZURE_178"],
    remediation="Set osProfile.linuxConfiguration.disablePasswordAuthentication to true, with keys in ssh.publicKeys.",
    absent="Azure accepts passwords",
    passes=[{"osProfile": _linux(True)}],
    fails=[
        {"osProfile": _linux(False)},
        {"osProfile": {"linuxConfiguration": {"provisionVMAgent": True}}},
        {
            "osProfile": {"computerName": "vm", "adminUsername": "beheer"},
            "storageProfile": {"imageReference": {"publisher": "Canonical", "offer": "ubuntu-24_04-lts"}},
        },
    ],
    not_applicable=[{"osProfile": {"windowsConfiguration": {"provisionVMAgent": True}}}],
)
def ssh_keys(machine: Resource) -> Result:
    return _passwords(machine)


@rule(
    "kade-vmss-ssh-keys",
    "Linux scale sets accept SSH keys, and no passwords",
    severity="high",
    types=[SCALE_SET],
    measures=["5.17.01", "8.24.04"],
    nis2="21(2)(j)",
    psrule=["Azure.VMSS.PublicKey"],
    checkov=["CKV_AZURE_49"],
    remediation="Set virtualMachineProfile.osProfile.linuxConfiguration.disablePasswordAuthentication to true.",
    absent="Azure accepts passwords",
    passes=[_with_profile(osProfile=_linux(True))],
    fails=[_with_profile(osProfile=_linux(False))],
    not_applicable=[_with_profile(osProfile={"windowsConfiguration": {"provisionVMAgent": True}})],
)
def scale_set_ssh_keys(machine: Resource) -> Result:
    return _passwords(machine)


@rule(
    "kade-fleet-ssh-keys",
    "Linux machines of a compute fleet accept SSH keys, and no passwords",
    severity="high",
    types=[FLEET],
    measures=["5.17.01", "8.24.04"],
    nis2="21(2)(j)",
    psrule=["Azure.Fleet.PublicKey"],
    remediation="Set disablePasswordAuthentication to true in osProfile.linuxConfiguration of "
    "computeProfile.baseVirtualMachineProfile.",
    absent="Azure accepts passwords",
    passes=[{"computeProfile": {"baseVirtualMachineProfile": {"osProfile": _linux(True)}}}],
    fails=[{"computeProfile": {"baseVirtualMachineProfile": {"osProfile": _linux(False)}}}],
    not_applicable=[{}],
)
def fleet_ssh_keys(fleet: Resource) -> Result:
    return _passwords(fleet)


def _passwords(machine: Resource) -> Result:
    found = profile(machine)
    if not (is_linux(found) and found.has("osProfile")):
        not_applicable("not a machine with Linux that is set up here")
    if not found.flag(_PASSWORDS, default=False):
        return f"{found.at(_PASSWORDS)} is not true"
    return None


@rule(
    "kade-vm-host-encryption",
    "The disks and caches of machines are encrypted on their host",
    severity="medium",
    types=[*MACHINES],
    measures=["U.05.2", "8.24.04"],
    nis2="21(2)(h)",
    checkov=["CKV_AZURE_97", "CKV_AZURE_151"],
    remediation="Set securityProfile.encryptionAtHost to true (register the feature EncryptionAtHost first).",
    why="Temporary disks and caches are otherwise not encrypted, and disks not on their way.",
    absent="Azure encrypts disks where they rest only",
    passes=[
        {"securityProfile": {"encryptionAtHost": True}},
        Example(_with_profile(securityProfile={"encryptionAtHost": True}), type=SCALE_SET),
    ],
    fails=[{}, Example(_with_profile(), type=SCALE_SET)],
)
def host_encryption(machine: Resource) -> Result:
    found = profile(machine)
    if not found.flag("securityProfile.encryptionAtHost", default=False):
        return f"{found.at('securityProfile.encryptionAtHost')} is not true"
    return None


@rule(
    "kade-vmss-secure-boot",
    "Scale sets start only what was signed",
    severity="medium",
    types=[SCALE_SET],
    measures=["8.07.04", "8.27.01"],
    nis2="21(2)(e)",
    psrule=["Azure.VMSS.SecureBoot"],
    remediation="Set securityProfile.securityType to TrustedLaunch, and both of uefiSettings to true.",
    absent="older API versions start anything",
    passes=[
        _with_profile(
            securityProfile={
                "securityType": "TrustedLaunch",
                "uefiSettings": {"secureBootEnabled": True, "vTpmEnabled": True},
            }
        )
    ],
    fails=[_with_profile(), _with_profile(securityProfile={"securityType": "Standard"})],
)
def scale_set_secure_boot(machine: Resource) -> Result:
    return _secure_boot(machine)


@rule(
    "kade-vm-secure-boot",
    "Machines start only what was signed",
    severity="medium",
    types=[MACHINE],
    measures=["8.07.04", "8.27.01"],
    nis2="21(2)(e)",
    remediation="Set securityProfile.securityType to TrustedLaunch, and both of uefiSettings to true.",
    absent="older API versions start anything",
    passes=[
        {
            "securityProfile": {
                "securityType": "ConfidentialVM",
                "uefiSettings": {"secureBootEnabled": True, "vTpmEnabled": True},
            }
        }
    ],
    fails=[{}, {"securityProfile": {"securityType": "TrustedLaunch", "uefiSettings": {"secureBootEnabled": False}}}],
)
def secure_boot(machine: Resource) -> Result:
    return _secure_boot(machine)


def _secure_boot(machine: Resource) -> Result:
    security = profile(machine).node("securityProfile")
    if not security.is_("securityType", "TrustedLaunch", "ConfidentialVM"):
        return "securityProfile.securityType is not TrustedLaunch or ConfidentialVM"
    for name in ("secureBootEnabled", "vTpmEnabled"):
        if not security.flag(f"uefiSettings.{name}", default=False):
            return f"securityProfile.uefiSettings.{name} is not true"
    return None


@rule(
    "kade-vmss-no-public-addresses",
    "The machines of a scale set have no public addresses",
    severity="high",
    types=[SCALE_SET, INSTANCE],
    measures=["8.22.01", "8.20.02"],
    nis2="21(2)(e)",
    psrule=["Azure.VMSS.PublicIPAttached"],
    remediation="Leave publicIPAddressConfiguration out; use a load balancer, and Bastion for administrators.",
    absent="Azure gives them none",
    passes=[
        _with_profile(networkProfile={"networkInterfaceConfigurations": [{"ipConfigurations": [{"name": "a"}]}]}),
        Example({"networkProfileConfiguration": {"networkInterfaceConfigurations": []}}, type=INSTANCE),
    ],
    fails=[
        _with_profile(
            networkProfile={
                "networkInterfaceConfigurations": [
                    {"ipConfigurations": [{"name": "a", "publicIPAddressConfiguration": {"name": "pip"}}]}
                ]
            }
        )
    ],
)
def scale_set_no_public_addresses(machine: Resource) -> Result:
    for configuration in _configurations(machine):
        if configuration.has("publicIPAddressConfiguration"):
            yield f"{configuration.text('name', 'an address configuration')} has a publicIPAddressConfiguration"


def _configurations(machine: Resource) -> Iterator[Node]:
    found = profile(machine)
    for place in (
        ("networkProfile",) if machine.type == SCALE_SET else ("networkProfile", "networkProfileConfiguration")
    ):
        for interface in found.items(f"{place}.networkInterfaceConfigurations"):
            yield from interface.items("ipConfigurations")
