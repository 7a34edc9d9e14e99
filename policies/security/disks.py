"""Managed disks, snapshots and the keys that they are encrypted with."""

from __future__ import annotations

from kade.policies.kit import Example, Resource, Result, rule

DISK = "azure-native:compute:Disk"
SNAPSHOT = "azure-native:compute:Snapshot"
KEYS = "azure-native:compute:DiskEncryptionSet"


@rule(
    "kade-disk-no-public-download",
    "Disks and snapshots cannot be downloaded over the internet",
    severity="high",
    types=[DISK, SNAPSHOT],
    measures=["8.03.01", "8.22.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_251"],
    remediation="Set publicNetworkAccess to Disabled and networkAccessPolicy to DenyAll, or to AllowPrivate with a "
    "diskAccessId.",
    why="A link for the download of a disk works for whoever has it, and the disk holds everything.",
    absent="Azure lets everyone with a link download",
    passes=[
        {"publicNetworkAccess": "Disabled", "networkAccessPolicy": "DenyAll"},
        Example({"publicNetworkAccess": "Disabled"}, type=SNAPSHOT),
    ],
    fails=[{}, {"publicNetworkAccess": "Enabled"}, Example({}, type=SNAPSHOT)],
)
def no_public_download(disk: Resource) -> Result:
    if disk.flag("publicNetworkAccess", default=True):
        return "publicNetworkAccess is not Disabled"
    return None


@rule(
    "kade-disk-own-key",
    "Disks are encrypted with a key of our own",
    severity="low",
    types=[DISK],
    measures=["U.11.3", "U.05.2"],
    nis2="21(2)(h)",
    checkov=["CKV_AZURE_93"],
    remediation="Set encryption.diskEncryptionSetId, where the classification of the data asks for a key of our own.",
    absent="Azure encrypts with a key of Microsoft",
    passes=[{"encryption": {"diskEncryptionSetId": "/subscriptions/s/diskEncryptionSets/des"}}],
    fails=[{}, {"encryption": {"type": "EncryptionAtRestWithPlatformKey"}}],
)
def own_key(disk: Resource) -> Result:
    if not disk.refers("encryption.diskEncryptionSetId"):
        return "encryption.diskEncryptionSetId is not set"
    return None


@rule(
    "kade-disk-key-rotation",
    "Disk encryption sets follow the newest version of their key",
    severity="medium",
    types=[KEYS],
    measures=["8.24.02", "U.11.3"],
    nis2="21(2)(h)",
    remediation="Set rotationToLatestKeyVersionEnabled to true.",
    why="Otherwise disks stay on the old version, and stop working once it is switched off.",
    absent="Azure keeps the version",
    passes=[{"rotationToLatestKeyVersionEnabled": True}],
    fails=[{"rotationToLatestKeyVersionEnabled": False}, {}],
)
def key_rotation(keys: Resource) -> Result:
    if not keys.flag("rotationToLatestKeyVersionEnabled", default=False):
        return "rotationToLatestKeyVersionEnabled is not true"
    return None
