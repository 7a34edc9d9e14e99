"""Between pulumi_policy's proxies and the plain trees that rules read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pulumi_policy import Secret, proxy

from kade.policies.kit.values import UNKNOWN

_UNKNOWNS: Final = frozenset(
    value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_") and isinstance(value, str)
)
_TARGET: Final = "__target"  # how pulumi_policy itself gets at what its proxies hold


def plain(value: Any) -> Any:
    """A proxy, or anything in one, as plain dicts and lists, with `UNKNOWN` and without secret wrappers."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, str):
        return UNKNOWN if value in _UNKNOWNS else value
    if isinstance(value, Mapping):
        raw = _raw(value)
        return {str(key): plain(raw[key]) for key in raw}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [plain(item) for item in _raw(value)]
    return value


def restored(proxied: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    """A resource's properties with changes by dotted path, everything else as it was: unknowns and secrets too."""
    properties = dict(_raw(proxied))
    for path, value in changes.items():
        target = properties
        *parents, last = path.split(".")
        for part in parents:
            held = target.get(part)
            target[part] = target = dict(_raw(held)) if isinstance(held, Mapping) else {}
        target[last] = value
    return properties


def _raw(value: Any) -> Any:
    return value if isinstance(value, (dict, list, tuple)) else value[_TARGET]
