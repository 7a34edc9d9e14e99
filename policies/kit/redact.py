"""Keeps secrets out of messages: a rule may quote a property, and a property may hold one.

In a policy pack Pulumi hands secrets over in plaintext and unmarked, so what is a secret is told by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

SECRET_NAME: Final = re.compile(
    r"password|passwd|secret|token|credential|connectionstring|sas$|sasuri|privatekey|accesskey|accountkey|"
    r"(primary|secondary|shared|storage|instrumentation|auth|api|encryption)_?key$|protectedsettings|customdata|pfx",
    re.IGNORECASE,
)
NOT_SECRET: Final = re.compile(
    r"(uri|url|id|name|type|enabled|mode|days|length|authentication|expiry\w*|version|rotation\w*)$", re.IGNORECASE
)
SHORTEST: Final = 4  # shorter values would blank out ordinary words


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether a property of that name usually holds a secret (``adminPassword``), not something about one."""
    return bool(SECRET_NAME.search(name)) and not NOT_SECRET.search(name)


def redact(message: str, props: Mapping[str, Any]) -> str:
    """The message with every secret value of the resource replaced by ``[secret]``."""
    for value in sorted(set(_secrets(props, inside=False)), key=len, reverse=True):
        message = message.replace(value, "[secret]")
    return message


def _secrets(value: Any, *, inside: bool) -> Iterator[str]:
    if isinstance(value, str):
        if inside and len(value) >= SHORTEST and value.lower() not in ("true", "false", "enabled", "disabled"):
            yield value
    elif isinstance(value, dict):
        named = str(value.get("name", "")) if "value" in value else ""  # app settings: name and value side by side
        for key, member in value.items():
            yield from _secrets(
                member, inside=inside or is_secret_name(str(key)) or (key == "value" and is_secret_name(named))
            )
    elif isinstance(value, list):
        for member in value:
            yield from _secrets(member, inside=inside)
