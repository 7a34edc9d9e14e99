"""How a changed resource can be changed: in place, or only by a new one.

Source: ``calculateDetailedDiff`` and ``calculateChangesAndReplacements`` in ``provider/pkg/provider/diff.go`` of
pulumi/pulumi-azure-native. Parameters of the path always take a new resource, other properties as the table says.
"""

from __future__ import annotations

import re

from kade.azure.ids import CREATE_BEFORE_DELETE
from kade.engine import diff as differences
from kade.engine.provider import Change, Diff, Tree
from kade.facts.azure_types import AzureType


def diff(known: AzureType | None, old: Tree, old_outputs: Tree, new: Tree) -> Diff:
    """Compare inputs. A type outside the table says that it does not know whether a replacement is needed."""
    changed = {
        path: kind for path, kind in differences.changed(old, new).items() if not _without_meaning(path, kind, old, new)
    }
    if not changed:
        return Diff(Change.NONE)
    if known is None:
        return Diff(Change.UPDATE_REPLACE_UNKNOWN, changed)
    replaces = [path for path, kind in changed.items() if _replaces(known, path, kind, old, old_outputs, new)]
    if not replaces:
        return Diff(Change.UPDATE, changed)
    return Diff(Change.REPLACE, changed, replaces, delete_before_replace=old.get(CREATE_BEFORE_DELETE) is not True)


def _replaces(known: AzureType, path: str, kind: str, old: Tree, old_outputs: Tree, new: Tree) -> bool:
    plain = re.sub(r"\[\d+\]", "[]", path)
    hit = any(
        plain == each or plain.startswith((f"{each}.", f"{each}[")) or _holds(plain, kind, each, old, new)
        for each in known.replace_on
    )
    if hit and kind == "add" and "." not in path and "[" not in path:
        return path not in old_outputs or not differences.equal(old_outputs[path], new[path])
    return hit


def _holds(plain: str, kind: str, each: str, old: Tree, new: Tree) -> bool:
    """Whether an object that came or went as a whole has the property that takes a new resource."""
    if kind == "update" or not each.startswith(plain + "."):
        return False
    value = (new if kind == "add" else old).get(plain)
    return isinstance(value, dict) and each[len(plain) + 1 :] in value


def _without_meaning(path: str, kind: str, old: Tree, new: Tree) -> bool:
    """Differences that azure-native does not see: letter case of a location, its own marks, an SKU's other spelling."""
    if path.startswith("__"):
        return True
    if path == "azureApiVersion":
        return kind == "add"  # a state of azure-native 2 does not have it
    if path == "location" and kind == "update":
        return _place(old["location"]) == _place(new["location"])
    return path.startswith("sku.") and _same_cluster_sku(old.get("sku"), new.get("sku"))


def _place(value: object) -> object:
    return value.lower().replace(" ", "") if isinstance(value, str) else value


def _same_cluster_sku(old: object, new: object) -> bool:
    """The two names of one SKU of AKS: Basic is Base, Paid is Standard."""
    if not (isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys() == {"name", "tier"}):
        return False
    other = {"Basic": "Base", "Paid": "Standard"}
    if {old["name"], new["name"]} - {"Basic", "Base"}:
        return False
    return all(other.get(str(old[key]), old[key]) == other.get(str(new[key]), new[key]) for key in ("name", "tier"))
