"""What the resources of an application hold: data with its size and form, keys, locks, names, identities."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kade.engine.plan import Resource
from kade.facts.azure_types import unversioned

GB: Final = 1024**3


@dataclass(frozen=True)
class Store:
    """Where data is. ``size`` is what it may hold, in words; ``form`` is the form in which it comes out."""

    name: str
    kind: str
    size: str
    form: str
    how: str


@dataclass(frozen=True)
class Thing:
    """A key, lock, name or identity: what it is called, and what has to be known of it."""

    name: str
    kind: str
    what: str


def _disk(inputs: Mapping[str, Any]) -> str:
    return _gb(inputs.get("diskSizeGB"))


def _os_disk(inputs: Mapping[str, Any]) -> str:
    return _gb(_at(inputs, "storageProfile", "osDisk", "diskSizeGB"))


def _gb(value: Any) -> str:
    return f"{value:g} GB" if isinstance(value, int | float) else "size not stated"


def _bytes(inputs: Mapping[str, Any]) -> str:
    value = inputs.get("maxSizeBytes")
    return _gb(value / GB if isinstance(value, int | float) else None)


# By type: what it is, its size, the form in which the data comes out, and with what.
STORES: Final[Mapping[str, tuple[str, Callable[[Mapping[str, Any]], str], str, str]]] = {
    "azure-native:compute:VirtualMachine": ("first disk of a machine", _os_disk, "VHD", "az disk grant-access"),
    "azure-native:compute:Disk": ("disk", _disk, "VHD", "az disk grant-access, after its export is allowed"),
    "azure-native:storage:FileShare": (
        "file share", lambda i: _gb(i.get("shareQuota")), "the files themselves", "azcopy, or robocopy from a member",
    ),
    "azure-native:storage:BlobContainer": ("blobs", lambda _i: "size not stated", "the files themselves", "azcopy"),
    "azure-native:sql:Database": ("SQL database", _bytes, "bacpac", "SqlPackage, from inside the network"),
    "azure-native:sql:ManagedDatabase": (
        "database of a managed instance", lambda _i: "within its instance", "bak, bacpac", "copy-only backup to a blob",
    ),
    "azure-native:sql:ManagedInstance": (
        "SQL managed instance", lambda i: _gb(i.get("storageSizeInGB")), "see its databases", "",
    ),
    "azure-native:dbforpostgresql:Server": (
        "PostgreSQL server", lambda i: _gb(_at(i, "storage", "storageSizeGB")), "see its databases", "",
    ),
    "azure-native:dbforpostgresql:Database": (
        "PostgreSQL database", lambda _i: "within its server", "directory or SQL", "pg_dump --format=directory",
    ),
    "azure-native:dbformysql:Server": (
        "MySQL server", lambda i: _gb(_at(i, "storage", "storageSizeGB")), "see its databases", "",
    ),
    "azure-native:dbformysql:Database": (
        "MySQL database", lambda _i: "within its server", "SQL", "mysqldump --single-transaction",
    ),
}  # fmt: skip

IDENTITIES: Final = {
    "azure-native:managedidentity:UserAssignedIdentity": "managed identity",
    "azure-native:managedidentity:FederatedIdentityCredential": "trust of a cluster",
    "azure-native:authorization:RoleAssignment": "role",
    "azure-native:authorization:PimRoleEligibilitySchedule": "role, to be activated",
}
ADMINISTRATORS: Final = {
    "azure-native:dbforpostgresql:Administrator": "principalName",
    "azure-native:dbformysql:AzureADAdministrator": "login",
}
KEYS: Final = {
    "azure-native:keyvault:Vault": "key vault",
    "azure-native:keyvault:Key": "key",
    "azure-native:compute:DiskEncryptionSet": "encryption of disks",
}


def stores(found: Sequence[Resource]) -> Iterator[Store]:
    """What holds data."""
    for resource in found:
        known = STORES.get(unversioned(resource.type))
        if known is not None:
            kind, size, form, how = known
            yield Store(resource.name, kind, size(plain(resource.inputs)), form, how)


def keys(found: Sequence[Resource]) -> Iterator[Thing]:
    """Keys, and how long what is deleted of them stays."""
    for resource in found:
        kind, inputs = KEYS.get(unversioned(resource.type)), plain(resource.inputs)
        if kind == "key vault":
            days = _at(inputs, "properties", "softDeleteRetentionInDays")
            forever = _at(inputs, "properties", "enablePurgeProtection")
            stays = f"stays {days} days after it is deleted" + (", and cannot be purged sooner" if forever else "")
            yield Thing(resource.name, kind, stays)
        elif kind is not None:
            yield Thing(resource.name, kind, "what it encrypted cannot be read without it")


def locks(found: Sequence[Resource]) -> Iterator[Thing]:
    """Locks of Azure, and what Pulumi refuses to delete."""
    for resource in found:
        if resource.type.endswith(":ManagementLockByScope"):
            yield Thing(resource.name, "lock", str(plain(resource.inputs).get("level")))
    for resource in found:
        if resource.protect:
            yield Thing(resource.name, "protected", "Pulumi refuses to delete it until the estate has a `removal`")


def names(found: Sequence[Resource]) -> Iterator[Thing]:
    """Names in DNS."""
    for resource in found:
        inputs = plain(resource.inputs)
        if resource.type.endswith(":PrivateDnsZoneGroup"):
            for item in inputs.get("privateDnsZoneConfigs") or []:
                zone = str(item.get("name", "")).replace("-", ".")
                yield Thing(resource.name, "record in a private zone", zone)
        elif resource.custom and resource.type.endswith((":WebApp", ":ContainerApp")):
            host = plain(resource.outputs).get("defaultHostName") or _at(
                plain(resource.outputs), "configuration", "ingress", "fqdn"
            )
            yield Thing(resource.name, "name that Azure gives", str(host or "known once it is deployed"))


def identities(found: Sequence[Resource]) -> Iterator[Thing]:
    """Who signs in as it, and who may do what."""
    for resource in found:
        type_, inputs = unversioned(resource.type), plain(resource.inputs)
        if type_ in IDENTITIES:
            said = inputs.get("description") or inputs.get("justification") or inputs.get("subject")
            yield Thing(resource.name, IDENTITIES[type_], str(said or inputs.get("resourceName") or ""))
        elif type_ in ADMINISTRATORS:
            yield Thing(resource.name, "administrator of databases", str(inputs.get(ADMINISTRATORS[type_]) or ""))
        elif administrators := inputs.get("administrators"):
            yield Thing(resource.name, "administrator of databases", str(administrators.get("login")))
        if "SystemAssigned" in str(_at(inputs, "identity", "type") or ""):
            yield Thing(resource.name, "identity of its own", "goes with it")


def plain(value: Any) -> Any:
    """A tree in which what is unknown or secret is None: nothing of either is shown."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool) else None


def _at(inputs: Mapping[str, Any], *path: str) -> Any:
    for step in path:
        inputs = inputs.get(step) or {} if isinstance(inputs, Mapping) else {}
    return inputs or None
