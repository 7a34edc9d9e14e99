"""Functions of azure-native (``getX``, ``listXKeys``): answered from what stands, from the settings, or refused.

A function whose answer only Azure knows is unknown in a preview, and refused in a deployment: an answer that is made
up would end up in other resources.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from kade.azure import ids, sdk_types
from kade.azure.cloud import LOCAL_OBJECT, Cloud, Standing
from kade.azure.sdk_types import Kind
from kade.engine.provider import ProviderError, Tree
from kade.engine.values import UNKNOWN, Secret, Value, has_unknown
from kade.facts.azure_types import AzureType, index, type_by_token

_SECRET = re.compile(r"(?i)(key|password|token|connectionstring|secret)\d?$")
_LONG = {"microsoft.storage/storageaccounts", "microsoft.documentdb/databaseaccounts"}


class _Settings(Protocol):
    @property
    def subscription(self) -> Value: ...
    @property
    def tenant(self) -> str: ...
    @property
    def client(self) -> str: ...


@dataclass(frozen=True)
class Call:
    """One call of a function."""

    token: str
    args: Tree
    preview: bool
    cloud: Cloud
    settings: _Settings

    @property
    def module(self) -> str:
        """The module of the function."""
        return self.token.split(":")[1]

    @property
    def name(self) -> str:
        """The function's own name."""
        return self.token.split(":")[2]


def answer(call: Call) -> Tree:
    """What the function gives. Raises `ProviderError` where that cannot be known."""
    function = f"{call.module}:{call.name}"
    if special := _SPECIAL.get(function):
        return special(call)
    kinds = _result_kinds(call)
    if of_one := _OF_ONE.get(function):
        found = None if has_unknown(call.args) else _owner(call)
        return of_one(call, found) if found else _unknown(call, kinds)
    if call.name.startswith("get"):
        known = _type_of(call)
        if known is not None:
            return _get(call, known, kinds or {})
    if call.name.startswith(("list", "get")) and kinds is not None and not has_unknown(call.args):
        found = _owner(call)
        if found is not None:
            return _keys(call, found, kinds)
    return _unknown(call, kinds)


def _result_kinds(call: Call) -> Mapping[str, Kind] | None:
    """What the function gives; one of azure-native 2 may have moved to another module since."""
    old = f"{call.module}:"
    modules = {now.split(":")[0] for key, now in index()["old"].items() if key.startswith(old)}
    for module in [call.module, *sorted(modules - {call.module})]:
        found = sdk_types.result_kinds(f"azure-native:{module}:{call.name}")
        if found is not None:
            return found
    return None


def _unknown(call: Call, kinds: Mapping[str, Kind] | None) -> Tree:
    if call.preview:
        return dict.fromkeys(kinds or {}, UNKNOWN)
    raise ProviderError(
        f"{call.token} cannot be answered locally: only Azure knows what it gives. Preview it, or deploy with the"
        " Pulumi CLI."
    )


def _type_of(call: Call) -> AzureType | None:
    """The type that a get function reads: ``getVirtualNetwork`` reads a ``VirtualNetwork``."""
    return type_by_token(f"azure-native:{call.module}:{call.name.removeprefix('get')}")


def _get(call: Call, known: AzureType, kinds: Mapping[str, Kind]) -> Tree:
    id_ = ids.fill(known.path, call.args, call.settings.subscription)
    found = call.cloud.get(id_) if isinstance(id_, str) else None
    if found is None and not call.preview:
        raise ProviderError(
            f"{call.token}: '{id_}' does not stand in this stack, and what stands outside it is not known locally."
        )
    made: Tree = dict.fromkeys(kinds, UNKNOWN) if found is None else {}
    made.update({key: value for key, value in call.args.items() if key in kinds})
    made["type"] = known.arm_type
    name = call.args.get(known.name_input)
    if isinstance(name, str):
        made["name"] = name
    if isinstance(id_, str):
        made["id"] = id_
    if found is not None:
        made.update({key: value for key, value in found.outputs.items() if not kinds or key in kinds})
    return made


def _owner(call: Call) -> Standing | None:
    """What the function is about: what stands under the most of the names that the call gives, its group among them."""
    wanted = {value.lower() for key, value in call.args.items() if isinstance(value, str) and _is_name(key)}
    group = str(call.args.get("resourceGroupName", "")).lower()
    best, most = None, 1
    for standing in list(call.cloud.standing.values()):
        parts = set(standing.id.lower().split("/"))
        hits = len(wanted & parts)
        if (
            hits > most
            and group in parts
            and standing.id.lower().rsplit("/", 1)[-1] in wanted
            and _in_module(call, standing)
        ):
            best, most = standing, hits
    return best


def _is_name(key: str) -> bool:
    return key.endswith(("Name", "name")) or key in ("resourceGroupName", "slot")


def _in_module(call: Call, standing: Standing) -> bool:
    keys = index()["arm"].get(standing.arm_type.lower(), [])
    modules = {key.split(":")[0] for key in keys}
    modules |= {old.split(":")[0] for old, new in index()["old"].items() if new in keys}
    return call.module in modules


def _keys(call: Call, found: Standing, kinds: Mapping[str, Kind]) -> Tree:
    """Keys and connection strings of what stands, all secret."""
    name = found.id.rsplit("/", 1)[-1]
    made: Tree = {}
    for output, kind in kinds.items():
        made[output] = _key_value(call, found, name, output, kind)
    return {key: value for key, value in made.items() if value is not None}


def _key_value(call: Call, found: Standing, name: str, output: str, kind: Kind) -> Value:
    if kind.name == "string" and _SECRET.search(output):
        return Secret(_connection(call, found, name, output))
    if kind.name == "list" and kind.item and kind.item.shape is not None:
        fields = kind.item.shape.fields
        if {"keyName", "value"} <= fields.keys():
            names = ("key1", "key2")
        elif "value" in fields and "name" in fields:
            names = ("password", "password2")
        elif "connectionString" in fields:
            text = _connection(call, found, name, "primaryConnectionString")
            return [{"connectionString": Secret(text), "description": "Primary"}]
        else:
            return None
        label = "keyName" if "keyName" in fields else "name"
        extra = {"permissions": "FULL"} if "permissions" in fields else {}
        return [{label: each, "value": Secret(_key(call, found, each)), **extra} for each in names]
    if kind.name == "list" and kind.item and kind.item.shape is None:
        return []
    if output in ("username", "keyName", "name"):
        return name
    return None


def _key(call: Call, found: Standing, which: str) -> str:
    length = 86 if found.arm_type.lower() in _LONG else 44
    return call.cloud.key(found.id, which, length=length) + "=" * (2 if length == 86 else 0)


def _connection(call: Call, found: Standing, name: str, output: str) -> str:
    key = _key(call, found, output.replace("ConnectionString", "Key"))
    if "onnectionString" not in output:
        return key
    if "servicebus" in found.arm_type.lower() or "eventhub" in found.arm_type.lower():
        space = found.id.lower().split("/namespaces/")[-1].split("/")[0]
        return f"Endpoint=sb://{space}.servicebus.windows.net/;SharedAccessKeyName={name};SharedAccessKey={key}"
    if "documentdb" in found.arm_type.lower():
        return f"AccountEndpoint=https://{name}.documents.azure.com:443/;AccountKey={key};"
    return f"Endpoint=https://{name};AccessKey={key}"


def _client_config(call: Call) -> Tree:
    return {
        "clientId": call.settings.client,
        "objectId": LOCAL_OBJECT,
        "subscriptionId": call.settings.subscription,
        "tenantId": call.settings.tenant,
    }


def _client_token(call: Call) -> Tree:
    endpoint = str(call.args.get("endpoint") or "management")
    return {"token": Secret(call.cloud.key(call.settings.client, endpoint, "token", length=256))}


def _group(call: Call) -> Tree:
    known = type_by_token("azure-native:resources:ResourceGroup")
    assert known is not None  # noqa: S101 - the table always has it
    return _get(call, known, sdk_types.result_kinds(call.token) or {})


def _sas(call: Call) -> Tree:
    """A shared access signature is a key as any other; it opens nothing."""
    account = str(call.args.get("accountName", ""))
    if has_unknown(call.args):
        return _unknown(call, {"accountSasToken": Kind("string"), "serviceSasToken": Kind("string")})
    output = "accountSasToken" if call.name == "listStorageAccountSAS" else "serviceSasToken"
    signature = call.cloud.key(account, repr(sorted(call.args.items())), length=43)
    return {output: Secret(f"sv=2022-11-02&se={call.args.get('sharedAccessExpiryTime', '')}&sig={signature}%3D")}


def _callback(call: Call, found: Standing) -> Tree:
    """The address that starts a workflow; whoever has it can, so it is secret."""
    place = str(found.outputs.get("location") or "westeurope")
    path = f"https://prod-00.{place}.logic.azure.com:443/workflows/{call.cloud.suffix(found.id, length=32)}"
    trigger = str(call.args.get("triggerName", "manual"))
    base = f"{path}/triggers/{trigger}/paths/invoke"
    return {"basePath": base, "method": "POST", "value": Secret(f"{base}?sig={_key(call, found, trigger)}")}


def _registration_tokens(call: Call, found: Standing) -> Tree:
    """The token with which hosts register: there is one while the pool says until when, and it is secret."""
    info = found.outputs.get("registrationInfo")
    until = info.get("expirationTime") if isinstance(info, dict) else None
    if not isinstance(until, str):
        return {"value": []}
    return {"value": [{"expirationTime": until, "token": Secret(_key(call, found, f"registration {until}"))}]}


def _kubeconfig(call: Call, found: Standing) -> Tree:
    """A cluster's credentials: a kubeconfig for its address, in Base64, secret. Its token opens nothing."""
    name, token = found.id.rsplit("/", 1)[-1], _key(call, found, call.name)
    role = "clusterAdmin" if "Admin" in call.name else "clusterUser"
    user = f"{role}_{call.args.get('resourceGroupName')}_{name}"
    host = found.outputs.get("fqdn") or found.outputs.get("privateFQDN") or f"{name}.invalid"
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": f"https://{host}:443"}}],
        "users": [{"name": user, "user": {"token": token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": user}}],
        "current-context": name,
    }
    value = base64.b64encode(json.dumps(config).encode()).decode()  # JSON is YAML
    return {"kubeconfigs": [{"name": role, "value": Secret(value)}]}


def _subscription(call: Call) -> Tree:
    id_ = call.args.get("subscriptionId") or call.settings.subscription
    return {
        "id": f"/subscriptions/{id_}" if isinstance(id_, str) else UNKNOWN,
        "subscriptionId": id_,
        "state": "Enabled",
        "tenantId": call.settings.tenant,
    }


_SPECIAL: dict[str, Callable[[Call], Tree]] = {
    "authorization:getClientConfig": _client_config,
    "authorization:getClientToken": _client_token,
    "resources:getResourceGroup": _group,
    "storage:listStorageAccountSAS": _sas,
    "storage:listStorageAccountServiceSAS": _sas,
    "subscription:getSubscription": _subscription,
}
# What is said of one thing that stands; of none it is unknown, or refused.
_OF_ONE: dict[str, Callable[[Call, Standing], Tree]] = {
    "logic:listWorkflowTriggerCallbackUrl": _callback,
    "containerservice:listManagedClusterAdminCredentials": _kubeconfig,
    "containerservice:listManagedClusterMonitoringUserCredentials": _kubeconfig,
    "containerservice:listManagedClusterUserCredentials": _kubeconfig,
    "desktopvirtualization:listHostPoolRegistrationTokens": _registration_tokens,
}
