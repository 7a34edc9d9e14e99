"""A backend in S3, or in a store that speaks S3: what it can do. What is asked of its safety is in `s3_points`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Final

from kade.backend.address import Address
from kade.backend.errors import BackendError, DeniedError
from kade.backend.store import Entry

ABSENT: Final = frozenset({"404", "NoSuchBucket", "NoSuchKey", "NotFound"})
_DENIED: Final = frozenset({"403", "AccessDenied", "AllAccessDisabled", "InvalidAccessKeyId", "SignatureDoesNotMatch"})
_UNKNOWN: Final = frozenset({"501", "405", "NotImplemented", "MethodNotAllowed", "XNotImplemented"})


class S3:
    """See `kade.backend.store.Store`. The client is made when it is first needed."""

    def __init__(self, address: Address) -> None:
        self.address, self.bucket = address, address.place
        self._made: Any = None

    @property
    def client(self) -> Any:
        """The boto3 client that the URL asks for. Raises `BackendError` where there are no credentials."""
        if self._made is None:
            self._made = _asked(lambda: _client(self.address), "the client cannot be made")
        return self._made

    @property
    def endpoint(self) -> str:
        """The address of a store that is not AWS; empty for AWS itself, also where a proxy or a test stands in."""
        found = self.address.options.get("endpoint", "")
        return "" if "amazonaws." in found else found

    def call(self, operation: str, **parameters: Any) -> Any:
        """One call on the bucket.

        Raises `DeniedError` where it is not allowed or not known to the store, `BackendError` for what else goes
        wrong, and ``LookupError`` with the code where what was asked for is not set.
        """
        return _asked(
            lambda: getattr(self.client, operation)(Bucket=self.bucket, **parameters), f"{operation} on {self.bucket}"
        )

    def entries(self, prefix: str) -> Sequence[Entry]:
        """See `Store.entries`."""
        base = self.address.prefix

        def pages() -> list[Entry]:
            paged = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=base + prefix)
            return [
                Entry(item["Key"].removeprefix(base), item["Size"], item["ETag"])
                for page in paged
                for item in page.get("Contents", ())
            ]

        try:
            return _asked(pages, f"{self.address.url}: cannot be listed")
        except LookupError as error:
            raise BackendError(f"{self.address.url}: there is no such bucket.") from error

    def read(self, key: str) -> bytes:
        """See `Store.read`."""
        try:
            return _asked(
                lambda: self.client.get_object(Bucket=self.bucket, Key=self.address.prefix + key)["Body"].read(),
                f"{key}: cannot be read",
            )
        except LookupError as error:
            raise BackendError(f"{key}: is not there.") from error

    def write(self, key: str, data: bytes) -> None:
        """See `Store.write`."""
        options = self.address.options
        extra = {"ServerSideEncryption": options.get("ssetype"), "SSEKMSKeyId": options.get("kmskeyid")}
        given = {name: value for name, value in extra.items() if value}
        try:
            _asked(
                lambda: self.client.put_object(
                    Bucket=self.bucket, Key=self.address.prefix + key, Body=data, ChecksumAlgorithm="SHA256", **given
                ),
                f"{key}: cannot be written",
            )
        except LookupError as error:
            raise BackendError(f"{self.address.url}: there is no such bucket.") from error


def _client(address: Address) -> Any:
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    options = address.options
    s3: dict[str, Any] = {}
    if address.is_set("s3ForcePathStyle", "use_path_style"):
        s3["addressing_style"] = "path"
    if address.is_set("accelerate"):
        s3["use_accelerate_endpoint"] = True
    settings: dict[str, Any] = {"retries": {"mode": "standard", "max_attempts": 3}, "connect_timeout": 10}
    settings |= {"read_timeout": 60, "s3": s3}
    settings |= {"use_dualstack_endpoint": True} if address.is_set("dualstack") else {}
    settings |= {"use_fips_endpoint": True} if address.is_set("fips") else {}
    settings |= {"signature_version": UNSIGNED} if address.is_set("anonymous") else {}
    for name in ("request_checksum_calculation", "response_checksum_validation"):
        if name in options:
            settings[name] = options[name]
    endpoint = options.get("endpoint")
    if endpoint and "://" not in endpoint:
        endpoint = f"{'http' if address.is_set('disableSSL', 'disable_https') else 'https'}://{endpoint}"
    base = boto3.Session(profile_name=options.get("profile"), region_name=options.get("region"))
    if role := options.get("role"):
        base = _assumed(base, role)
    region = base.region_name or os.environ.get("AWS_REGION") or ("us-east-1" if endpoint else None)
    return base.client(
        "s3",
        region_name=region,
        endpoint_url=endpoint or None,
        use_ssl=not address.is_set("disableSSL", "disable_https"),
        config=Config(**settings),
    )


def _assumed(base: Any, role: str) -> Any:
    import boto3

    given = base.client("sts").assume_role(RoleArn=role, RoleSessionName="kade-backend")["Credentials"]
    return boto3.Session(
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        region_name=base.region_name,
    )


def _asked(call: Callable[[], Any], what: str) -> Any:
    """The answer of a call; see `S3.call` for what it raises."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return call()
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _DENIED:
            raise DeniedError(f"{what}: these credentials may not do that ({code}).") from error
        if code in _UNKNOWN:
            raise DeniedError(f"{what}: this store does not know that call ({code}).") from error
        if code in ABSENT or code.startswith("NoSuch") or code.endswith(("NotFound", "NotFoundError")):
            raise LookupError(code) from error
        raise BackendError(f"{what}: {error}") from error
    except BotoCoreError as error:
        raise BackendError(f"{what}: {error}") from error
