"""What can never be undone, and what of a deleted resource stays behind."""

from __future__ import annotations

from typing import Final

from kade.policies.kit import Example, Resource, Result, rule
from kade.policies.preflight.azure_ids import own_name

VAULT = "azure-native:keyvault:Vault"
CONFIGURATION = "azure-native:appconfiguration:ConfigurationStore"
RECOVERY = "azure-native:recoveryservices:Vault"
BACKUP = "azure-native:dataprotection:BackupVault"
STORAGE = "azure-native:storage:StorageAccount"
APIM = "azure-native:apimanagement:ApiManagementService"
AI = "azure-native:cognitiveservices:Account"

# By type: property, the word after which there is no way back, and what that means.
_LOCKED: Final = {
    VAULT: [("enablePurgeProtection", "true", "a deleted vault keeps its name for the days of its retention")],
    CONFIGURATION: [("enablePurgeProtection", "true", "a deleted store keeps its name for the days of its retention")],
    RECOVERY: [
        ("properties.securitySettings.immutabilitySettings.state", "locked", "no backup goes before its time"),
        ("properties.securitySettings.softDeleteSettings.softDeleteState", "alwayson", "soft delete stays on"),
    ],
    BACKUP: [
        ("properties.securitySettings.immutabilitySettings.state", "locked", "no backup goes before its time"),
        ("properties.securitySettings.softDeleteSettings.state", "alwayson", "soft delete stays on"),
    ],
    STORAGE: [
        ("immutableStorageWithVersioning.immutabilityPolicy.state", "locked", "no blob goes before its time"),
        ("encryption.requireInfrastructureEncryption", "true", "only a new account is without it"),
    ],
}
# By type: how it is made again of what was deleted, and the command that removes that for good.
_KEPT: Final = {
    VAULT: ("properties.createMode", "recover", "az keyvault purge"),
    CONFIGURATION: ("createMode", "recover", "az appconfig purge"),
    APIM: ("restore", "true", "az apim deletedservice purge"),
    AI: ("properties.restore", "true", "az cognitiveservices account purge"),
}


@rule(
    "kade-preflight-for-good",
    "What can never be undone is meant to be so",
    severity="low",
    types=list(_LOCKED),
    measures=["8.32.01"],
    remediation="Nothing, where it is meant; else leave the property out now, since it cannot be taken back later.",
    why="Azure refuses to turn these off, so a mistake stays for as long as the resource.",
    passes=[
        Example({"properties": {"enableSoftDelete": True}}, type=VAULT),
        Example({"properties": {"securitySettings": {"immutabilitySettings": {"state": "Unlocked"}}}}, type=RECOVERY),
        Example({"encryption": {"keySource": "Microsoft.Storage"}}, type=STORAGE),
    ],
    fails=[
        Example({"properties": {"enablePurgeProtection": True}}, type=VAULT),
        Example({"properties": {"securitySettings": {"immutabilitySettings": {"state": "Locked"}}}}, type=BACKUP),
        Example({"encryption": {"requireInfrastructureEncryption": True}}, type=STORAGE),
    ],
)
def for_good(resource: Resource) -> Result:
    for path, word, meaning in _LOCKED[resource.type]:
        if resource.word(path) == word:
            yield f"{path} is {resource.text(path)}, for good: {meaning}"


@rule(
    "kade-preflight-deleted-name",
    "No name is used that a deleted resource still holds",
    severity="medium",
    types=list(_KEPT),
    measures=["8.32.01"],
    remediation="Recover the deleted one as the message says, purge it, or take another name.",
    why="Azure keeps the name of what was deleted: VaultAlreadyExists, NameUnavailable, FlagMustBeSetForRestore.",
    config={
        "deleted": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "names of deleted resources, as az keyvault list-deleted and its like print them",
        }
    },
    passes=[
        Example({"vaultName": "kv-a"}, type=VAULT),
        Example({"vaultName": "kv-a"}, type=VAULT, config={"deleted": ["kv-b"]}),
        Example(
            {"vaultName": "kv-a", "properties": {"createMode": "recover"}}, type=VAULT, config={"deleted": ["kv-a"]}
        ),
        Example({"serviceName": "apim", "restore": True}, type=APIM, config={"deleted": ["apim"]}),
    ],
    fails=[
        Example({"vaultName": "kv-a"}, type=VAULT, config={"deleted": ["KV-A"]}),
        Example({"configStoreName": "appcs"}, type=CONFIGURATION, config={"deleted": ["appcs"]}),
        Example({"accountName": "oai", "properties": {}}, type=AI, config={"deleted": ["oai"]}),
    ],
)
def deleted_name(resource: Resource) -> Result:
    name = own_name(resource)
    path, word, purge = _KEPT[resource.type]
    if name.lower() not in {each.lower() for each in resource.config["deleted"]} or resource.word(path) == word:
        return None
    return f"a deleted one still holds the name {name!r}; set {path} to {word} to recover it, or run {purge}"
