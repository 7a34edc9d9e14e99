"""What is asked of a backend: eight points, each with what was found and, where it fails, the remedy.

A remedy is data: the call of an API with its parameters, or one property of an Azure resource. So what is shown to the
user is exactly what ``kade backend create`` does and what a test applies.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Verdict = Literal["pass", "fail", "not_checked"]

TITLES: Final[Mapping[str, str]] = {
    "reachable": "It is there, and can be read and written",
    "region": "It is where data may be",
    "encrypted": "Encrypted at rest and on the way",
    "versioned": "Earlier versions are kept",
    "locked": "Locked against deletion",
    "private": "Not open to everybody",
    "logged": "Who reads and writes is logged",
    "readers": "Who may read",
}


@dataclass(frozen=True)
class Fix:
    """One step of a remedy. ``command`` is for a shell; ``operation`` and ``parameters`` are the same for a program."""

    command: str
    operation: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Point:
    """One point. ``found`` says what was seen; ``how`` how to find out what could not be checked."""

    id: str
    verdict: Verdict
    found: str
    fixes: Sequence[Fix] = ()
    how: str = ""

    @property
    def title(self) -> str:
        """What the point asks."""
        return TITLES[self.id]


def passed(id_: str, found: str) -> Point:
    """A point that is all right."""
    return Point(id_, "pass", found)


def failed(id_: str, found: str, *fixes: Fix) -> Point:
    """A point that is not, with its remedy."""
    return Point(id_, "fail", found, fixes)


def not_checked(id_: str, found: str, how: str) -> Point:
    """A point that cannot be told from here, with how it can."""
    return Point(id_, "not_checked", found, how=how)


def s3_call(operation: str, **parameters: Any) -> Fix:
    """A call of S3, also as the AWS CLI takes it (its ``--cli-input-json`` has the same parameters)."""
    kebab = re.sub(r"_", "-", operation)
    text = shlex.quote(json.dumps(parameters, separators=(",", ":")))
    return Fix(f"aws s3api {kebab} --cli-input-json {text}", operation, parameters)


def azure_set(resource_id: str, path: str, value: Any) -> Fix:
    """One property of an Azure resource, by its path in ARM's form."""
    text = f"az resource update --ids {resource_id} --set {path}={json.dumps(value)}"
    return Fix(text, "set", {"id": resource_id, "path": path, "value": value})
