"""The local Azure itself: what stands in it, what it generates, and where Azure Resource Manager refuses.

It knows what the state holds, what this run makes, and what was declared existing. Of a resource group that it does
not know it says nothing: that one may stand outside the stack.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kade.engine.provider import ProviderError, Tree
from kade.engine.values import Value
from kade.facts.arm_form import type_in
from kade.facts.azure_names import find_name_rule

LOCAL_SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
LOCAL_TENANT = "00000000-0000-4000-8000-000000000002"
LOCAL_CLIENT = "00000000-0000-4000-8000-000000000003"
LOCAL_OBJECT = "00000000-0000-4000-8000-000000000004"

_SPACE = uuid.UUID("5c9d3b1a-7f24-4c57-9f0e-3f0d4b6a2e11")
_FORGIVING = ("microsoft.management/", "microsoft.subscription/")  # parents that mostly stand outside a stack
_SETTINGS = "microsoft.insights/diagnosticsettings"
_SINKS = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId")


@dataclass(frozen=True)
class Standing:
    """One resource that stands: its id as it was made, and its inputs and outputs."""

    id: str
    arm_type: str
    inputs: Tree
    outputs: Tree


@dataclass
class Cloud:
    """What stands, by id in lower case."""

    quota_cores: dict[str, int] = field(default_factory=dict)  # that a subscription may have in a region; by its id
    seed: str = ""  # another seed gives other generated names, identifiers and keys
    existing: tuple[str, ...] = ()  # ids, or beginnings of ids, of what stands outside
    standing: dict[str, Standing] = field(default_factory=dict)
    soft_deleted: dict[str, str] = field(default_factory=dict)  # "type/name" -> id it had
    addresses: dict[str, set[str]] = field(default_factory=dict)  # subnet id -> addresses handed out
    names: dict[str, str] = field(default_factory=dict)  # "type/name" of a globally named type -> id
    locks: dict[str, Standing] = field(default_factory=dict)  # those of `standing` that are locks
    claims: dict[str, str] = field(default_factory=dict)  # id -> urn of the resource of this run that makes it

    def put(self, id_: str, arm_type: str, inputs: Tree, outputs: Tree) -> None:
        """Something stands, new or changed."""
        made = self.standing[id_.lower()] = Standing(id_, arm_type, inputs, outputs)
        rule = find_name_rule(arm_type)
        if rule is not None and rule.scope == "global":
            self.names[f"{arm_type}/{id_.rsplit('/', 1)[-1]}".lower()] = id_
        if arm_type.lower() == "microsoft.authorization/locks":
            self.locks[id_.lower()] = made

    def claim(self, id_: str, urn: str) -> str:
        """The urn of another resource of this run that makes the same thing; empty where there is none."""
        owner = self.claims.setdefault(id_.lower(), urn)
        return "" if owner == urn else owner

    def get(self, id_: str) -> Standing | None:
        """What stands under an id."""
        return self.standing.get(id_.lower())

    def group_location(self, subscription: Value, group: Value) -> str | None:
        """The location of a resource group, where both names are known and it stands."""
        if not (isinstance(subscription, str) and isinstance(group, str)):
            return None
        found = self.get(f"/subscriptions/{subscription}/resourceGroups/{group}")
        location = found and (found.outputs.get("location") or found.inputs.get("location"))
        return location if isinstance(location, str) else None

    def guid(self, *parts: str) -> str:
        """A GUID that is the same for the same parts and seed."""
        return str(uuid.uuid5(_SPACE, "\0".join([self.seed, *parts])))

    def key(self, *parts: str, length: int = 64) -> str:
        """A key in base64 letters, the same for the same parts and seed; it opens nothing."""
        digest = hashlib.shake_256("\0".join([self.seed, "key", *parts]).encode()).digest(length)
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        return "".join(letters[byte % 64] for byte in digest)

    def suffix(self, *parts: str, length: int = 8) -> str:
        """Hexadecimal digits, the same for the same parts and seed."""
        return hashlib.sha256("\0".join([self.seed, *parts]).encode()).hexdigest()[:length]

    def refuse_creation(self, id_: str, arm_type: str, parent: str, inputs: Tree) -> None:
        """Raise `ProviderError` where Azure would not make it.

        It stands, its parent does not, its name is taken, or the quota of cores would be exceeded.
        """
        if self.get(id_) is not None:
            raise ProviderError(f"cannot create already existing resource '{id_}'")
        name = id_.rsplit("/", 1)[-1]
        self._refuse_missing(parent)
        self._refuse_taken(arm_type, name)
        self._refuse_cores(id_, inputs)
        self._refuse_second_sink(id_, arm_type, inputs)

    def _refuse_missing(self, parent: str) -> None:
        # The fabric of a vault is there with it, and so are the containers of what it protects.
        parent = re.split("/backupFabrics/", parent, maxsplit=1, flags=re.IGNORECASE)[0]
        if not parent or self.get(parent) or self._declared(parent):
            return
        if any(word in parent.lower() for word in _FORGIVING) or parent.rsplit("/", 1)[-1].startswith("$"):
            return  # a container such as $web is Azure's own
        group = re.match(r"/subscriptions/[^/]+/resourceGroups/[^/]+", parent, re.IGNORECASE)
        if group is None or self.get(group.group(0)) is None:
            return
        raise ProviderError(
            f"ParentResourceNotFound: '{parent}' does not exist, so nothing can be made in it."
            " Create it first, or refer to it by its output so that the order is right."
        )

    def _refuse_taken(self, arm_type: str, name: str) -> None:
        key = f"{arm_type}/{name}".lower()
        deleted = self.soft_deleted.get(key)
        if deleted:
            raise ProviderError(
                f"ConflictError: a deleted {arm_type} still holds the name '{name}' ({deleted}). Recover it, purge it,"
                " or choose another name."
            )
        if key in self.names:
            raise ProviderError(
                f"the name '{name}' is taken: names of {arm_type} are unique in all of Azure, and {self.names[key]}"
                " has it. Choose another name."
            )

    def _refuse_cores(self, id_: str, inputs: Tree) -> None:
        wanted = _cores(inputs)
        subscription, region = id_.lower().split("/resourcegroups/")[0], inputs.get("location")
        quota = self.quota_cores.get(subscription.removeprefix("/subscriptions/"))
        if quota is None or not wanted:
            return
        taken = sum(
            _cores(each.inputs)
            for each in list(self.standing.values())
            if each.id.lower().startswith(subscription + "/") and each.inputs.get("location") == region
        )
        if taken + wanted > quota:
            raise ProviderError(
                f"QuotaExceeded: {taken} of {quota} cores in {region} are taken and '{id_}' needs {wanted}"
                " more. Choose a smaller size, or have the quota raised."
            )

    def _refuse_second_sink(self, id_: str, arm_type: str, inputs: Tree) -> None:
        """A diagnostic setting may not send what another one of the same resource sends to the same place."""
        if arm_type.lower() != _SETTINGS:
            return
        owner = id_.lower().rpartition("/providers/")[0]
        mine = _sends(inputs)
        for other in list(self.standing.values()):
            same = other.arm_type.lower() == _SETTINGS and other.id.lower().rpartition("/providers/")[0] == owner
            both = sorted(mine & _sends(other.inputs)) if same else []
            if both:
                sink, category = both[0]
                raise ProviderError(
                    f"Conflict: '{sink}' is already used in diagnostic setting '{other.id.rsplit('/', 1)[-1]}' for "
                    f"category '{category}' of '{owner}'. Keep one of the two."
                )

    def _declared(self, id_: str) -> bool:
        return any(id_.lower().startswith(each.lower()) for each in self.existing)

    def refuse_change(self, id_: str, what: str) -> None:
        """Raise `ProviderError` where a lock forbids it (``delete`` or ``update``)."""
        for lock in list(self.locks.values()):
            scope = lock.id.lower().rpartition("/providers/microsoft.authorization/locks/")[0]
            level = str(lock.inputs.get("level", "")).lower()
            covers = (id_.lower() + "/").startswith(scope + "/") and id_.lower() != lock.id.lower()
            if covers and (level == "readonly" or (what == "delete" and level == "cannotdelete")):
                raise ProviderError(
                    f"ScopeLocked: the lock '{lock.id}' ({lock.inputs.get('level')}) forbids to {what} '{id_}'."
                    " Remove the lock first."
                )

    def remove(self, id_: str) -> None:
        """Delete it, with all that stands in it. Raises `ProviderError` where Azure would refuse."""
        self.refuse_change(id_, "delete")
        gone = [key for key in list(self.standing) if (key + "/").startswith(id_.lower() + "/")]
        self._refuse_in_use(id_, set(gone))
        for key in gone:
            left = self.standing.pop(key)
            self.locks.pop(key, None)
            self.names.pop(f"{left.arm_type}/{left.id.rsplit('/', 1)[-1]}".lower(), None)
            if _soft_deletes(left):
                name = left.id.rsplit("/", 1)[-1]
                self.soft_deleted[f"{left.arm_type}/{name}".lower()] = left.id

    def _refuse_in_use(self, id_: str, gone: set[str]) -> None:
        if type_in(id_).lower() not in _GUARDED:
            return
        wanted = id_.lower()
        for key, other in list(self.standing.items()):
            if key in gone or wanted.startswith(key + "/"):
                continue
            if any(found.lower() == wanted or found.lower().startswith(wanted + "/") for found in _ids(other.inputs)):
                raise ProviderError(
                    f"'{id_}' is in use by '{other.id}' and cannot be deleted. Delete that first, or let it refer"
                    " to another one."
                )

    def address(self, subnet: str) -> str | None:
        """The next free private address of a subnet, as Azure hands them out: the first four are Azure's own."""
        prefix = self._prefix(subnet)
        if prefix is None:
            return None
        taken = self.addresses.setdefault(subnet.lower(), set())
        for number, host in enumerate(ipaddress.ip_network(prefix, strict=False)):
            if number >= 4 and str(host) not in taken:
                taken.add(str(host))
                return str(host)
        return None

    def _prefix(self, subnet: str) -> str | None:
        found = self.get(subnet)
        if found is None:
            network, _, name = subnet.rpartition("/subnets/")
            parent = self.get(network)
            subnets = (parent.inputs.get("subnets") or []) if parent else []
            inputs: Mapping[str, Any] = next((s for s in subnets if isinstance(s, dict) and s.get("name") == name), {})
        else:
            inputs = found.inputs
        prefixes = inputs.get("addressPrefixes") or [inputs.get("addressPrefix")]
        return prefixes[0] if isinstance(prefixes, list) and isinstance(prefixes[0], str) else None


_GUARDED = {
    f"microsoft.network/{name}"
    for name in (
        "virtualnetworks",
        "virtualnetworks/subnets",
        "networksecuritygroups",
        "routetables",
        "natgateways",
        "publicipaddresses",
        "publicipprefixes",
        "networkinterfaces",
        "applicationsecuritygroups",
        "firewallpolicies",
        "ddosprotectionplans",
        "virtualnetworkgateways",
        "localnetworkgateways",
    )
} | {"microsoft.web/serverfarms", "microsoft.app/managedenvironments"}


def _soft_deletes(left: Standing) -> bool:
    if left.arm_type.lower() == "microsoft.keyvault/vaults":
        properties = left.inputs.get("properties")
        return not isinstance(properties, dict) or properties.get("enableSoftDelete") is not False
    return left.arm_type.lower() in ("microsoft.keyvault/managedhsms", "microsoft.cognitiveservices/accounts")


def _cores(inputs: Tree) -> int:
    """The cores of a virtual machine: the first number in its size (``Standard_D4s_v5`` has 4), else 0.

    Source: https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions.
    """
    profile = inputs.get("hardwareProfile")
    size = profile.get("vmSize") if isinstance(profile, dict) else None
    found = re.match(r"(?i)(?:standard|basic)_[a-z]+(\d+)", size) if isinstance(size, str) else None
    return int(found.group(1)) if found else 0


def _ids(value: Value) -> Iterable[str]:
    """Every id that stands in a value."""
    if isinstance(value, str):
        if value.startswith("/subscriptions/"):
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _ids(item)
    elif isinstance(value, list):
        for item in value:
            yield from _ids(item)


def _sends(inputs: Tree) -> set[tuple[str, str]]:
    """What a diagnostic setting sends where: sink and category, or group of categories."""
    sinks = [str(inputs[sink]).lower() for sink in _SINKS if isinstance(inputs.get(sink), str)]
    logs = inputs.get("logs")
    made = [log for log in (logs if isinstance(logs, list) else []) if isinstance(log, dict) and log.get("enabled")]
    return {(sink, str(log.get("category") or log.get("categoryGroup"))) for sink in sinks for log in made}
