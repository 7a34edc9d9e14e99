"""Copies that services make by themselves, or on one setting, in another region: each with the rule that judges it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kade.policies.kit import Example, Resource, Result, not_applicable, not_evaluated, rule
from kade.policies.residency.places import MODE, Place, copies_of, judge, pair, plain

ACCOUNT = "azure-native:storage:StorageAccount"
OBJECT_REPLICATION = "azure-native:storage:ObjectReplicationPolicy"
RECOVERY_VAULT = "azure-native:recoveryservices:Vault"
BACKUP_VAULT = "azure-native:dataprotection:BackupVault"
KEY_VAULT = "azure-native:keyvault:Vault"
WORKSPACE = "azure-native:operationalinsights:Workspace"
IMAGE_VERSIONS: Final = (
    "azure-native:compute:GalleryImageVersion",
    "azure-native:compute:GalleryApplicationVersion",
)
NAMESPACES: Final = ("azure-native:eventhub:Namespace", "azure-native:servicebus:Namespace")
DISASTER_RECOVERY: Final = (
    "azure-native:eventhub:DisasterRecoveryConfig",
    "azure-native:servicebus:DisasterRecoveryConfig",
)

GEO_STORAGE: Final = ("grs", "ragrs", "gzrs", "ragzrs")
_NL = {"mode": "nl"}
_AMSTERDAM = {"location": "westeurope"}
_STORAGE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts"


@copies_of(ACCOUNT)
def storage_copies(account: Resource) -> Iterator[Place]:
    """The pair, where the account is geo-redundant."""
    if account.word("sku.name").partition("_")[2] in GEO_STORAGE:
        yield from pair(account, f"sku {account.text('sku.name')} is geo-redundant")


@rule(
    "kade-residency-storage-replication",
    "Storage accounts replicate only to regions that the residency rule allows",
    severity="high",
    types=[ACCOUNT],
    measures=["B.05.2", "B.09.8"],
    remediation="Choose sku Standard_ZRS, and keep the second copy with a backup vault in a region that is allowed.",
    why="A geo-redundant account copies all its data to the pair of its region, which cannot be chosen.",
    deviations=[
        "Azure.Storage.UseReplication: it asks for geo-redundancy; where the pair is outside the residency rule, "
        "residency wins"
    ],
    config=MODE,
    passes=[
        {**_AMSTERDAM, "sku": {"name": "Standard_ZRS"}},
        {**_AMSTERDAM, "sku": {"name": "Standard_GRS"}},
    ],
    fails=[
        Example({**_AMSTERDAM, "sku": {"name": "Standard_GZRS"}}, config=_NL),
        {"location": "uksouth", "sku": {"name": "Standard_RAGRS"}},
    ],
)
def storage_replication(account: Resource) -> Result:
    yield from judge(account, storage_copies(account))


@rule(
    "kade-residency-object-replication",
    "Blobs are not replicated to an account whose place is not known",
    severity="medium",
    types=[OBJECT_REPLICATION],
    measures=["B.05.2"],
    remediation="Declare the destination account in the same estate, so that its region is judged.",
    config=MODE,
    joins=True,
    passes=[
        Example(
            {"destinationAccount": f"{_STORAGE}/copy"},
            related=[Example(_AMSTERDAM, type=ACCOUNT, name="copy")],
        )
    ],
    fails=[{"destinationAccount": f"{_STORAGE}/far"}],
)
def object_replication(policy: Resource) -> Result:
    name = policy.word("destinationAccount").rsplit("/", 1)[-1]
    stack = policy.stack
    for account in stack.resources(ACCOUNT) if stack else []:
        if account.word("accountName", account.name.lower()).rsplit("/", 1)[-1] == name:
            return None  # the account has a verdict of its own
    return "destinationAccount stands outside this estate, so the place of the copy is not known"


@copies_of(RECOVERY_VAULT)
def recovery_copies(vault: Resource) -> Iterator[Place]:
    """The pair, unless the vault says that it keeps to its region."""
    if vault.is_(
        "redundancySettings.standardTierStorageRedundancy",
        "GeoRedundant",
        "ReadAccessGeoZoneRedundant",
        default="GeoRedundant",
    ):
        yield from pair(vault, "the vault is geo-redundant")


@rule(
    "kade-residency-recovery-vault",
    "Recovery vaults keep backups in regions that the residency rule allows",
    severity="high",
    types=[RECOVERY_VAULT],
    measures=["B.05.2", "8.13.03"],
    remediation="Set redundancySettings.standardTierStorageRedundancy to ZoneRedundant and crossRegionRestore to "
    "Disabled; keep a second copy in a vault of another region that is allowed.",
    why="BIO2 8.13.03 asks for a copy elsewhere, which another zone or another allowed region is.",
    absent="Azure makes the vault geo-redundant",
    deviations=["Azure.RSV.StorageType: it asks for geo-redundancy; where the pair is not allowed, residency wins"],
    config=MODE,
    passes=[
        Example({**_AMSTERDAM, "redundancySettings": {"standardTierStorageRedundancy": "ZoneRedundant"}}, config=_NL),
        _AMSTERDAM,
    ],
    fails=[
        Example({**_AMSTERDAM, "redundancySettings": {"standardTierStorageRedundancy": "GeoRedundant"}}, config=_NL),
        Example(_AMSTERDAM, config=_NL),
    ],
)
def recovery_vault(vault: Resource) -> Result:
    yield from judge(vault, recovery_copies(vault))


@copies_of(BACKUP_VAULT)
def backup_copies(vault: Resource) -> Iterator[Place]:
    """The pair, where one of the stores is geo-redundant."""
    if any(store.is_("type", "GeoRedundant") for store in vault.items("storageSettings")):
        yield from pair(vault, "storageSettings are geo-redundant")


@rule(
    "kade-residency-backup-vault",
    "Backup vaults keep backups in regions that the residency rule allows",
    severity="high",
    types=[BACKUP_VAULT],
    measures=["B.05.2", "8.13.03"],
    remediation="Set type in storageSettings to ZoneRedundant.",
    config=MODE,
    passes=[
        {**_AMSTERDAM, "storageSettings": [{"type": "GeoRedundant"}]},
        Example({**_AMSTERDAM, "storageSettings": [{"type": "ZoneRedundant"}]}, config=_NL),
    ],
    fails=[Example({**_AMSTERDAM, "storageSettings": [{"type": "GeoRedundant"}]}, config=_NL)],
)
def backup_vault(vault: Resource) -> Result:
    yield from judge(vault, backup_copies(vault))


@copies_of(KEY_VAULT)
def key_vault_copies(vault: Resource) -> Iterator[Place]:
    """The pair of its region, always. Source: Azure documentation, Key Vault availability and redundancy, 2026."""
    yield from pair(vault, "a key vault is kept twice")


@rule(
    "kade-residency-key-vault",
    "Key vaults are kept only in regions that the residency rule allows",
    severity="high",
    types=[KEY_VAULT],
    measures=["B.05.2", "U.11.3"],
    remediation="Choose a region without a pair or with an allowed one, or a managed HSM in one region; or exempt it "
    "with the decision that secrets may be in the pair.",
    why="Azure copies every vault to the pair of its region, and this cannot be turned off.",
    config=MODE,
    passes=[_AMSTERDAM, {"location": "polandcentral"}],
    fails=[Example(_AMSTERDAM, config=_NL)],
)
def key_vault(vault: Resource) -> Result:
    yield from judge(vault, key_vault_copies(vault))


@copies_of(WORKSPACE)
def workspace_copies(workspace: Resource) -> Iterator[Place]:
    """The second region of a workspace that replicates."""
    if workspace.flag("replication.enabled", default=False):
        second = plain(workspace.text("replication.location"))
        yield Place(second, "copied", "replication copies the logs to the region that it names")


@rule(
    "kade-residency-log-replication",
    "Logs are replicated only to regions that the residency rule allows",
    severity="high",
    types=[WORKSPACE],
    measures=["B.05.2", "8.15.05"],
    remediation="Set replication.location to a region that is allowed, or replication.enabled to false.",
    config=MODE,
    passes=[
        {**_AMSTERDAM, "replication": {"enabled": True, "location": "germanywestcentral"}},
        {**_AMSTERDAM, "replication": {"enabled": False, "location": "eastus"}},
        _AMSTERDAM,
    ],
    fails=[{**_AMSTERDAM, "replication": {"enabled": True, "location": "eastus"}}],
)
def log_replication(workspace: Resource) -> Result:
    yield from judge(workspace, workspace_copies(workspace))


@copies_of(*IMAGE_VERSIONS)
def image_copies(version: Resource) -> Iterator[Place]:
    """The regions that a version of an image is published to."""
    for target in version.items("publishingProfile.targetRegions"):
        yield Place(plain(target.text("name")), "copied", "publishingProfile.targetRegions publishes the image there")


@rule(
    "kade-residency-image-replication",
    "Images are published only to regions that the residency rule allows",
    severity="medium",
    types=list(IMAGE_VERSIONS),
    measures=["B.05.2"],
    remediation="Name only regions that are allowed in publishingProfile.targetRegions.",
    config=MODE,
    passes=[Example({"publishingProfile": {"targetRegions": [{"name": "West Europe"}]}}, type=IMAGE_VERSIONS[0])],
    fails=[
        Example(
            {"publishingProfile": {"targetRegions": [{"name": "West Europe"}, {"name": "East US"}]}},
            type=IMAGE_VERSIONS[0],
        )
    ],
)
def image_replication(version: Resource) -> Result:
    yield from judge(version, image_copies(version))


@copies_of(*NAMESPACES)
def namespace_copies(namespace: Resource) -> Iterator[Place]:
    """The other regions of a namespace that replicates."""
    for other in namespace.items("geoDataReplication.locations"):
        name = plain(other.text("locationName"))
        if name != namespace.location:
            yield Place(name, "copied", "geoDataReplication copies messages there")


@rule(
    "kade-residency-message-replication",
    "Messages are replicated only to regions that the residency rule allows",
    severity="high",
    types=list(NAMESPACES),
    measures=["B.05.2"],
    remediation="Name only regions that are allowed in geoDataReplication.locations.",
    config=MODE,
    passes=[
        Example(
            {**_AMSTERDAM, "geoDataReplication": {"locations": [{"locationName": "germanywestcentral"}]}},
            type=NAMESPACES[0],
        ),
        Example(_AMSTERDAM, type=NAMESPACES[1]),
    ],
    fails=[
        Example({**_AMSTERDAM, "geoDataReplication": {"locations": [{"locationName": "eastus"}]}}, type=NAMESPACES[1])
    ],
)
def message_replication(namespace: Resource) -> Result:
    yield from judge(namespace, namespace_copies(namespace))


@rule(
    "kade-residency-namespace-pairing",
    "A namespace is paired only with one whose place is known",
    severity="medium",
    types=list(DISASTER_RECOVERY),
    measures=["B.05.2"],
    remediation="Declare the partner namespace in the same estate, so that its region is judged.",
    config=MODE,
    joins=True,
    passes=[
        Example(
            {"partnerNamespace": "/subscriptions/s/resourceGroups/g/providers/Microsoft.EventHub/namespaces/second"},
            type=DISASTER_RECOVERY[0],
            related=[Example(_AMSTERDAM, type=NAMESPACES[0], name="second")],
        )
    ],
    fails=[
        Example(
            {"partnerNamespace": "/subscriptions/s/resourceGroups/g/providers/Microsoft.EventHub/namespaces/far"},
            type=DISASTER_RECOVERY[0],
        )
    ],
    not_applicable=[Example({}, type=DISASTER_RECOVERY[1])],
)
def namespace_pairing(pairing: Resource) -> Result:
    if not pairing.refers("partnerNamespace"):
        not_applicable("it names no partner")
    name = pairing.word("partnerNamespace").rsplit("/", 1)[-1]
    if pairing.stack is None:
        not_evaluated("the other resources are not known here")
    for namespace in pairing.stack.resources(*NAMESPACES):
        if namespace.word("namespaceName", namespace.name.lower()).rsplit("/", 1)[-1] == name:
            return None  # the partner has a verdict of its own
    return "partnerNamespace stands outside this estate, so its place is not known"
