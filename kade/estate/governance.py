"""Management groups, subscriptions, policy assignments, naming and tags."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from kade.estate.base import Email, GroupKey, Guid, Item, Key, Owned, ResourceId, refuse

GroupId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.()-]{1,90}$")]
PATTERN_PARTS = ("type", "organisation", "workload", "environment", "region", "instance")


class ManagementGroup(Item):
    """A management group of our own, or a change to a standard one (by the standard's key)."""

    parent: GroupKey | None = Field(None, description="The key of the group above it; a standard group keeps its own.")
    archetype: GroupKey | None = Field(None, description="Whose policies it takes; default: its parent's archetype.")
    display_name: str | None = Field(None, description="The name in the portal; default: made from the key.")
    ownership: Literal["managed", "existing"] = Field("managed", description="Ours to make, or there already.")
    id: GroupId | None = Field(None, description="The id, where it is not made from the estate's name and the key.")


class ManagementGroups(Item):
    """The hierarchy of the Azure landing zones, or a small one, with groups of our own."""

    hierarchy: Literal["standard", "small", "none"] = Field(
        "standard",
        description="`standard`: all groups of the Azure landing zones. `small`: platform, corp, online and "
        "decommissioned. `none`: only the groups below. Profile `klein` takes `small`.",
    )
    sovereign: bool = Field(False, description="Add the groups and archetypes of the sovereign landing zone.")
    sovereign_levels: list[Literal[1, 2, 3]] = Field(
        default=[1], description="The levels of sovereign controls that are assigned, if `sovereign`."
    )
    root_id: GroupId | None = Field(None, description="The id of our top group. Default: the estate's name.")
    root_parent: GroupId | None = Field(
        None, description="The existing group that the hierarchy starts below. None: the tenant's root group."
    )
    groups: dict[GroupKey, ManagementGroup] = Field(
        default={}, description="Groups of our own, and changes to standard ones."
    )


class Budget(Item):
    """An amount per month, and who hears when it runs out."""

    monthly: float = Field(gt=0, description="Euros per month.")
    alerts: list[int] = Field(default=[80, 100], description="Percentages of it at which a message is sent.")
    contacts: list[Email] = Field(default=[], description="Addresses; default: the owner's.")


class Access(Item):
    """A role for a group on a subscription."""

    group: Key = Field(description="A group of `identity.groups`.")
    role: str = Field(description="A built-in role's name, or a key of `identity.custom_roles`.")
    eligible: bool = Field(True, description="Just in time (to be activated) rather than standing.")


class Subscription(Item):
    """One subscription."""

    ownership: Literal["managed", "existing", "external"] = Field(
        "existing", description="`managed` is made through the estate's billing; `existing` is given by its id."
    )
    id: Guid | None = Field(None, description="The subscription id; required where it exists.")
    name: str | None = Field(None, max_length=64, description="Its display name; default: by the naming pattern.")
    title: str = Field("", description="What it is for, in words.")
    tenant: Key | None = Field(None, description="The tenant; default: the first in the file.")
    management_group: GroupKey = Field(description="The key of the management group that it is placed in.")
    environment: Key | None = Field(None, description="The environment; none for the platform, which serves all.")
    owner: Key = Field(description="The role that owns it.")
    domain: Key | None = Field(None, description="The domain that it serves.")
    budget: Budget | None = Field(None, description="A monthly budget with its alerts.")
    access: dict[Key, Access] = Field(default={}, description="Roles for groups, by a short key.")
    defender: dict[str, bool] = Field(default={}, description="Defender plans that differ from `security.defender`.")
    tags: dict[str, str] = Field(default={}, description="Tags besides the common ones.")
    lock: bool = Field(False, description="A lock against deletion.")
    decommissioned: bool = Field(False, description="Placed in the group `decommissioned`, whatever stands above.")


class PolicyExemption(Item):
    """An exemption of an Azure Policy assignment."""

    assignment: str = Field(description="The key of the assignment.")
    scope: str = Field(description="A management group's key, a subscription's key, or a resource id.")
    category: Literal["Waiver", "Mitigated"] = Field("Waiver", description="Azure's word for what kind it is.")
    reason: str = Field(min_length=10, description="Why, in a sentence that an auditor accepts.")
    owner: Key = Field(description="The role that accepts it.")
    until: date = Field(description="The last day.")


class PolicyAssignment(Item):
    """A change to a standard assignment (by its key), or one of our own."""

    definition: ResourceId | None = Field(None, description="The policy or initiative; only for one of our own.")
    scope: GroupKey | None = Field(None, description="The management group's key; only for one of our own.")
    enforcement: Literal["Default", "DoNotEnforce"] = Field("Default", description="Whether it denies and deploys.")
    enabled: bool = Field(True, description="False leaves a standard assignment out.")
    parameters: dict[str, Any] = Field(default={}, description="Parameters, as the definition names them.")
    message: str | None = Field(None, max_length=512, description="What somebody reads whose change is refused.")


class Policy(Item):
    """Azure Policy: the initiatives assigned, and their parameters."""

    initiatives: list[Literal["nl_bio_cloud_theme", "iso_27002", "nis2", "mcsb"]] = Field(
        default=["nl_bio_cloud_theme", "mcsb"],
        description="Built-in initiatives, assigned for evidence at our top group.",
    )
    assignments: dict[str, PolicyAssignment] = Field(default={}, description="Assignments by their key.")
    exemptions: dict[Key, PolicyExemption] = Field(default={}, description="Exemptions by a short key.")


def _pattern(value: str) -> str:
    parts = re.findall(r"\{([^}]*)\}", value)
    wrong = [p for p in parts if p not in PATTERN_PARTS]
    if wrong:
        raise refuse("pattern", f"{{{wrong[0]}}} is not a part of a name; the parts are {', '.join(PATTERN_PARTS)}")
    if "type" not in parts or "workload" not in parts:
        raise refuse("pattern", "a pattern needs {type} and {workload}, or two resources would get one name")
    return value


class Naming(Item):
    """How names are made. A literal `name` on an item always wins, and no upgrade replaces it."""

    pattern: Annotated[str, AfterValidator(_pattern)] = Field(
        "{type}-{organisation}-{workload}-{environment}-{region}-{instance}",
        description="The pattern; parts in braces: type, organisation, workload, environment, region, instance.",
    )
    regions: dict[str, str] = Field(default={}, description="Short codes of regions in names; default: the geo code.")
    types: dict[str, str] = Field(
        default={}, description="Abbreviations that differ from the Cloud Adoption Framework's."
    )
    literal: dict[str, str] = Field(
        default={}, description="Literal names for what has no item of its own, by the resource's name in the program."
    )


class Tags(Item):
    """Tags on everything that takes them."""

    common: dict[
        Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=r"^[^<>%&\\?/]+$")],
        Annotated[str, StringConstraints(max_length=256)],
    ] = Field(default={}, max_length=40, description="Tags with their values.")
    owner: str = Field("owner", description="The name of the tag that holds the owner's role.")
    environment: str = Field("environment", description="The name of the tag that holds the environment.")
    cost_centre: str = Field("cost-centre", description="The name of the tag that holds the cost centre.")
    data_class: str = Field("data-class", description="The name of the tag that holds the data classification.")


__all__ = [
    "Access",
    "Budget",
    "ManagementGroup",
    "ManagementGroups",
    "Naming",
    "Owned",
    "Policy",
    "PolicyAssignment",
    "PolicyExemption",
    "Subscription",
    "Tags",
]
