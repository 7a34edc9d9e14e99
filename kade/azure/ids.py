"""Ids of resources, and the names that azure-native makes up where the program gives none."""

from __future__ import annotations

import re
import uuid

from kade.azure.cloud import Cloud
from kade.engine.provider import Tree
from kade.engine.values import UNKNOWN, Value
from kade.facts.azure_types import AzureType, unversioned

CREATE_BEFORE_DELETE = "__createBeforeDelete"  # azure-native's own mark that a name is a random one
GENERIC = "azure-native:resources:Resource"
GENERIC_PATH = (
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/{resourceProviderNamespace}"
    "/{parentResourcePath}/{resourceType}/{resourceName}"
)


def fill(template: str, inputs: Tree, subscription: Value) -> Value:
    """An id from a path template; `UNKNOWN` where a part of it is. A scope may start with a slash."""
    made: list[str] = []
    for part in re.split(r"({[\w.]+})", template):
        if not part.startswith("{"):
            made.append(part)
            continue
        name = part[1:-1]
        value = _lookup(inputs, name, subscription if name == "subscriptionId" else UNKNOWN)
        if not isinstance(value, str):
            return UNKNOWN
        made.append(value.strip("/") if name in ("scope", "resourceUri", "resourceId") else value)
    return "".join(made)


def generic(type_: str, inputs: Tree, subscription: Value) -> Value:
    """The id of a resource of any type (``azure-native:resources:Resource``), whose inputs say what it is."""
    made = fill(GENERIC_PATH, inputs, subscription) if unversioned(type_) == GENERIC else UNKNOWN
    return made.replace("//", "/") if isinstance(made, str) else made  # what stands in nothing else has no parent path


def generic_parent(id_: str) -> str:
    """What a resource of any type stands in: another, or its resource group."""
    above = id_.rsplit("/", 2)[0]
    base, _, rest = above.rpartition("/providers/")
    return above if "/" in rest else base


def _lookup(inputs: Tree, name: str, otherwise: Value) -> Value:
    found: Value = inputs
    for part in name.split("."):
        found = found.get(part, otherwise) if isinstance(found, dict) else otherwise
    return found


def parent_of(known: AzureType, id_: str) -> str:
    """The id of the resource that this one stands in: its parent of the same provider, or its resource group.

    A fixed word (``blobServices/default``) is no resource that somebody makes: what stands above it is the parent.
    """
    base, found, _ = id_.rpartition("/providers/")
    words, values = known.path.strip("/").split("/"), id_.strip("/").split("/")
    start = len(base.strip("/").split("/")) + 2 if found else len(values)
    keep = len(values) - (2 if (len(values) - start) % 2 == 0 else 1)
    offset = len(values) - len(words)  # a scope has more words than its parameter
    while keep > start and not words[keep - 1 - offset].startswith("{"):
        keep -= 2
    if keep > start:
        return "/" + "/".join(values[:keep])
    return base if re.fullmatch(r"/subscriptions/[^/]+/resourceGroups/[^/]+", base, re.IGNORECASE) else ""


def autoname(known: AzureType, urn: str, inputs: Tree, subscription: Value, cloud: Cloud) -> tuple[str, bool]:
    """A name for a resource without one, and whether it is a random one (so that a successor may come first).

    As azure-native does: the name in the program followed by eight hexadecimal digits, a copy of it for a child
    resource, a GUID for a role assignment. The digits follow from the urn, so that a preview and the deployment after
    it agree; where that name stands already (a replacement), the next ones are taken.
    """
    name = urn.rsplit("::", 1)[-1]
    if known.autoname == "copy":
        return name, False
    made = name
    for turn in range(1000):
        digits = cloud.suffix(urn, str(turn), length=32 if known.autoname == "uuid" else 8)
        made = str(uuid.UUID(hex=digits)) if known.autoname == "uuid" else name + digits
        id_ = fill(known.path, {**inputs, known.name_input: made}, subscription)
        if not isinstance(id_, str) or cloud.get(id_) is None:
            return made, True
    return made, True
