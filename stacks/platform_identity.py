"""Roles of the estate's own, and how its pipelines sign in."""

from __future__ import annotations

from typing import Any

import pulumi

from kade.components.landing_zone.custom_roles import CustomRoleArgs, CustomRoles, CustomRolesArgs, custom_role_id
from kade.components.landing_zone.management_groups import ManagementGroups, group_id
from kade.components.landing_zone.pipeline_identity import PipelineIdentity, PipelineIdentityArgs
from kade.components.landing_zone.subscription import Subscription
from kade.estate import Estate
from kade.estate.governance import Subscription as Item
from kade.estate.operations import Pipeline
from kade.stacks.common import names_of, tags_of
from kade.stacks.platform_management import resource_group

# Above subscriptions a deployer of the platform changes groups, policies and roles, and nothing else.
ABOVE = ("Management Group Contributor", "Resource Policy Contributor", "Role Based Access Control Administrator")
BELOW = ("Contributor", "Role Based Access Control Administrator")
LOCKS = "Locks Contributor"  # neither of those may set a lock


def below(item: Item) -> list[str]:
    """What a deployer needs on a subscription."""
    return [*BELOW, LOCKS] if item.lock else list(BELOW)


def top_scope(estate: Estate) -> str:
    """The full id of the highest group of ours, or of the estate's highest where none is."""
    groups = estate.groups().values()
    return group_id(next((g.id for g in groups if g.managed), next(iter(groups)).id))


def role_of(estate: Estate, role: str) -> str:
    """A role as the components take it: a custom one of the estate by its id, which is known beforehand."""
    return custom_role_id(top_scope(estate), role) if role in estate.identity.custom_roles else role


def make_custom_roles(estate: Estate, groups: ManagementGroups) -> CustomRoles | None:
    """The estate's own roles, at its highest group; None where it has none."""
    if not estate.identity.custom_roles:
        return None
    roles = {
        key: CustomRoleArgs(item.title, item.description, item.actions, item.not_actions)
        for key, item in estate.identity.custom_roles.items()
    }
    waits = pulumi.ResourceOptions(depends_on=list(groups.groups.values())[:1])
    return CustomRoles("roles", CustomRolesArgs(top_scope(estate), roles), waits)


def make_pipelines(
    estate: Estate, environment: str, groups: ManagementGroups, subscriptions: dict[str, Subscription]
) -> dict[str, Any]:
    """Identities of the pipelines, in the subscription of the platform; their client ids by pipeline."""
    pipelines = estate.identity.pipelines
    if not pipelines:
        return {}
    key = estate.logging.subscription
    home = subscriptions[key]
    region = estate.identity.region or estate.regions.primary
    group = resource_group(estate, environment, key, home, "pipelines")
    found: dict[str, Any] = {}
    for name, item in pipelines.items():
        scopes = _scopes(estate, item)
        args = PipelineIdentityArgs(
            names=names_of(estate, environment, region),
            resource_group_name=group.name,
            location=region,
            workload=name,
            provider=item.provider,
            repository=item.repository,
            branch=item.branch,
            organisation_id=item.organisation_id or "",
            read_scopes=[top_scope(estate)] if above_is_ours(estate) else list(scopes),
            write_scopes=scopes,
            tags=tags_of(estate, environment, key),
        )
        opts = pulumi.ResourceOptions(provider=home.provider, depends_on=list(groups.groups.values())[:1])
        made = PipelineIdentity(f"pipeline-{name}", args, opts)
        found[name] = {"planClientId": made.plan_client_id, "applyClientId": made.apply_client_id}
    return found


def above_is_ours(estate: Estate) -> bool:
    """Whether a group is ours to change; on those that stand already nobody is given rights."""
    return any(group.managed for group in estate.groups().values())


def _scopes(estate: Estate, item: Pipeline) -> dict[str, list[str]]:
    """What a pipeline changes: the whole estate for the platform, else the subscriptions of its environments."""
    wanted = item.environments or list(estate.environments)
    platform = not item.layers or "platform" in item.layers
    above = platform and above_is_ours(estate)
    found: dict[str, list[str]] = {top_scope(estate): list(ABOVE)} if above else {}
    for key, subscription in estate.subscriptions.items():
        if subscription.id is None or subscription.ownership == "external" or subscription.decommissioned:
            continue
        shared = subscription.environment is None
        network = key == estate.network.subscription and (not item.layers or "connectivity" in item.layers)
        if subscription.environment in wanted or (shared and (platform or network) and estate.production in wanted):
            found[f"/subscriptions/{subscription.id}"] = below(subscription)
    return found
