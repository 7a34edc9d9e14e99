"""Calls of a JSON interface over HTTPS, with the standard library only."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, Final

TIMEOUT: Final = 30  # seconds


class PublishError(Exception):
    """What the other side refused, or that it could not be reached; the text says what to do."""


def call(method: str, url: str, headers: Mapping[str, str], body: Any = None) -> Any:
    """The answer as JSON. Raises `PublishError` for every answer that is not a success."""
    if not url.startswith(("https://", "http://localhost", "http://127.0.0.1")):
        raise PublishError(f"{url}: only https is spoken, since a token goes with the call.")
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 the scheme was looked at above
        url, data, {"Content-Type": "application/json", "User-Agent": "kade", **headers}, method=method
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 as above
            text = answer.read().decode()
    except urllib.error.HTTPError as error:
        hint = " Does the job have the permission to write there?" if error.code in (401, 403, 404) else ""
        raise PublishError(f"{method} {url}: {error.code} {error.reason}.{hint}") from error
    except (urllib.error.URLError, TimeoutError) as error:
        raise PublishError(f"{method} {url}: it cannot be reached: {error}") from error
    return json.loads(text) if text else None


def needed(environment: Mapping[str, str], *names: str) -> list[str]:
    """The values of variables. Raises `PublishError` with the first that is missing."""
    for name in names:
        if not environment.get(name):
            raise PublishError(f"the variable {name} is not set.")
    return [environment[name] for name in names]
