"""What is asked of a container: what its own service tells, and what only Azure Resource Manager knows.

A connection to the data tells whether the container answers, is public, keeps versions, logs in the classic way and
brings back what was deleted. Region, firewall, locks, diagnostic settings and roles it does not tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from kade.backend import azure_account
from kade.backend.azblob import AzBlob, asked
from kade.backend.azure_account import GATHER, RETENTION_DAYS
from kade.backend.errors import BackendError, DeniedError
from kade.backend.points import TITLES, Fix, Point, failed, not_checked, passed
from kade.backend.residency import Rule

_LOOKED_AT: Final = 50  # blobs that are looked at for the marks that a service puts on them


def points(store: AzBlob, rule: Rule, arm: Sequence[Path] = ()) -> Iterator[Point]:
    """The eight points. ``arm`` are files with what Azure Resource Manager says of the account."""
    known: Mapping[str, Point] = {}
    if arm:
        account = azure_account.read_account(arm, store.account, store.container_name)
        known = {point.id: point for point in azure_account.points(account, rule)}
    name = store.container_name
    try:
        properties = asked(store.container.get_container_properties, f"the container {name}")
        service = asked(store.service.get_service_properties, f"the blob service of {store.account}")
        blobs = asked(lambda: list(islice(store.container.list_blobs(include=["versions"]), _LOOKED_AT)), name)
        yield passed("reachable", f"the container {name} of {store.account} answers")
    except DeniedError as error:
        how = "az role assignment create --role 'Storage Blob Data Contributor' --assignee YOU --scope THE ACCOUNT"
        yield failed("reachable", str(error).removesuffix("."), Fix(how))
        yield from known.values()
        return
    except BackendError as error:
        if "ContainerNotFound" in str(error):
            make = Fix(
                f"az storage container create --name {name} --account-name {store.account} --auth-mode login",
                "create_container",
            )
            yield failed("reachable", f"there is no container {name} in {store.account}", make)
        else:
            yield failed(
                "reachable", str(error).removesuffix("."), Fix("az login; az storage account list --output table")
            )
        yield from known.values()
        return
    seen = {point.id: point for point in _seen(store, properties, service, blobs)}
    for id_ in list(TITLES)[1:]:
        yield _together(id_, seen.get(id_), known.get(id_))


def _together(id_: str, data: Point | None, arm: Point | None) -> Point:
    """One point of two sources: what fails in either fails, and what one of them knows is known."""
    both = [point for point in (data, arm) if point is not None]
    if wrong := [point for point in both if point.verdict == "fail"]:
        return failed(id_, "; ".join(p.found for p in wrong), *(fix for p in wrong for fix in p.fixes))
    if right := [point for point in both if point.verdict == "pass"]:
        return passed(id_, "; ".join(p.found for p in right))
    return both[-1] if both else not_checked(id_, "a connection to the data does not tell it", GATHER)


def _seen(store: AzBlob, properties: Any, service: Mapping[str, Any], blobs: Sequence[Any]) -> Iterator[Point]:
    """What the data themselves show; nothing for a point of which they show nothing."""
    yield from _encrypted(store, blobs)
    if any(blob.version_id for blob in blobs):
        yield passed("versioned", "blobs have versions")
    yield from _locked(store, properties, service["delete_retention_policy"])
    yield from _private(store, properties)
    logging = service["analytics_logging"]
    if logging.read and logging.write and logging.delete:
        yield passed("logged", "reads, writes and deletions go to the container $logs")
    yield from _readers(store)


def _encrypted(store: AzBlob, blobs: Sequence[Any]) -> Iterator[Point]:
    if store.service_url.startswith("http:"):
        how = Fix("leave protocol=http out of the URL, and unset AZURE_STORAGE_PROTOCOL")
        yield failed("encrypted", "it is reached over HTTP without TLS", how)
    elif any(blob.server_encrypted is False for blob in blobs):
        copy = Fix("write them anew: kade backend backup, and restore --overwrite")
        yield failed("encrypted", "some blobs are not encrypted at rest", copy)
    elif blobs:
        yield passed("encrypted", "blobs are encrypted at rest, and it is reached over HTTPS")


def _locked(store: AzBlob, properties: Any, deleted: Any) -> Iterator[Point]:
    if properties.has_immutability_policy and not properties.immutable_storage_with_versioning_enabled:
        yield failed(
            "locked",
            "the container has an immutability policy of its own, under which Pulumi cannot write state again",
            Fix("az storage container immutability-policy delete; take version-level immutability instead"),
        )
    days = deleted.days or 0 if deleted.enabled else 0
    if days < RETENTION_DAYS:
        fix = Fix(
            f"az storage account blob-service-properties update --account-name {store.account}"
            f" --enable-delete-retention true --delete-retention-days {RETENTION_DAYS}",
            "set_service_properties",
            {"days": RETENTION_DAYS},
        )
        yield failed("locked", f"a deleted blob can be brought back for {days} days", fix)


def _private(store: AzBlob, properties: Any) -> Iterator[Point]:
    fix = Fix(
        f"az storage container set-permission --name {store.container_name} --account-name {store.account}"
        " --public-access off",
        "set_container_access_policy",
    )
    if properties.public_access:
        yield failed("private", f"the container is public ({properties.public_access})", fix)
        return
    try:
        asked(lambda: next(iter(store.stranger().list_blobs()), None), "")
    except BackendError:
        return  # as it should be
    yield failed("private", "it lists its contents to anybody", fix)


def _readers(store: AzBlob) -> Iterator[Point]:
    try:
        given = asked(store.container.get_container_access_policy, "access policies")["signed_identifiers"]
    except DeniedError:
        return
    open_ = [each.id for each in given if set(each.access_policy.permission or "") & set("rl")]
    if open_:
        fixes = [
            Fix(
                f"az storage container policy delete --container-name {store.container_name} --name {name}"
                f" --account-name {store.account}",
                "set_container_access_policy",
            )
            for name in open_
        ]
        yield failed("readers", f"whoever holds a link made with {', '.join(open_)} may read it", *fixes)
    elif store.by_key:
        yield not_checked("readers", "signed in with the account's key; who else has it cannot be seen", GATHER)
