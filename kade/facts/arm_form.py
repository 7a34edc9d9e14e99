"""One form of a resource: ARM's into azure-native's property names, by the table of `kade.facts.azure_types`.

Names of properties are met in any letter case; values stay as they are. A property outside the table keeps its name,
out of ``properties`` where the type is flattened, so that nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from kade.facts.azure_types import AzureType, module_data, type_by_arm, type_by_token

_ENVELOPE = {"type", "apiversion", "name", "id", "resources", "dependson", "comments", "condition", "copy", "scope"}
_PLAIN = (str, int, float, list)


class _Leaf(NamedTuple):
    """A property of azure-native at the end of a path, and the input types that may stand in it."""

    name: str
    kind: str


_Tree = dict[str, Any]  # lower-case ARM name -> _Leaf or _Tree


def from_arm(resource: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Token and inputs of an ARM resource (``type``, ``name``, ``id``, ``properties`` …); None outside the table.

    Child resources inside ``resources`` are not looked into: give each one with its full type and name. Names of
    parents come from the id, or from a name with slashes (``vnet/subnet``); what is not there stays absent.
    """
    found = _by_key(resource)
    arm_type, name, id_ = (str(found.get(key) or "") for key in ("type", "name", "id"))
    known = type_by_arm(arm_type or type_in(id_), id_ or name)
    if known is None:
        return None
    made = from_arm_body(known, resource)
    made.update(_path_inputs(known, arm_type, name, id_, made))
    return known.token, made


def from_arm_body(known: AzureType, body: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs that an ARM body holds, without those of the path."""
    made: dict[str, Any] = {}
    tree = _tree(known.module, known.token, known.token)
    rest = {k: v for k, v in body.items() if k.lower() not in _ENVELOPE or (k.lower() == "scope" and k.lower() in tree)}
    _read(rest, tree, known.module, made)
    return made


def type_in(id_: str) -> str:
    """The ARM type that an id is of: ``Microsoft.Network/virtualNetworks/subnets``; empty where it is none."""
    parts = id_.strip("/").split("/")
    at = [i for i, part in enumerate(parts) if part.lower() == "providers"]
    if not at:
        group = len(parts) == 4 and parts[2].lower() == "resourcegroups"
        return "Microsoft.Resources/resourceGroups" if group else ""
    tail = parts[at[-1] + 1 :]
    return "/".join([tail[0], *tail[1::2]]) if len(tail) > 1 else ""


def parse_id(known: AzureType, id_: str) -> dict[str, str]:
    """The values of the path's parameters in an id; empty where the id is not of this type."""
    pattern = re.sub(r"\\{(scope|resourceUri|resourceId)\\}", r"(?P<\1>.+?)", re.escape(known.path.lstrip("/")))
    pattern = re.sub(r"\\{(\w+)\\}", lambda m: f"(?P<{m.group(1)}>[^/]+)", pattern)
    pattern = re.sub(r"\\{[^}]*\\}", "[^/]+", pattern)  # a part that is a nested input (policy.objectId)
    found = re.fullmatch(pattern, id_.strip("/"), re.IGNORECASE)
    return found.groupdict() if found else {}


def _by_key(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {key.lower(): value for key, value in resource.items()}


def _segments(known: AzureType) -> list[tuple[str, str]]:
    """The name's segments of a path, each a fixed word or the input that holds it."""
    words = known.path.rpartition("/providers/")[2].split("/")[2::2]
    if "/providers/" not in known.path:
        words = known.path.split("/")[-1:]
    return [(word, word[1:-1] if word.startswith("{") else "") for word in words]


def _path_inputs(known: AzureType, arm_type: str, name: str, id_: str, body: Mapping[str, Any]) -> dict[str, str]:
    made = {k: v for k, v in parse_id(known, id_).items() if k != "subscriptionId"} if id_ else {}
    if made:
        return made
    if "{recordType}" in known.path:
        made["recordType"] = arm_type.rsplit("/", 1)[-1]
    group = re.search(r"/resourceGroups/([^/]+)", id_, re.IGNORECASE)
    if group and "resourceGroupName" in known.parameters:
        made["resourceGroupName"] = group.group(1)
    segments = _segments(known)
    words = name.split("/") if name else []
    if len(words) > len(segments):  # a name with slashes in it belongs to the last segment
        words = [*words[: len(segments) - 1], "/".join(words[len(segments) - 1 :])]
    for (_, parameter), word in zip(reversed(segments), reversed(words), strict=False):
        if parameter and parameter not in body:
            made[parameter] = word
    return made


@cache
def _tree(module: str, kind: str, token: str = "") -> _Tree:
    """The properties of a type or of an input type, by ARM's names in lower case."""
    known = type_by_token(token) if token else None
    props = known.props if known else module_data(module)["shapes"].get(kind, {})
    made: _Tree = {}
    for name, text in props.items():
        where, _, types = text.partition(":")
        if where in ("/", "?"):
            if where == "?":
                made.setdefault(name.lower(), _Leaf(name, types))
            continue
        path = [name] if not where else ["properties", name] if where == "*" else where.split(".")
        at = made
        for word in path[:-1]:
            inner = at.get(word.lower())
            if not isinstance(inner, dict):
                inner = at[word.lower()] = {}
            at = inner
        at.setdefault(path[-1].lower(), _Leaf(name, types))
    return made


def _read(node: Mapping[str, Any], tree: _Tree, module: str, made: dict[str, Any]) -> None:
    for key, value in node.items():
        entry = tree.get(key.lower())
        if isinstance(entry, _Leaf):
            made[entry.name] = _value(value, entry.kind, module)
        elif isinstance(entry, dict):
            if isinstance(value, Mapping):
                _read(value, entry, module, made)
            elif value is not None and not isinstance(value, _PLAIN):
                made.update(dict.fromkeys(_names(entry), value))  # not known as a whole, so none of it is
        elif key not in made:
            made[key] = value


def _names(tree: _Tree) -> list[str]:
    return [n for entry in tree.values() for n in ([entry.name] if isinstance(entry, _Leaf) else _names(entry))]


def _value(value: Any, kind: str, module: str) -> Any:
    if not kind or value is None:
        return value
    if isinstance(value, list) and kind.startswith("["):
        return [_value(item, kind[1:-1], module) for item in value]
    if isinstance(value, Mapping) and kind.startswith("{"):
        return {key: _value(item, kind[1:-1], module) for key, item in value.items()}
    if isinstance(value, Mapping) and kind.startswith(">"):
        made: dict[str, Any] = {}
        _read(value, _tree(module, _fitting(value, kind, module)), module, made)
        return made
    return value


def _fitting(value: Mapping[str, Any], kind: str, module: str) -> str:
    """Of several input types the one that knows most of the value's properties."""
    options = kind.replace(">", "").split("|")
    if len(options) == 1:
        return options[0]
    keys = {key.lower() for key in value}
    keys |= {key.lower() for inner in value.values() if isinstance(inner, Mapping) for key in inner}

    def known(option: str) -> int:
        return len(keys & _all_keys(module, option))

    return max(options, key=known)


@cache
def _all_keys(module: str, kind: str) -> frozenset[str]:
    def keys(tree: _Tree) -> set[str]:
        return {k for key, entry in tree.items() for k in ({key} | (keys(entry) if isinstance(entry, dict) else set()))}

    return frozenset(keys(_tree(module, kind)))
