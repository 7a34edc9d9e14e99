"""The functions of template expressions that can be evaluated without Azure, by lower-case name.

Source: Azure documentation, "ARM template functions" (2026-11). A function that asks Azure (``reference``,
``listKeys``) or the clock (``utcNow``) is left out: its value is unknown.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, Final
from urllib.parse import quote, unquote

from kade.check.expressions import Function, Scope, member
from kade.policies.kit import UNKNOWN

LONGEST: Final = 131_072  # characters in a literal or value, by Azure's limits for templates
NAMESPACE: Final = uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")  # Azure's own, for guid()


def has_unknown(value: Any) -> bool:
    """Whether an unknown stands anywhere in the value."""
    if isinstance(value, Mapping):
        return any(has_unknown(v) for v in value.values())
    if isinstance(value, list):
        return any(has_unknown(v) for v in value)
    return value is UNKNOWN


def _known(function: Any) -> Function:
    """A function of its arguments alone; unknown where one of them is, at any depth."""

    def call(_: Scope, arguments: Sequence[Any]) -> Any:
        return UNKNOWN if any(has_unknown(a) for a in arguments) else function(*arguments)

    return call


def _shallow(function: Any) -> Function:
    """As `_known`, but a list or object that holds an unknown is taken as it is."""

    def call(_: Scope, arguments: Sequence[Any]) -> Any:
        return UNKNOWN if any(a is UNKNOWN for a in arguments) else function(*arguments)

    return call


def text(value: Any) -> str:
    """A value as Azure writes it into text."""
    if isinstance(value, bool):
        return "True" if value else "False"
    if value is None:
        return ""
    return json.dumps(value, separators=(",", ":")) if isinstance(value, (dict, list)) else str(value)


def _concat(*parts: Any) -> Any:
    if any(isinstance(p, list) for p in parts):
        return [item for part in parts for item in part]
    joined = "".join(text(p) for p in parts)
    if len(joined) > LONGEST:
        raise ValueError("longer than Azure takes")
    return joined


def _format(pattern: str, *values: Any) -> str:
    def part(found: re.Match[str]) -> str:
        if found[0] in ("{{", "}}"):
            return found[0][0]
        if found["how"]:
            raise ValueError("a format of .NET, as {0:D3}, is not evaluated")
        return text(values[int(found["index"])])

    return re.sub(r"\{\{|\}\}|\{(?P<index>\d+)(?P<how>[,:][^}]*)?\}", part, pattern)


def _union(*parts: Any) -> Any:
    if isinstance(parts[0], list):
        return reduce(lambda a, b: a + [item for item in b if item not in a], parts, [])
    return reduce(_merge, parts, {})


def _merge(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    both = {k: _merge(a[k], v) if isinstance(v, dict) and isinstance(a.get(k), dict) else v for k, v in b.items()}
    return {**a, **both}


def _intersection(*parts: Any) -> Any:
    if isinstance(parts[0], list):
        return [item for item in parts[0] if all(item in other for other in parts[1:])]
    return {k: v for k, v in parts[0].items() if all(k in o and o[k] == v for o in parts[1:])}


def _contains(container: Any, wanted: Any) -> bool:
    if isinstance(container, str):
        return text(wanted) in container
    if isinstance(container, dict):
        return text(wanted).lower() in {k.lower() for k in container}
    return wanted in container


def _equals(a: Any, b: Any) -> bool:
    return type(a) is type(b) and a == b


def _bool(value: Any) -> bool:
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}[value.lower()]
    return bool(value)


def _substring(value: str, start: int, length: int | None = None) -> str:
    return value[start:] if length is None else value[start : start + length]


def _split(value: str, by: Any) -> list[str]:
    for other in by[1:] if isinstance(by, list) else ():
        value = value.replace(other, by[0])
    return value.split(by[0] if isinstance(by, list) else by)


def _pad(value: Any, width: int, fill: str = " ") -> str:
    return text(value).rjust(min(width, LONGEST), fill)


def _unique(*parts: str) -> str:
    """A stand-in of the right form: Azure's own hash is not published."""
    digest = hashlib.sha256("-".join(parts).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:13]


def _guid(*parts: str) -> str:
    return str(uuid.uuid5(NAMESPACE, "-".join(parts)))


def _if(_: Scope, arguments: Sequence[Any]) -> Any:
    condition, yes, no = arguments
    if condition is UNKNOWN:
        return yes if not has_unknown(yes) and yes == no else UNKNOWN
    return yes if _bool(condition) else no


def _and(_: Scope, arguments: Sequence[Any]) -> Any:
    if any(a is not UNKNOWN and not _bool(a) for a in arguments):
        return False
    return UNKNOWN if UNKNOWN in arguments else True


def _or(_: Scope, arguments: Sequence[Any]) -> Any:
    if any(a is not UNKNOWN and _bool(a) for a in arguments):
        return True
    return UNKNOWN if UNKNOWN in arguments else False


def _coalesce(_: Scope, arguments: Sequence[Any]) -> Any:
    return next((a for a in arguments if a is not None), None)


def _try_get(value: Any, *keys: Any) -> Any:
    for key in keys:
        value = member(value, key)
        if value is UNKNOWN:
            return None
    return value


def _parameters(scope: Scope, arguments: Sequence[Any]) -> Any:
    return scope.parameter(arguments[0].lower())


def _variables(scope: Scope, arguments: Sequence[Any]) -> Any:
    return scope.variable(arguments[0].lower())


def _copy_index(scope: Scope, arguments: Sequence[Any]) -> Any:
    name = arguments[0].lower() if arguments and isinstance(arguments[0], str) else ""
    offset = next((a for a in arguments if isinstance(a, int)), 0)
    return scope.copies[name] + offset if name in scope.copies else UNKNOWN


def _context(name: str) -> Function:
    return lambda scope, _: scope.context.get(name, UNKNOWN)


def resource_id(scope: Scope, arguments: Sequence[Any]) -> Any:
    """``resourceId([subscription], [group], type, name, …)``; the type is the first argument with a slash."""
    if any(a is UNKNOWN for a in arguments):
        return UNKNOWN
    parts = [text(a) for a in arguments]
    start = next(i for i, part in enumerate(parts) if "/" in part)
    before, type_, names = parts[:start], parts[start], parts[start + 1 :]
    group = before[-1] if before else scope.context["group"]
    subscription = before[0] if len(before) > 1 else scope.context["subscription_id"]
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{typed_path(type_, names)}"


def _subscription_resource_id(scope: Scope, arguments: Sequence[Any]) -> Any:
    if any(a is UNKNOWN for a in arguments):
        return UNKNOWN
    parts = [text(a) for a in arguments]
    start = next(i for i, part in enumerate(parts) if "/" in part)
    subscription = parts[0] if start else scope.context["subscription_id"]
    return f"/subscriptions/{subscription}/providers/{typed_path(parts[start], parts[start + 1 :])}"


def typed_path(type_: str, names: Sequence[str]) -> str:
    """``Microsoft.Network/virtualNetworks/subnets`` and its names, woven together as in an id."""
    provider, *kinds = type_.split("/")
    if len(kinds) != len(names):
        raise ValueError(f"{type_} needs {len(kinds)} names, not {len(names)}")
    return "/".join([provider, *(f"{kind}/{name}" for kind, name in zip(kinds, names, strict=True))])


FUNCTIONS: Final[dict[str, Function]] = {
    "parameters": _parameters,
    "variables": _variables,
    "copyindex": _copy_index,
    "resourcegroup": _context("resource_group"),
    "subscription": _context("subscription"),
    "deployment": _context("deployment"),
    "environment": _context("environment"),
    "tenant": _context("tenant"),
    "resourceid": resource_id,
    "subscriptionresourceid": _subscription_resource_id,
    "tenantresourceid": _known(lambda type_, *names: f"/providers/{typed_path(type_, names)}"),
    "extensionresourceid": _known(lambda scope, type_, *names: f"{scope}/providers/{typed_path(type_, names)}"),
    "if": _if,
    "and": _and,
    "or": _or,
    "not": _known(lambda value: not _bool(value)),
    "true": _known(lambda: True),
    "false": _known(lambda: False),
    "null": _known(lambda: None),
    "bool": _known(_bool),
    "int": _known(int),
    "float": _known(float),
    "string": _known(text),
    "json": _known(json.loads),
    "equals": _known(_equals),
    "greater": _known(lambda a, b: a > b),
    "greaterorequals": _known(lambda a, b: a >= b),
    "less": _known(lambda a, b: a < b),
    "lessorequals": _known(lambda a, b: a <= b),
    "add": _known(lambda a, b: a + b),
    "sub": _known(lambda a, b: a - b),
    "mul": _known(lambda a, b: a * b),
    "div": _known(lambda a, b: int(a / b)),
    "mod": _known(lambda a, b: a - b * int(a / b)),
    "min": _known(lambda *v: min(v[0]) if isinstance(v[0], list) else min(v)),
    "max": _known(lambda *v: max(v[0]) if isinstance(v[0], list) else max(v)),
    "concat": _shallow(_concat),
    "format": _known(_format),
    "tolower": _known(str.lower),
    "toupper": _known(str.upper),
    "trim": _known(str.strip),
    "replace": _known(lambda value, old, new: value.replace(old, new)),
    "substring": _known(_substring),
    "split": _known(_split),
    "join": _known(lambda values, by: by.join(text(v) for v in values)),
    "padleft": _known(_pad),
    "startswith": _known(lambda value, part: value.lower().startswith(part.lower())),
    "endswith": _known(lambda value, part: value.lower().endswith(part.lower())),
    "indexof": _known(
        lambda value, part: value.lower().find(part.lower()) if isinstance(value, str) else value.index(part)
    ),
    "lastindexof": _known(lambda value, part: value.lower().rfind(part.lower())),
    "length": _shallow(len),
    "empty": _shallow(lambda value: not value),
    "contains": _known(_contains),
    "first": _shallow(lambda value: value[0] if value else None),
    "last": _shallow(lambda value: value[-1] if value else None),
    "skip": _shallow(lambda value, count: value[max(count, 0) :]),
    "take": _shallow(lambda value, count: value[: max(count, 0)]),
    "range": _known(lambda start, count: list(range(start, start + min(count, 10_000)))),
    "union": _shallow(_union),
    "intersection": _known(_intersection),
    "flatten": _shallow(lambda lists: [item for inner in lists for item in inner]),
    "items": _shallow(lambda value: [{"key": k, "value": value[k]} for k in sorted(value)]),
    "objectkeys": _shallow(sorted),
    "createarray": lambda _, arguments: list(arguments),
    "createobject": lambda _, arguments: dict(zip(arguments[::2], arguments[1::2], strict=True)),
    "array": lambda _, arguments: arguments[0] if isinstance(arguments[0], list) else [arguments[0]],
    "coalesce": _coalesce,
    "tryget": _shallow(_try_get),
    "shallowmerge": _shallow(lambda objects: reduce(lambda a, b: {**a, **b}, objects, {})),
    "uniquestring": _known(_unique),
    "guid": _known(_guid),
    "base64": _known(lambda value: base64.b64encode(value.encode()).decode()),
    "base64tostring": _known(lambda value: base64.b64decode(value).decode()),
    "uri": _known(lambda base, relative: base.rsplit("/", 1)[0] + "/" + relative.lstrip("/")),
    "uricomponent": _known(lambda value: quote(value, safe="~()*!.'")),
    "uricomponenttostring": _known(unquote),
}
