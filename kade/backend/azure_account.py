"""What Azure Resource Manager says of a storage account that holds state: a point that its data cannot answer.

It reads resources, from what the Azure CLI writes, from a state or from a preview alike (`kade.check.reading`), so
the bootstrap program is judged by the same points as what stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kade.backend.errors import AddressError
from kade.backend.points import Fix, Point, azure_set, failed, not_checked, passed
from kade.backend.residency import Rule
from kade.check.reading import read, resources
from kade.check.report import CheckError
from kade.facts import pair_of
from kade.facts.roles import role_name
from kade.policies.kit import Resource, Stack

ACCOUNT: Final = "azure-native:storage:StorageAccount"
SERVICE: Final = "azure-native:storage:BlobServiceProperties"
CONTAINER: Final = "azure-native:storage:BlobContainer"
RETENTION_DAYS: Final = 30
_LOCKS: Final = ("azure-native:authorization:ManagementLockByScope",)
_LOGS: Final = ("azure-native:monitor:DiagnosticSetting", "azure-native:insights:DiagnosticSetting")
_ROLES: Final = ("azure-native:authorization:RoleAssignment",)
_LOGGED: Final = frozenset({"StorageRead", "StorageWrite", "StorageDelete"})


@dataclass(frozen=True)
class Account:
    """A storage account, and what stands in it or upon it."""

    self: Resource
    service: Resource | None
    container: Resource | None
    locks: Sequence[Resource]
    settings: Sequence[Resource]
    roles: Sequence[Resource]


def read_account(files: Sequence[Path], account: str, container: str) -> Account:
    """The account in these files. Raises `AddressError` where it is in none of them or one cannot be read."""
    try:
        listed = [resource for file in files for resource in resources(read(file), {})]
    except CheckError as error:
        raise AddressError(str(error)) from error
    return find(listed, account, container, ", ".join(map(str, files)))


def find(listed: Iterable[Resource], account: str, container: str, where: str) -> Account:
    """The account of that name among resources. Raises `AddressError` where it is not there."""
    stack = Stack(listed)
    named = [r for r in stack.resources(ACCOUNT) if account.lower() in (r.name.lower(), r.word("accountName"))]
    if not named:
        there = ", ".join(r.name for r in stack.resources(ACCOUNT)) or "none"
        raise AddressError(f"{where}: the storage account {account} is not in it; storage accounts there: {there}.")
    found = named[0]
    services = found.children(SERVICE)
    containers = [r for r in found.children(CONTAINER) if r.name.lower() == container.lower()]
    within = [found, *services]
    return Account(
        self=found,
        service=services[0] if services else None,
        container=containers[0] if containers else None,
        locks=list(_upon(stack, within, _LOCKS)),
        settings=list(_upon(stack, services, _LOGS)),
        roles=list(_upon(stack, [*within, *containers], _ROLES)),
    )


def _upon(stack: Stack, owners: Sequence[Resource], types: Sequence[str]) -> Iterator[Resource]:
    """What stands upon one of these or, by its id, upon what these stand in (a lock on the resource group)."""
    seen: set[str] = set()
    by_owner = [r for owner in owners for r in (*owner.children(*types), *owner.related(*types))]
    by_id = [
        r
        for r in stack.resources(*types)
        if r.id and any(f"{owner.id.lower()}/".startswith(f"{scope_of(r.id)}/") for owner in owners if owner.id)
    ]
    for resource in [*by_owner, *by_id]:
        if resource.key not in seen:
            seen.add(resource.key)
            yield resource


def scope_of(id_: str) -> str:
    """What an extension resource stands upon, in lower case."""
    return id_.lower().rpartition("/providers/")[0]


def points(account: Account, rule: Rule) -> Iterator[Point]:
    """The points that Azure Resource Manager can tell, all but whether it is reachable."""
    for look in _LOOKS:
        yield look(account, rule)


def _region(account: Account, rule: Rule) -> Point:
    place = account.self.location
    sku = account.self.text("sku.name") if account.self.has("sku.name") else ""
    wrong = [rule.azure(place)]
    copies = "G" in sku.rpartition("_")[2][:3]
    pair = pair_of(place) if copies and not wrong[0] else None
    if pair:
        wrong.append(rule.azure(pair.name) and f"its copies go to {rule.azure(pair.name)}")
    fixes = [Fix("make another account there with `kade backend create`, and move the state: kade backend backup")]
    if any(wrong):
        if not wrong[0]:
            fixes = [azure_set(_id(account.self), "sku.name", "Standard_ZRS")]
        return failed("region", "; ".join(filter(None, wrong)), *fixes)
    copied = f", copies in {pair.name}" if pair else ""
    return passed("region", f"{place}{copied} is inside {rule.source}")


def _encrypted(account: Account, _rule: Rule) -> Point:
    return _properties(
        account.self,
        "encrypted",
        "Azure encrypts what is stored, HTTPS only, TLS 1.2 at least",
        {
            "enableHttpsTrafficOnly": ("properties.supportsHttpsTrafficOnly", True, (True,)),
            "minimumTlsVersion": ("properties.minimumTlsVersion", "TLS1_2", ("TLS1_2", "TLS1_3")),
        },
    )


def _versioned(account: Account, _rule: Rule) -> Point:
    if account.service is None:
        return _missing("versioned", "the blob service is not in the file")
    wanted = {"isVersioningEnabled": ("properties.isVersioningEnabled", True, (True,))}
    return _properties(account.service, "versioned", "blob versioning is on", wanted)


def _locked(account: Account, _rule: Rule) -> Point:
    if account.service is None:
        return _missing("locked", "the blob service is not in the file")
    wrong, fixes = [], []
    for name, what in (("deleteRetentionPolicy", "blob"), ("containerDeleteRetentionPolicy", "container")):
        policy = account.service.props.get(name) or {}
        days = policy.get("days") or 0 if policy.get("enabled") else 0
        if days < RETENTION_DAYS:
            wrong.append(f"a deleted {what} can be brought back for {days} days")
            value = {"enabled": True, "days": RETENTION_DAYS}
            fixes.append(azure_set(_id(account.service), f"properties.{name}", value))
    kinds = {str(lock.props.get("level")) for lock in account.locks}
    if not kinds & {"CanNotDelete", "ReadOnly"}:
        wrong.append("no lock keeps the account from being deleted")
        fixes.append(_lock(_id(account.self)))
    if wrong:
        return failed("locked", ", ".join(wrong), *fixes)
    return passed("locked", f"deletions can be undone for {RETENTION_DAYS} days or more, and the account has a lock")


def _private(account: Account, _rule: Rule) -> Point:
    wanted: dict[str, tuple[str, Any, tuple[Any, ...]]] = {
        "allowBlobPublicAccess": ("properties.allowBlobPublicAccess", False, (False,))
    }
    rules = account.self.props.get("networkRuleSet") or {}
    closed = str(account.self.props.get("publicNetworkAccess", "")).lower() in ("disabled", "securedbyperimeter")
    if not closed and str(rules.get("defaultAction", "Allow")).lower() != "deny":
        wanted["networkRuleSet.defaultAction"] = ("properties.networkAcls.defaultAction", "Deny", ())
    point = _properties(account.self, "private", "no public blobs, and the firewall lets in only who is named", wanted)
    container = account.container
    if container is not None and str(container.props.get("publicAccess", "None")).lower() != "none":
        fix = azure_set(_id(container), "properties.publicAccess", "None")
        return failed("private", f"the container is public ({container.props['publicAccess']})", *point.fixes, fix)
    return point


def _logged(account: Account, _rule: Rule) -> Point:
    found: set[str] = set()
    for setting in account.settings:
        for log in setting.props.get("logs") or ():
            if log.get("enabled"):
                group = str(log.get("categoryGroup", "")).lower()
                found |= _LOGGED if group in ("alllogs", "audit") else {str(log.get("category", ""))}
    if found >= _LOGGED:
        return passed("logged", "reads, writes and deletions go to a diagnostic setting")
    if account.service is None:
        return _missing("logged", "the blob service is not in the file")
    scope = _id(account.service)
    logs = [{"category": name, "enabled": True} for name in sorted(_LOGGED)]
    fix = Fix(
        f"az monitor diagnostic-settings create --resource {scope} --name state --workspace WORKSPACE"
        ' --logs \'[{"categoryGroup":"allLogs","enabled":true}]\'',
        "add",
        {"id": f"{scope}/providers/Microsoft.Insights/diagnosticSettings/state", "properties": {"logs": logs}},
    )
    what = ", ".join(sorted(_LOGGED - found))
    return failed("logged", f"no diagnostic setting of the blob service has {what}", fix)


def _readers(account: Account, _rule: Rule) -> Point:
    wanted = {"allowSharedKeyAccess": ("properties.allowSharedKeyAccess", False, (False,))}
    point = _properties(account.self, "readers", "", wanted)
    if point.verdict == "fail":
        return failed("readers", "whoever has the account's key reads everything (allowSharedKeyAccess)", *point.fixes)
    if not account.roles:
        return _missing("readers", "no role assignment is in the file")
    names = sorted(
        {
            f"{role.props.get('principalName') or role.props.get('principalId') or 'an identity made with it'}"
            f" ({role_name(str(role.props.get('roleDefinitionName') or role.props.get('roleDefinitionId', 'a role')))})"
            for role in account.roles
        }
    )
    return passed("readers", f"no keys; {', '.join(names)}")


def _properties(
    resource: Resource, id_: str, right: str, wanted: Mapping[str, tuple[str, Any, tuple[Any, ...]]]
) -> Point:
    """A point about properties: for each its path in ARM, what the remedy sets, and what is right as it is."""
    wrong, fixes = [], []
    for name, (path, value, good) in wanted.items():
        outer, _, inner = name.partition(".")
        found = resource.props.get(outer)
        found = (found or {}).get(inner) if inner else found
        if found not in good:
            wrong.append(f"{name} is {'not set' if found is None else found}")
            fixes.append(azure_set(_id(resource), path, value))
    return Point(id_, "fail" if wrong else "pass", ", ".join(wrong) or right, fixes)


def _lock(scope: str) -> Fix:
    return Fix(
        f"az lock create --name state --lock-type CanNotDelete --resource {scope}",
        "add",
        {
            "id": f"{scope}/providers/Microsoft.Authorization/locks/state",
            "properties": {"level": "CanNotDelete"},
        },
    )


def _id(resource: Resource) -> str:
    return resource.id or f"the id of {resource.name}"


def _missing(id_: str, what: str) -> Point:
    return not_checked(id_, what, GATHER)


GATHER: Final = "give what Azure Resource Manager says with --arm (`kade backend check --help`, docs/state.md)"
_LOOKS: Final[tuple[Callable[[Account, Rule], Point], ...]] = (
    _region,
    _encrypted,
    _versioned,
    _locked,
    _private,
    _logged,
    _readers,
)
