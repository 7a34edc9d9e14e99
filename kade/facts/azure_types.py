"""What is known of each azure-native resource that its SDK does not say: ARM type, path, and what forces a replacement.

The data stand in ``azure_types_data``: an index, and one file a module that is read when a type of it is asked for.
Sources and date are in the index; `tools.azure_types` makes the data, ``azure_types_overrides.yaml`` holds what is
stated by hand. Properties are written as ``path[:type]``, see `kade.facts.arm_form`, which reads them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

_VERSIONED = re.compile(r"^azure-native(?:_\w+?_v\w+)?:([^:/]+)(?:/v\w+)?:(\w+)$")
_OTHER_LEVELS = re.compile(r"At(?:ManagementGroup|Subscription|ResourceGroup|Resource|Tenant|Scope)|BySubscription")


@dataclass(frozen=True)
class AzureType:
    """One azure-native resource type.

    ``path`` is the template of its id (``/subscriptions/{subscriptionId}/…/subnets/{subnetName}``) with the parameters
    as the inputs are called. ``replace_on`` are inputs whose change takes a new resource, at most one level deep
    (``networkProfile.serviceCidr``, ``rules[].name``). ``derived`` says that the path was put together from the type's
    segments, not read from a specification. ``secrets`` are paths that the specification marks as secret.
    """

    token: str
    arm_type: str
    path: str
    api_version: str
    api_version_v2: str
    replace_on: frozenset[str]
    secrets: frozenset[str]
    derived: bool
    props: dict[str, str] = field(repr=False)

    @property
    def module(self) -> str:
        """The module of the token (``network``)."""
        return self.token.split(":")[1]

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The inputs that stand in the path, in its order, without the subscription."""
        return tuple(p for p in re.findall(r"{(\w+)}", self.path) if p != "subscriptionId")

    @cached_property
    def name_input(self) -> str:
        """The input that is the resource's own name; empty where the path ends with a fixed word."""
        found = re.search(r"{(\w+)}$", self.path)
        return found.group(1) if found else ""

    @cached_property
    def autoname(self) -> str:
        """What the provider does without a name: ``random`` (a suffix), ``copy`` (as it is), ``uuid``, or nothing.

        Source: ``AutoNamer`` in ``provider/pkg/resources/resources.go`` of pulumi/pulumi-azure-native.
        """
        name = self.name_input
        if not name:
            return ""
        if name in ("roleAssignmentName", "roleDefinitionId", "roleEligibilityScheduleName"):
            return "uuid"
        if name in ("endpointName", "customDomainName"):
            return "random"
        _, found, tail = self.path.lower().rpartition("microsoft.")
        return "copy" if found and tail.count("{") > 1 else "random"


def unversioned(token: str) -> str:
    """A token without its API version: ``azure-native:network/v20240101:Subnet`` is ``azure-native:network:Subnet``."""
    found = _VERSIONED.match(token)
    return f"azure-native:{found.group(1)}:{found.group(2)}" if found else token


def type_by_token(token: str) -> AzureType | None:
    """The type of a token, with or without API version, also a module of azure-native 2 (``insights:Component``)."""
    return _by_token(token)


@cache
def _by_token(token: str) -> AzureType | None:
    key = unversioned(token).removeprefix("azure-native:")
    module, _, name = key.partition(":")
    entry = module_data(module)["types"].get(name)
    if entry is None:
        now = index()["old"].get(key)
        return _by_token(f"azure-native:{now}") if now else None
    return AzureType(
        token=f"azure-native:{key}",
        arm_type=entry["arm"],
        path=entry["path"],
        api_version=entry["api"],
        api_version_v2=entry.get("api2", ""),
        replace_on=frozenset(entry["replace"]),
        secrets=frozenset(entry.get("secret", ())),
        derived=entry["sure"] == "derived",
        props=entry["props"],
    )


@cache
def types_by_arm(arm_type: str) -> tuple[AzureType, ...]:
    """All types that stand for one ARM type, in any letter case; the most general first."""
    keys = index()["arm"].get(arm_type.lower(), [])
    found = [made for key in keys if (made := _by_token(f"azure-native:{key}"))]
    return tuple(sorted(found, key=lambda t: (bool(_OTHER_LEVELS.search(t.token)), t.derived, len(t.token))))


def type_by_arm(arm_type: str, id_or_name: str = "") -> AzureType | None:
    """The type of an ARM type, in any letter case.

    Where several tokens share an ARM type (``Microsoft.Web/sites/config``), ``id_or_name`` decides: the one whose path
    has these fixed words.
    """
    found = types_by_arm(arm_type)
    if len(found) < 2:
        return found[0] if found else None
    wanted = id_or_name.strip("/").lower().split("/")

    def misfit(candidate: AzureType) -> tuple[int, int]:
        words = candidate.path.strip("/").lower().split("/")
        level = int("managementgroups" in wanted) != int("managementgroups" in words)
        if candidate.name_input:
            return (1, level)
        return (0 if words[-1] == wanted[-1] else 2, level)

    return min(found, key=misfit)


@cache
def index() -> dict[str, Any]:
    """The index: ARM types and old tokens by the tokens of now, with sources and date. Shared, not to be changed."""
    return json.loads((files("kade.facts") / "azure_types_data" / "index.json").read_text(encoding="utf-8"))


@cache
def module_data(module: str) -> dict[str, Any]:
    """The types and input types of one module; empty where there is none. Shared, not to be changed."""
    path = files("kade.facts") / "azure_types_data" / f"{module}.json"
    if not module.isidentifier() or not path.is_file():
        return {"types": {}, "shapes": {}}
    return json.loads(path.read_text(encoding="utf-8"))
