"""What a bucket's policy and access list say: who may read, and whether plain HTTP is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_EVERYBODY = "everybody"
_GROUPS = {
    "http://acs.amazonaws.com/groups/global/AllUsers": _EVERYBODY,
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": "everybody with an AWS account",
}
_READS = {"READ", "FULL_CONTROL"}
_BY_WHOM = frozenset(
    f"aws:{key}".lower()
    for key in (
        "PrincipalAccount", "PrincipalArn", "PrincipalOrgID", "PrincipalOrgPaths", "SourceAccount", "SourceArn",
        "SourceIp", "SourceOrgID", "SourceOwner", "SourceVpc", "SourceVpce", "userid",
    )
)  # fmt: skip
"""The conditions that say who: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html."""
_SAYS = ("stringequals", "stringlike", "arnequals", "arnlike", "ipaddress")
_ANYBODY = {"*", "0.0.0.0/0", "::/0"}


def refuses_plain_http(policy: Mapping[str, Any], bucket: str) -> bool:
    """Whether the policy denies everything that comes without TLS, on the bucket and on what is in it."""
    for statement in _statements(policy):
        secure = statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
        if (
            statement.get("Effect") == "Deny"
            and _EVERYBODY in _principals(statement)
            and any(action in ("*", "s3:*") for action in _listed(statement.get("Action")))
            and str(secure).lower() == "false"
            and {f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"} <= set(_listed(statement.get("Resource")))
        ):
            return True
    return False


def with_https_only(policy: Mapping[str, Any], bucket: str) -> dict[str, Any]:
    """The policy, and a statement that denies what comes without TLS."""
    deny = {
        "Sid": "HttpsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", **policy, "Statement": [*_statements(policy), deny]}


def readers(policy: Mapping[str, Any], acl: Mapping[str, Any]) -> set[str]:
    """Everybody whom the policy or the access list lets read."""
    by_policy = {who for s in _statements(policy) if _lets_read(s) for who in _principals(s)}
    return by_policy | {_grantee(grant) for grant in acl.get("Grants", ()) if grant.get("Permission") in _READS}


def open_to(policy: Mapping[str, Any], acl: Mapping[str, Any]) -> set[str]:
    """Of these, those that nobody knows by name. A statement with a condition on who it is is for those who meet it."""
    named = {_EVERYBODY, *_GROUPS.values()}
    bare = {"Statement": [s for s in _statements(policy) if not _says_who(s.get("Condition") or {})]}
    return readers(bare, acl) & named


def _says_who(condition: Mapping[str, Any]) -> bool:
    """Whether a condition narrows down who may come; one on TLS or on the prefix does not."""
    return any(
        key.lower() in _BY_WHOM and not _ANYBODY & {str(value) for value in _listed(values)}
        for operator, keys in condition.items()
        if operator.lower().rpartition(":")[2] in _SAYS
        for key, values in keys.items()
    )


def _lets_read(statement: Mapping[str, Any]) -> bool:
    reads = ("*", "s3:*", "s3:get", "s3:list")
    actions = [str(action).lower() for action in _listed(statement.get("Action"))]
    return statement.get("Effect") == "Allow" and (
        "NotAction" in statement or any(a in reads[:2] or a.startswith(reads[2:]) for a in actions)
    )


def _principals(statement: Mapping[str, Any]) -> Iterator[str]:
    found = statement.get("Principal", statement.get("NotPrincipal"))
    if "NotPrincipal" in statement or found == "*":
        yield _EVERYBODY
    elif isinstance(found, Mapping):
        for value in found.values():
            for who in _listed(value):
                yield _EVERYBODY if who == "*" else str(who)


def _grantee(grant: Mapping[str, Any]) -> str:
    who = grant.get("Grantee", {})
    uri = who.get("URI", "")
    return _GROUPS.get(uri, uri) or f"the account {who.get('DisplayName') or who.get('ID', '')}"


def _statements(policy: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found = policy.get("Statement", ())
    return [found] if isinstance(found, Mapping) else list(found)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
