"""Storage accounts: who can reach them, how they sign in, and what can be brought back."""

from __future__ import annotations

from typing import Final

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.kit.addresses import is_anywhere
from kade.policies.security.storage import ACCOUNT, BLOB_SERVICE, CONTAINER, not_of_cloud_shell

FILE_SERVICE = "azure-native:storage:FileServiceProperties"
DEFENDER = "azure-native:security:DefenderForStorage"
FILE_SYNC = "azure-native:storagesync:StorageSyncService"

_NO_BLOBS: Final = ("FileStorage",)
_WITH_SHARES: Final = ("Storage", "StorageV2", "FileStorage")


@rule(
    "kade-storage-https-only",
    "Storage accounts refuse unencrypted connections",
    severity="high",
    types=[ACCOUNT],
    measures=["8.21.04"],
    nis2="21(2)(h)",
    psrule=["Azure.Storage.SecureTransfer"],
    checkov=["CKV_AZURE_3"],
    remediation="Set enableHttpsTrafficOnly to true.",
    absent="Azure refuses them since API version 2019-04-01",
    passes=[{"enableHttpsTrafficOnly": True}, Example({}, api_version="2023-01-01")],
    fails=[{"enableHttpsTrafficOnly": False}, Example({}, api_version="2018-07-01")],
    remediate=lambda _: {"enableHttpsTrafficOnly": True},
)
def https_only(account: Resource) -> Result:
    # An export has no API version, and names the property unless the account is older than it.
    by_default = account.api_version >= "2019-04-01" if account.api_version else bool(account.urn)
    if account.flag("enableHttpsTrafficOnly", default=by_default):
        return None
    return "enableHttpsTrafficOnly is not true"


@rule(
    "kade-storage-firewall",
    "Storage accounts refuse connections from the internet",
    severity="high",
    types=[ACCOUNT],
    measures=["8.22.01", "5.15.01"],
    nis2="21(2)(e)",
    psrule=["Azure.Storage.Firewall"],
    checkov=["CKV_AZURE_35"],
    remediation="Set publicNetworkAccess to Disabled, or networkRuleSet.defaultAction to Deny.",
    absent="Azure lets the internet in",
    passes=[{"publicNetworkAccess": "Disabled"}, {"networkRuleSet": {"defaultAction": "deny"}}],
    fails=[
        {},
        {"networkRuleSet": {"defaultAction": "Allow"}},
        {"networkRuleSet": {"defaultAction": "Deny", "ipRules": [{"iPAddressOrRange": "0.0.0.0/0"}]}},
    ],
    not_applicable=[{"tags": {"ms-resource-usage": "azure-cloud-shell"}}],
)
def firewall(account: Resource) -> Result:
    not_of_cloud_shell(account)
    if account.is_("publicNetworkAccess", "Disabled", "SecuredByPerimeter"):
        return None
    if not account.is_("networkRuleSet.defaultAction", "Deny", default="Allow"):
        return "publicNetworkAccess is not Disabled, and networkRuleSet.defaultAction is not Deny"
    if any(is_anywhere(one.word("iPAddressOrRange")) for one in account.items("networkRuleSet.ipRules")):
        return "networkRuleSet.ipRules let every address in"
    return None


@rule(
    "kade-storage-trusted-services",
    "Azure's own services can pass the firewall of a storage account",
    severity="low",
    types=[ACCOUNT],
    measures=["8.13.01"],
    checkov=["CKV_AZURE_36"],
    remediation="Set networkRuleSet.bypass to AzureServices.",
    why="Otherwise backup and logging of the account itself stop without a word.",
    absent="Azure lets them pass",
    passes=[{"networkRuleSet": {"defaultAction": "Deny", "bypass": "AzureServices, Logging"}}, {}],
    fails=[{"networkRuleSet": {"defaultAction": "Deny", "bypass": "None"}}],
)
def trusted_services(account: Resource) -> Result:
    closed = account.is_("networkRuleSet.defaultAction", "Deny")
    if closed and "azureservices" not in account.word("networkRuleSet.bypass", "AzureServices"):
        return "networkRuleSet.bypass does not name AzureServices"
    return None


@rule(
    "kade-storage-no-keys",
    "Storage accounts let in identities, not keys",
    severity="medium",
    types=[ACCOUNT],
    measures=["5.16.02", "5.17.01"],
    nis2="21(2)(i)",
    psrule=["Azure.Storage.LocalAuth"],
    checkov=["CKV2_AZURE_40"],
    remediation="Set allowSharedKeyAccess to false, and give each user and application a role.",
    why="A key opens everything in the account, belongs to nobody and does not end.",
    absent="Azure lets keys in",
    passes=[{"allowSharedKeyAccess": False}],
    fails=[{"allowSharedKeyAccess": True}, {}],
)
def no_keys(account: Resource) -> Result:
    return "allowSharedKeyAccess is not false" if account.flag("allowSharedKeyAccess", default=True) else None


@rule(
    "kade-storage-private-containers",
    "Blob containers are private",
    severity="high",
    types=[CONTAINER],
    measures=["8.03.01", "5.15.01"],
    nis2="21(2)(i)",
    psrule=["Azure.Storage.BlobAccessType"],
    checkov=["CKV_AZURE_34"],
    remediation="Set publicAccess to None.",
    absent="Azure makes it private",
    passes=[{"publicAccess": "None"}, {}],
    fails=[{"publicAccess": "Blob"}, {"publicAccess": "container"}],
)
def private_containers(container: Resource) -> Result:
    if container.is_("publicAccess", "None", default="None"):
        return None
    return f"publicAccess is {container.text('publicAccess')}"


@rule(
    "kade-storage-container-soft-delete",
    "Deleted containers can be restored for at least a week",
    severity="medium",
    types=[ACCOUNT],
    measures=["8.13.01"],
    nis2="21(2)(c)",
    psrule=["Azure.Storage.ContainerSoftDelete"],
    deviations=["Azure.Storage.ContainerSoftDelete: accounts with a hierarchical namespace have it too since 2022"],
    remediation="Set containerDeleteRetentionPolicy of the blob service to enabled, with days at least 7.",
    absent="Azure deletes at once",
    joins=True,
    passes=[
        Example(
            {"kind": "StorageV2"},
            children=[Example({"containerDeleteRetentionPolicy": {"enabled": True, "days": 7}}, type=BLOB_SERVICE)],
        )
    ],
    fails=[
        {"kind": "StorageV2"},
        Example(
            {"kind": "StorageV2"},
            children=[Example({"containerDeleteRetentionPolicy": {"enabled": False}}, type=BLOB_SERVICE)],
        ),
    ],
    not_applicable=[{"kind": "FileStorage"}],
)
def container_soft_delete(account: Resource) -> Result:
    if account.is_("kind", *_NO_BLOBS):
        not_applicable("a file storage account has no blobs")
    not_of_cloud_shell(account)
    return _kept(account, BLOB_SERVICE, "containerDeleteRetentionPolicy")


@rule(
    "kade-storage-share-soft-delete",
    "Deleted file shares can be restored for at least a week",
    severity="medium",
    types=[ACCOUNT],
    measures=["8.13.01"],
    nis2="21(2)(c)",
    psrule=["Azure.Storage.FileShareSoftDelete"],
    remediation="Set shareDeleteRetentionPolicy of the file service to enabled, with days at least 7.",
    absent="Azure keeps them a week where the file service is not declared; declared without it, it deletes at once",
    joins=True,
    passes=[
        Example(
            {"kind": "FileStorage"},
            children=[Example({"shareDeleteRetentionPolicy": {"enabled": True, "days": 14}}, type=FILE_SERVICE)],
        )
    ],
    fails=[
        Example(
            {"kind": "StorageV2"},
            children=[Example({"shareDeleteRetentionPolicy": {"enabled": False}}, type=FILE_SERVICE)],
        ),
        {"kind": "FileStorage"},
    ],
    not_applicable=[{"kind": "BlobStorage"}, {"kind": "StorageV2"}],
)
def share_soft_delete(account: Resource) -> Result:
    if not account.is_("kind", *_WITH_SHARES):
        not_applicable("it has no file shares")
    if not account.is_("kind", *_NO_BLOBS) and not account.children(FILE_SERVICE):
        not_applicable("no file service is declared in it")
    return _kept(account, FILE_SERVICE, "shareDeleteRetentionPolicy")


def _kept(account: Resource, service: str, policy: str) -> str | None:
    """What is wrong with how long a service of the account keeps what is deleted."""
    services = account.children(service)
    if not services:
        return f"no service with a {policy} stands in it"
    for one in services:
        found = one.node(policy)
        if not found.flag("enabled", default=False):
            return f"{policy} is not enabled"
        if found.number("days", 7.0) < 7:
            return f"{policy} keeps {found.number('days', 0.0):g} days; at least 7 are needed"
    return None


@rule(
    "kade-storage-no-cross-tenant-replication",
    "Storage accounts do not replicate to another organisation",
    severity="medium",
    types=[ACCOUNT],
    measures=["B.05.2", "8.03.01"],
    nis2="21(2)(d)",
    remediation="Set allowCrossTenantReplication to false.",
    absent="Azure refuses it for accounts made since December 2023",
    passes=[{"allowCrossTenantReplication": False}, {}],
    fails=[{"allowCrossTenantReplication": True}],
)
def no_cross_tenant_replication(account: Resource) -> Result:
    if account.flag("allowCrossTenantReplication", default=False):
        return "allowCrossTenantReplication is true"
    return None


@rule(
    "kade-storage-double-encryption",
    "Storage accounts encrypt twice",
    severity="low",
    types=[ACCOUNT],
    measures=["U.05.2"],
    nis2="21(2)(h)",
    remediation="Set encryption.requireInfrastructureEncryption to true; it cannot be changed later.",
    absent="Azure encrypts once",
    passes=[{"encryption": {"requireInfrastructureEncryption": True}}],
    fails=[{}],
)
def double_encryption(account: Resource) -> Result:
    if account.flag("encryption.requireInfrastructureEncryption", default=False):
        return None
    return "encryption.requireInfrastructureEncryption is not true"


@rule(
    "kade-storage-own-key",
    "Storage accounts are encrypted with a key of the municipality's own",
    severity="low",
    types=[ACCOUNT],
    measures=["U.05.2", "U.11.3"],
    nis2="21(2)(h)",
    checkov=["CKV2_AZURE_1"],
    remediation="Set encryption.keySource to Microsoft.Keyvault, with keyVaultProperties.",
    absent="Azure encrypts with keys of its own",
    passes=[{"encryption": {"keySource": "Microsoft.Keyvault"}}],
    fails=[{}, {"encryption": {"keySource": "Microsoft.Storage"}}],
)
def own_key(account: Resource) -> Result:
    if account.is_("encryption.keySource", "Microsoft.Keyvault"):
        return None
    return "encryption.keySource is not Microsoft.Keyvault"


@rule(
    "kade-file-sync-public-access",
    "File Sync refuses connections from the internet",
    severity="high",
    types=[FILE_SYNC],
    measures=["8.22.01"],
    nis2="21(2)(e)",
    checkov=["CKV_AZURE_64"],
    remediation="Set incomingTrafficPolicy to AllowVirtualNetworksOnly, with a private endpoint.",
    absent="Azure lets the internet in",
    passes=[{"incomingTrafficPolicy": "AllowVirtualNetworksOnly"}],
    fails=[{"incomingTrafficPolicy": "AllowAllTraffic"}, {}],
)
def file_sync_public_access(service: Resource) -> Result:
    if service.is_("incomingTrafficPolicy", "AllowVirtualNetworksOnly"):
        return None
    return "incomingTrafficPolicy is not AllowVirtualNetworksOnly"


@rule(
    "kade-storage-malware-scan",
    "Uploaded blobs are scanned for malware",
    severity="low",
    types=[DEFENDER],
    measures=["8.07.04"],
    nis2="21(2)(e)",
    psrule=["Azure.Storage.Defender.MalwareScan"],
    remediation="Set malwareScanning.onUpload.isEnabled to true.",
    passes=[{"isEnabled": True, "malwareScanning": {"onUpload": {"isEnabled": True}}}],
    fails=[{"isEnabled": True, "malwareScanning": {"onUpload": {"isEnabled": False}}}, {"isEnabled": True}],
)
def malware_scan(settings: Resource) -> Result:
    if settings.flag("malwareScanning.onUpload.isEnabled", default=False):
        return None
    return "malwareScanning.onUpload.isEnabled is not true"


@rule(
    "kade-storage-data-scan",
    "Defender looks for personal data in storage accounts",
    severity="low",
    types=[DEFENDER],
    measures=["5.12.01"],
    nis2="21(2)(a)",
    psrule=["Azure.Storage.Defender.DataScan"],
    remediation="Set sensitiveDataDiscovery.isEnabled to true.",
    passes=[{"isEnabled": True, "sensitiveDataDiscovery": {"isEnabled": True}}],
    fails=[{"isEnabled": True, "sensitiveDataDiscovery": {"isEnabled": False}}, {"isEnabled": True}],
)
def data_scan(settings: Resource) -> Result:
    if settings.flag("sensitiveDataDiscovery.isEnabled", default=False):
        return None
    return "sensitiveDataDiscovery.isEnabled is not true"
