"""Storage accounts, their blobs, files, queues and tables."""

from __future__ import annotations

from kade.policies.kit import Example, Resource, Result, not_applicable, rule

ACCOUNT = "azure-native:storage:StorageAccount"
BLOB_SERVICE = "azure-native:storage:BlobServiceProperties"
CONTAINER = "azure-native:storage:BlobContainer"


def not_of_cloud_shell(account: Resource) -> None:
    """Leave the rule for an account that Azure made for somebody's Cloud Shell, which has to be reachable."""
    if account.node("tags").is_("ms-resource-usage", "azure-cloud-shell"):
        not_applicable("Azure made the account for a Cloud Shell")


@rule(
    "kade-storage-minimum-tls",
    "Storage accounts refuse TLS below 1.2",
    severity="high",
    types=[ACCOUNT],
    measures=["8.24.04", "5.14.01"],
    nis2="21(2)(h)",
    psrule=["Azure.Storage.MinTLS"],
    checkov=["CKV_AZURE_44"],
    remediation="Set minimumTlsVersion to TLS1_2.",
    why="NCSC counts TLS 1.0 and 1.1 as insufficient; one old client may then lower the connection of all.",
    absent="Azure accepts TLS 1.0",
    passes=[{"minimumTlsVersion": "TLS1_2"}, {"minimumTlsVersion": "TLS1_3"}],
    fails=[{"minimumTlsVersion": "TLS1_0"}, {}],
    remediate=lambda _: {"minimumTlsVersion": "TLS1_2"},
)
def minimum_tls(account: Resource) -> Result:
    if account.tls("minimumTlsVersion", default=1.0) < 1.2:
        return f"minimumTlsVersion is {account.text('minimumTlsVersion', 'absent, which allows TLS 1.0')}"
    return None


@rule(
    "kade-storage-no-public-blobs",
    "Storage accounts cannot have blobs that anyone can read",
    severity="critical",
    types=[ACCOUNT],
    measures=["8.03.01", "5.15.01"],
    nis2="21(2)(i)",
    psrule=["Azure.Storage.BlobPublicAccess"],
    checkov=["CKV_AZURE_190"],
    remediation="Set allowBlobPublicAccess to false.",
    why="With it, one setting on a container makes its blobs readable without any account.",
    absent="Azure allows it on accounts made before API version 2023-01-01 took effect, so absent counts as allowed",
    passes=[{"allowBlobPublicAccess": False}],
    fails=[{"allowBlobPublicAccess": True}, {}],
    not_applicable=[{"kind": "FileStorage"}],
    remediate=lambda _: {"allowBlobPublicAccess": False},
)
def no_public_blobs(account: Resource) -> Result:
    if account.is_("kind", "FileStorage"):
        not_applicable("a file storage account has no blobs")
    if account.flag("allowBlobPublicAccess", default=True):
        return "allowBlobPublicAccess is not false"
    return None


@rule(
    "kade-storage-blob-soft-delete",
    "Deleted blobs can be restored for at least a week",
    severity="medium",
    types=[ACCOUNT],
    measures=["8.13.01"],
    nis2="21(2)(c)",
    psrule=["Azure.Storage.SoftDelete"],
    deviations=["Azure.Storage.SoftDelete: accounts with a hierarchical namespace have it too since 2022"],
    remediation="Set deleteRetentionPolicy of the blob service to enabled, with days at least 7.",
    absent="Azure deletes at once",
    joins=True,
    passes=[
        Example(
            {"kind": "StorageV2"},
            children=[Example({"deleteRetentionPolicy": {"enabled": True, "days": 14}}, type=BLOB_SERVICE)],
        )
    ],
    fails=[
        Example(
            {"kind": "StorageV2"}, children=[Example({"deleteRetentionPolicy": {"enabled": False}}, type=BLOB_SERVICE)]
        ),
        Example({"kind": "StorageV2"}),
    ],
    not_applicable=[{"kind": "FileStorage"}],
)
def blob_soft_delete(account: Resource) -> Result:
    not_of_cloud_shell(account)
    if account.is_("kind", "FileStorage"):
        not_applicable("a file storage account has no blobs")
    services = account.children(BLOB_SERVICE)
    if not services:
        return "no blob service with a deleteRetentionPolicy stands in it"
    for service in services:
        policy = service.node("deleteRetentionPolicy")
        if not policy.flag("enabled", default=False):
            return "deleteRetentionPolicy of the blob service is not enabled"
        if (policy.number("days", 7) or 0) < 7:
            return (
                f"deleteRetentionPolicy of the blob service keeps {policy.number('days'):g} days; at least 7 are needed"
            )
    return None
