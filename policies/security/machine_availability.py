"""Virtual machines and scale sets: managed disks, sizes, the guest agent, zones and repairs."""

from __future__ import annotations

from typing import Final

from kade.policies.kit import Resource, Result, not_applicable, rule
from kade.policies.security.virtual_machines import MACHINE, SCALE_SET
from kade.policies.security.zones import needs_zones

_GOOD_DISKS: Final = ("premium_lrs", "premium_zrs", "premiumv2_lrs", "ultrassd_lrs")


@rule(
    "kade-vm-managed-disks",
    "Machines have managed disks",
    severity="medium",
    types=[MACHINE],
    measures=["U.05.2", "8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.VM.UseManagedDisks"],
    checkov=["CKV_AZURE_92", "CKV2_AZURE_9"],
    remediation="Migrate the machine to managed disks, and leave osDisk.vhd out.",
    why="Azure retired unmanaged disks on 31 March 2026; they lie in a storage account, open to who has its key.",
    absent="Azure makes a managed disk",
    passes=[
        {"storageProfile": {"osDisk": {"createOption": "FromImage", "managedDisk": {"storageAccountType": "P"}}}},
        {"storageProfile": {"osDisk": {"createOption": "FromImage"}}},
    ],
    fails=[
        {"storageProfile": {"osDisk": {"vhd": {"uri": "https://st/vhds/os.vhd"}}}},
        {"storageProfile": {"dataDisks": [{"lun": 0, "vhd": {"uri": "https://st/vhds/data.vhd"}}]}},
    ],
)
def managed_disks(machine: Resource) -> Result:
    storage = machine.node("storageProfile")
    for disk in (storage.node("osDisk"), *storage.items("dataDisks")):
        if disk.refers("vhd.uri"):
            yield f"{disk.at('vhd')} is an unmanaged disk"


@rule(
    "kade-vm-no-basic-size",
    "Machines are not of a retired basic size",
    severity="low",
    types=[MACHINE],
    measures=["8.13.02"],
    psrule=["Azure.VM.BasicSku"],
    remediation="Choose a size of a current series for hardwareProfile.vmSize, as Standard_D2s_v5.",
    why="Azure retired the basic sizes on 31 August 2024.",
    passes=[{"hardwareProfile": {"vmSize": "Standard_D2s_v5"}}],
    fails=[{"hardwareProfile": {"vmSize": "Basic_A1"}}],
)
def no_basic_size(machine: Resource) -> Result:
    if machine.word("hardwareProfile.vmSize").startswith("basic_"):
        return f"hardwareProfile.vmSize is {machine.text('hardwareProfile.vmSize')}"
    return None


@rule(
    "kade-vm-no-promotional-size",
    "Machines are not of a promotional size",
    severity="low",
    types=[MACHINE],
    measures=["8.13.02"],
    psrule=["Azure.VM.PromoSku"],
    remediation="Choose the size of the same name without _Promo for hardwareProfile.vmSize.",
    why="A promotion ends, and with it the price, and at times the size.",
    passes=[{"hardwareProfile": {"vmSize": "Standard_D2s_v5"}}],
    fails=[{"hardwareProfile": {"vmSize": "Standard_DS2_v2_Promo"}}],
)
def no_promotional_size(machine: Resource) -> Result:
    if machine.word("hardwareProfile.vmSize").endswith("_promo"):
        return f"hardwareProfile.vmSize is {machine.text('hardwareProfile.vmSize')}"
    return None


@rule(
    "kade-vm-guest-agent",
    "Machines have the guest agent of Azure",
    severity="low",
    types=[MACHINE],
    measures=["8.08.01"],
    psrule=["Azure.VM.Agent"],
    checkov=["CKV_AZURE_179"],
    remediation="Set provisionVMAgent to true in the configuration of the operating system.",
    why="Patches, backups and agents for logs all go through it.",
    absent="Azure installs it",
    passes=[
        {"osProfile": {"linuxConfiguration": {"provisionVMAgent": True, "disablePasswordAuthentication": True}}},
        {"osProfile": {"adminUsername": "beheer"}},
    ],
    fails=[
        {"osProfile": {"linuxConfiguration": {"provisionVMAgent": False, "disablePasswordAuthentication": True}}},
        {"osProfile": {"windowsConfiguration": {"provisionVMAgent": False, "enableAutomaticUpdates": True}}},
    ],
)
def guest_agent(machine: Resource) -> Result:
    for system in ("linuxConfiguration", "windowsConfiguration"):
        if not machine.flag(f"osProfile.{system}.provisionVMAgent", default=True):
            yield f"osProfile.{system}.provisionVMAgent is false"


@rule(
    "kade-vm-not-alone",
    "Machines stand in a zone, a set, or on premium disks",
    severity="low",
    types=[MACHINE],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.VM.Standalone"],
    remediation="Set zones, availabilitySet or virtualMachineScaleSet, or give every disk a premium type.",
    why="For a lone machine on standard disks Azure promises little.",
    absent="Azure puts it anywhere",
    passes=[
        {"zones": ["1"]},
        {"availabilitySet": {"id": "/subscriptions/s/availabilitySets/a"}},
        {"storageProfile": {"osDisk": {"managedDisk": {"storageAccountType": "Premium_LRS"}}}},
    ],
    fails=[
        {},
        {
            "storageProfile": {
                "osDisk": {"managedDisk": {"storageAccountType": "Premium_LRS"}},
                "dataDisks": [{"managedDisk": {"storageAccountType": "Standard_LRS"}}],
            }
        },
    ],
)
def not_alone(machine: Resource) -> Result:
    if machine.texts("zones") or machine.refers("availabilitySet.id") or machine.refers("virtualMachineScaleSet.id"):
        return None
    storage = machine.node("storageProfile")
    disks = (storage.node("osDisk"), *storage.items("dataDisks"))
    if not all(disk.is_("managedDisk.storageAccountType", *_GOOD_DISKS) for disk in disks):
        return "it stands in no zone and no set, and not all of its disks are premium"
    return None


@rule(
    "kade-vmss-zones",
    "Scale sets are spread over availability zones",
    severity="low",
    types=[SCALE_SET],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.VMSS.AvailabilityZone"],
    remediation='Set zones to ["1", "2", "3"].',
    absent="Azure keeps the set in one place",
    passes=[{"zones": ["1", "2", "3"]}],
    fails=[{"zones": ["1"]}, {"location": "westeurope"}],
    not_applicable=[{"location": "westus"}],
)
def scale_set_zones(machine: Resource) -> Result:
    needs_zones(machine)
    if len(set(machine.texts("zones"))) < 2:
        return "zones names fewer than two zones"
    return None


@rule(
    "kade-vmss-best-effort-balance",
    "Scale sets still grow when a zone is full",
    severity="low",
    types=[SCALE_SET],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.VMSS.ZoneBalance"],
    remediation="Set zoneBalance to false.",
    why="With a strict balance no machine is added anywhere once one of the zones has no room, or is down.",
    absent="Azure balances as well as it can",
    passes=[{"zones": ["1", "2", "3"], "zoneBalance": False}, {"zones": ["1", "2"]}],
    fails=[{"zones": ["1", "2", "3"], "zoneBalance": True}],
    not_applicable=[{}],
)
def best_effort_balance(machine: Resource) -> Result:
    if not machine.texts("zones"):
        not_applicable("the scale set stands in no zone")
    if machine.flag("zoneBalance", default=False):
        return "zoneBalance is true"
    return None


@rule(
    "kade-vmss-repairs",
    "Scale sets replace machines that are ill",
    severity="low",
    types=[SCALE_SET],
    measures=["8.13.02"],
    nis2="21(2)(c)",
    psrule=["Azure.VMSS.AutoInstanceRepairs"],
    remediation="Set automaticRepairsPolicy.enabled to true, with a health probe or the health extension.",
    absent="Azure leaves them",
    passes=[{"automaticRepairsPolicy": {"enabled": True}}],
    fails=[{"automaticRepairsPolicy": {"enabled": False}}, {}],
)
def repairs(machine: Resource) -> Result:
    if not machine.flag("automaticRepairsPolicy.enabled", default=False):
        return "automaticRepairsPolicy.enabled is not true"
    return None


@rule(
    "kade-vmss-image-upgrades",
    "Scale sets take new images by themselves",
    severity="medium",
    types=[SCALE_SET],
    measures=["8.08.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_95"],
    remediation="Set upgradePolicy.automaticOSUpgradePolicy.enableAutomaticOSUpgrade to true.",
    absent="Azure keeps machines on the image that they were made of",
    passes=[{"upgradePolicy": {"automaticOSUpgradePolicy": {"enableAutomaticOSUpgrade": True}}}],
    fails=[{"upgradePolicy": {"mode": "Manual"}}, {}],
    not_applicable=[{"orchestrationMode": "Flexible"}],
)
def image_upgrades(machine: Resource) -> Result:
    if machine.is_("orchestrationMode", "Flexible"):
        not_applicable("patched in the guest: see kade-vm-patches")
    if not machine.flag("upgradePolicy.automaticOSUpgradePolicy.enableAutomaticOSUpgrade", default=False):
        return "upgradePolicy.automaticOSUpgradePolicy.enableAutomaticOSUpgrade is not true"
    return None
