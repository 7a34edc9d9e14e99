"""Urns: how they are made and read, and types without the API version that azure-native puts into them.

Source: ``sdk/go/common/resource/urn`` of pulumi/pulumi.
"""

from __future__ import annotations

import re
from functools import lru_cache

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"

_VERSION_MODULE = re.compile(r"/v\d{8}[a-z0-9]*")
_VERSION_PACKAGE = re.compile(r"(^|::|\$)([a-z][a-z0-9-]*)_[a-z0-9]+_v\d{8}[a-z0-9]*(?=:)", re.IGNORECASE)


def make_urn(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """The urn of a resource. Parents' types are in it, but for the stack's."""
    above = qualified_type(parent) if parent else ""
    full = f"{above}${type_}" if above and above != STACK_TYPE else type_
    return f"urn:pulumi:{stack}::{project}::{full}::{name}"


def qualified_type(urn: str) -> str:
    """The types of the parents and of the resource itself, joined by ``$``."""
    return urn.split("::", 3)[2]


def type_of(urn: str) -> str:
    """The type of the resource itself."""
    return qualified_type(urn).rsplit("$", 1)[-1]


def name_of(urn: str) -> str:
    """The name in the program; it may have ``::`` in it."""
    return urn.split("::", 3)[3]


def package_of(type_: str) -> str:
    """The provider package of a type or token; for a provider resource the package that it provides."""
    if type_.startswith(PROVIDER_PREFIX):
        return type_.removeprefix(PROVIDER_PREFIX)
    return type_.split(":", 1)[0]


def is_provider(type_: str) -> bool:
    """Whether resources of this type are providers."""
    return type_.startswith(PROVIDER_PREFIX)


@lru_cache(maxsize=65536)
def unversioned(text: str) -> str:
    """A type or urn without API versions: ``azure-native:network/v20240101:Subnet`` is the same as without ``/v…``.

    Both forms are met: a version in the module (azure-native 1 and 2), and a package of one version
    (``azure-native_network_v20240101:network:Subnet``, azure-native 3). A resource's name is left as it is.
    """
    if not text.startswith("urn:"):
        return _VERSION_PACKAGE.sub(r"\1\2", _VERSION_MODULE.sub("", text))
    head, project, full, name = text.split("::", 3)
    return f"{head}::{project}::{unversioned(full)}::{name}"
