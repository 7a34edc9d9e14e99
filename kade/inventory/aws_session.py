"""Read-only access to AWS: one client a service, account and region, that cannot call anything that writes.

A denied call, a region that is not enabled or an account that cannot be reached is a remark, and the rest goes on.
Throttling is waited out by botocore's adaptive retries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kade.inventory.model import Origin
from kade.inventory.notes import MISSING, InventoryError, Notes

SOURCE = "aws"
_READS = re.compile(r"^(Describe|List|Get)[A-Z]|^AssumeRole$")
_DENIED = re.compile(
    r"AccessDenied|UnauthorizedOperation|AuthFailure|OptInRequired|UnrecognizedClient|InvalidClientTokenId"
)


class WriteRefusedError(RuntimeError):
    """A call that is no reading one was about to be made; a fault in Kade, never of the user."""


@dataclass(frozen=True)
class Account:
    """One account to read: a profile of the user's configuration, and a role to take on in it."""

    profile: str = ""
    role: str = ""

    @property
    def label(self) -> str:
        """How the account is named until its number is known."""
        return self.role or self.profile or "default"


def session(account: Account) -> Any:
    """A boto3 session for an account. Raises `InventoryError` where it has no credentials or may not take the role."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        base = boto3.Session(profile_name=account.profile or None)
        if not account.role:
            return base
        given = _client(base, "sts", "us-east-1").assume_role(RoleArn=account.role, RoleSessionName="kade-inventory")
        keys = given["Credentials"]
        return boto3.Session(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )
    except (BotoCoreError, ClientError) as problem:
        raise InventoryError(f"AWS account {account.label}: {problem}") from None


def _client(base: Any, service: str, region: str) -> Any:
    from botocore.config import Config

    settings = Config(retries={"mode": "adaptive", "max_attempts": 10}, connect_timeout=10, read_timeout=60)
    client = base.client(service, region_name=region, config=settings)
    client.meta.events.register("before-call", _refuse_writes)
    return client


def _refuse_writes(model: Any, **_: Any) -> None:
    if not _READS.match(model.name):
        raise WriteRefusedError(f"{model.service_model.service_name}:{model.name} is not a call that only reads")


class Region:
    """One region of one account: lists what is there, page by page, and notes what it may not see."""

    def __init__(self, base: Any, account: str, region: str, notes: Notes) -> None:
        self._base, self._notes, self._clients = base, notes, {}
        self.account, self.region = account, region

    @property
    def place(self) -> str:
        """Account and region, as a server's location."""
        return f"{self.account}/{self.region}"

    @property
    def origin(self) -> Origin:
        """Where records of this region come from."""
        return Origin(SOURCE, self.account, self.region)

    def client(self, service: str) -> Any:
        """The client of a service, made once."""
        if service not in self._clients:
            self._clients[service] = _client(self._base, service, self.region)
        return self._clients[service]

    def pages(self, service: str, operation: str, key: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        """The items of a paged call; what was read before a failure is kept, and the failure is noted."""
        from botocore.exceptions import BotoCoreError, ClientError

        client = self.client(service)
        try:
            if client.can_paginate(operation):
                for page in client.get_paginator(operation).paginate(**arguments):
                    yield from page.get(key, ())
            else:
                yield from getattr(client, operation)(**arguments).get(key, ())
        except ClientError as problem:
            code = problem.response.get("Error", {}).get("Code", "")
            may = "is not allowed" if _DENIED.search(code) else "failed"
            self.note(f"{service}:{operation}", f"{may} ({code}); what it lists is not in the inventory")
        except BotoCoreError as problem:
            self.note(f"{service}:{operation}", f"failed ({problem}); what it lists is not in the inventory")

    @cached_property
    def tags(self) -> dict[str, dict[str, str]]:
        """The tags of everything in the region that has any, by ARN: one list, instead of a call for each thing."""
        pages = self.pages("resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList")
        return {item["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in item["Tags"]} for item in pages}

    def note(self, field: str, message: str) -> None:
        """Remark on this account and region."""
        self._notes.add(MISSING, self.origin, field, message)
