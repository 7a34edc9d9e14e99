"""Make a bucket that passes, or bring one that is there to it: the remedies of its points, applied."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kade.backend.errors import BackendError
from kade.backend.points import Fix, Point
from kade.backend.residency import Rule
from kade.backend.s3 import S3
from kade.backend.s3_points import points


def create(store: S3, rule: Rule, tell: Callable[[str], None]) -> list[Point]:
    """Make the bucket and mend what fails, one point after the other; the points as they are then.

    A point is looked at again after each remedy, since two of them may change the same policy. ``tell`` gets each
    call. Raises `BackendError` before anything is made where the region is outside the rule.
    """
    found = list(points(store, rule))
    if [point.id for point in found] == ["reachable"] and not _exists(store):
        _make(store, rule, tell)
        found = list(points(store, rule))
    tried: set[str] = set()
    while open_ := [p for p in found if p.verdict == "fail" and p.id not in tried]:
        tried.add(open_[0].id)
        apply(open_[0].fixes, store, tell)
        found = list(points(store, rule))
    return found


def apply(fixes: Iterable[Fix], store: S3, tell: Callable[[str], None] = lambda _line: None) -> None:
    """Do the calls of a remedy; what only a person can do is passed over. Raises `BackendError`."""
    from botocore.exceptions import BotoCoreError, ClientError

    for fix in fixes:
        if not fix.operation:
            continue
        tell(fix.command)
        try:
            getattr(store.client, fix.operation)(**fix.parameters)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "BucketAlreadyOwnedByYou":
                raise BackendError(f"{fix.operation}: {error}") from error
        except BotoCoreError as error:
            raise BackendError(f"{fix.operation}: {error}") from error


def _exists(store: S3) -> bool:
    try:
        store.call("head_bucket")
    except LookupError:
        return False
    return True


def _make(store: S3, rule: Rule, tell: Callable[[str], None]) -> None:
    region = store.client.meta.region_name
    if not store.endpoint and (wrong := rule.aws(region)):
        raise BackendError(f"{store.address.url}: {wrong}; name another with ?region=; {rule.choice}.")
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    tell(f"aws s3api create-bucket --bucket {store.bucket} --region {region} --object-lock-enabled-for-bucket")
    store.call("create_bucket", ObjectLockEnabledForBucket=True, **where)
