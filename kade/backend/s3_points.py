"""What is asked of a bucket, each point with the calls that mend it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from kade.backend.errors import BackendError, DeniedError
from kade.backend.points import Fix, Point, failed, not_checked, passed, s3_call
from kade.backend.residency import Rule
from kade.backend.s3 import S3
from kade.backend.s3_policy import open_to, readers, refuses_plain_http, with_https_only

RETENTION_DAYS: Final = 30
"""Days that an overwritten or deleted state cannot be destroyed by anybody without a special right."""
_SHUT: Final = {"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"}


def points(store: S3, rule: Rule) -> Iterator[Point]:
    """The eight points; after a bucket that cannot be reached there is nothing more to ask."""
    try:
        store.call("head_bucket")
    except LookupError:
        yield failed(
            "reachable",
            f"there is no bucket {store.bucket}",
            Fix(f"kade backend create {shlex.quote(store.address.url)}"),
        )
        return
    except BackendError as error:
        yield failed("reachable", str(error).removesuffix("."), Fix("aws sts get-caller-identity"))
        return
    yield passed("reachable", f"the bucket {store.bucket} answers")
    for id_, look in _LOOKS.items():
        try:
            yield look(store, rule)
        except DeniedError as error:
            yield not_checked(id_, str(error).removesuffix("."), f"give these credentials {_RIGHTS[id_]}")


def _region(store: S3, rule: Rule) -> Point:
    name = store.call("get_bucket_location").get("LocationConstraint") or "us-east-1"
    if store.endpoint:
        return not_checked(
            "region",
            f"{store.endpoint} calls itself {name}, which says nothing about where it stands",
            "read it in the supplier's contract and put it in the processing register",
        )
    name = {"EU": "eu-west-1"}.get(name, name)  # the oldest buckets in Ireland
    wrong = rule.aws(name)
    if not wrong:
        return passed("region", f"{name} is inside {rule.source}")
    move = Fix("make another bucket with `kade backend create`, and move the state: kade backend backup, restore")
    return failed("region", f"{wrong}; a bucket cannot be moved; {rule.choice}", move)


def _encrypted(store: S3, _rule: Rule) -> Point:
    policy = _policy(store)
    fixes, found = [], []
    try:
        rules = store.call("get_bucket_encryption")["ServerSideEncryptionConfiguration"]["Rules"]
        kinds = [r["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] for r in rules]
        found.append(f"at rest with {', '.join(kinds)}")
    except LookupError:
        found.append("not encrypted at rest by default")
        by_default = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
        fixes.append(
            s3_call("put_bucket_encryption", Bucket=store.bucket, ServerSideEncryptionConfiguration=by_default)
        )
    if refuses_plain_http(policy, store.bucket):
        found.append("HTTPS only")
    else:
        found.append("HTTP without TLS is not refused")
        new = json.dumps(with_https_only(policy, store.bucket))
        fixes.append(s3_call("put_bucket_policy", Bucket=store.bucket, Policy=new))
    return Point("encrypted", "fail" if fixes else "pass", ", ".join(found), fixes)


def _versioned(store: S3, _rule: Rule) -> Point:
    status = store.call("get_bucket_versioning").get("Status", "never switched on")
    if status == "Enabled":
        return passed("versioned", "versioning is on")
    fix = s3_call("put_bucket_versioning", Bucket=store.bucket, VersioningConfiguration={"Status": "Enabled"})
    return failed("versioned", f"versioning is {status.lower()}", fix)


def _locked(store: S3, _rule: Rule) -> Point:
    try:
        held = store.call("get_object_lock_configuration")["ObjectLockConfiguration"]
    except LookupError:
        held = {}
    found = held.get("Rule", {}).get("DefaultRetention", {})
    days = found.get("Days", 0) + 365 * found.get("Years", 0)
    if days >= RETENTION_DAYS:
        return passed("locked", f"Object Lock keeps every version for {days} days ({found['Mode'].lower()})")
    lock = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": RETENTION_DAYS}}
    fix = s3_call(
        "put_object_lock_configuration",
        Bucket=store.bucket,
        ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": lock},
    )
    what = f"Object Lock keeps a version only {days} days" if days else "no Object Lock: versions can be destroyed"
    return failed("locked", what, fix)


def _private(store: S3, _rule: Rule) -> Point:
    try:
        block = store.call("get_public_access_block")["PublicAccessBlockConfiguration"]
    except LookupError:
        block = {}
    left_open = sorted(_SHUT - {name for name, value in block.items() if value})
    if not left_open:
        return passed("private", "public access is blocked, by policies and by access lists")
    fix = s3_call(
        "put_public_access_block",
        Bucket=store.bucket,
        PublicAccessBlockConfiguration=dict.fromkeys(sorted(_SHUT), True),
    )
    return failed("private", f"public access is not blocked: {', '.join(left_open)}", fix)


def _logged(store: S3, _rule: Rule) -> Point:
    found = store.call("get_bucket_logging").get("LoggingEnabled")
    if found:
        return passed("logged", f"to s3://{found['TargetBucket']}/{found.get('TargetPrefix', '')}")
    return failed("logged", "server access is not logged", *logging_fixes(store))


def logging_fixes(store: S3) -> list[Fix]:
    """Make a bucket for the logs beside this one and let S3 write there."""
    logs = f"{store.bucket}-logs"
    place = store.call("get_bucket_location").get("LocationConstraint")
    where = {"CreateBucketConfiguration": {"LocationConstraint": place}} if place else {}
    write = {
        "Sid": "LogsOfS3",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{logs}/*",
        "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{store.bucket}"}},
    }
    policy = with_https_only({"Version": "2012-10-17", "Statement": [write]}, logs)
    target = {"LoggingEnabled": {"TargetBucket": logs, "TargetPrefix": f"{store.bucket}/"}}
    shut = dict.fromkeys(sorted(_SHUT), True)
    return [
        s3_call("create_bucket", Bucket=logs, **where),
        s3_call("put_public_access_block", Bucket=logs, PublicAccessBlockConfiguration=shut),
        s3_call("put_bucket_policy", Bucket=logs, Policy=json.dumps(policy)),
        s3_call("put_bucket_logging", Bucket=store.bucket, BucketLoggingStatus=target),
    ]


def _readers(store: S3, _rule: Rule) -> Point:
    policy, acl = _policy(store), store.call("get_bucket_acl")
    strangers = open_to(policy, acl)
    who = sorted(readers(policy, acl))
    listed = ", ".join(who) or "nobody by the bucket itself"
    if not strangers:
        return passed("readers", f"{listed}; and whom IAM in its own account allows")
    fixes = []
    kept = [s for s in policy.get("Statement", ()) if not open_to({"Statement": [s]}, {})]
    if len(kept) < len(policy.get("Statement", ())):
        fixes.append(
            s3_call("put_bucket_policy", Bucket=store.bucket, Policy=json.dumps({**policy, "Statement": kept}))
            if kept
            else s3_call("delete_bucket_policy", Bucket=store.bucket)
        )
    if open_to({}, acl):
        fixes.append(s3_call("put_bucket_acl", Bucket=store.bucket, ACL="private"))
    return failed("readers", f"{', '.join(sorted(strangers))} may read it", *fixes)


def _policy(store: S3) -> Mapping[str, Any]:
    try:
        return json.loads(store.call("get_bucket_policy")["Policy"])
    except LookupError:
        return {}


_LOOKS: Final[Mapping[str, Callable[[S3, Rule], Point]]] = {
    "region": _region,
    "encrypted": _encrypted,
    "versioned": _versioned,
    "locked": _locked,
    "private": _private,
    "logged": _logged,
    "readers": _readers,
}
_RIGHTS: Final[Mapping[str, str]] = {
    "region": "s3:GetBucketLocation",
    "encrypted": "s3:GetEncryptionConfiguration and s3:GetBucketPolicy",
    "versioned": "s3:GetBucketVersioning",
    "locked": "s3:GetBucketObjectLockConfiguration",
    "private": "s3:GetBucketPublicAccessBlock",
    "logged": "s3:GetBucketLogging and s3:GetBucketLocation",
    "readers": "s3:GetBucketPolicy and s3:GetBucketAcl",
}
