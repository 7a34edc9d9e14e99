"""Buckets at moto's server: each point is made to fail, and passes once its own remedy was applied."""

import json

import pytest

from kade.backend.address import parse
from kade.backend.checking import as_text, check
from kade.backend.errors import BackendError, DeniedError
from kade.backend.points import TITLES
from kade.backend.residency import Rule, rule_of
from kade.backend.s3 import S3
from kade.backend.s3_create import apply, create
from kade.estate import load

URL = "s3://kade-state?region=eu-central-1"
EU = rule_of(None)
NAMES = list(TITLES)


@pytest.fixture
def store(aws):
    """A bucket that passes."""
    made = S3(parse(URL))
    create(made, EU, lambda _line: None)
    return made


def verdicts(store, rule=EU):
    return {point.id: point.verdict for point in check(store, rule)}


def test_what_create_makes_passes_every_point(store):
    assert verdicts(store) == dict.fromkeys(NAMES, "pass")
    said: list[str] = []
    assert [p.verdict for p in create(store, EU, said.append)] == ["pass"] * len(NAMES)
    assert said == []  # there was nothing to mend


def public_policy(store):
    there = json.loads(store.call("get_bucket_policy")["Policy"])
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::kade-state/*"}
    there["Statement"].append(everybody)
    store.call("put_bucket_policy", Policy=json.dumps(there))


SPOILT = {
    "not encrypted at rest": ("encrypted", lambda s: s.call("delete_bucket_encryption")),
    "http": ("encrypted", lambda s: s.call("delete_bucket_policy")),
    "versions suspended": (
        "versioned",
        lambda s: s.call("put_bucket_versioning", VersioningConfiguration={"Status": "Suspended"}),
    ),
    "no retention": (
        "locked",
        lambda s: s.call("put_object_lock_configuration", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}),
    ),
    "short retention": (
        "locked",
        lambda s: s.call(
            "put_object_lock_configuration",
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}},
            },
        ),
    ),
    "no block": ("private", lambda s: s.call("delete_public_access_block")),
    "half a block": (
        "private",
        lambda s: s.call("put_public_access_block", PublicAccessBlockConfiguration={"BlockPublicAcls": True}),
    ),
    "no log": ("logged", lambda s: s.call("put_bucket_logging", BucketLoggingStatus={})),
    "public policy": ("readers", public_policy),
    "public list": ("readers", lambda s: s.call("put_bucket_acl", ACL="public-read")),
    "all accounts": ("readers", lambda s: s.call("put_bucket_acl", ACL="authenticated-read")),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_point_that_fails_passes_after_its_remedy(store, name):
    id_, spoil = SPOILT[name]
    spoil(store)
    points = check(store, EU)
    assert [p.id for p in points if p.verdict == "fail"] == [id_]
    (point,) = (p for p in points if p.id == id_)
    assert point.fixes
    assert all(fix.command.startswith("aws s3api ") for fix in point.fixes)
    apply(point.fixes, store)
    assert verdicts(store)[id_] == "pass", as_text(URL, check(store, EU))


def test_a_bucket_without_object_lock_fails_until_it_has_one(aws):
    store = S3(parse(URL))
    where = {"LocationConstraint": "eu-central-1"}
    store.call("create_bucket", CreateBucketConfiguration=where)
    assert set(verdicts(store).values()) == {"pass", "fail"}
    assert verdicts(store)["locked"] == "fail"
    assert {p.verdict for p in create(store, EU, lambda _line: None)} == {"pass"}


def test_a_bucket_that_is_not_there_says_how_to_make_it(aws):
    (point,) = check(S3(parse(URL)), EU)
    assert (point.id, point.verdict) == ("reachable", "fail")
    assert point.fixes[0].command == f"kade backend create '{URL}'"


def test_a_region_outside_the_rule_fails_and_nothing_is_made_there(aws):
    for region, said in (("us-east-2", "us-east-2 is no AWS region in or near the EU"), ("eu-west-2", "(GB)")):
        store = S3(parse(f"s3://kade-state-{region}?region={region}"))
        with pytest.raises(BackendError) as error:
            create(store, EU, lambda _line: None)
        assert said in str(error.value)
        assert "those inside are eu-central-1" in str(error.value)
        store.call("create_bucket", CreateBucketConfiguration={"LocationConstraint": region})
        point = next(p for p in check(store, EU) if p.id == "region")
        assert point.verdict == "fail"
        assert said in point.found


def test_the_rule_is_the_estates_own(store):
    assert verdicts(store, rule_of(load("lindewaard")))["region"] == "pass"
    strict = Rule(("westeurope",), "the rule")
    point = next(p for p in check(store, strict) if p.id == "region")
    assert point.verdict == "fail"
    assert "eu-central-1 (DE) is outside the rule" in point.found
    assert "AWS has none inside: take azblob://" in point.found


def test_a_store_that_is_not_aws_is_asked_too_but_not_for_its_place(store, moto):
    other = S3(parse(f"s3://kade-state?endpoint={moto}&s3ForcePathStyle=true"))
    found = verdicts(other)
    assert found.pop("region") == "not_checked"
    assert set(found.values()) == {"pass"}


def test_what_these_credentials_may_not_see_is_said_with_the_right_that_lacks(store, monkeypatch):
    real = S3.call

    def call(self, operation, **parameters):
        if operation in ("get_bucket_versioning", "get_bucket_logging"):
            raise DeniedError(f"{operation} on kade-state: these credentials may not do that (AccessDenied).")
        return real(self, operation, **parameters)

    monkeypatch.setattr(S3, "call", call)
    points = {p.id: p for p in check(store, EU)}
    assert [p.id for p in points.values() if p.verdict == "not_checked"] == ["versioned", "logged"]
    assert "s3:GetBucketVersioning" in points["versioned"].how


def test_a_store_that_does_not_answer_is_told(aws, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    store = S3(parse(URL))
    (point,) = check(store, EU)
    assert point.verdict == "fail"
    assert "Could not connect" in point.found
    with pytest.raises(BackendError, match="cannot be listed"):
        store.entries("")


def test_objects_go_in_and_out_below_the_prefix(store):
    store.call("delete_bucket_policy")  # moto takes its refusal of HTTP at its word
    below = S3(parse("s3://kade-state/a/b?region=eu-central-1&ssetype=AES256"))
    below.write(".pulumi/x.json", b"1")
    first = below.entries("")[0]
    assert (first.key, first.size, below.read(first.key)) == (".pulumi/x.json", 1, b"1")
    assert [e.key for e in store.entries("")] == ["a/b/.pulumi/x.json"]
    below.write(".pulumi/x.json", b"2")
    assert below.entries("")[0].tag != first.tag
    with pytest.raises(BackendError, match="is not there"):
        below.read("none")
