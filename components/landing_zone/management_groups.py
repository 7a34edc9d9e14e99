"""The hierarchy of management groups. A subscription is placed by `Subscription`, which is its one owner."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import management

from kade.components.arguments import ArgumentError, normalise
from kade.facts.azure_names import name_rule

PREFIX = "/providers/Microsoft.Management/managementGroups/"
# A group that was just made answers 403 for minutes, until its rights have spread (Azure/terraform-azurerm-caf-
# enterprise-scale has years of reports on it), so whatever is put into it gets time to try again.
PATIENCE = pulumi.CustomTimeouts(create="30m", update="30m", delete="30m")


@dataclass
class ManagementGroupArgs:
    """One management group."""

    id: str
    """The id, at most 90 characters. It can never be changed, and is the name of the group in Azure."""
    display_name: str = ""
    """The name in the portal; default: the id."""
    parent: str | None = None
    """The key of the group above it; none for one that stands below ``root_parent``."""
    existing: bool = False
    """Stands already: others may be put below it, itself is never changed."""


@dataclass
class ManagementGroupsArgs:
    """Arguments of `ManagementGroups`."""

    groups: Mapping[str, ManagementGroupArgs]
    """Management groups by a short key, in any order."""
    root_parent: str | None = None
    """The id of the existing group that the hierarchy starts below; default: the tenant's root group."""


class ManagementGroups(pulumi.ComponentResource):
    """Management groups below each other.

    Every group waits for the one above it. A group that holds others is protected by Azure itself: it cannot be
    deleted before they are gone.
    """

    ids: pulumi.Output[Mapping[str, str]]
    """The full id of every group, by its key."""

    def __init__(
        self,
        name: str,
        args: ManagementGroupsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(ManagementGroupsArgs, args)
        super().__init__("kade:index:ManagementGroups", name, None, opts)
        self.groups: dict[str, management.ManagementGroup] = {}
        self.group_ids: dict[str, pulumi.Output[str]] = {}
        for key in in_order(args.groups):
            self._group(name, key, args)
        self.ids = pulumi.Output.all(**self.group_ids)
        self.register_outputs({"ids": self.ids})

    def _group(self, name: str, key: str, args: ManagementGroupsArgs) -> None:
        group = args.groups[key]
        if group.existing:
            self.group_ids[key] = pulumi.Output.from_input(group_id(group.id))
            return
        above = self.group_ids.get(group.parent) if group.parent else args.root_parent and group_id(args.root_parent)
        parent = management.CreateParentGroupInfoArgs(id=above) if above is not None else None
        made = management.ManagementGroup(
            f"{name}-{key}",
            group_id=group.id,
            display_name=group.display_name or group.id,
            details=management.CreateManagementGroupDetailsArgs(parent=parent) if parent is not None else None,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[self.groups[group.parent]] if group.parent in self.groups else [],
                custom_timeouts=PATIENCE,
            ),
        )
        self.groups[key] = made
        # The id is known before the group is: a preview shows where everything goes. What uses it waits for the group,
        # by its urn, which a preview knows (its id is not known before it stands).
        self.group_ids[key] = made.urn.apply(lambda _, known=group.id: group_id(known))


def group_id(short: str) -> str:
    """The full id of a management group; a full one is taken as it is."""
    return short if short.startswith("/") else PREFIX + short


def in_order(groups: Mapping[str, ManagementGroupArgs]) -> list[str]:
    """The keys, parents before children. Raises `ArgumentError` for a parent that is not there, a ring, or a bad id."""
    rule = name_rule("management_group")
    ids: dict[str, str] = {}
    for key, group in groups.items():
        if group.parent is not None and group.parent not in groups:
            raise ArgumentError(f"management group {key!r}: its parent {group.parent!r} is not there")
        if wrong := rule.broken(group.id.removeprefix(PREFIX)):
            raise ArgumentError(f"management group {key!r}: {wrong}")
        if group.id.lower() in ids:
            raise ArgumentError(f"management group {key!r} has the id {group.id!r} of {ids[group.id.lower()]!r}")
        ids[group.id.lower()] = key
    found: list[str] = []
    while len(found) < len(groups):
        ready = [k for k, g in groups.items() if k not in found and (g.parent is None or g.parent in found)]
        if not ready:
            ring = ", ".join(sorted(k for k in groups if k not in found))
            raise ArgumentError(f"management groups stand below each other in a ring: {ring}")
        found += ready
    return found
